"""A scenario with everything it owns, in a number of queries that does not grow with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, exists, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app.errors import NotFound
from app.models import OreSource, Process, Product, ProductMetal, Scenario, Stockpile
from app.models.base import Base
from app.valuation.own_units import know_own_units

#: What comes in the one query of the scenario itself.
JOINED: tuple[InstrumentedAttribute[Any], ...] = (
    Scenario.project,
    Scenario.terms,
    Scenario.income_tax,
    Scenario.depletion,
    Scenario.working_capital,
)
#: One query for each that has any rows, owners before what hangs below them.
LISTS: tuple[InstrumentedAttribute[Any], ...] = (
    Scenario.parameters,
    Scenario.correlations,
    Scenario.rates,
    Scenario.sources,
    OreSource.metals,
    Scenario.stockpiles,
    Stockpile.metals,
    Scenario.processes,
    Process.metals,
    Process.feeds,
    Scenario.products,
    Product.metals,
    ProductMetal.streams,
    Product.penalties,
    Product.processes,
    Scenario.costs,
    Scenario.consumption,
    Scenario.equipment,
    Scenario.maintenance,
    Scenario.capital,
    Scenario.closures,
    Scenario.levies,
    Scenario.depreciation,
    Scenario.interests,
    Scenario.entered_rows,
)
#: What the session holds already is brought up to date.
FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class Listed:
    """How the rows of one list are found. own, theirs: the key of an owner, and what a row says it is."""

    name: str
    owner: type[Base]
    model: type[Base]
    statement: Select[Any]
    own: attrgetter[Any]
    theirs: attrgetter[Any]


def load_scenario(session: Session, scenario_id: int) -> Scenario:
    """Return a scenario with everything that its value depends on; what the session holds of it is refreshed.

    Raises `NotFound`.
    """
    know_own_units(session)
    wanted = {"scenario_id": scenario_id}
    told = session.execute(_scenario(), wanted, execution_options=FRESH).one_or_none()
    if told is None:
        raise NotFound("scenario", scenario_id)
    scenario: Scenario = told[0]
    found: dict[type[Base], Sequence[Base]] = {Scenario: [scenario]}
    for each, filled in zip(_lists(), told[1:], strict=True):
        owners = found[each.owner]
        rows = session.scalars(each.statement, wanted, execution_options=FRESH).all() if filled else ()
        below: dict[Any, list[Base]] = {}
        for row in rows:
            below.setdefault(each.theirs(row), []).append(row)
        for owner in owners:
            set_committed_value(owner, each.name, below.get(each.own(owner), []))
        found[each.model] = rows
    return scenario


@lru_cache(maxsize=1)
def _scenario() -> Select[Any]:
    """Return the statement for a scenario, and for each list whether there is anything in it."""
    joined = (joinedload(attribute) for attribute in JOINED)
    tables = (each.model.__table__ for each in _lists())
    filled = (exists().where(table.c.scenario_id == Scenario.id) for table in tables)
    statement: Select[Any] = select(Scenario).add_columns(*filled)
    return statement.where(Scenario.id == bindparam("scenario_id")).options(*joined)


@lru_cache(maxsize=1)
def _lists() -> tuple[Listed, ...]:
    """Return the statements, put together once: the loader of SQLAlchemy would build each anew every time."""
    return tuple(map(_listed, LISTS))


def _listed(attribute: InstrumentedAttribute[Any]) -> Listed:
    relation = inspect(attribute.class_).relationships[attribute.key]
    model: Mapper[Any] = relation.mapper
    own, theirs = zip(*relation.synchronize_pairs, strict=True)
    statement = (
        select(model.class_)
        .where(model.columns["scenario_id"] == bindparam("scenario_id"))
        .order_by(*(relation.order_by or ()))
    )
    return Listed(
        attribute.key,
        relation.parent.class_,
        model.class_,
        statement,
        attrgetter(*(relation.parent.get_property_by_column(column).key for column in own)),
        attrgetter(*(model.get_property_by_column(column).key for column in theirs)),
    )
