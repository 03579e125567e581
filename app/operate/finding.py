"""What a check found, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.operate.facts import Facts


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTHING = "not applicable"
    UNKNOWN = "unknown"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of the doctor."""

    level: Level
    found: str
    do: str = ""


Check = Callable[[Facts], Finding]


def ok(found: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, found)


def nothing(found: str) -> Finding:
    """The question does not arise here."""
    return Finding(Level.NOTHING, found)


def warning(found: str, do: str) -> Finding:
    """It works, and may not for long or not as meant."""
    return Finding(Level.WARNING, found, do)


def problem(found: str, do: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(Level.PROBLEM, found, do)


def at_least(version: str, least: tuple[int, ...]) -> bool:
    """Compare a version such as `28.2.2+dfsg1` with the least one that will do."""
    numbers = []
    for part in version.lstrip("v").split("."):
        digits = ""
        for letter in part:
            if not letter.isdigit():
                break
            digits += letter
        numbers.append(int(digits or 0))
    return tuple(numbers[: len(least)]) >= least


def dotted(version: tuple[int, ...]) -> str:
    """Return a version as people write it."""
    return ".".join(str(number) for number in version)
