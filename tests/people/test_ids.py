"""Every id and key of the API, generated from its description: naming what is not theirs opens nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import ImportDraft, Project, Scenario, SimulationRun
from tests import persons
from tests.conftest import ClientAs


class Names(dict[str, object]):
    """What stands for each part of an address; 1 for a part that no test has heard of."""

    def __missing__(self, name: str) -> object:
        return 1


def addresses(app: FastAPI, session: Session) -> Iterator[tuple[str, str]]:
    """Yield every operation of the API that names something, with the ids of the private project in it."""
    run = session.scalars(select(SimulationRun.id)).one()
    scenario = session.scalars(select(Scenario)).one()
    names = Names(
        project_slug="diamba-sud",
        scenario_slug=scenario.slug,
        name="gold_price",
        run_id=run,
        other_id=run,
        part="costs",
    )
    for path, operations in app.openapi()["paths"].items():
        if "{project_slug}" in path or "{run_id}" in path:
            for method in operations:
                yield method.upper(), path.format_map(names)


@pytest.mark.parametrize("role", [RoleName.VIEWER, RoleName.ANALYST, RoleName.PROJECT_MANAGER, None])
def test_no_id_of_the_api_opens_it(
    app: FastAPI, client_as: ClientAs, session: Session, secret: Project, role: RoleName | None
) -> None:
    client = client_as(role)
    found = list(addresses(app, session))
    assert len(found) > 10
    for method, address in found:
        answer = client.request(method, address, json={} if method in {"POST", "PUT"} else None)
        assert answer.status_code in {404, 422}, (method, address, answer.status_code)
        assert secret.name not in answer.text


def other_addresses(app: FastAPI, names: Names) -> Iterator[tuple[str, str]]:
    """Yield every operation of the API that names something outside of projects and runs."""
    for path, operations in app.openapi()["paths"].items():
        if "{" in path and "{project_slug}" not in path and "{run_id}" not in path:
            for method in operations:
                yield method.upper(), path.format_map(names)


@pytest.mark.parametrize("kind", ["project", "scenario", "import"])
def test_every_other_id_of_the_api_is_of_its_owner(
    app: FastAPI, client_as: ClientAs, session: Session, secret: Project, kind: str
) -> None:
    """A deleted project that is private, its scenario, and a file that another person uploaded."""
    somebody = persons.person(session, RoleName.VIEWER)
    draft = ImportDraft(
        key="k" * 43,
        owner_id=somebody.id,
        filename=f"{secret.name}.json",
        size=1,
        content={},
        expires_at=func.now() + text("interval '1 hour'"),
    )
    session.add(draft)
    keys = {"project": secret.id, "scenario": secret.scenarios[0].id, "import": draft.key}
    secret.deleted_at = func.now()
    session.flush()
    client = client_as(RoleName.PROJECT_MANAGER)
    found = list(other_addresses(app, Names(user_id=somebody.id, kind=kind, key=keys[kind])))
    assert len(found) > 5
    for method, address in found:
        body = {"version": 1} if method in {"POST", "PUT"} else None
        answer = client.request(method, address, json=body)
        assert secret.name not in answer.text, (method, address)
        if address.startswith(("/api/deleted", "/api/imports", "/api/people")):
            assert answer.status_code in {403, 404, 422}, (method, address, answer.status_code)
    session.expire_all()
    assert session.get(ImportDraft, "k" * 43) is not None
    assert secret.deleted_at is not None
