"""The page of a finished run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.engine.kinds import RunStatus
from app.engine.problems import Problem as TieOut
from app.engine.simulation.result import SimulationResult
from app.errors import InvalidInput, NotFound
from app.features.simulations.case import case_of
from app.features.simulations.forms import SAMPLERS
from app.features.simulations.outcome import FAN_LINE, Named, Outcome, fan_chart, outcome
from app.features.simulations.queries import driver_labels
from app.models import SimulationRun
from app.valuation import runs
from app.web.charts import FanChart
from app.web.flash import Tone
from app.web.formatting import count, moment, number
from app.web.workspace import Tab


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the head of the page says."""

    id: int
    project: str
    scenario: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a replay."""

    tone: Tone
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A finished run: one output, the fan, and everything that was kept with it."""

    run: RunFacts
    facts: str
    runs_href: str
    tabs: Sequence[Tab]
    outcome: Outcome
    fan: FanChart | None
    trials: int
    tie_outs: Sequence[TieOut]
    stale: bool
    replayed: Comparison | None
    kept: Sequence[tuple[str, str]]


def result_page(request: Request, session: Session, run: SimulationRun, output: str) -> ResultPage:
    """Return the page for one output, the first one where none is named.

    Raises `NotFound` for an output that the run does not have.
    """
    result = runs.result_of(run)
    if result is None:
        raise NotFound("result of run", run.id)
    case = case_of(run)
    offered = [named for named in case.outputs if named.key in result.outputs]
    chosen = next((named for named in offered if named.key == (output or offered[0].key)), None)
    if chosen is None:
        raise NotFound("output", output)
    currency = run.scenario.project.currency
    fan = result.fans.get(FAN_LINE)
    project, scenario = run.scenario.project, run.scenario
    names = {"project_slug": project.slug, "scenario_slug": scenario.slug}
    return ResultPage(
        run=RunFacts(run.id, project.name, scenario.name),
        facts=_facts(run, result),
        runs_href=str(request.app.url_path_for("simulations", **names)),
        tabs=_tabs(request, run, offered, chosen),
        outcome=outcome(result, chosen, currency, driver_labels(session, scenario.id)),
        fan=fan_chart(fan, case.base_path, case.periods, currency) if fan else None,
        trials=result.trials_done,
        tie_outs=case.tie_outs,
        stale=_is_stale(session, run),
        replayed=_comparison(request, session, run),
        kept=_kept(run, result),
    )


def _tabs(request: Request, run: SimulationRun, offered: Sequence[Named], chosen: Named) -> list[Tab]:
    path = str(request.app.url_path_for("run", run_id=run.id))
    return [Tab(named.label, f"{path}?output={named.key}", named is chosen) for named in offered]


def _facts(run: SimulationRun, result: SimulationResult) -> str:
    seconds = (
        (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else 0.0
    )
    trials = f"{count(result.trials_done)} trials, seed {run.seed}"
    return f"{trials}, finished {moment(run.finished_at)} in {number(seconds, 2)} s"


def _is_stale(session: Session, run: SimulationRun) -> bool:
    try:
        return not runs.is_current(session, run)
    except InvalidInput:
        # The scenario cannot be run any more, so it is not what this run was made from.
        return True


def _comparison(request: Request, session: Session, run: SimulationRun) -> Comparison | None:
    other = request.query_params.get("compare", "")
    if not (other.isascii() and other.isdigit()):
        return None
    original = runs.get_run(session, int(other))
    if original.status is not RunStatus.FINISHED or original.scenario_id != run.scenario_id:
        return None
    differing = runs.differences(session, original.id, run.id)
    if not differing:
        text = f"Every figure of run {original.id} came out again, to the last digit."
        return Comparison(Tone.GOOD, "The replay gave the same digits", text)
    text = f"It differs from run {original.id} in: {', '.join(differing)}."
    if original.engine_version != run.engine_version:
        versions = f"engine {original.engine_version}, this one by {run.engine_version}"
        text += f" Run {original.id} was made by {versions}."
    return Comparison(Tone.WARNING, "The replay gave other digits", text)


def _kept(run: SimulationRun, result: SimulationResult) -> list[tuple[str, str]]:
    return [
        ("Seed", str(run.seed)),
        ("Trials", f"{count(result.trials_done)} of {count(result.trials_requested)} asked for"),
        ("Sampling", SAMPLERS[result.sampler]),
        ("Independent scramblings", count(result.replicates)),
        ("Engine", result.engine_version),
        ("Inputs", "a full copy, so that the run can be replayed after the scenario has changed"),
        ("Asked for", moment(run.created_at)),
    ]
