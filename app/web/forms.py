"""Reading forms inside the route: what was typed is kept, what is wrong is collected, nothing is thrown away.

    def create(request: Request, session: SessionDep, form: FormDep) -> Response:
        name = form.text("name", longest=200)
        rate = form.number("discount_rate", least=0, most=100, unit="%", divide_by=100)
        if form.problems:
            return page(request, "projects/edit.html", EditProject(form), status=422)

Each reader returns a value of its type, or a neutral one after noting a `Problem`; so read all, then look at
`form.problems` once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar, overload

from starlette.datastructures import UploadFile

from app.errors import InvalidInput, Problem
from app.web.formatting import full, parse_number, plain

Choice = TypeVar("Choice", bound=StrEnum)
REQUIRED = "fill this in"
LONGEST_TEXT = 1000
#: What separates numbers in a row: a tab or line end as a spreadsheet pastes them, a semicolon, or spaces.
BETWEEN = re.compile(r"[\t\r\n;]+| +")


class Form:
    """The fields of one form: texts as typed, in order, and the problems found so far."""

    def __init__(
        self,
        texts: Mapping[str, Sequence[str]] | None = None,
        files: Mapping[str, UploadFile] | None = None,
        *,
        posted: bool = False,
    ) -> None:
        self._texts = dict(texts or {})
        self.files = dict(files or {})
        self.posted = posted
        self.problems: list[Problem] = []

    @classmethod
    def of(cls, **values: object) -> Form:
        """Return a form that shows stored values, before anybody typed: numbers in the reader's signs."""
        return cls({name: [_initial(value)] for name, value in values.items()})

    def __getitem__(self, name: str) -> str:
        """Return the text of a field as typed; empty when it was not sent."""
        return (self._texts.get(name) or [""])[0]

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def names(self) -> list[str]:
        """Return the names of all fields that were sent, for forms whose fields follow from data."""
        return list(self._texts)

    def all(self, name: str) -> list[str]:
        """Return every text sent under one name, for repeated fields."""
        return list(self._texts.get(name, []))

    def put(self, name: str, texts: Sequence[str]) -> None:
        """Set what a repeated field shows."""
        self._texts[name] = list(texts)

    def refuse(self, name: str, allowed: str) -> None:
        """Note that what was typed in `name` is not allowed."""
        self.problems.append(Problem(name, self[name], allowed))

    def adopt(self, error: InvalidInput) -> None:
        """Note the problems that the domain found, so that they show beside their fields."""
        self.problems.extend(error.problems)

    def refuse_if_wrong(self) -> None:
        """Raise `InvalidInput` when problems were noted, so that the form comes back as typed."""
        if self.problems:
            raise InvalidInput(())

    def error(self, name: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return "; ".join(problem.allowed for problem in self.problems if problem.field == name)

    def text(self, name: str, *, required: bool = True, longest: int = LONGEST_TEXT) -> str:
        """Read a text without its surrounding space."""
        value = self[name].strip()
        if required and not value:
            self.refuse(name, REQUIRED)
        elif len(value) > longest:
            self.refuse(name, f"at most {longest} characters; this has {len(value)}")
        elif "\0" in value:
            self.refuse(name, "text without control characters")
        return value

    @overload
    def number(
        self,
        name: str,
        *,
        least: float | None = ...,
        most: float | None = ...,
        unit: str = ...,
        divide_by: int = ...,
    ) -> float: ...

    @overload
    def number(
        self,
        name: str,
        *,
        required: bool,
        least: float | None = ...,
        most: float | None = ...,
        unit: str = ...,
        divide_by: int = ...,
    ) -> float | None: ...

    def number(
        self,
        name: str,
        *,
        required: bool = True,
        least: float | None = None,
        most: float | None = None,
        unit: str = "",
        divide_by: int = 1,
    ) -> float | None:
        """Read a number; `least` and `most` are in the unit of the field, before `divide_by` (100 for %).

        The unit of the field may be typed behind it.
        """
        typed = self[name].strip().removesuffix(unit).rstrip()
        missing = 0.0 if required else None
        if not typed:
            if required:
                self.refuse(name, REQUIRED)
            return missing
        try:
            value = parse_number(typed)
        except ValueError as error:
            self.refuse(name, str(error))
            return missing
        if (least is not None and value < least) or (most is not None and value > most):
            self.refuse(name, _between(least, most, unit))
        return value / divide_by

    def integer(self, name: str, *, least: int | None = None, most: int | None = None) -> int:
        """Read a whole number; thousands separators are welcome."""
        before = len(self.problems)
        value = self.number(name, least=least, most=most)
        if len(self.problems) == before and not value.is_integer():
            self.refuse(name, "a whole number")
        return int(value)

    def row(self, name: str, allowed: str = "", *, divide_by: int = 1) -> tuple[float, ...]:
        """Read several numbers, as typed or pasted from a spreadsheet; `allowed` is said where there is none.

        Without `allowed` the field may stay empty.
        """
        texts = [text for text in BETWEEN.split(self[name].strip()) if text]
        if not texts and allowed:
            self.refuse(name, allowed)
        found: list[float] = []
        for position, text in enumerate(texts, start=1):
            try:
                found.append(parse_number(text) / divide_by)
            except ValueError as error:
                self.refuse(name, f"value {position}, “{text}”, must be {error}")
        return tuple(found)

    def choice(self, name: str, kinds: type[Choice]) -> Choice:
        """Read one of an enumeration."""
        try:
            return kinds(self[name])
        except ValueError:
            self.refuse(name, f"one of {', '.join(kinds)}")
            return next(iter(kinds))

    def one_of(self, name: str, allowed: Collection[str], *, required: bool = True) -> str:
        """Read one of a list of keys that the page offered."""
        value = self[name]
        if value not in allowed and (required or value):
            self.refuse(name, "one of the offered choices")
        return value

    def day(self, name: str) -> date:
        """Read a date in ISO form, which is what a date input sends."""
        try:
            return date.fromisoformat(self[name].strip())
        except ValueError:
            self.refuse(name, "a date such as 2026-07-01")
            return date.min

    def flag(self, name: str) -> bool:
        """Read a checkbox."""
        return name in self._texts

    def version(self) -> int:
        """Read the version of the row that the form was filled from."""
        return self.integer("version", least=1)


def _initial(value: object) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "on"
        case StrEnum():
            return value.value
        case int() | float():
            return plain(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _between(least: float | None, most: float | None, unit: str) -> str:
    bounds = [full(bound) for bound in (least, most) if bound is not None]
    words = (
        f"from {' to '.join(bounds)}"
        if len(bounds) == 2
        else f"at {'least' if most is None else 'most'} {bounds[0]}"
    )
    return f"{words} {unit}".strip()
