"""One attempt at a run: whoever takes the run may write its progress and its end, and nobody else.

Taking a run raises its attempt number; every later write names that number and the state `running`, so a
result that comes after a cancellation, or from a worker that was given up, changes no row and is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, update
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus
from app.engine.simulation import SimulationResult
from app.models import SimulationRun
from app.valuation import results

NOW = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to write to a run that stands at this attempt."""

    run_id: int
    number: int

    def rule(self) -> ColumnElement[bool]:
        """Return which row may be written: none any more when the run was ended or taken by another."""
        return (
            (SimulationRun.id == self.run_id)
            & (SimulationRun.attempt == self.number)
            & (SimulationRun.status == RunStatus.RUNNING)
        )

    def write(self, session: Session, **values: object) -> bool:
        """Change the run; say whether this attempt still had the right to."""
        statement = update(SimulationRun).where(self.rule()).values(values).returning(SimulationRun.id)
        return session.scalar(statement, execution_options={"synchronize_session": False}) is not None


def take(session: Session, run_id: int, *, stalled_seconds: float) -> Attempt | None:
    """Take a run that waits, or whose worker was not heard of for so long; None where it is not free."""
    free = or_(SimulationRun.status == RunStatus.QUEUED, stalled(stalled_seconds))
    values = {
        "status": RunStatus.RUNNING,
        "attempt": SimulationRun.attempt + 1,
        "started_at": func.coalesce(SimulationRun.started_at, NOW),
        "heartbeat_at": NOW,
        "progress_done": 0,
        "partial": None,
    }
    statement = (
        update(SimulationRun)
        .where(SimulationRun.id == run_id, free)
        .values(values)
        .returning(SimulationRun.attempt)
    )
    number = session.scalar(statement, execution_options={"synchronize_session": False})
    return None if number is None else Attempt(run_id, number)


def stalled(seconds: float) -> ColumnElement[bool]:
    """Return which runs have a worker that was not heard of for so long."""
    silent = NOW - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    return (SimulationRun.status == RunStatus.RUNNING) & (SimulationRun.heartbeat_at < silent)


def requeue_stalled(session: Session, seconds: float) -> list[int]:
    """Put every stalled run back among the waiting ones and return which they were."""
    values = {"status": RunStatus.QUEUED, "heartbeat_at": None, "progress_done": 0, "partial": None}
    statement = update(SimulationRun).where(stalled(seconds)).values(values).returning(SimulationRun.id)
    return list(session.scalars(statement, execution_options={"synchronize_session": False}))


def beat(session: Session, attempt: Attempt, done: int, partial: dict[str, Any] | None = None) -> bool:
    """Show that the run is alive and how far it is; False when it was ended or taken by another.

    partial: newer statistics of the trials so far; None leaves those that are there.
    """
    values: dict[str, Any] = {} if partial is None else {"partial": partial}
    return attempt.write(session, heartbeat_at=NOW, progress_done=done, **values)


def finish(session: Session, attempt: Attempt, result: SimulationResult) -> bool:
    """Store the result; False when the run was ended or taken by another, and nothing was stored."""
    if not attempt.write(session, **_ended(RunStatus.FINISHED), progress_done=result.trials_done):
        return False
    session.add_all(results.to_rows(attempt.run_id, result))
    session.flush()
    return True


def fail(session: Session, attempt: Attempt, reason: str) -> bool:
    """End the run with the reason; False when it was ended or taken by another."""
    return attempt.write(session, **_ended(RunStatus.FAILED), error=reason)


def give_back(session: Session, attempt: Attempt) -> bool:
    """Put the run back among the waiting ones; False when it was ended or taken by another."""
    return attempt.write(session, status=RunStatus.QUEUED, heartbeat_at=None, progress_done=0, partial=None)


def _ended(status: RunStatus) -> dict[str, object]:
    return {"status": status, "finished_at": NOW, "heartbeat_at": None, "partial": None}
