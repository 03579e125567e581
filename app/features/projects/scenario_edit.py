"""Adding a scenario to a project, naming it, and saying which one is the base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.engine.kinds import PeriodLength
from app.errors import Conflict, InvalidInput, NotAllowed, Problem
from app.models import Project, RevisionKind, Scenario
from app.planning.history import Because, changing
from app.planning.shared.defaults import beginning, stored_defaults
from app.planning.versions import add_scenario, check_name

MOST_PERIODS = 1200


@dataclass(frozen=True, slots=True)
class NewScenario:
    """What a scenario begins with: a timeline and a discount rate, as a decimal; None takes the default."""

    name: str
    start: date
    length: PeriodLength | None = None
    count: int | None = None
    discount_rate: float | None = None
    note: str = ""


def create(session: Session, project: Project, wanted: NewScenario) -> Scenario:
    """Add an empty scenario; the first of a project is its base. Raises `InvalidInput`."""
    refuse_archived(project)
    usual, document = stored_defaults(session), beginning(session)
    count = usual.count if wanted.count is None else wanted.count
    if not 1 <= count <= MOST_PERIODS:
        raise InvalidInput([Problem("count", count, f"from 1 to {MOST_PERIODS} periods")])
    document |= {
        "note": wanted.note,
        "start": wanted.start.isoformat(),
        "periods": [{"length": (wanted.length or usual.length).value, "count": count}],
    }
    if wanted.discount_rate is not None:
        percent = float(f"{wanted.discount_rate * 100:.12g}")
        document["terms"]["discount_rate"] = {"value": percent, "unit": "%"}
    because = Because("Created", kind=RevisionKind.CREATED)
    made = add_scenario(session, project, wanted.name, document, because)
    if len([each for each in project.scenarios if each.deleted_at is None]) <= 1:
        set_base(session, project, made)
    return made


def rename(session: Session, scenario: Scenario, name: str, note: str, version: int) -> None:
    """Give a scenario another name and note; its address stays. Raises `InvalidInput` and `Conflict`."""
    check_name(session, scenario.project_id, name, scenario.id)
    if version != scenario.version:
        raise Conflict(
            f"“{scenario.name}” was changed while you were editing it.",
            theirs={"Name": scenario.name, "Note": scenario.note},
            yours={"Name": name, "Note": note},
        )
    with changing(session, scenario, Because()):
        scenario.name, scenario.note = name.strip(), note


def set_base(session: Session, project: Project, scenario: Scenario) -> None:
    """Make a scenario the one that the others of its project are compared with."""
    refuse_archived(project)
    session.flush()
    session.execute(
        update(Scenario)
        .where(Scenario.project_id == project.id, Scenario.is_base, Scenario.id != scenario.id)
        .values(is_base=False)
    )
    scenario.is_base = True
    session.flush()


def refuse_archived(project: Project) -> None:
    """Raise `NotAllowed` for a project that is archived."""
    if project.archived_at is not None:
        raise NotAllowed(f"“{project.name}” is archived, so nothing in it can be changed. Restore it first.")
