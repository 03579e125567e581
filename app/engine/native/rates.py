"""Rates of return of many series by one call of the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.native import address, at, library, whole
from app.engine.native.calls import SEATS, Floats, side_by_side

Codes = NDArray[np.uint8]
PARTS = ("which", "times", "decays", "grows")


#: `setting` of rates.c, every field of eight bytes.
SETTING = np.dtype(
    [
        *((name, np.int64) for name in ("rows", "nodes", "halvings", "widths", "node")),
        *((f"{way}_{name}", np.int64) for way in ("forwards", "backwards") for name in PARTS),
        ("codes", np.int64),
        *((name, np.float64) for name in ("plain", "farthest")),
        *((name, np.int64) for name in ("most", "free")),
        ("done", np.float64),
    ]
)


@dataclass(frozen=True, slots=True)
class Direction:
    """Time running one way. which: of each gap, the place of its width. times: of the flows. decays, grows:
    what each node makes of money at each time, and the inverse, `(n_periods, n_nodes)`."""

    which: NDArray[np.int64]
    times: Floats
    decays: Floats
    grows: Floats

    def fits(self, periods: int, nodes: int) -> bool:
        """Return whether its arrays belong to so many flows and nodes."""
        tables = self.decays.shape == self.grows.shape == (periods, nodes)
        return tables and self.times.shape == (periods,) and self.which.shape == (periods - 1,)

    def places(self) -> list[int]:
        """Return where its arrays begin."""
        return [address(getattr(self, name)) for name in PARTS]


class Search:
    """`irr._Search` of series at the same times, but for its scan.

    codes: of the reasons DEFINED, OTHER_IRR_NEGATIVE, SEVERAL_IRRS, NO_CASH_FLOW, ONE_SIGN, NO_IRR and
    NOT_FINITE. limits: halvings of a piece, steps of a search and those that are free. sizes: how large a sum
    must be to have a sure sign, the farthest first guess, the step that ends a search.
    """

    def __init__(
        self,
        widths: Sequence[float],
        nodes: Floats,
        directions: tuple[Direction, Direction],
        codes: Sequence[int],
        limits: tuple[int, int, int],
        sizes: tuple[float, float, float],
    ) -> None:
        self.periods = len(directions[0].times)
        if len(codes) != 7 or not all(each.fits(self.periods, len(nodes)) for each in directions):
            raise ValueError("tables do not fit the flows")
        halvings, most, free = limits
        plain, farthest, done = sizes
        #: What the setting points at, kept as long as itself.
        self._kept = np.array(widths, dtype=np.float64), nodes, directions, np.array(codes, dtype=np.uint8)
        self._setting = np.array(
            (
                *(self.periods, len(nodes), halvings, address(self._kept[0]), address(nodes)),
                *directions[0].places(),
                *directions[1].places(),
                *(address(self._kept[3]), plain, farthest, most, free, done),
            ),
            dtype=SETTING,
        )
        self._fixed = 3 * self.periods + 2 * (len(nodes) + 1) + SEATS * self.periods

    def __call__(self, flows: Floats) -> tuple[Floats, Codes, Codes] | None:
        """Return ln(1 + r) and the reason of each column, and which are left to a scan: 1 everywhere, 2 below
        zero. None where there is no kernel."""
        kernel = library()
        if kernel is None:
            return None
        flows = side_by_side(flows)
        periods, trials = flows.shape
        if periods != self.periods:
            raise ValueError("gaps do not fit the flows")
        u, (reasons, left) = np.empty(trials), np.empty((2, trials), dtype=np.uint8)
        memory = np.empty(self._fixed + (20 + periods) * trials)
        counts, flags = np.empty(3 * trials, dtype=np.int64), np.empty(4 * trials, dtype=np.uint8)
        sizes = whole(flows.strides[0] // 8), whole(trials), at(self._setting)
        found = at(u), at(reasons), at(left)
        kernel.rates(at(flows), *sizes, *found, at(memory), at(counts), at(flags))
        return u, reasons, left
