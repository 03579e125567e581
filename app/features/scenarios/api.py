"""A scenario's value as JSON."""

from __future__ import annotations

import math

from fastapi import APIRouter
from pydantic import BaseModel

from app.engine.lines import LineSection, LineUnit
from app.engine.problems import Problem
from app.engine.returns import REASONS, Reason
from app.valuation.evaluate import Valuation, evaluate_scenario
from app.web.deps import SessionDep
from app.web.lookups import ScenarioDep

router = APIRouter(prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}", tags=["scenarios"])


class IndicatorOut(BaseModel):
    """One indicator, in engine units: units of currency, fractions, years, currency per tonne."""

    key: str
    label: str
    value: float | None
    unit: str
    per: str
    convention: str
    rows: list[str]
    undefined: str


class LineOut(BaseModel):
    """One line of the statement by year, in engine units; costs are positive and subtracted."""

    key: str
    label: str
    section: LineSection
    unit: LineUnit
    entered: bool
    values: list[float | None]


class TieOutOut(BaseModel):
    """Something that does not tie out in the cash flow, or that is worth a look in its inputs."""

    field: str
    value: str
    allowed: str


class ValuationOut(BaseModel):
    """What a scenario is worth: indicators, yearly statement, and what does not tie out.

    warnings: what to look at in the inputs, though every figure ties.
    """

    currency: str
    years: list[str]
    indicators: list[IndicatorOut]
    lines: list[LineOut]
    problems: list[TieOutOut]
    warnings: list[TieOutOut]


@router.get("/valuation", summary="Value a scenario")
def show(session: SessionDep, scenario: ScenarioDep) -> ValuationOut:
    """Return indicators and cash flow of the scenario as it stands; 422 names what stands in the way."""
    return _out(evaluate_scenario(session, scenario.id))


def _out(valuation: Valuation) -> ValuationOut:
    indicators = [
        IndicatorOut(
            key=kpi.key,
            label=kpi.label,
            value=_finite(float(kpi.value[0])),
            unit=kpi.unit,
            per=kpi.per,
            convention=kpi.convention,
            rows=list(kpi.rows),
            undefined="" if math.isfinite(kpi.value[0]) else REASONS[Reason(int(kpi.reasons[0]))].text,
        )
        for kpi in valuation.kpis
    ]
    lines = [
        LineOut(
            key=row.key,
            label=row.label,
            section=row.section,
            unit=row.unit,
            entered=row.entered,
            values=[_finite(value) for value in row.values],
        )
        for row in valuation.statement.rows
    ]
    return ValuationOut(
        currency=valuation.currency,
        years=list(valuation.statement.years),
        indicators=indicators,
        lines=lines,
        problems=list(map(_said, valuation.problems)),
        warnings=list(map(_said, valuation.warnings)),
    )


def _said(problem: Problem) -> TieOutOut:
    return TieOutOut(field=problem.field, value=str(problem.value), allowed=problem.allowed)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
