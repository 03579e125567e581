"""Every kind of act that has to be on record: done through its page or the API, found with its request."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.features.record import words
from app.models import ApiToken, AuditEvent, Project, SignIn, User
from app.seed.demo import documents
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import enter, send

APP = Path(__file__).resolve().parents[2] / "app"
REQUEST = "from-the-proxy-1"
GOLD = "/projects/diamba-sud"
SCENARIO = f"/api{GOLD}/scenarios/feasibility-study"
CHANGED = {"name": "Diamba", "currency": "USD"}


@dataclass
class Scene:
    """An administrator's browser, one in which nobody is signed in, Ada, and a project."""

    client: TestClient
    stranger: TestClient
    session: Session
    ada: User

    def ok(self, method: str, path: str, json: object = None) -> None:
        """Call the API, which has to do it."""
        answer = self.client.request(method, path, json=json)
        assert answer.status_code < 300, answer.text

    def sent(self, page: str, action: str = "", **fields: str) -> None:
        """Send a form, which has to be taken."""
        answer = send(self.client, page, action, **fields)
        assert answer.status_code in {201, 303}, answer.text

    def own_sign_in(self) -> None:
        """End another sign-in of Ada's own."""
        enter(self.stranger, self.ada.email)
        persons.sign_in(self.client, self.session, self.ada)
        kept = self.session.scalars(
            select(SignIn.id).where(SignIn.user_id == self.ada.id).order_by(SignIn.id)
        ).first()
        self.sent("/account", f"/account/sign-ins/{kept}/end")

    def revoke(self) -> None:
        """Make a token and revoke it."""
        self.sent("/account/tokens", name="t", days="30", read="on")
        token = self.session.scalars(select(ApiToken.id)).one()
        self.sent("/account/tokens", f"/account/tokens/{token}/revoke")

    def change_project(self) -> None:
        """Change the settings of the project."""
        version = self.client.get(f"/api{GOLD}").json()["version"]
        self.ok("PUT", f"/api{GOLD}", {**CHANGED, "version": version})

    def approve(self, *more: str) -> None:
        """Approve the scenario, then give it other statuses."""
        for status in ("approved", *more):
            self.ok("PUT", f"{SCENARIO}/status", {"status": status})

    def restore_revision(self) -> None:
        """Bring the scenario back to its first revision."""
        self.approve("draft")
        self.ok("POST", f"{SCENARIO}/revisions/1/restore", {"note": "As it was"})

    def bring_back(self) -> None:
        """Delete the project and bring it back."""
        key = self.session.scalars(select(Project.id)).one()
        self.ok("DELETE", f"/api{GOLD}")
        self.ok("POST", f"/api/deleted/project/{key}/restore")

    def setting(self, **change: object) -> None:
        """Save one change of the currencies."""
        self.ok("POST", "/api/settings/changes", {"changes": [{"part": "currencies", **change}]})

    def add_setting(self) -> None:
        """Add a currency."""
        self.setting(values={"code": "ISK", "name": "Icelandic krona", "symbol": "kr"})

    def change_setting(self) -> None:
        """Rename a currency."""
        self.add_setting()
        self.setting(key="ISK", version=1, values={"name": "Krona"})

    def remove_setting(self) -> None:
        """Remove a currency."""
        self.add_setting()
        self.setting(key="ISK", version=1, remove=True)

    def restore_setting(self) -> None:
        """Remove a currency and bring it back."""
        self.remove_setting()
        (removal,) = self.client.get("/api/settings/currencies/removed").json()
        self.ok("POST", f"/api/settings/currencies/removed/{removal['id']}/restore")


#: What the record has to hold, by the words of those who asked for it, and how to do it.
DEMANDED: dict[str, tuple[str, Callable[[Scene], object]]] = {
    "a sign-in": ("signed_in", lambda scene: enter(scene.stranger, scene.ada.email)),
    "a failure": ("sign_in_failed", lambda scene: enter(scene.stranger, scene.ada.email, "another password")),
    "a sign-out": ("signed_out", lambda scene: scene.sent("/account", "/sign-out")),
    "a revoked sign-in": ("signed_out", Scene.own_sign_in),
    "rights": (
        "rights_changed",
        lambda scene: scene.sent(f"/people/{scene.ada.id}", role="viewer", active="on"),
    ),
    "rights in a project": (
        "member_changed",
        lambda scene: scene.sent(f"{GOLD}/people", person=str(scene.ada.id), role="analyst"),
    ),
    "privacy": ("privacy_changed", lambda scene: scene.sent(f"{GOLD}/people", f"{GOLD}/people/private")),
    "an invitation": (
        "invited",
        lambda scene: scene.ok("POST", "/api/people", {"name": "Grace", "email": "grace@mine.example"}),
    ),
    "a link": (
        "link_made",
        lambda scene: scene.sent(f"/people/{scene.ada.id}", f"/people/{scene.ada.id}/link"),
    ),
    "a token": ("token_created", lambda scene: scene.sent("/account/tokens", name="t", days="30", run="on")),
    "a revoked token": ("token_revoked", Scene.revoke),
    "an export on the page": ("project_exported", lambda scene: scene.client.get(f"{GOLD}/export/csv")),
    "an export by the API": ("project_exported", lambda scene: scene.client.get(f"/api{GOLD}/export")),
    "an export of the record": ("record_exported", lambda scene: scene.client.get("/record/record.csv")),
    "an import": (
        "project_imported",
        lambda scene: scene.ok("POST", "/api/imports/document", documents()["vizcachitas"]),
    ),
    "an approval": ("scenario_approved", Scene.approve),
    "a reopening": ("scenario_reopened", lambda scene: scene.approve("draft")),
    "an archived scenario": ("scenario_archived", lambda scene: scene.approve("archived")),
    "a restored revision": ("scenario_restored", Scene.restore_revision),
    "a restored project": ("project_brought_back", Scene.bring_back),
    "a deletion": ("project_deleted", lambda scene: scene.ok("DELETE", f"/api{GOLD}")),
    "settings of a project": ("project_changed", Scene.change_project),
    "an archived project": (
        "project_archived",
        lambda scene: scene.ok("PUT", f"/api{GOLD}/archive", {"archived": True}),
    ),
    "a setting": ("setting_added", Scene.add_setting),
    "a setting that changed": ("setting_changed", Scene.change_setting),
    "a removed setting": ("setting_removed", Scene.remove_setting),
    "a setting brought back": ("setting_restored", Scene.restore_setting),
    "settings of a person": (
        "profile_changed",
        lambda scene: scene.sent("/account", name="Ada M.", theme="dark", time_zone="Africa/Dakar"),
    ),
    "a run": (
        "run_started",
        lambda scene: scene.ok("POST", f"{SCENARIO}/runs", {"trials": 100, "seed": 1}),
    ),
}


@pytest.mark.usefixtures("gold")
@pytest.mark.parametrize("kind", DEMANDED)
def test_it_is_on_record(
    client_as: ClientAs, stranger: TestClient, session: Session, ada: User, kind: str
) -> None:
    action, act = DEMANDED[kind]
    administrator = persons.person(session, RoleName.ADMINISTRATOR)
    persons.person(session, RoleName.ADMINISTRATOR, password=persons.PASSWORD)
    scene = Scene(client_as(user=administrator), stranger, session, ada)
    for browser in (scene.client, scene.stranger):
        browser.headers["X-Request-ID"] = REQUEST
    act(scene)
    found = session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all()
    assert found, kind
    assert {each.request_id for each in found} == {REQUEST}
    whose = {"a sign-in": ada.id, "a revoked sign-in": ada.id, "a failure": None}.get(kind, administrator.id)
    assert {each.actor_id for each in found} == {whose}


def recorded() -> set[str]:
    """Every word that the code writes as an act."""
    found = set()
    texts = [path.read_text(encoding="utf-8") for path in set(APP.rglob("*.py")) - {Path(words.__file__)}]
    for text in (text for text in texts if any(act in text for act in words.ACTS)):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_word_belongs_to_an_act() -> None:
    """What is named in one piece in the code is there; what is put together is written out here."""
    put_together = {
        f"{kind}_{act}"
        for kind in ("project", "scenario")
        for act in ("archived", "taken_back", "deleted", "brought_back", "erased")
    } | {"scenario_approved", "scenario_reopened"}
    elsewhere = recorded() | put_together
    assert words.ACTS.keys() <= elsewhere
    assert {action for action, _ in DEMANDED.values()} <= words.ACTS.keys()


def test_people_read_words(client: TestClient, session: Session, ada: User) -> None:
    from app.people import audit

    audit.record(session, "link_used", subject="user", subject_id=ada.id, purpose="first_administrator")
    audit.record(session, "rights_changed", subject="user", subject_id=ada.id, roles=["project_manager"])
    audit.record(session, "member_changed", subject="project", subject_id=7, user=ada.id, role="none")
    text = client.get("/record").text
    for shown in (
        "For: the first administrator",
        "Roles: project manager",
        f"Role: none; person: {ada.name}",
        f">Person {ada.name}</a>",
        ">One-time link used</td>",
    ):
        assert shown in text
    for raw in ("first_administrator", "project_manager"):
        assert raw not in text


def test_docstring_examples() -> None:
    results = doctest.testmod(words)
    assert results.attempted > 0
    assert results.failed == 0
