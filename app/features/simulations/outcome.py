"""What a run found about one output, as charts and tables in readable units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engine.kinds import Tail
from app.engine.simulation.result import DriverEffect, Fan, OutputStatistics, Probability, SimulationResult
from app.planning.words import in_sentence
from app.web.charts import (
    ExceedanceChart,
    FanChart,
    HistogramChart,
    LineChart,
    Marker,
    Role,
    Series,
    Swing,
    TornadoChart,
)
from app.web.formatting import full
from app.web.measures import Measure, indicator_measure, money_measure

#: The outputs that a result page offers first; the others follow.
FIRST = (
    *("npv_after_tax", "irr_after_tax", "npv_attributable", "irr_attributable"),
    *("npv_pre_tax", "irr_pre_tax", "payback", "aisc"),
)
FAN_LINE = "cumulative_after_tax"
FAN_LEVELS = {5: 0.05, 10: 0.10, 25: 0.25, 50: 0.50, 75: 0.75, 90: 0.90, 95: 0.95}
MOST_SWINGS = 12


@dataclass(frozen=True, slots=True)
class Named:
    """An output by key, with its words and its unit in the engine."""

    key: str
    label: str
    unit: str
    per: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """One line of the statistics: what it is, its value and its standard error in the unit of the output."""

    label: str
    value: float | None
    error: float | None
    unit: str
    help: str = ""
    digits: int = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """One output of a run. missing: number of trials without a value, by reason."""

    output: Named
    unit: str
    headline: Sequence[Estimate]
    estimates: Sequence[Estimate]
    missing: Mapping[str, int]
    histogram: HistogramChart | None
    exceedance: ExceedanceChart | None
    tornado: TornadoChart | None
    convergence: LineChart | None
    effects: Sequence[tuple[str, DriverEffect]]
    r_squared: float | None


def outcome(result: SimulationResult, output: Named, currency: str, labels: Mapping[str, str]) -> Outcome:
    """Return everything that the page shows of one output; `labels` are the words for drivers."""
    found = result.outputs[output.key]
    scale = [found.base, *(percentile.value for percentile in found.percentiles)]
    measure = indicator_measure(output.unit, currency, scale, output.per)
    drivers = result.drivers.get(output.key)
    return Outcome(
        output,
        measure.unit,
        _headline(found, measure),
        _estimates(found, measure),
        found.undefined,
        _histogram(found, output, measure, result),
        _exceedance(found, output, measure),
        _tornado(found, output, measure, drivers.effects if drivers else (), labels),
        _convergence(found, output, measure),
        [
            (labels.get(effect.driver, effect.driver), effect)
            for effect in (drivers.effects if drivers else ())
        ],
        drivers.r_squared if drivers else None,
    )


def fan_chart(
    fan: Fan, base: Sequence[float] | None, periods: Sequence[str], currency: str
) -> FanChart | None:
    """Return the fan of cumulative cash flow, None where the run kept other percentiles."""
    rows = dict(zip(fan.levels, fan.values, strict=True))
    if any(level not in rows for level in FAN_LEVELS.values()):
        return None
    measure = money_measure(currency, [value for row in fan.values for value in row])
    return FanChart(
        name="fan",
        title="Cumulative cash flow after tax",
        unit=measure.unit,
        convention="Undiscounted; bands are by period, not one path. P10: 10 % of outcomes are below",
        periods=periods,
        percentiles={name: measure.all(rows[level]) for name, level in FAN_LEVELS.items()},
        base_case=measure.all(base) if base is not None else None,
    )


def _headline(found: OutputStatistics, measure: Measure) -> list[Estimate]:
    shown = [Estimate("Mean", measure.of(found.mean.value), measure.of(found.mean.error), measure.unit)]
    for level, name in ((0.10, "P10"), (0.50, "P50"), (0.90, "P90")):
        if any(item.level == level for item in found.percentiles):
            item = found.percentile(level)
            text = f"{name[1:]} % of outcomes are below"
            shown.append(Estimate(name, measure.of(item.value), measure.of(item.error), measure.unit, text))
    if found.loss is not None:
        error = None if found.loss.error is None else found.loss.error * 100
        words = "Share of trials below zero"
        shown.append(Estimate("Probability of loss", found.loss.probability * 100, error, "%", words, 2))
    if found.base is not None:
        shown.append(
            Estimate("Base case", measure.of(found.base), None, measure.unit, "Every input at its base")
        )
    return shown


def _estimates(found: OutputStatistics, measure: Measure) -> list[Estimate]:
    unit = measure.unit
    rows = [
        Estimate("Mean", measure.of(found.mean.value), measure.of(found.mean.error), unit),
        Estimate("Standard deviation", measure.of(found.sd.value), measure.of(found.sd.error), unit),
        Estimate("Skewness", found.skewness.value, found.skewness.error, ""),
        Estimate("Smallest", measure.of(found.minimum), None, unit),
    ]
    rows += [
        Estimate(f"P{item.level * 100:g}", measure.of(item.value), measure.of(item.error), unit)
        for item in found.percentiles
    ]
    rows.append(Estimate("Largest", measure.of(found.maximum), None, unit))
    rows += [_chance(each, measure) for each in ([found.loss] if found.loss else []) + list(found.below)]
    if found.tail is not None:
        tail, share = found.tail, f"{found.tail.level * 100:g} %"
        risk, beyond = tail.value_at_risk, tail.conditional
        end = "lowest" if tail.side is Tail.LOW else "highest"
        words = f"Value at the edge of the {end} {share}, in the output's own sign"
        rows.append(
            Estimate(f"Value at risk, {share}", measure.of(risk.value), measure.of(risk.error), unit, words)
        )
        words = f"Mean of the {end} {share}"
        label = f"Conditional value at risk, {share}"
        rows.append(Estimate(label, measure.of(beyond.value), measure.of(beyond.error), unit, words))
    return rows


def _chance(found: Probability, measure: Measure) -> Estimate:
    # Twelve digits, so that 7 % does not come back from its fraction as 7.000000000000001.
    typed = full(float(f"{found.threshold / measure.factor:.12g}"))
    at = f"{typed} {measure.unit}" if found.threshold else "zero"
    error = None if found.error is None else found.error * 100
    return Estimate(f"Probability below {at}", found.probability * 100, error, "%")


def _markers(found: OutputStatistics, measure: Measure) -> list[Marker]:
    roles = {0.10: ("P10", Role.P10), 0.50: ("P50", Role.P50), 0.90: ("P90", Role.P90)}
    marks = [
        Marker(*roles[item.level], item.value / measure.factor)
        for item in found.percentiles
        if item.level in roles
    ]
    if found.base is not None:
        marks.append(Marker("Base case", Role.BASE_CASE, found.base / measure.factor))
    return marks


def _zero(low: float, high: float) -> list[Marker]:
    """Return the line between profit and loss where the picture reaches across it."""
    return [Marker("Zero", Role.THRESHOLD, 0.0)] if low < 0 < high else []


def _histogram(
    found: OutputStatistics, output: Named, measure: Measure, result: SimulationResult
) -> HistogramChart | None:
    if found.histogram is None:
        return None
    shares = found.histogram
    outside = shares.below + shares.above
    return HistogramChart(
        name="histogram",
        title=f"Distribution of {in_sentence(output.label)}",
        unit=measure.unit,
        convention=f"{result.trials_done:,} trials"
        + (f", {outside:,} of them outside the picture" if outside else ""),
        edges=[edge / measure.factor for edge in shares.edges],
        counts=shares.counts,
        markers=[*_markers(found, measure), *_zero(shares.edges[0], shares.edges[-1])],
    )


def _exceedance(found: OutputStatistics, output: Named, measure: Measure) -> ExceedanceChart | None:
    if not found.exceedance:
        return None
    return ExceedanceChart(
        name="exceedance",
        title=f"Chance of exceeding each {in_sentence(output.label)}",
        unit=measure.unit,
        values=[point.value / measure.factor for point in found.exceedance],
        chances=[point.probability for point in found.exceedance],
        markers=[*_markers(found, measure), *_zero(found.exceedance[0].value, found.exceedance[-1].value)],
    )


def _tornado(
    found: OutputStatistics,
    output: Named,
    measure: Measure,
    effects: Sequence[DriverEffect],
    labels: Mapping[str, str],
) -> TornadoChart | None:
    if not effects or found.mean.value is None:
        return None
    swings = [
        Swing(
            labels.get(effect.driver, effect.driver),
            "P10",
            "P90",
            effect.low / measure.factor,
            effect.high / measure.factor,
        )
        for effect in effects[:MOST_SWINGS]
    ]
    return TornadoChart(
        name="tornado",
        title=f"What moves {in_sentence(output.label)}",
        unit=measure.unit,
        convention="Mean outcome of the trials in which a driver is around its P10 or its P90",
        base=found.mean.value / measure.factor,
        base_label="Mean",
        swings=swings,
    )


def _convergence(found: OutputStatistics, output: Named, measure: Measure) -> LineChart | None:
    if len(found.convergence) < 2:
        return None
    levels = [percentile.level for percentile in found.percentiles]
    lines = [Series("Mean", Role.MEAN, [point.mean / measure.factor for point in found.convergence])]
    for level, role in ((0.10, Role.P10), (0.50, Role.P50), (0.90, Role.P90)):
        if level in levels:
            index = levels.index(level)
            values = [point.percentiles[index] / measure.factor for point in found.convergence]
            lines.append(Series(f"P{level * 100:g}", role, values))
    return LineChart(
        name="convergence",
        title=f"Convergence of {in_sentence(output.label)}",
        unit=measure.unit,
        convention="Figures after the first trials of the run",
        points=[f"{point.trials:,}" for point in found.convergence],
        lines=lines,
        point_name="Trials",
    )
