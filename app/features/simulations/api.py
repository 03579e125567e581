"""Simulation runs as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from app.engine.kinds import RunStatus, Sampler
from app.engine.simulation.check import FEWEST_TRIALS
from app.engine.simulation.codec import to_plain
from app.errors import NotFound
from app.features.simulations.forms import DEFAULT_TRIALS, LARGEST_SEED
from app.features.simulations.indices import indices_of
from app.features.simulations.queries import count_runs, list_runs
from app.jobs.queue import enqueue_simulation
from app.models import SimulationRun
from app.valuation import runs
from app.valuation.spec import ASKED, RunForm
from app.web.access import PersonDep
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import Key, RunDep, ScenarioDep

router = APIRouter(prefix="/api", tags=["simulations"])
#: Percentiles, and thresholds of one output, that one run reports.
MOST_LEVELS = 99


class RunBody(BaseModel):
    """What to run."""

    model_config = ConfigDict(extra="forbid")

    trials: Annotated[int, Field(ge=FEWEST_TRIALS, strict=True)] = DEFAULT_TRIALS
    sampler: Sampler = Sampler.SOBOL
    seed: Annotated[
        int | None,
        Field(
            ge=0,
            le=LARGEST_SEED,
            strict=True,
            description="The same seed gives the same digits; none draws one.",
        ),
    ] = None
    replicates: Annotated[
        int | None,
        Field(
            strict=True,
            description="Independent scramblings of Sobol points; none takes as many as is usual.",
        ),
    ] = None
    percentiles: Annotated[
        list[FiniteFloat], Field(max_length=MOST_LEVELS, description="Ascending fractions between 0 and 1.")
    ] = list(ASKED.percentiles)
    thresholds: Annotated[
        dict[str, Annotated[list[FiniteFloat], Field(max_length=MOST_LEVELS)]],
        Field(
            max_length=MOST_LEVELS,
            description="By output, in its own unit: values whose probability of falling short is wanted.",
        ),
    ] = {}
    tail: Annotated[FiniteFloat, Field(description="Share of the worst outcomes, at most 0.5.")] = ASKED.tail
    stop_at: Annotated[
        FiniteFloat | None,
        Field(description="Relative standard error of the percentiles of NPV at which the run may stop."),
    ] = None

    def form(self) -> RunForm:
        """Return what is asked for."""
        return RunForm(
            trials=self.trials,
            seed=self.seed,
            sampler=self.sampler,
            replicates=self.replicates,
            percentiles=tuple(self.percentiles),
            thresholds={key: tuple(values) for key, values in self.thresholds.items()},
            tail=self.tail,
            stop_at=self.stop_at,
        )


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
    run = runs.start(
        session, scenario.id, body.form(), enqueue=enqueue_simulation, requested_by=person.user_id
    )
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


@router.get("/runs/{run_id}/sobol-indices", summary="Show how much of the variance each input explains")
def sobol(run: RunDep) -> dict[str, Any]:
    """Return first- and total-order indices of every output; 422 where inputs are correlated."""
    return dict(to_plain(indices_of(run)))


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
