"""The lists that cells are chosen from: what this installation and the registry offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exchange.layout import LAYOUTS
from app.exchange.registry import SHEETS
from app.models import CostHeading, Currency, MeasurementUnit

Lookups = Mapping[str, Sequence[str]]


def lookups(session: Session) -> Lookups:
    """Return every list by the name that columns give it."""
    units = select(MeasurementUnit.code).order_by(MeasurementUnit.kind, MeasurementUnit.position)
    stored = {
        "units": list(session.scalars(units)),
        "currencies": list(session.scalars(select(Currency.code).order_by(Currency.code))),
        "cost_headings": list(session.scalars(select(CostHeading.code).order_by(CostHeading.code))),
        "sheets": [sheet.title for sheet in SHEETS if sheet.path],
    }
    chosen = {column.lookup for layout in LAYOUTS for column in layout.columns if " | " in column.lookup}
    return stored | {words: words.split(" | ") for words in sorted(chosen)}
