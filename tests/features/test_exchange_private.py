"""A project's privacy travels with its file, and no import shows anybody what they could not see before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import AuditEvent, Project, Scenario
from tests import persons
from tests.conftest import ClientAs
from tests.features.conftest import SAME_ORIGIN
from tests.people.test_private_projects import member

EXPORT = "/api/projects/diamba-sud/export"


def document_of(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get(EXPORT).json()
    return document


def brought(client: TestClient, document: dict[str, Any], target: str) -> Any:
    """Import a document over a project, or as a new one for no target."""
    files = {"file": ("mine.json", json.dumps(document).encode())}
    draft = client.post("/api/imports", files=files, headers=SAME_ORIGIN).json()
    draft = client.put(
        f"/api/imports/{draft['key']}", json={"version": draft["version"], "target": target}
    ).json()
    assert draft["findings"] == []
    return client.post(f"/api/imports/{draft['key']}/commit", json={"state": draft["state"]})


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "project")))


def is_private(session: Session, slug: str) -> bool:
    session.expire_all()
    return session.scalars(select(Project.private).where(Project.slug == slug)).one()


@pytest.mark.parametrize("door", ["file", "document"])
def test_a_private_project_is_as_private_where_it_arrives(
    client: TestClient, client_as: ClientAs, session: Session, gold: Scenario, door: str
) -> None:
    gold.project.private = True
    session.flush()
    document = document_of(client)
    assert document["project"]["private"] is True
    person = persons.person(session, RoleName.PROJECT_MANAGER)
    theirs = client_as(user=person)
    made = (
        brought(theirs, document, "")
        if door == "file"
        else theirs.post("/api/imports/document", json=document, headers=SAME_ORIGIN)
    )
    assert made.status_code in (200, 201), made.text
    slug = made.json()["project"]
    assert is_private(session, slug)
    assert "privacy_changed" in acts(session)
    # Whoever brought it stays signed in and sees it; others with a role do not.
    assert theirs.get(f"/projects/{slug}").status_code == 200
    assert client_as(RoleName.PROJECT_MANAGER).get(f"/projects/{slug}").status_code == 404


@pytest.mark.parametrize("said", [False, None])
def test_no_import_opens_a_private_project(
    client: TestClient, session: Session, gold: Scenario, said: bool | None
) -> None:
    document = document_of(client)
    assert document["project"]["private"] is False
    gold.project.private = True
    session.flush()
    document["project"]["description"] = "Changed by a file"
    if said is None:
        del document["project"]["private"]
    done = brought(client, document, "diamba-sud")
    assert done.status_code == 200, done.text
    assert is_private(session, "diamba-sud")
    assert document_of(client)["project"]["description"] == "Changed by a file"
    assert "privacy_changed" not in acts(session)


def test_an_import_may_hide_a_project(
    client_as: ClientAs, client: TestClient, session: Session, gold: Scenario
) -> None:
    document = document_of(client)
    document["project"]["private"] = True
    theirs = client_as(RoleName.PROJECT_MANAGER)
    assert brought(theirs, document, "diamba-sud").status_code == 200
    assert is_private(session, "diamba-sud")
    assert theirs.get("/projects/diamba-sud").status_code == 200
    assert client_as(RoleName.ANALYST).get("/projects/diamba-sud").status_code == 404
    assert acts(session).count("privacy_changed") == 1


def test_somebody_who_may_not_see_it_cannot_bring_a_file_over_it(
    client: TestClient, client_as: ClientAs, session: Session, gold: Scenario
) -> None:
    document = document_of(client)
    gold.project.private = True
    session.flush()
    analyst = member(session, gold.project, RoleName.ANALYST, general=RoleName.PROJECT_MANAGER)
    for theirs in (client_as(RoleName.PROJECT_MANAGER), client_as(user=analyst)):
        files = {"file": ("mine.json", json.dumps(document).encode())}
        draft = theirs.post("/api/imports", files=files, headers=SAME_ORIGIN).json()
        put = {"version": draft["version"], "target": "diamba-sud"}
        refused = theirs.put(f"/api/imports/{draft['key']}", json=put)
        assert refused.status_code in (403, 422), refused.text


def test_what_is_neither_yes_nor_no_is_refused(client: TestClient, gold: Scenario) -> None:
    document = document_of(client)
    document["project"] |= {"private": "perhaps", "slug": "another"}
    files = {"file": ("mine.json", json.dumps(document).encode())}
    draft = client.post("/api/imports", files=files, headers=SAME_ORIGIN).json()
    assert [finding["where"] for finding in draft["findings"]] == ["project.private"]
