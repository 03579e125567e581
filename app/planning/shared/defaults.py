"""What a new scenario begins with, as the settings have it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.engine.kinds import DepreciationMethod
from app.errors import Unavailable
from app.models import ScenarioDefaults
from app.seed.written import plain_value

#: Fields of the valuation terms that a scenario takes over as they are.
TERMS = (
    "discount_rate",
    "convention",
    "money",
    "inflation",
    "payback_origin",
    "pre_production_revenue",
    "royalty_in_c1",
    "closure_in_aisc",
    "corporate_in_aisc",
    "exploration_in_aisc",
)
#: Name of the class that new capital items may be written down in.
GENERAL = "General"


def stored_defaults(session: Session) -> ScenarioDefaults:
    """Return the row of defaults, which the schema brought along."""
    found = session.get(ScenarioDefaults, 1)
    if found is None:
        raise Unavailable("The defaults of new scenarios are missing. Run: python scripts/setup_database.py")
    return found


def beginning(session: Session) -> dict[str, Any]:
    """Return the parts of a scenario's document that the defaults fill in."""
    row = stored_defaults(session)
    given = {name: plain_value(getattr(row, name)) for name in TERMS}
    document: dict[str, Any] = {"terms": {name: value for name, value in given.items() if value is not None}}
    if row.tax_rate is not None:
        document["income_tax"] = {
            "rate": plain_value(row.tax_rate),
            "by_year": True,
            "loss_rule": row.loss_rule.value,
        }
    if row.depreciation_method is not None:
        document["depreciation"] = [_general(row, row.depreciation_method)]
    return document


def _general(row: ScenarioDefaults, method: DepreciationMethod) -> dict[str, Any]:
    life = {} if row.depreciation_life is None else {"life": plain_value(row.depreciation_life)}
    return {"name": GENERAL, "method": method.value, **life}
