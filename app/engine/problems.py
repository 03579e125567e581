"""How the engine reports what is wrong with an input or with a result."""

from __future__ import annotations

from dataclasses import dataclass

LARGE = 1e5


def readable(number: float) -> str:
    """Return a number for a message: whole and grouped where it is large.

    >>> readable(5.5e6), readable(0.573172), readable(-200.0)
    ('5,500,000', '0.573172', '-200')
    """
    return f"{number:,.0f}" if abs(number) >= LARGE else f"{number:.6g}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One rejected value or failed tie-out: where, what it was, and what is allowed there."""

    field: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return f"{self.field}: {self.value!r} is not allowed; {self.allowed}"
