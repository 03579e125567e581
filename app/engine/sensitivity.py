"""How an indicator answers to its drivers: spider, tornado, two-way grid.

Every table is one evaluation, with the variants as its trials. One driver (or two) moves at a time, so
interaction with the rest is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engine.inputs import MineInputs
from app.engine.kinds import Effect
from app.engine.quantity import Array
from app.engine.returns import Reasons
from app.engine.variants import kpi_of_variants


@dataclass(frozen=True, slots=True)
class Spider:
    """An indicator with one driver changed at a time.

    amounts: factors, shifts or levels as `effect` says. values, reasons: `(n_drivers, n_amounts)`.
    """

    kpi: str
    effect: Effect
    drivers: tuple[str, ...]
    amounts: tuple[float, ...]
    values: Array
    reasons: Reasons
    base: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: the indicator at the low and the high amount of one driver."""

    driver: str
    low_amount: float
    high_amount: float
    low: float
    high: float

    @property
    def swing(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Tornado:
    """Bars by falling absolute swing, those without a value last."""

    kpi: str
    effect: Effect
    base: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class TwoWay:
    """An indicator over two drivers. values, reasons: `(n_first, n_second)`."""

    kpi: str
    effect: Effect
    first: str
    first_amounts: tuple[float, ...]
    second: str
    second_amounts: tuple[float, ...]
    values: Array
    reasons: Reasons


def spider(
    inputs: MineInputs,
    drivers: Sequence[str],
    amounts: Sequence[float],
    kpi: str = "npv_after_tax",
    effect: Effect = Effect.MULTIPLY,
) -> Spider:
    """Return the indicator for every driver at every amount."""
    changes = [{}, *({driver: amount} for driver in drivers for amount in amounts)]
    result = kpi_of_variants(inputs, changes, kpi, effect)
    shape = (len(drivers), len(amounts))
    return Spider(
        kpi,
        effect,
        tuple(drivers),
        tuple(amounts),
        result.value[1:].reshape(shape),
        result.reasons[1:].reshape(shape),
        float(result.value[0]),
    )


def tornado(
    inputs: MineInputs,
    drivers: Mapping[str, tuple[float, float]] | Sequence[str],
    by: float = 0.10,
    kpi: str = "npv_after_tax",
    effect: Effect = Effect.MULTIPLY,
) -> Tornado:
    """Return the swing of the indicator over each driver's range.

    drivers: driver → (low, high) amounts, such as the P10 and P90 of its distribution with `Effect.REPLACE`;
    or names alone, which take the factors `1 - by` and `1 + by`.
    """
    if isinstance(drivers, Mapping):
        ranges = dict(drivers)
    else:
        ranges = dict.fromkeys(drivers, (1 - by, 1 + by))
        effect = Effect.MULTIPLY
    changes = [{}, *({driver: amount} for driver, pair in ranges.items() for amount in pair)]
    value = kpi_of_variants(inputs, changes, kpi, effect).value.tolist()
    bars = [
        Bar(driver, low, high, value[1 + 2 * index], value[2 + 2 * index])
        for index, (driver, (low, high)) in enumerate(ranges.items())
    ]
    bars.sort(key=lambda bar: (bar.swing != bar.swing, -abs(bar.swing)))
    return Tornado(kpi, effect, value[0], tuple(bars))


def two_way(
    inputs: MineInputs,
    first: str,
    first_amounts: Sequence[float],
    second: str,
    second_amounts: Sequence[float],
    kpi: str = "npv_after_tax",
    effect: Effect = Effect.MULTIPLY,
) -> TwoWay:
    """Return the indicator for every pair of amounts of two drivers."""
    changes = [{first: one, second: other} for one in first_amounts for other in second_amounts]
    result = kpi_of_variants(inputs, changes, kpi, effect)
    shape = (len(first_amounts), len(second_amounts))
    return TwoWay(
        kpi,
        effect,
        first,
        tuple(first_amounts),
        second,
        tuple(second_amounts),
        result.value.reshape(shape),
        result.reasons.reshape(shape),
    )
