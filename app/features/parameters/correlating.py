"""The matrix of rank correlations between uncertain parameters: as it is, and as somebody wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from app.engine.inputs import Correlation
from app.engine.simulation.consistency import Consistency, Pair, consistency
from app.features.parameters.queries import ParameterRow, row_of
from app.models import ParameterCorrelation, Scenario
from app.planning.edit import RowChange

PART = "correlations"


def rows_of(scenario: Scenario) -> list[ParameterRow]:
    """Return the parameters that a matrix has: those that are drawn, and those that a stored pair names."""
    named = {name for row in scenario.correlations for name in (row.first, row.second)}
    rows = map(row_of, scenario.parameters)
    return [row for row in rows if row.uncertainty is not None or row.process or row.name in named]


def pairs_of(rows: Sequence[ParameterRow]) -> list[Pair]:
    """Return every pair below the diagonal, row by row."""
    return [(second.name, first.name) for first, second in combinations(rows, 2)]


def stored(scenario: Scenario, pairs: Sequence[Pair]) -> dict[Pair, ParameterCorrelation]:
    """Return the stored row of each pair that has one, whichever way round it is stored."""
    held = {frozenset((row.first, row.second)): row for row in scenario.correlations}
    return {pair: held[frozenset(pair)] for pair in pairs if frozenset(pair) in held}


def checked(scenario: Scenario, rows: Sequence[ParameterRow], wanted: Mapping[Pair, float]) -> Consistency:
    """Return whether what is wanted can hold together under the copula of the scenario."""
    paths = {row.name for row in rows if row.process}
    given = {pair: rho for pair, rho in wanted.items() if rho}
    return consistency(Correlation(given, scenario.copula, scenario.copula_degrees), paths)


def nearest(found: Consistency, pairs: Sequence[Pair]) -> dict[Pair, float]:
    """Return the nearest correlations by the pairs of the matrix; none of those that come out as zero."""
    by_pair = {frozenset(pair): rho for pair, rho in found.nearest.items()}
    return {pair: by_pair[frozenset(pair)] for pair in pairs if frozenset(pair) in by_pair}


def changes(
    held: Mapping[Pair, ParameterCorrelation], versions: Mapping[Pair, int], wanted: Mapping[Pair, float]
) -> Iterator[RowChange]:
    """Yield what leads from the stored rows to what is wanted; a pair without correlation has no row.

    versions: of the rows that the matrix was read from.
    """
    for pair in {**held, **wanted}:
        row, rho = held.get(pair), wanted.get(pair, 0.0)
        if row is None:
            if rho:
                yield RowChange(PART, values={"first": pair[0], "second": pair[1], "rho": rho})
        elif not rho:
            yield RowChange(PART, str(row.id), versions.get(pair), remove=True)
        elif rho != row.rho:
            yield RowChange(PART, str(row.id), versions.get(pair), {"rho": rho})
