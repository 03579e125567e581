"""What can go wrong with a backup, each with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import CalMinerError, Unavailable


class NoSpace(Unavailable):
    """The disk of the backups is too full to begin another one."""


class Busy(Unavailable):
    """Another backup, verification or restore holds the folder."""


class AgentAway(Unavailable):
    """The container with PostgreSQL's own programs does not answer."""


class AgentFailed(CalMinerError):
    """PostgreSQL's program said no; the message ends with its last words."""


class Damaged(CalMinerError):
    """A set is not what was written, or did not restore to what it was made of."""

    def __init__(self, identifier: str, reasons: Sequence[str]) -> None:
        self.identifier = identifier
        self.reasons = tuple(reasons)
        super().__init__(f"The backup {identifier} is damaged: {'; '.join(reasons)}.")


class NoBackup(CalMinerError):
    """There is no such set, or none at all."""
