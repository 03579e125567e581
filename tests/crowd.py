"""Many projects with many scenarios, made inside the database, and the address of every page there is."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from fastapi.routing import APIRoute
from sqlalchemy import Table, func, insert, literal, select, text, true
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus
from app.factory import ROUTERS
from app.models import Comment, CommentMention, CostLine, Parameter, Project, Scenario, SimulationRun, User
from app.models.base import Base
from app.models.clone import copied_columns, copied_tables
from app.planning.history import Because, record
from app.planning.presets import presets
from app.seed.demo import documents
from app.seed.document import load_project
from app.valuation.load import load_scenario
from app.valuation.proof.proving import proof

#: What a copy of a project or scenario does not take over.
OWN = frozenset({"id", "slug", "name", "created_at", "updated_at", "version", "project_id", "is_base"})
#: What is no page of its own for somebody signed in: files, redirects, what only a link or a draft opens.
NOT_TIMED = frozenset(
    {
        *("exchange.pages.export_file", "exchange.pages.template_file", "exchange.pages.show"),
        *("account.second.picture", "comments.pages.show", "record.pages.export"),
    }
)


def first_mine(session: Session, periods: int) -> Scenario:
    """Return the base scenario of a demo project, its rows stretched over so many years."""
    document = deepcopy(dict(documents()["diamba-sud"]))
    scenario = document["scenarios"][0]
    had = sum(run["count"] for run in scenario["periods"])
    scenario["periods"] = [{"length": "year", "count": periods}]
    stretched = _stretched(scenario, had, periods)
    project = load_project(session, {**document, "scenarios": [stretched]})
    return project.scenarios[0]


def _stretched(value: Any, had: int, periods: int) -> Any:
    if isinstance(value, dict):
        return {key: _stretched(held, had, periods) for key, held in value.items()}
    if isinstance(value, list) and len(value) == had and all(isinstance(each, int | float) for each in value):
        return [value[index * had // periods] / periods * had for index in range(periods)]
    return [_stretched(each, had, periods) for each in value] if isinstance(value, list) else value


def crowd(session: Session, original: Scenario, projects: int, scenarios: int) -> None:
    """Add projects with copies of a scenario; as many statements for a hundred as for one."""
    session.flush()
    table, plans = Base.metadata.tables["projects"], Base.metadata.tables["scenarios"]
    numbers = func.generate_series(1, projects).table_valued("n").render_derived()
    kept = [column for column in table.columns if column.name not in OWN]
    rows = select(
        literal("mine-").concat(numbers.c.n),
        literal("Mine ").concat(numbers.c.n),
        *kept,
    )
    rows = rows.select_from(table.join(numbers, true())).where(table.c.id == original.project_id)
    session.execute(insert(table).from_select(["slug", "name", *(each.name for each in kept)], rows, False))
    made = select(table.c.id.label("id")).where(table.c.slug.like("mine-%")).subquery()
    numbers = func.generate_series(1, scenarios).table_valued("n").render_derived()
    kept = [column for column in plans.columns if column.name not in OWN]
    rows = select(
        made.c.id,
        literal("plan-").concat(numbers.c.n),
        literal("Plan ").concat(numbers.c.n),
        numbers.c.n == 1,
        *kept,
    )
    rows = rows.select_from(plans.join(made, true()).join(numbers, true())).where(plans.c.id == original.id)
    names = ["project_id", "slug", "name", "is_base", *(each.name for each in kept)]
    session.execute(insert(plans).from_select(names, rows, False))
    for part in copied_tables():
        _copy(session, part, original.id)
    session.expire_all()


def _copy(session: Session, table: Table, original: int) -> None:
    scenarios = Base.metadata.tables["scenarios"]
    columns = copied_columns(table)
    both = table.join(scenarios, scenarios.c.slug.like("plan-%"))
    rows = select(scenarios.c.id, *columns).select_from(both).where(table.c.scenario_id == original)
    names = ["scenario_id", *(column.name for column in columns)]
    session.execute(insert(table).from_select(names, rows, include_defaults=False))


def crowded(session: Session, scenario: Scenario, many: int) -> None:
    """Add lines, revisions, comments that call everybody, and runs to one scenario."""
    first = session.scalars(select(CostLine).where(CostLine.scenario_id == scenario.id)).first()
    driver = session.scalars(select(Parameter).where(Parameter.scenario_id == scenario.id)).first()
    for row, name in ((first, "{} {}"), (driver, "{}_{}")):
        table = Base.metadata.tables[row.__tablename__]
        columns = [column for column in copied_columns(table) if column.name != "name"]
        held = session.scalar(select(func.count()).where(table.c.scenario_id == scenario.id)) or 0
        for number in range(held, held + many):
            copy = select(literal(scenario.id), literal(name.format(row.name, number)), *columns)
            names = ["scenario_id", "name", *(column.name for column in columns)]
            session.execute(insert(table).from_select(names, copy.where(table.c.id == row.id), False))
    people = session.scalars(select(User.id)).all()
    for number in range(many):
        scenario.note = f"Note {number}"
        record(session, scenario, Because("Edited"))
        said = Comment(scenario_id=scenario.id, author_id=people[0], body=f"Comment {number}")
        line = Comment(
            scenario_id=scenario.id, author_id=people[0], body="On a line", part="costs", line=first.name
        )
        run = SimulationRun(
            scenario_id=scenario.id,
            status=RunStatus.CANCELLED,
            finished_at=func.now(),
            seed=number,
            trials=100,
            spec={},
            inputs={},
            engine_version="0",
        )
        session.add_all([said, line, run])
        session.flush()
        session.add_all(CommentMention(comment_id=said.id, user_id=key, handle="X") for key in people)
    session.execute(text("ANALYZE"))
    session.flush()
    session.expire_all()


def pages(session: Session, project: Project, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the name and an address of every page, those of a scenario at this one."""
    full = load_scenario(session, scenario.id)
    names: dict[str, object] = {
        "project_slug": project.slug,
        "scenario_slug": scenario.slug,
        "name": full.parameters[0].name,
        "number": 1,
        "run_id": session.scalars(select(func.min(SimulationRun.id))).one(),
        "user_id": session.scalars(select(func.min(User.id))).one(),
        "case_key": proof()[0].case.key,
        "part": "costs",
        "key": full.costs[0].id,
    }
    elsewhere: dict[str, dict[str, object]] = {
        "/settings": {"part": "currencies", "key": project.currency, "code": project.currency},
        "/projects/{project_slug}/scenarios/{scenario_slug}/fiscal/presets": {"key": next(iter(presets()))},
    }
    for router in ROUTERS:
        for route in router.routes:
            if (
                not isinstance(route, APIRoute)
                or route.include_in_schema
                or "GET" not in (route.methods or ())
            ):
                continue
            key = f"{route.endpoint.__module__}.{route.endpoint.__name__}".removeprefix("app.features.")
            if key not in NOT_TIMED and not key.startswith(("app.web.", "signin.")):
                own = next((more for start, more in elsewhere.items() if route.path.startswith(start)), {})
                yield key, route.path.format(**(names | own))
