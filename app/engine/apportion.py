"""A total and its parts when the total may have been entered."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

from app.engine.context import Context
from app.engine.quantity import Array, added

Name = TypeVar("Name", bound=Hashable)


def apportioned(
    ctx: Context, key: str, parts: Mapping[Name, Array], nameless: Name
) -> tuple[Array, dict[Name, Array]]:
    """Return the line `key`, the sum of its parts, and the parts; where the line is entered they follow it.

    One part becomes the entered row, several are scaled in proportion (nothing where they are all zero);
    without any, the row stands under `nameless`.
    """
    entered = ctx.entered.get(key)
    derived = added(parts.values(), ctx.zeros())
    if entered is None:
        return ctx.rows(derived), dict(parts)
    row = ctx.rows(entered)
    if len(parts) <= 1:
        return row, {next(iter(parts), nameless): row}
    factor = np.divide(
        row, derived, out=np.zeros(np.broadcast_shapes(row.shape, derived.shape)), where=derived != 0
    )
    return row, {name: part * factor for name, part in parts.items()}
