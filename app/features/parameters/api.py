"""Parameters as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from app.engine.kinds import DistributionFamily, Draw, Effect
from app.features.parameters import edit as editing
from app.features.parameters.fitting import fitted
from app.features.parameters.queries import parameters_of, spread
from app.models import Parameter
from app.web.deps import SessionDep
from app.web.lookups import EditorDep, ParameterDep, ScenarioDep

router = APIRouter(
    prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/parameters", tags=["parameters"]
)

Numbers = Annotated[
    dict[str, FiniteFloat | list[FiniteFloat]],
    Field(description="By the names that the family lists; in the parameter's unit, or factors."),
]


class UncertaintyBody(BaseModel):
    """How uncertain a parameter is."""

    model_config = ConfigDict(extra="forbid")

    family: DistributionFamily
    distribution: Numbers
    effect: Effect = Effect.REPLACE
    draw: Draw = Draw.TRIAL
    autocorrelation: Annotated[float, Field(ge=-1, le=1)] = 0.0


class ParameterBody(BaseModel):
    """The new state of a parameter."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, description="The version that the edit started from.")]
    values: Annotated[
        list[FiniteFloat], Field(min_length=1, max_length=2000, description="One value, or one per period.")
    ]
    uncertainty: UncertaintyBody | None = None
    note: Annotated[str, Field(max_length=4000)] = ""


class SpreadOut(BaseModel):
    """What the uncertainty means: a plain factor where it multiplies, else in the parameter's unit."""

    model_config = ConfigDict(from_attributes=True)

    label: str
    mean: float
    deviation: float
    p10: float
    p90: float


class ParameterOut(BaseModel):
    """A parameter: value or row in its unit, and how uncertain it is."""

    name: str
    label: str
    unit: str
    values: list[float]
    uncertainty: UncertaintyBody | None
    spread: SpreadOut | None
    note: str
    version: int


class HistoryBody(BaseModel):
    """What was observed, in the parameter's unit."""

    model_config = ConfigDict(extra="forbid")

    values: list[FiniteFloat]


class FitOut(BaseModel):
    """One family fitted by maximum likelihood, and how well it fits.

    p_value: of the Kolmogorov–Smirnov distance; it flatters, because the numbers come from the same values.
    """

    family: DistributionFamily
    parameters: dict[str, float]
    log_likelihood: float
    aic: float
    kolmogorov_smirnov: float
    p_value: float
    anderson_darling: float
    spread: SpreadOut


@router.get("", summary="List the parameters of a scenario")
def index(session: SessionDep, scenario: ScenarioDep) -> list[ParameterOut]:
    """Return every named driver of the scenario."""
    return [_out(parameter) for parameter in parameters_of(session, scenario.id)]


@router.get("/{name}", summary="Show a parameter")
def show(parameter: ParameterDep) -> ParameterOut:
    """Return one named driver."""
    return _out(parameter)


@router.put("/{name}", summary="Change a parameter")
def update(
    session: SessionDep, scenario: EditorDep, parameter: ParameterDep, body: ParameterBody
) -> ParameterOut:
    """Replace value, uncertainty and note; 409 when the version is no longer the current one."""
    editing.save(session, scenario, parameter, _edit(body))
    return _out(parameter)


@router.post("/{name}/fit", summary="Fit distributions to a history")
def fit(_parameter: ParameterDep, body: HistoryBody) -> list[FitOut]:
    """Return what can have produced the values, the smallest AIC first; nothing is changed."""
    return [
        FitOut(
            **{name: getattr(each.fit, name) for name in FitOut.model_fields if name != "spread"},
            spread=SpreadOut.model_validate(each.spread),
        )
        for each in fitted(body.values)
    ]


def _edit(body: ParameterBody) -> editing.ParameterEdit:
    uncertainty = None
    if body.uncertainty is not None:
        numbers = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in body.uncertainty.distribution.items()
        }
        uncertainty = editing.Uncertainty(
            body.uncertainty.family,
            numbers,
            body.uncertainty.effect,
            body.uncertainty.draw,
            body.uncertainty.autocorrelation,
        )
    return editing.ParameterEdit(body.version, tuple(body.values), uncertainty, body.note)


def _out(parameter: Parameter) -> ParameterOut:
    current = editing.state(parameter)
    uncertainty = current.uncertainty
    body = None
    if uncertainty is not None:
        body = UncertaintyBody.model_validate(
            {
                "family": uncertainty.family,
                "distribution": uncertainty.numbers,
                "effect": uncertainty.effect,
                "draw": uncertainty.draw,
                "autocorrelation": uncertainty.autocorrelation,
            }
        )
    return ParameterOut(
        name=parameter.name,
        label=parameter.label or parameter.name,
        unit=parameter.base.unit,
        values=list(current.values),
        uncertainty=body,
        spread=SpreadOut.model_validate(spread(uncertainty)) if uncertainty else None,
        note=parameter.note,
        version=parameter.version,
    )
