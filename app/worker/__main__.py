"""The door of the worker: `python -m app.worker`. Says who does which job, and nothing else.

It is the `__main__` of a package because the processes of the pool load the program they were started by
again, unless that is its name: the engine is all they need, and the rest takes a second of each of them.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable

from app.engine.native import engine_name
from app.jobs.pool import Pool
from app.jobs.queue import enqueue_simulation
from app.jobs.tasks import SIMULATE
from app.jobs.worker import serve
from app.people.logs import log_with_request_ids
from app.settings import get_settings
from app.valuation.execute import Ending, execute, rescue
from app.worker import ENVIRONMENT


def main() -> None:
    """Work until SIGTERM or SIGINT; takes no arguments, its settings are in the environment."""
    argparse.ArgumentParser(prog="python -m app.worker", description=main.__doc__).parse_args()
    if not ENVIRONMENT.keys() <= os.environ.keys():
        # Libraries read this when they are loaded, which is past: begin again in the same process. The
        # program is this one, so the rule's worry about what is started has no object.
        again = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, again, {**ENVIRONMENT, **os.environ})  # noqa: S606
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


if __name__ == "__main__":
    main()
