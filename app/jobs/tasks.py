"""Every kind of job, and when one that was cut off is tried again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from app.errors import Unavailable

SIMULATE = "simulate"

#: How long a job waits after the database went away under it [seconds].
PAUSE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of job: its queue, and its priority there (higher goes first)."""

    queue: str
    priority: int = 0


TASKS: Mapping[str, Task] = {SIMULATE: Task(queue="simulations")}


#: What a job does, given `stopping` (says that the worker has to end) and its own arguments. One that is
#: interrupted puts another job on the queue before it returns.
Handler: TypeAlias = Callable[..., None]


class Again(BaseRetryStrategy):
    """Tries again what the loss of the database cut off, and nothing else."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, None for never."""
        if isinstance(exception, Unavailable):
            return RetryDecision(retry_in={"seconds": PAUSE_SECONDS})
        return None


def bind(app: App, handlers: Mapping[str, Handler]) -> None:
    """Give every task its handler; raises `KeyError` for a task without one."""
    for name, task in TASKS.items():
        app.task(name=name, queue=task.queue, pass_context=True, retry=Again())(_runner(handlers[name]))


def _runner(handler: Handler) -> Callable[..., None]:
    def run(context: JobContext, **arguments: Any) -> None:
        handler(stopping=context.should_abort, **arguments)

    return run
