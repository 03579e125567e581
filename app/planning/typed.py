"""Numbers as people type or paste them into one field, with the unit behind them if they give it there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.seed.readers import WITHOUT_END
from app.web.formatting import parse_number
from app.web.forms import Form

#: What separates numbers in a row: a tab or line end as a spreadsheet pastes them, a semicolon, or spaces.
BETWEEN = re.compile(r"[\t\r\n;]+| +")
#: A number with its unit against it, such as 60% or 1.5g/t.
WITH_UNIT = re.compile(r"(?P<number>.*[\d.)])(?P<unit>[^\W\d_]\S*|[%‰¤$€£]\S*)")
#: What may begin a unit that stands apart.
UNIT = re.compile(r"[^\W\d_]|[%‰¤$€£]")


@dataclass(frozen=True, slots=True)
class Typed:
    """The numbers of a field, and the one unit that stands behind them; empty where none does."""

    numbers: list[float | str]
    unit: str = ""


def numbers_of(form: Form, name: str) -> Typed:
    """Read one field: `60 30 10`, `60% 30% 10%`, `1.5 g/t`; refuses in the form what is no number.

    A unit stands once, behind the last number, or behind each of them.
    """
    texts, units = _apart([text for text in BETWEEN.split(form[name].strip()) if text])
    found: list[float | str] = []
    for position, text in enumerate(texts, start=1):
        try:
            found.append(_number(text))
        except ValueError as error:
            start = f"value {position}, “{text}”, must be " if len(texts) > 1 else ""
            form.refuse(name, f"{start}{error}")
    if len(set(units)) > 1:
        form.refuse(name, f"one unit for all numbers, not {' and '.join(dict.fromkeys(units))}")
    return Typed(found, units[0] if units else "")


def _number(text: str) -> float | str:
    return WITHOUT_END if text in {"∞", WITHOUT_END} else parse_number(text)


def _is_number(text: str) -> bool:
    try:
        _number(text)
    except ValueError:
        return False
    return True


def _apart(texts: list[str]) -> tuple[list[str], list[str]]:
    """Return numbers and units apart; the texts as they are where they do not go together so."""
    numbers: list[str] = []
    units: dict[int, str] = {}
    for text in texts:
        joined = None if _is_number(text) else WITH_UNIT.fullmatch(text)
        if joined and _is_number(joined["number"]):
            units[len(numbers)] = joined["unit"]
            numbers.append(joined["number"])
        elif numbers and len(numbers) - 1 not in units and UNIT.match(text) and not _is_number(text):
            units[len(numbers) - 1] = text
        else:
            numbers.append(text)
    last = len(numbers) - 1
    if set(units) in ({last}, set(range(len(numbers)))):
        return numbers, list(units.values())
    return texts, []
