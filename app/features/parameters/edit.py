"""An edit of one parameter: checked as a whole, applied to the version that the planner saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.engine.kinds import DistributionFamily, Draw, Effect
from app.engine.simulation.distributions import DISTRIBUTIONS
from app.errors import Conflict, InvalidInput, Problem
from app.models import Entered, Parameter, Scenario
from app.planning.history import Because, changing

Numbers = Mapping[str, float | tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A distribution by family and numbers, and how its draws are used."""

    family: DistributionFamily
    numbers: Numbers
    effect: Effect = Effect.REPLACE
    draw: Draw = Draw.TRIAL
    autocorrelation: float = 0.0


@dataclass(frozen=True, slots=True)
class ParameterEdit:
    """The new state of one parameter.

    version: the one that the edit started from. uncertainty: None is certain.
    """

    version: int
    values: tuple[float, ...]
    uncertainty: Uncertainty | None = None
    note: str = field(default="")


def save(session: Session, scenario: Scenario, parameter: Parameter, edit: ParameterEdit) -> None:
    """Bring the parameter to the edited state as a revision of its scenario; raises what `apply` raises.

    A form that cannot be right is refused before the scenario is locked, read and recorded as found.
    """
    refuse_wrong(edit, scenario.period_count)
    with changing(session, scenario, Because(note=edit.note if edit.note != parameter.note else "")):
        apply(parameter, edit, scenario.period_count)


def apply(parameter: Parameter, edit: ParameterEdit, periods: int) -> None:
    """Bring the parameter to the edited state.

    Raises `InvalidInput` that names every rejected field, and `Conflict` when somebody else saved first.
    """
    refuse_wrong(edit, periods)
    if edit.version != parameter.version:
        raise Conflict(
            f"“{parameter.label or parameter.name}” was changed while you were editing it.",
            theirs=shown(state(parameter)),
            yours=shown(edit),
        )
    parameter.base = Entered(edit.values, parameter.base.unit, parameter.base.driver)
    parameter.note = edit.note
    uncertainty = edit.uncertainty
    parameter.family = uncertainty.family if uncertainty else None
    parameter.process = None
    parameter.active = uncertainty is not None
    if uncertainty is None:
        return
    parameter.distribution = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in uncertainty.numbers.items()
    }
    parameter.effect = uncertainty.effect
    parameter.draw = uncertainty.draw
    parameter.autocorrelation = uncertainty.autocorrelation


def refuse_wrong(edit: ParameterEdit, periods: int) -> None:
    """Raise `InvalidInput` that names every rejected field of an edit."""
    problems = list(check(edit, periods))
    if problems:
        raise InvalidInput(problems)


def check(edit: ParameterEdit, periods: int) -> Iterator[Problem]:
    """Yield every rejected field of an edit, under the name that the form and the API give it."""
    if len(edit.values) not in (1, periods):
        allowed = f"one value, or {periods} values: one for each period"
        yield Problem("values", f"{len(edit.values)} values", allowed)
    if edit.uncertainty is None:
        return
    uncertainty = edit.uncertainty
    for name, value, allowed in DISTRIBUTIONS[uncertainty.family].rejected(uncertainty.numbers):
        yield Problem(f"distribution.{name}", value, allowed)
    if not -1 <= uncertainty.autocorrelation <= 1:
        yield Problem("autocorrelation", uncertainty.autocorrelation, "between -1 and 1")


def state(parameter: Parameter) -> ParameterEdit:
    """Return the parameter as the edit that would lead to it."""
    uncertainty = None
    if parameter.family is not None and parameter.active:
        numbers = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in parameter.distribution.items()
        }
        uncertainty = Uncertainty(
            parameter.family, numbers, parameter.effect, parameter.draw, parameter.autocorrelation
        )
    return ParameterEdit(parameter.version, parameter.base.values, uncertainty, parameter.note)


def shown(edit: ParameterEdit) -> dict[str, object]:
    """Return an edit as the two sides of a conflict show it."""
    values = ", ".join(f"{value:.15g}" for value in edit.values)
    if edit.uncertainty is None:
        return {"Value": values, "Uncertainty": "certain", "Note": edit.note}
    numbers = ", ".join(f"{name} {value}" for name, value in edit.uncertainty.numbers.items())
    return {
        "Value": values,
        "Uncertainty": f"{DISTRIBUTIONS[edit.uncertainty.family].label}: {numbers}",
        "Effect": edit.uncertainty.effect.value,
        "Draw": edit.uncertainty.draw.value,
        "Note": edit.note,
    }
