"""Simulation runs in the browser: start, progress, result, replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import RunStatus, Sampler
from app.errors import InvalidInput
from app.features.simulations import forms
from app.features.simulations.queries import RunRow, count_runs, list_runs, uncertain_labels
from app.features.simulations.result import result_page
from app.features.simulations.sofar import SoFar, so_far
from app.jobs.queue import enqueue_simulation
from app.models import Scenario, SimulationRun
from app.planning.shared.defaults import stored_defaults
from app.valuation import runs
from app.web.access import PersonDep
from app.web.deps import FormDep, SessionDep, SettingsDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import RunDep, ScenarioDep
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window
from app.web.templating import fragment, page
from app.web.workspace import Workspace, workspace

router = APIRouter(include_in_schema=False)
LONG_WAIT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class SimulationsPage:
    """The form and the list."""

    workspace: Workspace
    form: Form
    rows: Sequence[RunRow]
    pagination: Pagination
    uncertain_labels: Sequence[str]
    samplers: Mapping[Sampler, str]
    most_trials: int
    inline_trials: int
    currency: str
    labels: Mapping[str, str]

    @property
    def more(self) -> bool:
        """Whether a field behind “More options” needs a change."""
        return any(problem.field in self.labels for problem in self.form.problems)

    @property
    def uncertain(self) -> int:
        """How many parameters a run would draw."""
        return len(self.uncertain_labels)


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run that has no result: waiting, running, or ended without one."""

    id: int
    status: RunStatus
    project: str
    scenario: str
    done: int
    total: int
    error: str
    waiting_long: bool
    so_far: SoFar | None

    @property
    def open(self) -> bool:
        """Whether the run may still get a result."""
        return self.status in runs.OPEN


@router.get("/projects/{project_slug}/scenarios/{scenario_slug}/simulations", name="simulations")
def index(
    request: Request, session: SessionDep, settings: SettingsDep, scenario: ScenarioDep, window: WindowDep
) -> Response:
    """Show the form that starts a run, and the runs so far."""
    return _list_page(request, session, settings, scenario, window, forms.empty(stored_defaults(session)))


@router.post("/projects/{project_slug}/scenarios/{scenario_slug}/simulations")
def start(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    scenario: ScenarioDep,
    person: PersonDep,
    form: FormDep,
) -> Response:
    """Start a run, or show the form again with what is wrong."""
    wanted = forms.read(form, settings.max_trials)
    try:
        form.refuse_if_wrong()
        run = runs.start(
            session, scenario.id, wanted, enqueue=enqueue_simulation, requested_by=person.user_id
        )
    except InvalidInput as error:
        form.adopt(forms.at_its_field(error))
        return _list_page(request, session, settings, scenario, Window(), form, status=422)
    return redirect(request, request.app.url_path_for("run", run_id=run.id))


@router.get("/runs/{run_id}", name="run")
def show(request: Request, session: SessionDep, run: RunDep, output: str = "") -> Response:
    """Show a run: its progress, its result, or why it has none."""
    crumbs = _crumbs(request, run)
    if run.status is RunStatus.FINISHED:
        finished = result_page(request, session, run, output)
        return page(request, "simulations/result.html", finished, crumbs=crumbs)
    data = _run_page(run)
    template = "simulations/progress.html" if data.open else "simulations/ended.html"
    return page(request, template, data, crumbs=crumbs)


@router.get("/runs/{run_id}/progress", name="run_progress")
def progress(request: Request, run: RunDep) -> Response:
    """Return the part of the page that shows how far a run is."""
    return fragment(request, "simulations/_progress.html", _run_page(run))


@router.post("/runs/{run_id}/cancel", name="cancel_run")
def cancel(request: Request, session: SessionDep, run: RunDep, _form: FormDep) -> Response:
    """End an open run."""
    ended = runs.cancel(session, run.id)
    text = (
        f"Run {run.id} cancelled."
        if ended.status is RunStatus.CANCELLED
        else f"Run {run.id} had ended already."
    )
    return redirect(request, request.app.url_path_for("run", run_id=run.id), text)


@router.post("/runs/{run_id}/replay", name="replay_run")
def replay(request: Request, session: SessionDep, run: RunDep, person: PersonDep, _form: FormDep) -> Response:
    """Do a run again from its own inputs and seed."""
    again = runs.replay(session, run.id, enqueue=enqueue_simulation, requested_by=person.user_id)
    path = request.app.url_path_for("run", run_id=again.id)
    return redirect(request, f"{path}?compare={run.id}" if run.status is RunStatus.FINISHED else str(path))


def _crumbs(request: Request, run: SimulationRun) -> list[Crumb]:
    space = workspace(request, run.scenario, "simulations", Crumb(f"Run {run.id}"))
    return list(space.crumbs)


def _run_page(run: SimulationRun) -> RunPage:
    waited = (datetime.now(UTC) - run.created_at).total_seconds()
    return RunPage(
        run.id,
        run.status,
        run.scenario.project.name,
        run.scenario.name,
        run.progress_done,
        run.progress_total,
        run.error,
        run.status is RunStatus.QUEUED and waited > LONG_WAIT_SECONDS,
        so_far(run),
    )


def _list_page(
    request: Request,
    session: Session,
    settings: SettingsDep,
    scenario: Scenario,
    window: Window,
    form: Form,
    status: int = 200,
) -> Response:
    space = workspace(request, scenario, "simulations")
    pagination = Pagination(window, count_runs(session, scenario.id), request.url.path, {})
    data = SimulationsPage(
        space,
        form,
        list_runs(session, scenario.id, limit=window.limit, offset=window.offset),
        pagination,
        uncertain_labels(session, scenario.id),
        forms.SAMPLERS,
        settings.max_trials,
        settings.inline_trials,
        scenario.project.currency,
        forms.LABELS,
    )
    return page(request, "simulations/list.html", data, crumbs=space.crumbs, status=status)
