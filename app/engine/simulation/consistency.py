"""Whether target rank correlations can hold together, and the nearest ones that can."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from app.engine.inputs import Correlation
from app.engine.kinds import Copula
from app.engine.simulation.dependence import (
    Repair,
    factor,
    normal_correlation,
    normal_spearman,
    student_correlation,
    student_spearman,
)

Pair = tuple[str, str]
DIGITS = 3
#: How far towards independence the nearest matrix is moved until its rounded figures hold together too.
SHARES = (0.0, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)


@dataclass(frozen=True, slots=True)
class Consistency:
    """repair: what a simulation does about correlations that cannot hold together.

    nearest: of every pair that is then correlated, rank correlations to three digits that can; empty where
    those asked for can.
    """

    repair: Repair
    nearest: Mapping[Pair, float]


def as_normal(correlation: Correlation, target: float, alike: bool) -> float:
    """Return the correlation of the variates behind a target rank correlation. alike: both drivers follow
    paths, or neither does; those that are not share no t copula."""
    if correlation.copula is Copula.STUDENT_T and alike:
        return student_correlation(target, correlation.degrees)
    return normal_correlation(target)


def as_rank(correlation: Correlation, normal: float, alike: bool) -> float:
    """Return the rank correlation of variates with this correlation: `as_normal` the other way round."""
    if correlation.copula is Copula.STUDENT_T and alike:
        return student_spearman(normal, correlation.degrees)
    return normal_spearman(normal)


def consistency(correlation: Correlation, paths: Collection[str] = ()) -> Consistency:
    """Return whether the pairs can hold together. paths: drivers that follow a path.

    >>> asked = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.5}
    >>> found = consistency(Correlation(asked))
    >>> found.repair.repaired, {pair: round(rho, 1) for pair, rho in found.nearest.items()}
    (True, {('a', 'b'): 0.6, ('a', 'c'): -0.3, ('b', 'c'): 0.6})
    """
    names = tuple(dict.fromkeys(name for pair in correlation.pairs for name in pair))
    alike = {pair: (pair[0] in paths) == (pair[1] in paths) for pair in combinations(names, 2)}

    def factored(pairs: Mapping[Pair, float]) -> tuple[list[list[float]], Repair]:
        normal = {
            (first, second): as_normal(correlation, rho, (first in paths) == (second in paths))
            for (first, second), rho in pairs.items()
        }
        lower, repair = factor(names, normal)
        return (lower @ lower.T).tolist(), repair

    matrix, repair = factored(correlation.pairs)
    nearest: dict[Pair, float] = {}
    for share in SHARES if repair.repaired else ():
        nearest = {}
        for (i, first), (j, second) in combinations(enumerate(names), 2):
            pair = (first, second)
            rho = round(as_rank(correlation, (1 - share) * matrix[i][j], alike[pair]), DIGITS)
            if rho:
                nearest[pair] = rho
        if not factored(nearest)[1].repaired:
            break
    return Consistency(repair, nearest)
