"""Comments: said, changed, settled, taken back; who learns nothing of them; and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName, ScenarioStatus
from app.models import AuditEvent, Comment, CommentMention, CostLine, Scenario, TokenScope, User
from app.models.clone import clone_scenario
from app.people import tokens
from tests import persons
from tests.conftest import ClientAs
from tests.features.conftest import GOLD, Post
from tests.features.talk import API, HERE, line, say


def test_a_comment_on_a_scenario_and_one_on_a_line(client: TestClient, gold: Scenario) -> None:
    say(client, "Which price deck is this?")
    made = say(client, "Too low?\n\nSee 2024.", part="costs", line=line(client))
    assert (made["there"], made["part"], made["text"]) == (True, "costs", "Too low?\n\nSee 2024.")
    found = client.get(HERE).json()
    assert [item["text"] for item in found["items"]] == ["Too low?\n\nSee 2024.", "Which price deck is this?"]
    narrow = client.get(HERE, params={"part": "costs", "line": line(client)}).json()
    assert narrow["total"] == 1
    page = client.get(f"{GOLD}/costs").text
    assert f'aria-label="1 open comment on {line(client)}"' in page
    assert "Which price deck" in client.get(f"{GOLD}/comments").text


def test_the_form_says_the_same(client: TestClient, post: Post, gold: Scenario) -> None:
    where = f"{GOLD}/comments?part=costs&line={line(client)}"
    made = post(where, text="Typed in the browser")
    assert made.status_code == 303
    assert line(client).replace(" ", "+") in made.headers["location"]
    assert client.get(HERE).json()["items"][0]["line"] == line(client)


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 4001])
def test_a_text_has_bounds(client: TestClient, post: Post, gold: Scenario, text: str) -> None:
    assert client.post(HERE, json={"text": text}).status_code == 422
    answer = post(f"{GOLD}/comments", text=text)
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text
    assert client.get(HERE).json()["total"] == 0


@pytest.mark.parametrize(
    ("part", "line", "field"),
    [
        ("nothing", "x", "part"),
        ("costs", "No such line", "line"),
        ("", "Mining", "part"),
        ("costs", "", "line"),
    ],
)
def test_a_place_must_be_there(client: TestClient, gold: Scenario, part: str, line: str, field: str) -> None:
    answer = client.post(HERE, json={"text": "?", "part": part, "line": line})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_what_is_typed_for_a_line_that_went_is_not_lost(
    client: TestClient, post: Post, gold: Scenario
) -> None:
    answer = post(f"{GOLD}/comments", f"{GOLD}/comments?part=costs&line=Gone", text="Typed with care")
    assert answer.status_code == 422
    assert "Typed with care" in answer.text


@pytest.mark.parametrize("door", ["api", "page"])
def test_markup_is_text(client: TestClient, post: Post, gold: Scenario, ada: User, door: str) -> None:
    ada.name = "<b>Ada</b>"
    attack = "<script>alert(1)</script> @<b>Ada</b> \"'><img src=x onerror=alert(2)>"
    if door == "api":
        say(client, attack)
    else:
        assert post(f"{GOLD}/comments", text=attack).status_code == 303
    for page in (f"{GOLD}/comments", f"{GOLD}/comments?edit={client.get(HERE).json()['items'][0]['id']}"):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>Ada</b>" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_text_with_nul_is_refused(client: TestClient, gold: Scenario) -> None:
    assert client.post(HERE, json={"text": "a\0b"}).status_code == 422


def test_a_lost_race_shows_both_texts(client: TestClient, post: Post, gold: Scenario) -> None:
    made = say(client, "One")
    where = f"{HERE}/{made['id']}"
    client.put(where, json={"text": "Two", "version": 1})
    lost = client.put(where, json={"text": "Three", "version": 1})
    assert lost.status_code == 409
    assert (lost.json()["theirs"], lost.json()["yours"]) == ({"Comment": "Two"}, {"Comment": "Three"})
    form = post(
        f"{GOLD}/comments?edit={made['id']}", f"{GOLD}/comments/{made['id']}", edited="4", version="1"
    )
    assert form.status_code == 409


def test_the_form_of_one_comment(client: TestClient, post: Post, gold: Scenario) -> None:
    made = say(client, "Wrong words")
    form = f"{GOLD}/comments?edit={made['id']}"
    empty = post(form, f"{GOLD}/comments/{made['id']}", edited=" ")
    assert empty.status_code == 422
    assert 'id="edited-error"' in empty.text
    assert post(form, f"{GOLD}/comments/{made['id']}", edited="Right words").status_code == 303
    assert client.get(HERE).json()["items"][0]["text"] == "Right words"


def test_settled_and_open_again(client: TestClient, post: Post, gold: Scenario) -> None:
    made = say(client, "Settle this")
    page, act = f"{GOLD}/comments", f"{GOLD}/comments/{made['id']}/resolve"
    back = "state=open&part=costs&line=Mining&edit=3&page=2&other=https://evil.example"
    done = post(page, act, resolved="on", back=back)
    assert done.headers["location"] == f"{page}?state=open&part=costs&line=Mining&page=2"
    assert client.get(HERE).json()["total"] == 0
    (row,) = client.get(HERE, params={"state": "resolved"}).json()["items"]
    assert (bool(row["resolved_at"]), row["resolved_by"]) == (True, row["author"])
    assert client.put(f"{HERE}/{made['id']}/resolved", json={"resolved": False}).json()["resolved_at"] is None
    assert client.get(HERE).json()["total"] == 1


def test_deleted_and_back(client: TestClient, post: Post, session: Session, gold: Scenario) -> None:
    made = say(client, "Said in anger")
    gone = post(f"{GOLD}/comments", f"{GOLD}/comments/{made['id']}/delete", back="state=open")
    assert gone.status_code == 303
    assert client.get(HERE, params={"state": "all"}).json()["total"] == 0
    deleted = f"{GOLD}/comments?state=deleted"
    assert "Said in anger" in client.get(deleted).text
    assert client.get(f"{GOLD}/comments/{made['id']}").headers["location"].startswith(deleted)
    for refused in ({"text": "Other", "version": 1},):
        assert client.put(f"{HERE}/{made['id']}", json=refused).status_code == 403
    assert client.delete(f"{HERE}/{made['id']}").status_code == 403
    assert post(deleted, f"{GOLD}/comments/{made['id']}/restore").status_code == 303
    assert client.get(HERE).json()["items"][0]["text"] == "Said in anger"
    assert client.post(f"{HERE}/{made['id']}/restore").status_code == 403
    acts = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "comment")).all()
    assert acts == ["comment_deleted", "comment_restored"]


def test_others_can_neither_change_nor_delete_it(
    client_as: ClientAs, session: Session, gold: Scenario, ada: User
) -> None:
    made = say(client_as(user=ada), "Mine")
    where, other = f"{HERE}/{made['id']}", client_as(RoleName.ANALYST)
    assert other.put(where, json={"text": "Yours", "version": 1}).status_code == 403
    assert other.delete(where).status_code == 403
    assert other.put(f"{where}/resolved", json={"resolved": True}).status_code == 200
    manager = client_as(RoleName.PROJECT_MANAGER)
    assert manager.delete(where).status_code == 204
    assert client_as(user=ada).post(f"{where}/restore").status_code == 404
    assert other.get(where).status_code == 404
    assert manager.post(f"{where}/restore").status_code == 200


def test_a_viewer_comments_and_a_token_that_reads_does_not(
    client_as: ClientAs, stranger: TestClient, session: Session, gold: Scenario
) -> None:
    viewer = persons.person(session, RoleName.VIEWER)
    say(client_as(user=viewer), "May I ask?")
    for scope, status in ((TokenScope.READ, 403), (TokenScope.WRITE, 201)):
        _, secret = tokens.create(session, viewer.id, name=scope, scopes=[scope], days=1)
        head = {"Authorization": f"Bearer {secret}"}
        assert stranger.post(HERE, json={"text": "?"}, headers=head).status_code == status


def test_a_comment_is_found_in_its_own_scenario_alone(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    made = say(client, "Here")
    clone_scenario(session, gold, slug="other", name="Other")
    other = "/api/projects/diamba-sud/scenarios/other/comments"
    assert client.get(other).json()["total"] == 0
    assert client.get(f"{other}/{made['id']}").status_code == 404
    assert client.put(f"{other}/{made['id']}", json={"text": "x", "version": 1}).status_code == 404
    assert client.delete(f"{other}/{made['id']}").status_code == 404


def test_comments_follow_a_line_that_is_renamed(client: TestClient, gold: Scenario) -> None:
    first, second = client.get(f"{API}/parts/costs").json()[:2]
    say(client, "On the first", part="costs", line=first["name"])
    say(client, "On the second", part="costs", line=second["name"])
    names = {first["key"]: second["name"], second["key"]: "Aside"}
    for key, name in ((second["key"], "Aside"), (first["key"], names[first["key"]])):
        change = {"part": "costs", "key": key, "values": {"name": name}}
        assert client.post(f"{API}/changes", json={"changes": [change]}).status_code == 200
    found = {item["text"]: (item["line"], item["there"]) for item in client.get(HERE).json()["items"]}
    assert found == {"On the first": (second["name"], True), "On the second": ("Aside", True)}


def test_a_renamed_product_takes_the_comments_on_its_metals_along(client: TestClient, gold: Scenario) -> None:
    metal, product = line(client, "product_metals"), client.get(f"{API}/parts/products").json()[0]
    say(client, "Payable?", part="product_metals", line=metal)
    change = {"part": "products", "key": product["key"], "values": {"name": "Bullion"}}
    assert client.post(f"{API}/changes", json={"changes": [change]}).status_code == 200
    (item,) = client.get(HERE).json()["items"]
    assert item["there"]
    assert item["line"].startswith("Bullion › ")


def test_comments_of_a_deleted_line_stay_and_undo_finds_it_again(client: TestClient, gold: Scenario) -> None:
    row = client.get(f"{API}/parts/costs").json()[0]
    say(client, "Why so much?", part="costs", line=row["name"])
    rename = {"part": "costs", "key": row["key"], "values": {"name": "Renamed"}}
    client.post(f"{API}/changes", json={"changes": [rename]})
    gone = {"part": "costs", "key": row["key"], "remove": True}
    client.post(f"{API}/changes", json={"changes": [gone]})
    (item,) = client.get(HERE).json()["items"]
    assert (item["line"], item["there"]) == ("Renamed", False)
    assert "Line deleted" in client.get(f"{GOLD}/comments").text
    client.post(f"{API}/revisions/2/restore", json={})
    assert [item["there"] for item in client.get(HERE).json()["items"]] == [True]
    client.post(f"{API}/revisions/1/restore", json={})
    (item,) = client.get(HERE).json()["items"]
    assert (item["line"], item["there"]) == (row["name"], True)


def test_a_deleted_project_takes_them_along_and_brings_them_back(
    client: TestClient, client_as: ClientAs, session: Session, gold: Scenario, ada: User
) -> None:
    say(client, "@Ada Moreno, see")
    hers = client_as(user=ada)
    assert client.delete("/api/projects/diamba-sud").json()["comments"] == 1
    assert hers.get("/api/mentions").json()["total"] == 0
    (deleted,) = client.get("/api/deleted").json()
    client.post(f"/api/deleted/project/{deleted['id']}/restore")
    assert client.get(HERE).json()["total"] == 1
    assert hers.get("/api/mentions").json()["unread"] == 1
    client.delete("/api/projects/diamba-sud")
    client.delete(f"/api/deleted/project/{deleted['id']}", params={"name": deleted["name"]})
    assert session.scalars(select(Comment.id)).all() == []
    assert session.scalars(select(CommentMention.comment_id)).all() == []


def test_what_is_archived_is_read_and_not_discussed(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    made = say(client, "Before")
    gold.status = ScenarioStatus.APPROVED
    session.flush()
    say(client, "An approved scenario is still discussed")
    gold.status = ScenarioStatus.ARCHIVED
    session.flush()
    assert client.post(HERE, json={"text": "After"}).status_code == 403
    assert client.delete(f"{HERE}/{made['id']}").status_code == 403
    assert client.get(HERE).json()["total"] == 2
    assert "nothing new is said" in client.get(f"{GOLD}/comments").text


def test_they_are_no_input_and_no_part_of_a_file(client: TestClient, gold: Scenario) -> None:
    before = client.get(f"/api/projects/{gold.project.slug}/export", params={"format": "json"}).text
    say(client, "Only talk")
    after = client.get(f"/api/projects/{gold.project.slug}/export", params={"format": "json"}).text
    assert before == after
    assert client.get(f"{API}/revisions").json()["total"] == 0


def test_the_time_is_the_readers(client_as: ClientAs, session: Session, gold: Scenario, ada: User) -> None:
    hers = client_as(user=ada)
    made = say(hers, "When?")
    ada.time_zone = "Asia/Kathmandu"
    session.flush()
    assert "+0545" in hers.get(f"{GOLD}/comments").text
    assert str(made["created_at"]).endswith(("Z", "+00:00"))


def test_the_list_pages_and_costs_the_same_for_many(
    client: TestClient,
    session: Session,
    gold: Scenario,
    ada: User,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    def cost(address: str) -> int:
        with query_counter() as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    say(client, "First", part="costs", line=line(client))
    addresses = [f"{GOLD}/comments", HERE, "/mentions", f"{GOLD}/costs"]
    for address in addresses:
        cost(address)
    few = [cost(address) for address in addresses]
    name = line(client)
    me = session.scalars(select(Comment.author_id)).first()
    made = [
        Comment(scenario_id=gold.id, author_id=me, body=f"Say {n}", part="costs", line=name)
        for n in range(120)
    ]
    session.add_all(made)
    session.flush()
    session.add_all(CommentMention(comment_id=each.id, user_id=me, handle="X") for each in made)
    session.flush()
    assert [cost(address) for address in addresses] == few
    last = client.get(HERE, params={"page": 3}).json()
    assert (last["total"], len(last["items"])) == (121, 21)
    assert "1 to 50 of 120" in client.get("/mentions").text
    oldest = last["items"][-1]["id"]
    assert client.get(f"{GOLD}/comments/{oldest}").headers["location"].endswith(f"page=3#comment-{oldest}")


def test_empty_lists_say_what_belongs_there(client: TestClient, gold: Scenario, session: Session) -> None:
    session.execute(delete(CostLine).where(CostLine.scenario_id == gold.id))
    assert "No open comments" in client.get(f"{GOLD}/comments").text
    assert "No such comments" in client.get(f"{GOLD}/comments?state=deleted").text
    assert "Nobody has called you yet" in client.get("/mentions").text
    assert "Nothing unread" in client.get("/mentions?unread=true").text
    assert client.get(f"{GOLD}/comments?state=nonsense").status_code == 422
