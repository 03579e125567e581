"""Long lists, a window at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Query

Item = TypeVar("Item")
PER_PAGE = 50
NEIGHBOURS = 2


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a list are wanted: `query.limit(window.limit).offset(window.offset)`."""

    number: int = 1
    limit: int = PER_PAGE

    @property
    def offset(self) -> int:
        """Rows before the window."""
        return (self.number - 1) * self.limit


def window(page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> Window:
    """Read the window from the address."""
    return Window(page)


@dataclass(frozen=True, slots=True)
class Pagination:
    """A window on a list of `total` rows, with what the links at its foot need."""

    window: Window
    total: int
    path: str
    query: Mapping[str, str]

    @property
    def pages(self) -> int:
        """How many pages the list has; an empty list has one."""
        return max(1, -(-self.total // self.window.limit))

    @property
    def first(self) -> int:
        """The position of the first row shown, from 1; 0 for an empty list."""
        return min(self.window.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The position of the last row shown."""
        return min(self.window.offset + self.window.limit, self.total)

    def href(self, number: int) -> str:
        """Return the address of a page, keeping search and sort."""
        return f"{self.path}?{urlencode({**self.query, 'page': number})}"

    def numbers(self) -> list[int | None]:
        """Return the page numbers to link: both ends, the neighbours, and `None` for each gap."""
        here = self.window.number
        wanted = {1, self.pages, *range(here - NEIGHBOURS, here + NEIGHBOURS + 1)}
        shown: list[int | None] = []
        for number in sorted(number for number in wanted if 1 <= number <= self.pages):
            if shown and shown[-1] is not None and number - shown[-1] > 1:
                shown.append(None)
            shown.append(number)
        return shown


def paged(rows: Sequence[Item], window: Window, path: str) -> tuple[Sequence[Item], Pagination]:
    """Return the rows of a window on a list that is at hand, and what stands at its foot.

    A page beyond the end is the last one: rows may have gone since somebody kept the address.
    """
    pages = max(1, -(-len(rows) // window.limit))
    window = replace(window, number=min(window.number, pages))
    return rows[window.offset : window.offset + window.limit], Pagination(window, len(rows), path, {})
