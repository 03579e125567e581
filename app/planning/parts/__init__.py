"""Every part of a scenario that a planner can change, by its key.

A new table of a scenario adds its entry here; pages, API, grid and checks follow from it.
"""

from __future__ import annotations

from app.errors import NotFound
from app.planning.parts.costs import COSTS
from app.planning.parts.fiscal import FISCAL
from app.planning.parts.part import NEW, ONLY, Field, Kind, Part
from app.planning.parts.physicals import PHYSICALS
from app.planning.parts.plan import PLAN
from app.planning.parts.sales import SALES

PARTS: dict[str, Part] = {part.key: part for part in (*PLAN, *PHYSICALS, *SALES, *COSTS, *FISCAL)}


def find_part(key: str) -> Part:
    """Return the part of that key; raises `NotFound`."""
    if key not in PARTS:
        raise NotFound("part", key)
    return PARTS[key]


def parts_of(tab: str) -> list[Part]:
    """Return the parts that a tab shows, in order."""
    return [part for part in PARTS.values() if part.tab == tab]


__all__ = ["NEW", "ONLY", "PARTS", "Field", "Kind", "Part", "find_part", "parts_of"]
