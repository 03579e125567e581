"""A worker: takes jobs off the queue one at a time, at low priority, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException

from app.db import wait_for_database
from app.errors import Unavailable
from app.jobs.queue import make_app
from app.jobs.tasks import Handler, bind
from app.settings import Settings

log = logging.getLogger(__name__)

#: Pages go first; the rest of the machine is ours.
NICENESS = 10
#: How long a start waits for the database before it says so and waits on [seconds].
WAIT_SECONDS = 30.0
LOST = (ConnectorException, psycopg.Error, OSError)


def serve(handlers: Mapping[str, Handler], *, rescue: Callable[[], object], settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; a job then ends its current block and waits for the next worker.

    rescue: finds work whose worker is gone; called at the start and then twice in every `stalled_seconds`.
    A database that goes away is waited for.
    """
    os.nice(NICENESS)
    asyncio.run(_serve(handlers, rescue, settings))


async def _serve(handlers: Mapping[str, Handler], rescue: Callable[[], object], settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while not stop.is_set():
        try:
            await asyncio.to_thread(wait_for_database, WAIT_SECONDS)
            await _work(handlers, rescue, settings, stop)
        except (*LOST, Unavailable) as error:
            log.warning("The worker lost the database and tries again: %s", error)
    log.info("The worker has stopped.")


async def _work(
    handlers: Mapping[str, Handler], rescue: Callable[[], object], settings: Settings, stop: asyncio.Event
) -> None:
    """Work on one set of connections until told to stop, or until they are lost."""
    app = make_app(settings)
    bind(app, handlers)
    seconds = settings.stalled_seconds
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                install_signal_handlers=False,
                # Without any grace the running job hears at once that it should end its block.
                shutdown_graceful_timeout=0,
                update_heartbeat_interval=seconds / 3,
                stalled_worker_timeout=seconds,
                delete_jobs="successful",
            )
        )
        rescuer = asyncio.create_task(_rescue(app, rescue, seconds))
        told = asyncio.create_task(stop.wait())
        log.info("The worker is ready.")
        await asyncio.wait({worker, rescuer, told}, return_when=asyncio.FIRST_COMPLETED)
        for task in (rescuer, told, worker):
            task.cancel()
        for task in (rescuer, told, worker):
            with suppress(asyncio.CancelledError):
                await task


async def _rescue(app: procrastinate.App, rescue: Callable[[], object], seconds: float) -> None:
    """Find lost work again and again; also put back jobs that a dead worker held."""
    while True:
        await asyncio.to_thread(rescue)
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
            log.warning("Job %s lost its worker and is tried again.", job.id)
            await app.job_manager.retry_job(job)
        await asyncio.sleep(seconds / 2)
