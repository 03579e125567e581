"""A scenario with everything it owns, in a number of queries that does not grow with its rows."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.errors import NotFound
from app.models import OreSource, Process, Product, ProductMetal, Scenario, Stockpile
from app.valuation.own_units import know_own_units

#: One query for the scenario with its project and single rows, one for each list below.
PARTS: tuple[ORMOption, ...] = (
    joinedload(Scenario.project),
    joinedload(Scenario.terms),
    joinedload(Scenario.income_tax),
    joinedload(Scenario.depletion),
    joinedload(Scenario.working_capital),
    selectinload(Scenario.parameters),
    selectinload(Scenario.correlations),
    selectinload(Scenario.rates),
    selectinload(Scenario.sources).selectinload(OreSource.metals),
    selectinload(Scenario.stockpiles).selectinload(Stockpile.metals),
    selectinload(Scenario.processes).selectinload(Process.metals),
    selectinload(Scenario.processes).selectinload(Process.feeds),
    selectinload(Scenario.products).selectinload(Product.metals).selectinload(ProductMetal.streams),
    selectinload(Scenario.products).selectinload(Product.penalties),
    selectinload(Scenario.products).selectinload(Product.processes),
    selectinload(Scenario.costs),
    selectinload(Scenario.consumption),
    selectinload(Scenario.equipment),
    selectinload(Scenario.maintenance),
    selectinload(Scenario.capital),
    selectinload(Scenario.closures),
    selectinload(Scenario.levies),
    selectinload(Scenario.depreciation),
    selectinload(Scenario.entered_rows),
)


def load_scenario(session: Session, scenario_id: int) -> Scenario:
    """Return a scenario with everything that its value depends on; what the session holds of it is refreshed.

    Raises `NotFound`.
    """
    know_own_units(session)
    statement = select(Scenario).where(Scenario.id == scenario_id).options(*PARTS)
    scenario = (
        session.scalars(statement, execution_options={"populate_existing": True}).unique().one_or_none()
    )
    if scenario is None:
        raise NotFound("scenario", scenario_id)
    return scenario
