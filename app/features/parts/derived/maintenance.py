"""Maintenance due with its dates, and plan against actual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from app.engine.kinds import MaintenanceInterval
from app.engine.timeline import Timeline
from app.features.parts.derived.shapes import (
    Derived,
    DerivedList,
    DerivedRow,
    DerivedTable,
    Notice,
    amount,
    derived_row,
    says_something,
)
from app.models import Scenario
from app.valuation.evaluate import Valuation
from app.valuation.upkeep import Due, Kept, PlanUpkeep, Upkeep, by_year, upkeep_of
from app.web.charts import CashFlowChart, Role, Series
from app.web.formatting import day as written_day, number
from app.web.measures import Measure, money_measure

#: Lines of the due list that a page shows.
MOST_DUE = 50


def maintenance(valuation: Valuation, scenario: Scenario, today: date) -> Derived:
    """Return the due list as of a day, each plan's state, and planned work beside logged work by year."""
    found = upkeep_of(valuation, scenario.maintenance_log, today)
    timeline = valuation.inputs.timeline
    rows = list(_rows(valuation, timeline, found))
    text = "Planned as the valuation has it; logged cost is money of its day at the rate of its period."
    tables = (
        [DerivedTable("against", "Plan against actual by year", text, timeline.year_labels, rows)]
        if rows
        else []
    )
    return Derived(
        tuple(_notices(found)),
        _charts(valuation, timeline, found),
        tables,
        tuple(_lists(valuation, found, today)),
    )


def _notices(found: Upkeep) -> Iterator[Notice]:
    overdue = [each for each in found.due if each.overdue]
    if overdue:
        first = overdue[0]
        more = f" and {len(overdue) - 1} more" if len(overdue) > 1 else ""
        yield Notice(
            "Maintenance is overdue",
            f"{first.plan} on {first.equipment} was due on {written_day(first.day)}{more}."
            " Log the work that was done.",
        )
    if found.outside:
        entries = "entry lies" if found.outside == 1 else "entries lie"
        yield Notice(
            "Work logged outside the timeline", f"{found.outside} {entries} before or after the periods."
        )


def _lists(valuation: Valuation, found: Upkeep, today: date) -> Iterator[DerivedList]:
    due = found.due
    money = money_measure(valuation.currency, [each.cost for each in due])
    if found.plans:
        headings = (
            "Plan",
            "Equipment class",
            "State",
            "Due on",
            "Units",
            f"Cost, {money.unit}",
            "Downtime, h",
        )
        lines = [
            (
                each.plan,
                each.equipment,
                state_of(each),
                written_day(each.day),
                each.units,
                money.of(each.cost),
                each.downtime,
            )
            for each in due[:MOST_DUE]
        ]
        more = f" {len(due) - MOST_DUE} later ones are left out." if len(due) > MOST_DUE else ""
        text = f"As of {written_day(today)}, a year ahead, where no log entry covers it.{more}"
        yield DerivedList("due", "Due", text, headings, lines)
        yield _states(valuation, found.plans)


def state_of(due: Due) -> str:
    """Return the state of an event in words."""
    return "overdue" if due.overdue else "due soon" if due.soon else "later"


def _states(valuation: Valuation, plans: Sequence[PlanUpkeep]) -> DerivedList:
    money = money_measure(valuation.currency, [sum(each.kept.planned_cost) for each in plans])
    headings = (
        *("Plan", "Every", "Asked for until today", "Logged", "Next open"),
        *(f"Planned cost, {money.unit}", f"Logged cost, {money.unit}"),
    )
    shown = [
        (
            each.plan.name,
            interval_in_words(each),
            each.asked,
            each.done,
            written_day(each.due[0].day) if each.due else "none within a year",
            money.of(float(np.sum(each.kept.planned_cost))),
            money.of(float(np.sum(each.kept.done_cost))),
        )
        for each in plans
    ]
    return DerivedList("plans", "Plans and what was logged", "Events are counted by unit.", headings, shown)


def interval_in_words(each: PlanUpkeep) -> str:
    """Return how often a plan asks for work."""
    by_hours = each.plan.interval_unit is MaintenanceInterval.HOURS
    return f"{amount(each.plan.interval)} {'operating hours' if by_hours else 'days'}"


def _rows(valuation: Valuation, timeline: Timeline, found: Upkeep) -> Iterator[DerivedRow]:
    kept = [(each.plan.name, each.kept) for each in found.plans] + [("Unplanned work", found.unplanned)]
    amounts = [
        value
        for _, each in kept
        for row in (each.planned_cost, each.done_cost)
        for value in by_year(timeline, row)
    ]
    money = money_measure(valuation.currency, amounts)
    for name, each in kept:
        for key, label, unit, row in _pairs(each, money):
            values = by_year(timeline, row)
            if says_something(values):
                yield derived_row(f"{name}.{key}", f"{name}, {label}", unit, values)


def _pairs(kept: Kept, money: Measure) -> tuple[tuple[str, str, Measure, np.ndarray], ...]:
    events, hours = Measure("events"), Measure("h")
    return (
        ("planned_events", "planned", events, kept.planned_events),
        ("done_events", "logged", events, kept.done_events),
        ("planned_cost", "planned cost", money, kept.planned_cost),
        ("done_cost", "logged cost", money, kept.done_cost),
        ("planned_downtime", "planned downtime", hours, kept.planned_downtime),
        ("done_downtime", "logged downtime", hours, kept.done_downtime),
    )


def _charts(valuation: Valuation, timeline: Timeline, found: Upkeep) -> list[CashFlowChart]:
    kept = [each.kept for each in found.plans]
    planned = by_year(timeline, sum((each.planned_cost for each in kept), np.zeros(timeline.n_periods)))
    actual = by_year(timeline, sum((each.done_cost for each in kept), found.unplanned.done_cost))
    if not (says_something(planned) or says_something(actual)):
        return []
    money = money_measure(valuation.currency, [*planned, *actual])
    whole, done = money.of(sum(planned)), money.of(sum(actual))
    return [
        CashFlowChart(
            name="maintenance-cost",
            title="Maintenance cost",
            unit=money.unit,
            convention="Planned as bars, logged as a line; by year",
            periods=timeline.year_labels,
            bars=[Series("Planned", Role.OPEX, money.all(planned))],
            cumulative=Series("Logged", Role.CUMULATIVE, money.all(actual)),
            summary=f"Planned {number(whole)} {money.unit}, logged {number(done)} {money.unit}",
        )
    ]
