"""Does a run: in the request when it is small, else in a worker that may be stopped, killed or cut off."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from app.db import get_session
from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.simulation import Progress, SimulationResult, simulate
from app.errors import CalMinerError, InvalidInput, Unavailable
from app.models import SimulationRun
from app.people import audit
from app.people.request import on_behalf_of
from app.settings import get_settings
from app.valuation import partials, snapshot
from app.valuation.attempt import Attempt, beat, fail, finish, give_back, requeue_stalled, take

log = logging.getLogger(__name__)

#: A transaction of its own: committed at the end of the block, rolled back when it raises.
transaction = contextmanager(get_session)

#: How often progress is written and a cancellation noticed [seconds].
BEAT_SECONDS = 0.25
#: How long the end of a run waits for a database that is away [seconds].
PATIENCE_SECONDS = 60.0
#: A run that took down so many workers is not given to another one.
MOST_ATTEMPTS = 10


#: The act on record whose request a run belongs to, whichever worker does it and however late.
STARTED = ("run_started", "simulation_run")


#: Puts a job for a run on the queue, in the transaction of the session.
Enqueue: TypeAlias = Callable[[Session, int], None]


class Ending(StrEnum):
    """How an attempt at a run ended."""

    FINISHED = "finished"
    FAILED = "failed"
    DROPPED = "dropped"  # the run was ended or taken by another meanwhile
    GIVEN_BACK = "given_back"  # this worker has to stop; the run waits for the next one
    NOT_FREE = "not_free"


class Stopped(Exception):
    """The simulation was told to stop, so nobody waits for what it has found."""


@dataclass
class Watch:
    """What the thread that simulates and the one that watches it tell each other.

    pace: when statistics of the trials so far are worth their time; None for a run that nobody watches.
    """

    pace: partials.Pace | None = None
    done: int = 0
    partial: dict[str, Any] | None = None
    stop: Event = field(default_factory=Event)

    def note(self, progress: Progress) -> None:
        """Take down how far the simulation is, and now and then what it has found.

        One that was told to stop stops here, because the engine would look at all that it has found before
        it returned: a second of work, after a million trials several. One whose last trial is done is done.
        """
        self.done = progress.done
        if self.stop.is_set() and progress.done < progress.trials:
            raise Stopped
        if self.pace is not None and progress.done < progress.trials and self.pace.due():
            with self.pace:
                self.partial = partials.to_json(progress.partial())

    def news(self) -> dict[str, Any] | None:
        """Return statistics that nobody took yet, once."""
        found, self.partial = self.partial, None
        return found


def simulated(
    inputs: MineInputs,
    spec: SimulationSpec,
    *,
    tick: Callable[[Watch], None] | None = None,
    executor: Executor | None = None,
) -> Future[SimulationResult]:
    """Simulate in a thread of its own, call `tick` a few times a second meanwhile, return the ended future.

    The future holds the result or whatever error there was, so that a run that cannot be done has a reason.
    """
    watch = Watch(partials.Pace() if tick is not None else None)
    with ThreadPoolExecutor(1, thread_name_prefix="simulation") as thread:
        future = thread.submit(
            simulate,
            inputs,
            spec,
            executor=executor,
            on_progress=watch.note,
        )
        while tick is not None and not wait([future], timeout=BEAT_SECONDS).done:
            tick(watch)
    return future


def run_here(session: Session, run_id: int, inputs: MineInputs, spec: SimulationSpec) -> None:
    """Do a run to its end inside the transaction of the session; a failure is stored with its reason."""
    attempt = take(session, run_id, stalled_seconds=0)
    if attempt is None:
        return
    future = simulated(inputs, spec)
    error = future.exception()
    if error is None:
        finish(session, attempt, future.result())
        return
    log.error("Run %s failed.", run_id, exc_info=error)
    fail(session, attempt, reason_of(error))


def execute(
    run_id: int,
    *,
    enqueue: Enqueue,
    executor: Executor | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Ending:
    """Do a waiting or stalled run in short transactions of its own; its end is accepted exactly once.

    stopping: says that this worker has to end; the run is then given back after its current block. enqueue:
    queues a run that is given back, in the same transaction: no run waits without a job. Raises `Unavailable`
    when the database stays away longer than a run's end waits for it.
    """
    with transaction() as session:
        attempt = take(session, run_id, stalled_seconds=get_settings().stalled_seconds)
        if attempt is None:
            return Ending.NOT_FREE
        run = session.get_one(SimulationRun, run_id)
        documents = run.inputs, run.spec
        asked = audit.request_of(session, *STARTED, run_id)
    with on_behalf_of(asked):
        log.info("Run %s begins, attempt %s.", run_id, attempt.number)
        ending = _executed(attempt, documents, enqueue, executor, stopping)
        log.info("Run %s: %s.", run_id, ending.value.replace("_", " "))
    return ending


def _executed(
    attempt: Attempt,
    documents: tuple[dict[str, Any], dict[str, Any]],
    enqueue: Enqueue,
    executor: Executor | None,
    stopping: Callable[[], bool],
) -> Ending:
    """Do a run that was taken, from its snapshot."""
    if attempt.number > MOST_ATTEMPTS:
        reason = f"{MOST_ATTEMPTS} workers stopped while they ran this; it may need too much memory."
        return _failed(attempt, reason)
    try:
        inputs, spec = snapshot.inputs_from(documents[0]), snapshot.spec_from(documents[1])
    except InvalidInput as error:
        return _failed(attempt, str(error))
    future = simulated(inputs, spec, tick=lambda watch: _tick(attempt, watch, stopping), executor=executor)
    return _ended(attempt, future, stopping, enqueue)


def _tick(attempt: Attempt, watch: Watch, stopping: Callable[[], bool]) -> None:
    """Write the heartbeat; stop the simulation when the worker has to end or the run is no longer ours."""
    try:
        with transaction() as session:
            ours = beat(session, attempt, watch.done, watch.news())
    except Unavailable as error:
        log.warning("Run %s goes on without its database: %s", attempt.run_id, error)
        ours = True
    if stopping() or not ours:
        watch.stop.set()


def _ended(
    attempt: Attempt, future: Future[SimulationResult], stopping: Callable[[], bool], enqueue: Enqueue
) -> Ending:
    error = future.exception()
    if isinstance(error, BrokenExecutor):
        log.warning("Run %s lost a process of its pool and is given back.", attempt.run_id)
        return _insisted(lambda session: _given_back(session, attempt, enqueue), Ending.GIVEN_BACK)
    if isinstance(error, Stopped):
        if not stopping():
            return Ending.DROPPED
        return _insisted(lambda session: _given_back(session, attempt, enqueue), Ending.GIVEN_BACK)
    if error is not None:
        log.error("Run %s failed.", attempt.run_id, exc_info=error)
        return _failed(attempt, reason_of(error))
    result = future.result()
    return _insisted(lambda session: finish(session, attempt, result), Ending.FINISHED)


def _given_back(session: Session, attempt: Attempt, enqueue: Enqueue) -> bool:
    if not give_back(session, attempt):
        return False
    enqueue(session, attempt.run_id)
    return True


def _failed(attempt: Attempt, reason: str) -> Ending:
    return _insisted(lambda session: fail(session, attempt, reason), Ending.FAILED)


def _insisted(write: Callable[[Session], bool], ending: Ending) -> Ending:
    """Write an end, waiting for a database that is away; `DROPPED` when the run was no longer ours."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with transaction() as session:
                return ending if write(session) else Ending.DROPPED
        except Unavailable:
            if time.monotonic() > deadline:
                raise
        time.sleep(BEAT_SECONDS)


def rescue(enqueue: Enqueue) -> list[int]:
    """Queue again every run whose worker was not heard of for too long, and return which they were."""
    with transaction() as session:
        found = requeue_stalled(session, get_settings().stalled_seconds)
        for run_id in found:
            enqueue(session, run_id)
    if found:
        log.warning("Runs %s lost their worker and wait for another.", found)
    return found


def reason_of(error: BaseException) -> str:
    """Return why a run failed, in a sentence for people."""
    if isinstance(error, CalMinerError):
        return str(error)
    if isinstance(error, MemoryError):
        return "The simulation needs more memory than there is; ask for fewer trials."
    return f"The simulation stopped with an error ({type(error).__name__}: {error})."
