"""Which tab shows what follows from its inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.errors import NotFound
from app.features.parts.derived.consumption import consumption
from app.features.parts.derived.costs import costs
from app.features.parts.derived.equipment import equipment
from app.features.parts.derived.fiscal import fiscal
from app.features.parts.derived.maintenance import maintenance
from app.features.parts.derived.production import production
from app.features.parts.derived.shapes import Derived
from app.models import Scenario
from app.valuation.evaluate import Valuation
from app.web import context
from app.web.tie_outs import said
from app.web.workspace import TABS

Derive = Callable[[Valuation, Scenario], Derived]

DERIVED: Mapping[str, Derive] = {
    "production": lambda valuation, _: production(valuation),
    "costs": costs,
    "consumption": consumption,
    "equipment": lambda valuation, _: equipment(valuation),
    "maintenance": lambda valuation, scenario: maintenance(valuation, scenario, context.today()),
    "fiscal": lambda valuation, _: fiscal(valuation),
}


def derive(tab: str, valuation: Valuation, scenario: Scenario) -> Derived:
    """Return what a tab shows beside what was entered, and what does not tie out there.

    Raises `NotFound` for a tab that shows nothing more.
    """
    if tab not in DERIVED:
        raise NotFound("derived tab", tab)
    here = [each for each in said(valuation.problems) if each.tab == dict(TABS)[tab]]
    return replace(DERIVED[tab](valuation, scenario), tie_outs=here)
