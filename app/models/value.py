"""What a scenario was worth when somebody last looked, so that a list values none anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, flag


class ScenarioValue(Base):
    """The indicators of a scenario's base case, true as long as its stamp is that of the scenario.

    stamp: of the inputs and the engine that led to it. kpis: as `app.valuation.kept` writes them, empty where
    the inputs do not add up to a value. npv, irr, payback: of these, to sort by; empty where there is none.
    """

    __tablename__ = "scenario_values"
    __table_args__ = (CheckConstraint("jsonb_typeof(kpis) = 'array'", name="kpis_are_list"),)

    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    stamp: Mapped[str]
    kpis: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    ties_out: Mapped[bool] = flag(default=True)
    npv: Mapped[float | None]
    irr: Mapped[float | None]
    payback: Mapped[float | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
