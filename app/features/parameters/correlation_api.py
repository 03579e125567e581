"""The matrix of correlations as JSON: whether it can hold together, and the nearest one that can.

The rows themselves are the part `correlations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.engine.simulation.consistency import Pair
from app.errors import InvalidInput, Problem
from app.features.parameters import correlating
from app.models import Scenario
from app.valuation.load import load_scenario
from app.web.deps import SessionDep
from app.web.lookups import ScenarioDep

router = APIRouter(
    prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/correlations", tags=["parameters"]
)

Name = Annotated[str, Field(max_length=200)]


class CorrelationBody(BaseModel):
    """A Spearman rank correlation of two parameters."""

    model_config = ConfigDict(extra="forbid")

    first: Name
    second: Name
    rho: Annotated[float, Field(ge=-1, le=1)]


class MatrixBody(BaseModel):
    """Correlations to check; a pair that is not listed is independent."""

    model_config = ConfigDict(extra="forbid")

    pairs: Annotated[list[CorrelationBody], Field(max_length=2000)]


class ConsistencyOut(BaseModel):
    """Whether correlations can hold together.

    nearest: those that can, of every pair that is then correlated; empty where those asked for can.
    largest_change: between the parameters of `pair`, of the variates behind them.
    """

    pairs: list[CorrelationBody]
    consistent: bool
    nearest: list[CorrelationBody]
    largest_change: float
    pair: list[str]


@router.get("", summary="Say whether the stored correlations can hold together")
def show(session: SessionDep, scenario: ScenarioDep) -> ConsistencyOut:
    """Return the stored correlations, and the nearest ones that can hold together where they cannot."""
    full = load_scenario(session, scenario.id)
    return _out(full, {(row.first, row.second): row.rho for row in full.correlations})


@router.post("/check", summary="Say whether correlations can hold together")
def check(session: SessionDep, scenario: ScenarioDep, body: MatrixBody) -> ConsistencyOut:
    """Return what is wrong with correlations that are not stored; nothing is changed."""
    full = load_scenario(session, scenario.id)
    known = {row.name for row in full.parameters}
    problems, wanted = [], dict[Pair, float]()
    for number, each in enumerate(body.pairs):
        for field, name in (("first", each.first), ("second", each.second)):
            if name not in known:
                problems.append(Problem(f"pairs[{number}].{field}", name, "a parameter of this scenario"))
        if each.first == each.second or {(each.first, each.second), (each.second, each.first)} & set(wanted):
            problems.append(Problem(f"pairs[{number}]", f"{each.first}, {each.second}", "each pair once"))
        wanted[each.first, each.second] = each.rho
    if problems:
        raise InvalidInput(problems)
    return _out(full, wanted)


def _out(scenario: Scenario, wanted: Mapping[Pair, float]) -> ConsistencyOut:
    found = correlating.checked(scenario, correlating.rows_of(scenario), wanted)
    return ConsistencyOut(
        pairs=_bodies(wanted),
        consistent=not found.repair.repaired,
        nearest=_bodies(found.nearest),
        largest_change=found.repair.largest,
        pair=list(found.repair.pair),
    )


def _bodies(pairs: Mapping[Pair, float]) -> list[CorrelationBody]:
    return [CorrelationBody(first=first, second=second, rho=rho) for (first, second), rho in pairs.items()]
