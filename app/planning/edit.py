"""Changes to the rows of a scenario: checked as a whole, saved as one revision or not at all.

The same function applies them to rows of a session, to save, and to rows that no session holds any more, to
see what they would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.errors import Conflict, InvalidInput, NotAllowed, Problem
from app.models import Scenario
from app.models.base import Base
from app.planning.comments.places import commented_parts, follow, names
from app.planning.history import Because, begin, record
from app.planning.parts import Part, find_part
from app.planning.rules import problem_of
from app.planning.values import fill, read_value, value_of
from app.planning.words import pair_in_words, value_in_words
from app.seed.readers import Rejected
from app.valuation.inputs import read_inputs, reader_of
from app.valuation.inputs.reader import NAMES, name_of
from app.valuation.load import load_scenario

MOST_CHANGES = 2000
GONE = "somebody deleted this row meanwhile"


@dataclass(frozen=True, slots=True)
class RowChange:
    """What becomes of one row: new fields, a new row where `key` is empty, or its end.

    version: the one that the change started from. values: fields as documents write them; the others stay.
    """

    part: str
    key: str = ""
    version: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    remove: bool = False


#: Gives changes, and why they are made, for a scenario that nobody else can change meanwhile.
Make = Callable[[Scenario], tuple[Sequence[RowChange], Because]]


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that a change led to; None where it was deleted."""

    part: Part
    row: Base | None


def save(
    session: Session, scenario: Scenario, changes: Sequence[RowChange], because: Because
) -> list[Touched]:
    """Apply changes to a scenario and record them as one revision.

    Raises `InvalidInput` that names every rejected field as `changes[3].rate`, and `Conflict` with both sides
    when somebody else saved a row first; then nothing has changed.
    """
    return save_made(session, scenario, lambda _: (changes, because))


def save_made(session: Session, scenario: Scenario, make: Make) -> list[Touched]:
    """Save what `make` makes of the scenario as it is now, as `save` does."""
    with session.begin_nested():
        full, last = begin(session, scenario)
        changes, because = make(full)
        commented = commented_parts(session, scenario.id)
        before = names(full, commented)
        # Parts name each other, and the unit of work does not know in which order the names must exist.
        session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        touched = apply(full, changes, session)
        with rules_in_words(changes):
            session.flush()
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        saved = load_scenario(session, scenario.id)
        refuse_unreadable(saved, touched)
        follow(session, scenario.id, before, names(saved, commented))
        record(session, saved, because, last)
    return touched


def apply(scenario: Scenario, changes: Sequence[RowChange], session: Session | None = None) -> list[Touched]:
    """Bring a loaded scenario to the changed state; without a session, rows that nobody stores.

    Raises `InvalidInput` and `Conflict`.
    """
    problems: list[Problem] = []
    touched = [
        _applied(scenario, change, f"changes[{index}]", problems, session)
        for index, change in enumerate(changes)
    ]
    if problems:
        raise InvalidInput(problems)
    return touched


def _applied(
    scenario: Scenario, change: RowChange, place: str, problems: list[Problem], session: Session | None
) -> Touched:
    part = find_part(change.part)
    values = read_values(part, change, place, problems)
    if not change.key:
        return Touched(part, _added(scenario, part, values, place, problems))
    row = next((each for each in part.rows(scenario) if part.key_of(each) == change.key), None)
    if row is None:
        raise Conflict(
            f"A row of “{part.title}” is no longer there.", theirs={"Row": GONE}, yours=in_words(part, change)
        )
    refuse_stale(part, row, change)
    if change.remove:
        _remove(scenario, part, row, session)
        return Touched(part, None)
    for name, value in values.items():
        described = part.field(name)
        if described is not None and described.fixed and value != getattr(row, name):
            allowed = f"{getattr(row, name)}: delete this row and add another one instead"
            problems.append(Problem(f"{place}.{name}", value, allowed))
        else:
            fill(row, name, value, session)
    return Touched(part, row)


def read_values(part: Part, change: RowChange, place: str, problems: list[Problem]) -> dict[str, Any]:
    """Return the fields of a change as the models hold them; what cannot be read is noted."""
    found: dict[str, Any] = {}
    for name, value in change.values.items():
        if part.field(name) is None:
            names = ", ".join(each.name for each in part.fields)
            problems.append(Problem(f"{place}.{name}", value, f"one of the fields {names}"))
            continue
        try:
            found[name] = read_value(part, name, value)
        except Rejected as error:
            problems.append(Problem(f"{place}.{name}", value, str(error)))
    if not change.key and not change.remove:
        missing = [each.name for each in part.fields if part.required(each.name)]
        problems += [
            Problem(f"{place}.{name}", None, "fill this in") for name in missing if name not in change.values
        ]
    return found


def _added(
    scenario: Scenario, part: Part, values: Mapping[str, Any], place: str, problems: list[Problem]
) -> Base | None:
    if part.single:
        if next(part.rows(scenario), None) is not None:
            raise Conflict(
                f"“{part.title}” is there already.",
                theirs={part.title: "was added meanwhile"},
                yours={part.title: "new"},
            )
        if not part.path:
            raise NotAllowed("A scenario has one timeline.")
    owner = _owner(scenario, part, values)
    if owner is None:
        name = part.parents[0][0]
        problems.append(Problem(f"{place}.{name}", values.get(name), "one that this scenario has"))
        return None
    row = part.model()
    fill_defaults(row)
    for name, value in values.items():
        fill(row, name, value, None)
    row.scenario_id = scenario.id  # type: ignore[attr-defined]
    held = getattr(owner, part.path[-1])
    if isinstance(held, list):
        if "position" in inspect(part.model).columns:
            row.position = 1 + max((each.position for each in held), default=-1)  # type: ignore[attr-defined]
        held.append(row)
    else:
        setattr(owner, part.path[-1], row)
    return row


def _owner(scenario: Scenario, part: Part, values: Mapping[str, Any]) -> Base | None:
    """Return the row whose list a new row joins."""
    if len(part.path) < 2:
        return scenario
    owners = replace(part, path=part.path[:-1]).rows(scenario)
    return next(
        (
            owner
            for owner in owners
            if all(getattr(owner, theirs) == values.get(own) for own, theirs in part.parents)
        ),
        None,
    )


def fill_defaults(row: Base) -> None:
    """Fill in what the table would, so that a row that is not stored yet can be read."""
    for attribute in inspect(type(row)).column_attrs:
        default = getattr(attribute.columns[0], "default", None)
        if default is not None:
            setattr(row, attribute.key, {} if default.is_callable else default.arg)


def _remove(scenario: Scenario, part: Part, row: Base, session: Session | None) -> None:
    if not part.path:
        raise NotAllowed("The timeline of a scenario cannot be deleted; delete the scenario instead.")
    if session is not None:
        session.delete(row)
        return
    owners = [scenario, *replace(part, path=part.path[:-1]).rows(scenario)]
    for owner in owners:
        held = getattr(owner, part.path[-1], None)
        if isinstance(held, list) and row in held:
            held.remove(row)
        elif held is row:
            setattr(owner, part.path[-1], None)


def refuse_stale(part: Part, row: Base, change: RowChange) -> None:
    """Raise `Conflict` with both sides where the row is not the version that the change started from."""
    present: int = row.version  # type: ignore[attr-defined]
    if change.version is None or change.version == present:
        return
    theirs: dict[str, object] = {}
    yours = in_words(part, change)
    for each in part.fields:
        held = value_of(part, row, each.name)
        if not change.values:
            theirs[each.words], yours[each.words] = value_in_words(held), "deleted"
        elif each.name in change.values:
            pair = pair_in_words(held, change.values[each.name])
            theirs[each.words], yours[each.words] = pair
    raise Conflict(
        f"“{part.name_of(row)}” was changed while you were editing it.", theirs=theirs, yours=yours
    )


def in_words(part: Part, change: RowChange) -> dict[str, object]:
    """Return the fields of a change as the two sides of a conflict show them."""
    known = {each.name: each.words for each in part.fields}
    return {known.get(name, name): value_in_words(value) for name, value in change.values.items()}


@contextmanager
def rules_in_words(changes: Sequence[RowChange], index: int = 0) -> Iterator[None]:
    """Turn a broken rule of the database into the field that broke it, where one row was changed."""
    try:
        yield
    except IntegrityError as error:
        problem = problem_of(error)
        raise InvalidInput([replace(problem, field=f"changes[{index}].{problem.field}")]) from error
    except StaleDataError as error:
        raise Conflict(
            "Somebody saved one of these rows a moment before you.",
            theirs={"Row": "saved meanwhile"},
            yours={"Row": f"{len(changes)} changes"},
        ) from error


def refuse_unreadable(scenario: Scenario, touched: Sequence[Touched]) -> None:
    """Raise `InvalidInput` for changed quantities whose unit, driver, currency or length cannot be right."""
    read = reader_of(scenario)
    read_inputs(read, scenario)
    problems = []
    for index, each in enumerate(touched):
        if type(each.row) not in NAMES:
            continue
        start = f"{name_of(each.row)}, "
        for problem in read.problems:
            name = problem.field.removeprefix(start).replace(" ", "_")
            if problem.field.startswith(start) and each.part.field(name):
                problems.append(replace(problem, field=f"changes[{index}].{name}"))
    if problems:
        raise InvalidInput(problems)
