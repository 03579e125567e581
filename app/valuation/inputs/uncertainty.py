"""Which parameters are uncertain and how they move together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from app import models
from app.engine.inputs import Correlation, Uncertain, UncertainPath
from app.engine.kinds import DistributionFamily, Effect, ParameterUnit, PriceProcess
from app.engine.quantity import Array
from app.engine.simulation.distributions import DISTRIBUTIONS, Family
from app.engine.simulation.parameters import Rejection
from app.engine.simulation.processes import PROCESSES, ProcessFamily
from app.valuation.inputs.reader import Reader
from app.valuation.units import measure

Parameters: TypeAlias = dict[str, float | tuple[float, ...]]


def uncertain(
    read: Reader, rows: Iterable[models.Parameter], years: Array
) -> tuple[tuple[Uncertain, ...], tuple[UncertainPath, ...]]:
    """Return what is drawn for each active uncertain parameter, as distributions and as paths.

    years: length of each period [year].
    """
    draws: list[Uncertain] = []
    paths: list[UncertainPath] = []
    for row in rows:
        if row.active and row.family is not None:
            draws.append(_draw(read, row, row.family))
        elif row.active and row.process is not None:
            paths.append(_path(read, row, row.process, years))
    return tuple(draws), tuple(paths)


def _draw(read: Reader, row: models.Parameter, kind: DistributionFamily) -> Uncertain:
    if row.base.driver and row.effect is not Effect.MULTIPLY:
        allowed = f"multiply: the parameter follows '{row.base.driver}', so only a factor has a meaning"
        read.reject(row, "effect", str(row.effect), allowed)
    given, family = _as_typed(row), DISTRIBUTIONS[kind]
    if not _rejected(read, row, family.rejected(given)) and row.effect is not Effect.MULTIPLY:
        given = _in_base_units(read, row, family, given)
    return Uncertain(row.name, kind, given, row.effect, row.draw, row.autocorrelation)


def _path(read: Reader, row: models.Parameter, kind: PriceProcess, years: Array) -> UncertainPath:
    given, family = _as_typed(row), PROCESSES[kind]
    if not _rejected(read, row, family.rejected(given, years)):
        given = _in_base_units(read, row, family, given)
    return UncertainPath(row.name, kind, given, row.centred)


def _as_typed(row: models.Parameter) -> Parameters:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.distribution.items()
    }


def _rejected(read: Reader, row: models.Parameter, rejections: Iterable[Rejection]) -> bool:
    """Note what the registry rejects, in the unit that it was typed in; say whether there was anything."""
    found = list(rejections)
    for name, value, allowed in found:
        read.reject(row, name, value, allowed)
    return bool(found)


def _in_base_units(
    read: Reader, row: models.Parameter, family: Family | ProcessFamily, given: Parameters
) -> Parameters:
    if row.name not in read.drivers:
        return given  # its own unit was refused already
    unit = measure(row.base.unit)
    scaled = {entry.name for entry in family.parameters if entry.unit is ParameterUnit.DRIVER}

    def converted(value: float | tuple[float, ...]) -> float | tuple[float, ...]:
        return tuple(map(unit.to_base, value)) if isinstance(value, tuple) else unit.to_base(value)

    return {name: converted(value) if name in scaled else value for name, value in given.items()}


def correlation(scenario: models.Scenario, drawn: frozenset[str]) -> Correlation:
    """Return the target correlations between parameters that are drawn; others have nothing to correlate."""
    pairs: Mapping[tuple[str, str], float] = {
        (row.first, row.second): row.rho for row in scenario.correlations if {row.first, row.second} <= drawn
    }
    return Correlation(pairs=pairs, copula=scenario.copula, degrees=scenario.copula_degrees)
