"""The timeline, how flows are valued, and what the unit costs hold."""

from __future__ import annotations

from dataclasses import replace

from app import models
from app.engine.inputs import Terms, UnitCostTerms
from app.engine.timeline import Timeline
from app.errors import Problem
from app.valuation.inputs.reader import Reader


def timeline(scenario: models.Scenario) -> Timeline:
    """Return the periods of a scenario."""
    runs = [(run.length, run.count) for run in scenario.periods]
    made = Timeline.mixed(scenario.start, runs, scenario.valuation)
    return replace(made, production_start=scenario.production_start)


def terms(read: Reader, row: models.ValuationTerms | None) -> Terms:
    """Return how flows are valued; a scenario without terms cannot be valued."""
    if row is None:
        read.problems.append(Problem("valuation terms, discount rate", None, "give a discount rate"))
        return Terms(discount_rate=0.0)
    return Terms(
        discount_rate=read.quantity(row, "discount_rate"),
        convention=row.convention,
        money=row.money,
        inflation=read.quantity(row, "inflation"),
        offset=row.discount_offset,
        finance_rate=read.maybe_single(row, "finance_rate"),
        reinvest_rate=read.maybe_single(row, "reinvest_rate"),
        payback_origin=row.payback_origin,
        pre_production_revenue=row.pre_production_revenue,
    )


def unit_cost_terms(row: models.ValuationTerms | None) -> UnitCostTerms:
    """Return which components each unit-cost metric holds."""
    if row is None:
        return UnitCostTerms()
    return UnitCostTerms(
        royalty_in_c1=row.royalty_in_c1,
        closure_in_aisc=row.closure_in_aisc,
        corporate_in_aisc=row.corporate_in_aisc,
        exploration_in_aisc=row.exploration_in_aisc,
        leases_in_aisc=row.leases_in_aisc,
        streams_as_credit=row.streams_as_credit,
        pre_commercial_excluded=row.pre_commercial_excluded,
    )
