"""What unsaved changes would do to a scenario's value; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.engine.kpis import Kpi
from app.errors import InvalidInput, Problem
from app.models import Scenario
from app.planning.edit import RowChange, apply
from app.valuation.evaluate import evaluate_scenario, value_loaded
from app.valuation.load import load_scenario


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The indicators as stored and as changed; empty where the scenario cannot be valued.

    problems: what stands in the way of a value after the changes.
    """

    currency: str
    before: Sequence[Kpi]
    after: Sequence[Kpi]
    problems: Sequence[Problem]


def what_if(
    session: Session, scenario_id: int, changes: Sequence[RowChange], loaded: Scenario | None = None
) -> WhatIf:
    """Value a scenario as stored and as changed; one `loaded` with its parts is not loaded again.

    Raises `InvalidInput` for values that cannot be read. No session holds the rows after it.
    """
    scenario = loaded or load_scenario(session, scenario_id)
    before: Sequence[Kpi] = ()
    try:
        before = evaluate_scenario(session, scenario_id, scenario).kpis
    except InvalidInput:
        before = ()
    currency = scenario.project.currency
    _ = scenario.maintenance_log
    # From here on no session knows these rows, so nothing that happens to them can be stored.
    session.expunge_all()
    apply(scenario, changes)
    try:
        return WhatIf(currency, before, value_loaded(scenario).kpis, ())
    except InvalidInput as error:
        return WhatIf(currency, before, (), error.problems)
