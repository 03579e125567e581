"""Simulation runs as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from app.engine.kinds import RunStatus, Sampler
from app.engine.simulation.codec import to_plain
from app.errors import NotFound
from app.features.simulations.forms import DEFAULT_TRIALS, LARGEST_SEED
from app.features.simulations.queries import count_runs, list_runs
from app.jobs.queue import enqueue_simulation
from app.models import SimulationRun
from app.valuation import runs
from app.valuation.spec import RunForm
from app.web.access import PersonDep
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import Key, RunDep, ScenarioDep

router = APIRouter(prefix="/api", tags=["simulations"])


class RunBody(BaseModel):
    """What to run."""

    model_config = ConfigDict(extra="forbid")

    trials: Annotated[int, Field(ge=1)] = DEFAULT_TRIALS
    sampler: Sampler = Sampler.SOBOL
    seed: Annotated[
        int | None,
        Field(ge=0, le=LARGEST_SEED, description="The same seed gives the same digits; none draws one."),
    ] = None


class RunOut(BaseModel):
    """A run: what was asked for, and how far it is."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    status: RunStatus
    trials: int
    sampler: Sampler
    seed: int
    engine_version: str
    progress_done: int
    progress_total: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str


class RunSummary(BaseModel):
    """A run in the list of its scenario."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    status: RunStatus
    trials: int
    sampler: Sampler
    seed: int
    created_at: datetime
    seconds: float | None


class RunList(BaseModel):
    """A page of runs, and how many there are in all."""

    total: int
    page: int
    items: list[RunSummary]


class ReplayOut(BaseModel):
    """Which parts of two finished runs differ in any digit; none proves the replay."""

    differences: list[str]


@router.get("/projects/{project_slug}/scenarios/{scenario_slug}/runs", summary="List the runs of a scenario")
def index(session: SessionDep, scenario: ScenarioDep, window: WindowDep) -> RunList:
    """Return a page of runs, the latest first."""
    rows = list_runs(session, scenario.id, limit=window.limit, offset=window.offset)
    items = [RunSummary.model_validate(row) for row in rows]
    return RunList(total=count_runs(session, scenario.id), page=window.number, items=items)


@router.post(
    "/projects/{project_slug}/scenarios/{scenario_slug}/runs", status_code=201, summary="Run a simulation"
)
def start(
    session: SessionDep, scenario: ScenarioDep, person: PersonDep, body: RunBody, response: Response
) -> RunOut:
    """Start a run: a small one is finished when the answer comes, a larger one goes to the worker."""
    form = RunForm(trials=body.trials, seed=body.seed, sampler=body.sampler)
    run = runs.start(session, scenario.id, form, enqueue=enqueue_simulation, requested_by=person.user_id)
    return _created(run, response)


@router.get("/runs/{run_id}", summary="Show a run")
def show(run: RunDep) -> RunOut:
    """Return what was asked for and how far it is."""
    return RunOut.model_validate(run)


@router.get("/runs/{run_id}/result", summary="Show the result of a run")
def result(run: RunDep) -> dict[str, Any]:
    """Return every statistic of a finished run; 404 while there is none."""
    found = runs.result_of(run)
    if found is None:
        raise NotFound("result of run", run.id)
    return found.to_dict()


@router.get("/runs/{run_id}/partial", summary="Show what a run has found so far")
def partial(run: RunDep) -> dict[str, Any]:
    """Return the statistics of the trials so far, without curves; 404 before the first and after the end.

    Written every two seconds, less often where they take long; the result replaces them.
    """
    found = runs.partial_of(run)
    if found is None:
        raise NotFound("partial result of run", run.id)
    return dict(to_plain(found))


@router.get("/runs/{run_id}/inputs", summary="Show the inputs that a run kept")
def inputs(run: RunDep) -> dict[str, Any]:
    """Return the snapshot of inputs and specification that the run was made from."""
    return {"inputs": run.inputs, "spec": run.spec}


@router.post("/runs/{run_id}/cancel", summary="Cancel a run")
def cancel(session: SessionDep, run: RunDep) -> RunOut:
    """End an open run without a result; a run that has ended stays as it is."""
    return RunOut.model_validate(runs.cancel(session, run.id))


@router.post("/runs/{run_id}/replay", status_code=201, summary="Replay a run")
def replay(session: SessionDep, run: RunDep, person: PersonDep, response: Response) -> RunOut:
    """Do a run again from its own inputs and seed."""
    again = runs.replay(session, run.id, enqueue=enqueue_simulation, requested_by=person.user_id)
    return _created(again, response)


@router.get("/runs/{run_id}/differences/{other_id}", summary="Compare two runs digit by digit")
def differences(session: SessionDep, run: RunDep, other_id: Key) -> ReplayOut:
    """Return which parts of two finished runs differ; 409 while one of them has no result."""
    return ReplayOut(differences=list(runs.differences(session, run.id, other_id)))


def _created(run: SimulationRun, response: Response) -> RunOut:
    response.headers["Location"] = f"/api/runs/{run.id}"
    return RunOut.model_validate(run)
