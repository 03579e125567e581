"""Which tab shows what follows from its inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    """Return what a tab shows beside what was entered; raises `NotFound` for one that shows nothing more."""
    if tab not in DERIVED:
        raise NotFound("derived tab", tab)
    return DERIVED[tab](valuation, scenario)
