"""Every page asks the database as often for much as for little."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from tests import persons
from tests.crowd import crowd, crowded, first_mine, pages


def test_no_page_asks_more_often_for_more_rows(
    client: TestClient,
    session: Session,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    mine = first_mine(session, 12)
    crowded(session, mine, 2)

    def cost() -> dict[str, int]:
        found = {}
        for name, address in pages(session, mine.project, mine):
            # The first visit fills what is kept.
            assert client.get(address).status_code == 200, address
            with query_counter() as queries:
                client.get(address)
            found[f"{name} {address}"] = len(queries)
        return found

    few = cost()
    assert len(few) > 35
    crowd(session, mine, 3, 2)
    crowded(session, mine, 5)
    for _ in range(3):
        persons.person(session, RoleName.VIEWER)
    more = cost()
    assert {name: (few[name], count) for name, count in more.items() if count > few[name]} == {}
    # A preset is tried on the scenario and taken back, to say what it would do to its value.
    tried = [more.pop(name) for name in list(more) if name.startswith("parts.preset_pages.show ")]
    assert len(tried) == 1
    assert tried[0] <= 60
    assert max(more.values()) <= 35, max(more.items(), key=lambda each: each[1])
