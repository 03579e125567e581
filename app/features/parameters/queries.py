"""The parameters of a scenario, as its list shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.simulation.distributions import DISTRIBUTIONS, build
from app.features.parameters.edit import Uncertainty, state
from app.models import Parameter

TENTHS = np.array([0.1, 0.9])


@dataclass(frozen=True, slots=True)
class Spread:
    """What an uncertainty means in the parameter's unit (a plain factor where it multiplies)."""

    label: str
    mean: float
    deviation: float
    p10: float
    p90: float


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One line of the list."""

    name: str
    label: str
    unit: str
    values: tuple[float, ...]
    uncertainty: Uncertainty | None
    spread: Spread | None
    process: str
    note: str


def parameters_of(session: Session, scenario_id: int) -> Sequence[Parameter]:
    """Return the parameters of one scenario in their order."""
    statement = (
        select(Parameter)
        .where(Parameter.scenario_id == scenario_id)
        .order_by(Parameter.position, Parameter.id)
    )
    return session.scalars(statement).all()


def row_of(parameter: Parameter) -> ParameterRow:
    """Return one parameter as its line."""
    uncertainty = state(parameter).uncertainty
    return ParameterRow(
        parameter.name,
        parameter.label or parameter.name,
        parameter.base.unit,
        parameter.base.values,
        uncertainty,
        spread(uncertainty) if uncertainty else None,
        parameter.process.value if parameter.process and parameter.active else "",
        parameter.note,
    )


def spread(uncertainty: Uncertainty) -> Spread:
    """Return mean, standard deviation and the central 80 % of a checked uncertainty."""
    distribution = build(uncertainty.family, uncertainty.numbers)
    p10, p90 = distribution.inverse(TENTHS)
    return Spread(
        DISTRIBUTIONS[uncertainty.family].label,
        distribution.expectation(),
        distribution.deviation(),
        float(p10),
        float(p90),
    )
