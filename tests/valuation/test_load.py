"""A loaded scenario has in memory all that it owns, in the order of the models, and as it is stored now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import inspect, update
from sqlalchemy.orm import Session

from app.models import CostLine
from app.models.base import Base
from app.seed.document import NOT_OWNED, load_project
from app.valuation.load import LISTS, load_scenario
from tests.everything import document

#: Read where it is shown; it does not move the value.
NOT_LOADED = NOT_OWNED | {"maintenance_log"}
#: Queries for the units of the installation, once in a session.
UNITS = 1


def owned(row: Base, path: str = "") -> Iterator[tuple[str, list[object]]]:
    """Yield the address of every list below a row, with the keys of what is in it."""
    for relation in inspect(type(row)).relationships:
        if relation.key in NOT_LOADED:
            continue
        held = getattr(row, relation.key)
        rows = held if isinstance(held, list) else [held] if held is not None else []
        here = f"{path}.{relation.key}"
        yield here, [inspect(each).identity for each in rows]
        for number, each in enumerate(rows):
            yield from owned(each, f"{here}[{number}]")


def test_all_of_it_is_there_as_the_models_would_find_it(
    session: Session, query_counter: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    key = load_project(session, document()).scenarios[0].id
    load_project(session, document("another"))
    session.expunge_all()
    scenario = load_scenario(session, key)
    with query_counter() as queries:
        found = dict(owned(scenario))
    assert queries == []
    assert all(found[f".{each.key}"] for each in LISTS if each.class_ is type(scenario))
    session.expunge_all()
    one_by_one = session.get_one(type(scenario), key)
    assert found == dict(owned(one_by_one))


def test_what_is_not_there_is_not_asked_for(
    session: Session, query_counter: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    empty = document()
    names = ("slug", "name", "is_base", "start", "periods")
    empty["scenarios"] = [{name: empty["scenarios"][0][name] for name in names}]
    bare = load_project(session, empty).scenarios[0].id
    full = load_project(session, document("another")).scenarios[0].id
    session.expunge_all()
    with query_counter() as few:
        load_scenario(session, bare)
    with query_counter() as many:
        load_scenario(session, full)
    assert len(few) == 1 + UNITS
    assert len(many) == 1 + len(LISTS)


def test_what_changed_behind_the_session_is_seen(session: Session) -> None:
    scenario = load_project(session, document()).scenarios[0]
    scenario = load_scenario(session, scenario.id)
    line = scenario.costs[0]
    statement = update(CostLine).where(CostLine.id == line.id).values(note="Changed", name="Zz")
    session.execute(statement.execution_options(synchronize_session=False))
    assert line.note != "Changed"
    assert load_scenario(session, scenario.id).costs[0] is line
    assert (line.note, line.name) == ("Changed", "Zz")
    session.delete(line)
    assert line not in load_scenario(session, scenario.id).costs
