"""How much of a large comparison a run looks at: all with HYPOTHESIS_PROFILE=thorough, else a sample.

CI does both: a sample on the host, everything in the image.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import cycle, islice, product
from typing import Any, TypeVar

from numpy.typing import NDArray

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
Case = TypeVar("Case")
Item = TypeVar("Item", bound=Sequence[Any] | NDArray[Any])
Row = TypeVar("Row")
Column = TypeVar("Column")


def some(items: Item, every: int = 8) -> Item:
    """Return every eighth item, all of them in a thorough run."""
    return items if THOROUGH else items[::every]


def also(*items: Case) -> tuple[Case, ...]:
    """Return further cases of a thorough run, none of them in another."""
    return items if THOROUGH else ()


def crossed(rows: Iterable[Row], columns: Iterable[Column]) -> list[tuple[Row, Column]]:
    """Return pairs in which each of either occurs, every pair in a thorough run."""
    rows, columns = [*rows], [*columns]
    if THOROUGH:
        return [*product(rows, columns)]
    return [*islice(zip(cycle(rows), cycle(columns), strict=False), max(len(rows), len(columns)))]
