"""How quickly every page is rendered with a full database: `python -m benchmarks.every_page [--requests 20]`.

Fills a throw-away PostgreSQL with a hundred projects of ten scenarios of 40 years, asks the application in
this process for every page, and prints the 95th percentile of each, on the wall clock and of this process's
own processor time, with the number of its queries. The goal is less than 200 ms. The first request of a page,
which fills caches, is not counted.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from app.db import get_engine
from app.engine.kinds import RoleName
from app.factory import create_app
from app.models import Scenario
from benchmarks.measure import taken
from tests import database as databases, persons
from tests.crowd import crowd, crowded, first_mine, pages

GOAL = 0.2


@contextmanager
def full_database(
    projects: int, scenarios: int, periods: int
) -> Iterator[tuple[TestClient, list[tuple[str, str]]]]:
    """Give a client that is signed in, and the name and address of every page."""
    with databases.running_server() as database:
        os.environ.update({**database, "CALMINER_ENVIRONMENT": "test"})
        try:
            with Session(get_engine()) as session, session.begin():
                began = time.monotonic()
                mine = first_mine(session, periods)
                crowd(session, mine, projects - 1, scenarios)
                reader = persons.person(session, RoleName.ADMINISTRATOR)
                crowded(session, mine, 60)
                held = session.scalar(select(func.count(Scenario.id)))
                print(f"{held:,} scenarios after {time.monotonic() - began:.1f} s", flush=True)
                found = list(pages(session, mine.project, mine))
                client = persons.browser(create_app())
                persons.sign_in(client, session, reader)
            # As a server does, see main.py.
            gc.collect()
            gc.freeze()
            yield client, found
        finally:
            get_engine().dispose()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Give the list of statements that are executed while the block lasts."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def ask(client: TestClient, address: str) -> None:
    """Ask for a page; anything but the page is an error."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")


def late(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[18]


def main() -> None:
    """Print a line for every page, the slowest last, and how many are over the goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.every_page", description=__doc__)
    parser.add_argument("--requests", type=int, default=20, help="of each page")
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--scenarios", type=int, default=10, help="of each project")
    parser.add_argument("--periods", type=int, default=40)
    given = parser.parse_args()
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    lines = []
    with full_database(given.projects, given.scenarios, given.periods) as (client, found):
        # Every list is valued before it is timed: a cold one asks again until it is.
        while "Being valued" in client.get("/projects").text + client.get("/projects?page=2").text:
            pass
        for name, address in found:
            ask(client, address)
            with counted() as statements:
                ask(client, address)
            times = [taken(partial(ask, client, address)) for _ in range(given.requests)]
            slow, busy = (late([getattr(each, clock) for each in times]) for clock in ("wall", "cpu"))
            lines.append((slow, busy, len(statements), name, address))
    for slow, busy, queries, name, address in sorted(lines):
        spent = f"{slow * 1e3:7.1f} ms, {busy * 1e3:6.1f} ms of processor, {queries:3} queries"
        print(f"{spent}  {name:30} {address}")
    over = sum(slow >= GOAL for slow, *_ in lines)
    print(f"{len(lines)} pages, {over} over {GOAL * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
