"""Creating and changing a project."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, Problem
from app.models import Currency, Project
from app.people import audit
from app.planning.slugs import free_slug

LONGEST_NAME = 200
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class ProjectEdit:
    """What a planner says about a project."""

    name: str
    currency: str
    description: str = ""
    commodity: str = ""
    country: str = ""
    location: str = ""
    source: str = ""
    source_reference: str = ""
    source_caveat: str = ""


LABELS = {
    "name": "Name",
    "currency": "Currency",
    "description": "Description",
    "commodity": "Commodity",
    "country": "Country",
    "location": "Location",
    "source": "Source of the figures",
    "source_reference": "Where they were read",
    "source_caveat": "What to know before quoting them",
}


def create(session: Session, edit: ProjectEdit) -> Project:
    """Add a project under a slug of its own; raises `InvalidInput`."""
    check(session, edit)
    slug = free_slug(session, Project.slug, edit.name, Project.deleted_at.is_(None))
    project = Project(slug=slug, **asdict(edit))
    session.add(project)
    session.flush()
    audit.record(session, "project_created", subject="project", subject_id=project.id, name=project.name)
    return project


def change(session: Session, project: Project, edit: ProjectEdit, version: int) -> None:
    """Bring a project to the edited state; raises `InvalidInput`, or `Conflict` when it changed meanwhile."""
    check(session, edit)
    if version != project.version:
        raise Conflict(
            f"“{project.name}” was changed while you were editing it.",
            theirs={label: getattr(project, name) for name, label in LABELS.items()},
            yours={label: getattr(edit, name) for name, label in LABELS.items()},
        )
    wanted = asdict(edit)
    fields = [label for name, label in LABELS.items() if getattr(project, name) != wanted[name]]
    for name, value in wanted.items():
        setattr(project, name, value)
    session.flush()
    if fields:
        audit.record(session, "project_changed", subject="project", subject_id=project.id, fields=fields)


def check(session: Session, edit: ProjectEdit) -> None:
    """Raise `InvalidInput` that names every rejected field."""
    problems = []
    if not edit.name.strip():
        problems.append(Problem("name", edit.name, "fill this in"))
    for name in LABELS:
        longest = LONGEST_NAME if name == "name" else LONGEST_TEXT
        if len(getattr(edit, name)) > longest:
            problems.append(Problem(name, f"{len(getattr(edit, name))} characters", f"at most {longest}"))
    if edit.currency not in currencies(session):
        problems.append(Problem("currency", edit.currency, "one of the currencies of this installation"))
    if problems:
        raise InvalidInput(problems)


def currencies(session: Session) -> dict[str, str]:
    """Return code and name of the currencies that may be chosen."""
    statement = select(Currency.code, Currency.name).where(Currency.active).order_by(Currency.code)
    return {row.code: row.name for row in session.execute(statement)}
