"""What a database can hold before a test begins, and where the test finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Project, Scenario
from app.seed.demo import documents
from app.seed.document import load_project

#: Writes into a database that a process keeps for all of its tests; a function of a module, never a new one.
Seed = Callable[[Session], object]
Seeds = Mapping[str, Seed]


def diamba_sud(session: Session) -> None:
    """The gold mine of the demo."""
    load_project(session, documents()["diamba-sud"])


def vizcachitas(session: Session) -> None:
    """The copper mine of the demo."""
    load_project(session, documents()["vizcachitas"])


def base_scenario(session: Session, project: str) -> Scenario:
    """Return the base scenario of a project that a seed has written."""
    statement = select(Scenario).join(Project).where(Project.slug == project, Scenario.is_base)
    return session.scalars(statement).one()
