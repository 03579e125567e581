"""What production leads to, period by period: strip ratio, metal in feed and in process, recovered, payable,
concentrate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.engine.cashflow import CashFlow
from app.engine.context import Context
from app.engine.lines import LineUnit
from app.engine.release import left_in_process
from app.engine.reserves import overruns
from app.features.parts.derived.shapes import (
    Derived,
    DerivedRow,
    DerivedTable,
    Notice,
    column,
    derived_row,
    line_label,
    says_something,
)
from app.valuation.evaluate import Valuation
from app.web.charts import CashFlowChart, Role, Series
from app.web.formatting import number
from app.web.measures import Measure, mass_measure, measure_of


def production(valuation: Valuation) -> Derived:
    """Return the physicals by period with their totals, and a warning for every reserve that is overrun."""
    flow = valuation.cash_flow
    rows = [
        *_rock(flow),
        *(row for metal in _metals(flow) for row in _metal(flow, metal)),
        *_concentrate(flow),
    ]
    table = DerivedTable(
        "physicals",
        "Derived from the schedule",
        "Follows from what was entered above. Totals of ratios and grades are those of the whole.",
        flow.timeline.labels,
        rows,
    )
    notices = (*_overruns(valuation), *_left(flow))
    return Derived(notices, _charts(valuation), (table,) if rows else ())


def _overruns(valuation: Valuation) -> Iterator[Notice]:
    labels = valuation.cash_flow.timeline.labels
    for over in overruns(Context.of(valuation.inputs)):
        unit = mass_measure("", [over.whole])

        def said(tonnes: float, unit: Measure = unit) -> str:
            return f"{number(unit.of(tonnes))} {unit.unit}"

        yield Notice(
            f"{over.source} is mined beyond its reserve from {labels[over.period]} on",
            f"By the end of {labels[over.period]} {said(over.mined)} of ore are mined, against a reserve of"
            f" {said(over.reserve)}. By the end of the schedule it is {said(over.whole)},"
            f" {said(over.excess)} too much.",
        )


def _left(flow: CashFlow) -> Iterator[Notice]:
    end = flow.timeline.labels[-1]
    for metal, tonnes in left_in_process(flow.lines):
        unit = mass_measure(metal, [tonnes])
        yield Notice(
            f"{metal} is still in process when the schedule ends",
            f"{number(unit.of(tonnes))} {unit.unit} of it come out after {end} and are not sold. Further"
            " periods in the timeline take them in.",
        )


def _rock(flow: CashFlow) -> Iterator[DerivedRow]:
    ore, waste = column(flow["ore_mined"]), column(flow["waste_mined"])
    yield from _masses(flow, ["ore_mined", "waste_mined"])
    if says_something(waste):
        yield _ratio("strip_ratio", "Strip ratio", Measure("t/t"), waste, ore)
    yield from _masses(flow, [key for key in flow.lines if key.startswith("stockpile.")], sums=False)
    yield from _masses(flow, [key for key in flow.lines if key.startswith("processed.")])
    yield from _masses(flow, ["ore_processed"])


def _metals(flow: CashFlow) -> list[str]:
    return list(dict.fromkeys([*flow.named("head_grade"), *flow.named("recovered"), *flow.named("payable")]))


def _metal(flow: CashFlow, metal: str) -> Iterator[DerivedRow]:
    """Yield head grade, metal in feed, recovery, recovered and payable metal, as far as there are any.

    A metal that comes out later than its ore goes in has no recovery by period; it has what is in process.
    """
    in_process = f"in_process.{metal}"
    recovered = _column(flow, f"recovered.{metal}")
    if f"head_grade.{metal}" in flow:
        fed, grade = column(flow["ore_processed"]), column(flow[f"head_grade.{metal}"])
        contained = [ore * part for ore, part in zip(fed, grade, strict=True)]
        if says_something(contained):
            unit = measure_of(f"head_grade.{metal}", LineUnit.GRADE, "", grade)
            yield _ratio(f"head_grade.{metal}", line_label(f"head_grade.{metal}"), unit, contained, fed)
            yield derived_row(
                f"in_feed.{metal}", f"{metal} in feed", mass_measure(metal, contained), contained
            )
            if says_something(recovered) and in_process not in flow:
                label = f"Recovery {metal}"
                yield _ratio(f"recovery.{metal}", label, Measure("%", 0.01), recovered, contained)
    yield from _masses(flow, [in_process], metal, sums=False)
    yield from _masses(flow, [f"recovered.{metal}", f"payable.{metal}"], metal)


def _concentrate(flow: CashFlow) -> Iterator[DerivedRow]:
    yield from _masses(flow, [key for key in flow.lines if key.startswith("concentrate.")])


def _masses(
    flow: CashFlow, keys: Sequence[str], metal: str = "", *, sums: bool = True
) -> Iterator[DerivedRow]:
    for key in keys:
        values = _column(flow, key)
        if says_something(values):
            yield derived_row(key, line_label(key), mass_measure(metal, values), values, sums=sums)


def _column(flow: CashFlow, key: str) -> list[float]:
    return column(flow[key]) if key in flow else []


def _ratio(key: str, label: str, unit: Measure, above: Sequence[float], below: Sequence[float]) -> DerivedRow:
    """Return one row by another where that one is not zero; its total is the quotient of their sums."""
    values = [top / under if under else float("nan") for top, under in zip(above, below, strict=True)]
    whole = sum(above) / sum(below) if sum(below) else None
    return derived_row(key, label, unit, values, whole, sums=False)


def _charts(valuation: Valuation) -> tuple[CashFlowChart, ...]:
    rows = valuation.statement.by_key()
    wanted: Mapping[str, tuple[str, Role]] = {
        "ore_mined": ("Ore mined", Role.FIRST),
        "waste_mined": ("Waste mined", Role.SECOND),
    }
    if not says_something(rows["ore_mined"].values):
        wanted = {"ore_processed": ("Ore processed", Role.FIRST)}
    held = {key: words for key, words in wanted.items() if says_something(rows[key].values)}
    if not held:
        return ()
    unit = mass_measure("", [value for key in held for value in rows[key].values])
    chart = CashFlowChart(
        name="rock",
        title="Rock moved",
        unit=unit.unit,
        convention="By year",
        periods=valuation.statement.years,
        bars=[Series(label, role, unit.all(rows[key].values)) for key, (label, role) in held.items()],
        summary="; ".join(
            f"{label}: {number(unit.of(sum(rows[key].values)))} {unit.unit}"
            for key, (label, _) in held.items()
        ),
    )
    return (chart,)
