"""What a worker does: says who does which job, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.engine.native import engine_name
from app.jobs.pool import Pool
from app.jobs.queue import enqueue_simulation
from app.jobs.tasks import SIMULATE
from app.jobs.worker import serve
from app.people.logs import log_with_request_ids
from app.settings import get_settings
from app.valuation.execute import Ending, execute, rescue


def work() -> None:
    """Work until SIGTERM or SIGINT."""
    log_with_request_ids()
    # Its lines know of jobs and not of the requests behind them; a run says itself when it begins and ends.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("app.worker").info("Simulations are played by: %s.", engine_name())
    settings = get_settings()
    pool = Pool(settings.worker_processes)

    def simulate(*, stopping: Callable[[], bool], run_id: int) -> None:
        ending = execute(run_id, enqueue=enqueue_simulation, executor=pool.executor(), stopping=stopping)
        if ending is Ending.GIVEN_BACK:
            pool.renew()

    try:
        serve({SIMULATE: simulate}, rescue=lambda: rescue(enqueue_simulation), settings=settings)
    finally:
        pool.close()
