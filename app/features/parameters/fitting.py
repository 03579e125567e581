"""Distributions fitted to a history of a parameter, in its unit, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.kinds import DistributionFamily
from app.engine.simulation.distributions import DISTRIBUTIONS, build
from app.engine.simulation.fit import FEWEST, Fit, fit
from app.errors import InvalidInput, Problem
from app.features.parameters.edit import Uncertainty
from app.features.parameters.queries import Spread, spread
from app.web.charts import LineChart, Role, Series

MOST = 10_000
#: Beyond it squares and logarithms of a history overflow or vanish.
LARGEST, SMALLEST_SPREAD = 1e100, 1e-9
LEVELS = np.arange(1, 20) / 20
ROLES = (Role.SECOND, Role.THIRD)


@dataclass(frozen=True, slots=True)
class Fitted:
    """One family with its numbers, how well they fit, and what they mean."""

    fit: Fit
    spread: Spread

    @property
    def uncertainty(self) -> Uncertainty:
        """The fit as the uncertainty of a parameter."""
        return Uncertainty(self.fit.family, self.fit.parameters)


def fitted(values: Sequence[float]) -> list[Fitted]:
    """Return every family that can have produced the values, the smallest AIC first.

    Raises `InvalidInput` for values that say too little.
    """
    _refuse(values)
    with np.errstate(all="ignore"):
        found = [each for each in fit(values) if _is_usable(each)]
    return [Fitted(each, spread(Uncertainty(each.family, each.parameters))) for each in found]


def _refuse(values: Sequence[float]) -> None:
    count = len(values)
    if not FEWEST <= count <= MOST:
        raise InvalidInput([Problem("values", f"{count} values", f"from {FEWEST} to {MOST:,} values")])
    for index, value in enumerate(values):
        if not abs(value) <= LARGEST:
            raise InvalidInput([Problem(f"values[{index}]", value, f"at most {LARGEST:g} in size")])
    width = max(values) - min(values)
    if width <= SMALLEST_SPREAD * max(map(abs, values)):
        raise InvalidInput([Problem("values", "all equal", "values that are not all equal")])


def _is_usable(found: Fit) -> bool:
    figures = (found.aic, found.kolmogorov_smirnov, found.anderson_darling, found.p_value)
    rejected = list(DISTRIBUTIONS[found.family].rejected(found.parameters))
    return not rejected and bool(np.all(np.isfinite(figures)))


def quantile_chart(values: Sequence[float], found: Sequence[Fitted], unit: str) -> LineChart:
    """Return the observed percentiles beside those of the best fits."""
    observed = np.quantile(np.asarray(values), LEVELS)
    lines = [Series("Observed", Role.FIRST, observed.tolist())]
    for each, role in zip(found, ROLES, strict=False):
        at = build(each.fit.family, each.fit.parameters).inverse(LEVELS)
        lines.append(Series(each.spread.label, role, at.tolist()))
    return LineChart(
        name="quantiles",
        title="Observed and fitted percentiles",
        unit=unit,
        convention=f"{len(values):,} observations and the families that fit them best",
        points=[f"P{level * 100:.0f}" for level in LEVELS],
        lines=lines,
        point_name="Percentile",
    )


def words(family: DistributionFamily) -> dict[str, str]:
    """Return what people call the numbers of a family."""
    return {number.name: number.label for number in DISTRIBUTIONS[family].parameters}
