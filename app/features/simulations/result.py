"""The page of a finished run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.engine.kinds import RunStatus, StopReason
from app.engine.simulation.result import SimulationResult
from app.errors import InvalidInput, NotFound
from app.features.simulations.case import case_of
from app.features.simulations.forms import SAMPLERS
from app.features.simulations.indices import Indices, indices_of, is_independent
from app.features.simulations.outcome import FAN_LINE, Named, Outcome, fan_chart, outcome
from app.features.simulations.queries import drivers_of
from app.features.simulations.worst import Worst, worst
from app.models import SimulationRun
from app.valuation import runs, snapshot
from app.web.charts import FanChart
from app.web.flash import Tone
from app.web.formatting import count, moment, number, plain
from app.web.tie_outs import Said, said
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
    worst: Worst | None
    independent: bool
    indices_href: str
    indices: Indices | None
    labels: Mapping[str, str]
    repair: str
    fan: FanChart | None
    trials: int
    tie_outs: Sequence[Said]
    warnings: Sequence[Said]
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
    drivers = drivers_of(session, run.scenario_id)
    labels = {name: driver.label for name, driver in drivers.items()}
    fan = result.fans.get(FAN_LINE)
    project, scenario = run.scenario.project, run.scenario
    independent = is_independent(run)
    names = {"project_slug": project.slug, "scenario_slug": scenario.slug}
    return ResultPage(
        run=RunFacts(run.id, project.name, scenario.name),
        facts=_facts(run, result),
        runs_href=str(request.app.url_path_for("simulations", **names)),
        tabs=_tabs(request, run, offered, chosen),
        outcome=outcome(result, chosen, currency, labels),
        worst=worst(result, snapshot.spec_from(run.spec), chosen.key, drivers, currency),
        independent=independent,
        indices_href=f"{request.url.path}?output={chosen.key}&indices=on#indices",
        indices=indices_of(run) if independent and "indices" in request.query_params else None,
        labels=labels,
        repair=_repair(result, labels),
        fan=fan_chart(fan, case.base_path, case.periods, currency) if fan else None,
        trials=result.trials_done,
        tie_outs=said(case.tie_outs),
        warnings=said(case.warnings),
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
    if result.stopped is StopReason.CONVERGED:
        trials += f", of {count(result.trials_requested)} asked for: every percentile was known well enough"
    return f"{trials}, finished {moment(run.finished_at)} in {number(seconds, 2)} s"


def _repair(result: SimulationResult, labels: Mapping[str, str]) -> str:
    """Return how far correlations that cannot hold together were moved, nothing where they can."""
    moved = result.correlation
    if not moved.repaired:
        return ""
    pair = " and ".join(labels.get(name, name) for name in moved.pair)
    return (
        f"The nearest ones that can were taken. The largest change is {number(moved.largest, 2)}, "
        f"between {pair}; all together they moved by {number(moved.distance, 2)} (Frobenius norm)."
    )


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
    had = {row.output for row in original.results}
    differences = runs.differences(session, original.id, run.id)
    differing = [name for name in differences if name in had]
    if not differing:
        text = f"Every figure of run {original.id} came out again, to the last digit."
        if differences:
            text += f" Engine {run.engine_version} adds {', '.join(differences)}."
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
        ("Stop rule", _stop_rule(run, result)),
        ("Sampling", SAMPLERS[result.sampler]),
        ("Independent scramblings", count(result.replicates)),
        (
            "Figures from",
            "histograms: the trials exceed the memory of a run" if result.streamed else "all trials",
        ),
        ("Engine", result.engine_version),
        ("Inputs", "a full copy, so that the run can be replayed after the scenario has changed"),
        ("Asked for", moment(run.created_at)),
    ]


def _stop_rule(run: SimulationRun, result: SimulationResult) -> str:
    goal = snapshot.spec_from(run.spec).stop_at
    if goal is None:
        return "none: all trials were run"
    rule = f"every percentile of NPV after tax within ±{plain(goal, 100)} %"
    return f"{rule}, {'met' if result.stopped is StopReason.CONVERGED else 'not met'}"
