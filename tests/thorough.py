"""How much of a large comparison a run looks at: all with HYPOTHESIS_PROFILE=thorough, else a sample.

CI does both: a sample on the host, everything in the image.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, TypeVar

from numpy.typing import NDArray

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
Case = TypeVar("Case")
Item = TypeVar("Item", bound=Sequence[Any] | NDArray[Any])


def some(items: Item) -> Item:
    """Return every eighth item, all of them in a thorough run."""
    return items if THOROUGH else items[::8]


def also(*items: Case) -> tuple[Case, ...]:
    """Return further cases of a thorough run, none of them in another."""
    return items if THOROUGH else ()
