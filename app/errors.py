"""What can go wrong in the domain, without a word about HTTP.

`app/web` holds the one table that turns these into status codes and pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One rejected value: where it was, what it was, and what is allowed there."""

    field: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return f"{self.field}: {self.value!r} is not allowed; {self.allowed}"


class CalMinerError(Exception):
    """Base of every error that a caller is expected to handle."""


class NotFound(CalMinerError):
    """The thing asked for does not exist, or is not visible to who asks."""

    def __init__(self, kind: str, identifier: object) -> None:
        self.kind = kind
        self.identifier = identifier
        super().__init__(f"There is no {kind} {identifier}.")


class NotAllowed(CalMinerError):
    """Who asks may see the thing but not do this to it."""


class NotSignedIn(CalMinerError):
    """Nobody is signed in, and the thing asked for is not open to everybody."""


class StaleForm(NotAllowed):
    """A form without the token of who sends it now; `sent` is what it held."""

    def __init__(self, message: str, sent: Any = None) -> None:
        self.sent = sent
        super().__init__(message)


class TooMany(CalMinerError):
    """Too many attempts or too much at once; says after how many seconds to try again."""

    def __init__(self, message: str, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(message)


class Conflict(CalMinerError):
    """Somebody else changed the thing first; carries both sides so that the reader can choose."""

    def __init__(self, message: str, *, theirs: Mapping[str, object], yours: Mapping[str, object]) -> None:
        self.theirs = theirs
        self.yours = yours
        super().__init__(message)


class InvalidInput(CalMinerError):
    """One or more values were rejected; every one of them is named."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class LimitExceeded(CalMinerError):
    """The request is well formed but larger than this installation accepts."""


class Unavailable(CalMinerError):
    """Something CalMiner depends on, such as its database, does not answer right now."""
