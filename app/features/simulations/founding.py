"""The first form of the simulation API, `POST /api/simulations/run`: kept working, now stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.engine.kinds import DistributionFamily, RunStatus
from app.engine.simulation.distributions import DISTRIBUTIONS
from app.engine.simulation.summary import Summary, summarise
from app.engine.simulation.trials import trial_values
from app.errors import InvalidInput, NotFound, Problem
from app.features.simulations.forms import LARGEST_SEED
from app.jobs.queue import enqueue_simulation
from app.models import Scenario, SimulationRun
from app.valuation import runs, snapshot
from app.valuation.replaced import Replacement
from app.valuation.spec import RunForm
from app.web.access import AccessDep, PersonDep, settles_project
from app.web.deps import SessionDep
from app.web.lookups import LARGEST_KEY

router = APIRouter(prefix="/api/simulations", tags=["simulations"])

OUTPUT = "npv_after_tax"
#: What this form of the API calls the numbers of each distribution, by the engine's names.
NUMBERS = {
    DistributionFamily.NORMAL: {"mean": "value", "sd": "std_dev"},
    DistributionFamily.UNIFORM: {"min": "min", "max": "max"},
    DistributionFamily.TRIANGULAR: {"min": "min", "mode": "mode", "max": "max"},
}


class ParameterIn(BaseModel):
    """A distribution for this run in place of the scenario's own, in the parameter's unit."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    distribution: Literal["normal", "uniform", "triangular"] = "normal"
    value: Annotated[FiniteFloat | None, Field(description="Mean of a normal; mode of a triangular.")] = None
    std_dev: FiniteFloat | None = None
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    mode: FiniteFloat | None = None


class RunIn(BaseModel):
    """What to run on which scenario; without parameters it is as uncertain as the scenario says."""

    model_config = ConfigDict(extra="forbid")

    scenario_id: Annotated[int, Field(ge=1, le=LARGEST_KEY)]
    iterations: Annotated[int, Field(ge=2)] = 1000
    parameters: Annotated[list[ParameterIn], Field(max_length=1000)] = []
    seed: Annotated[int | None, Field(ge=0, le=LARGEST_SEED)] = None


class ResultItem(BaseModel):
    """One trial; result: NPV after tax in the currency of the project."""

    iteration: int
    result: float


class RunResponse(BaseModel):
    """The stored run; results and summary are there once it is finished, which a large run is not at once."""

    run_id: int
    scenario_id: int
    status: RunStatus
    iterations: int
    seed: int
    output: str
    results: list[ResultItem]
    summary: Summary | None
    error: str


@settles_project
def named_scenario(session: SessionDep, access: AccessDep, body: RunIn) -> Scenario:
    """Return the scenario that the body names; raises `NotFound`, `NotAllowed`."""
    found = session.scalars(
        select(Scenario).where(Scenario.id == body.scenario_id).options(joinedload(Scenario.project))
    ).one_or_none()
    if found is None:
        raise NotFound("scenario", body.scenario_id)
    access.require(found.project)
    return found


@router.post("/run", summary="Run a simulation (first form)", responses={202: {"model": RunResponse}})
def run(
    session: SessionDep,
    scenario: Annotated[Scenario, Depends(named_scenario)],
    person: PersonDep,
    body: RunIn,
    response: Response,
) -> RunResponse:
    """Run the scenario and return NPV after tax of every trial, with the figures of `/api/reporting/summary`.

    The run is stored under `/api/runs/{run_id}` with its seed and inputs. One too large for a request goes to
    the worker: the answer is then 202 without results.
    """
    form = RunForm(trials=body.iterations, seed=body.seed, replaced=_replaced(body.parameters))
    made = runs.start(session, scenario.id, form, enqueue=enqueue_simulation, requested_by=person.user_id)
    response.headers["Location"] = f"/api/runs/{made.id}"
    if made.status in runs.OPEN:
        response.status_code = 202
    return _response(made)


def _response(run: SimulationRun) -> RunResponse:
    results: list[float] = []
    if run.status is RunStatus.FINISHED:
        inputs, spec = snapshot.inputs_from(run.inputs), snapshot.spec_from(run.spec)
        results = trial_values(inputs, spec, OUTPUT).tolist()
    return RunResponse(
        run_id=run.id,
        scenario_id=run.scenario_id,
        status=run.status,
        iterations=run.trials,
        seed=run.seed,
        output=OUTPUT,
        results=[ResultItem(iteration=place, result=value) for place, value in enumerate(results, start=1)],
        summary=summarise(results) if results else None,
        error=run.error,
    )


def _replaced(parameters: Sequence[ParameterIn]) -> dict[str, Replacement]:
    """Return the distributions by parameter; raises `InvalidInput` that names every field that is wrong."""
    problems: list[Problem] = []
    found: dict[str, Replacement] = {}
    times = Counter(parameter.name for parameter in parameters)
    for index, parameter in enumerate(parameters):
        at = f"parameters[{index}]"
        if times[parameter.name] > 1:
            problems.append(Problem(f"{at}.name", parameter.name, "a parameter that is named once"))
        family = DistributionFamily(parameter.distribution)
        numbers = _numbers(family, parameter)
        problems += [
            Problem(f"{at}.{NUMBERS[family].get(name, name)}", value, allowed)
            for name, value, allowed in DISTRIBUTIONS[family].rejected(numbers)
        ]
        problems += [
            Problem(f"{at}.{name}", value, allowed) for name, value, allowed in _idle(family, parameter)
        ]
        found[parameter.name] = Replacement(family, numbers)
    if problems:
        raise InvalidInput(problems)
    return found


def _numbers(family: DistributionFamily, parameter: ParameterIn) -> dict[str, float | tuple[float, ...]]:
    """Return the given numbers by the engine's names; a triangular's mode may be called `value`."""
    given = {name: getattr(parameter, ours) for name, ours in NUMBERS[family].items()}
    if family is DistributionFamily.TRIANGULAR and given["mode"] is None:
        given["mode"] = parameter.value
    return {name: value for name, value in given.items() if value is not None}


def _idle(family: DistributionFamily, parameter: ParameterIn) -> Iterator[tuple[str, float, str]]:
    """Yield numbers that were given and that the distribution does not use."""
    used = {*NUMBERS[family].values(), "value"}
    for name in ("std_dev", "min", "max", "mode"):
        value = getattr(parameter, name)
        if value is not None and name not in used:
            yield name, value, f"nothing: a {family.value} distribution has no such number"
