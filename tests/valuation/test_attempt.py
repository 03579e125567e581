"""Whoever takes a run may write to it, and nobody else: no late result, no second end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus
from app.engine.simulation import Progress, SimulationResult
from app.models import Scenario, SimulationResult as ResultRow, SimulationRun
from app.settings import get_settings
from app.valuation import attempt as attempts, partials, runs, snapshot
from app.valuation.attempt import Attempt, beat, fail, finish, give_back, requeue_stalled, take
from app.valuation.execute import Watch, simulated
from app.valuation.spec import RunForm
from tests.seeds import Seeds, base_scenario
from tests.valuation.mine import small_mine

STALLED = 30.0


@pytest.fixture
def seeds() -> Seeds:
    return {"scenario": small_mine}


@pytest.fixture
def scenario(session: Session) -> Scenario:
    return base_scenario(session, "small-mine")


@pytest.fixture
def run(session: Session, scenario: Scenario) -> SimulationRun:
    """A run that waits."""
    form = RunForm(trials=get_settings().inline_trials + 1, seed=3, replicates=4)
    return runs.start(session, scenario.id, form, enqueue=lambda _session, _run: None)


@pytest.fixture
def result(run: SimulationRun) -> SimulationResult:
    spec = replace(snapshot.spec_from(run.spec), trials=64)
    return simulated(snapshot.inputs_from(run.inputs), spec).result()


def now(session: Session, run: SimulationRun) -> SimulationRun:
    return runs.get_run(session, run.id)


def grow_silent(session: Session, run: SimulationRun) -> None:
    past = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, 2 * STALLED)
    session.execute(update(SimulationRun).where(SimulationRun.id == run.id).values(heartbeat_at=past))


def taken(session: Session, run: SimulationRun) -> Attempt:
    attempt = take(session, run.id, stalled_seconds=STALLED)
    assert attempt is not None
    return attempt


def stored(session: Session, run: SimulationRun) -> int:
    return session.scalar(select(func.count()).where(ResultRow.run_id == run.id)) or 0


def test_a_run_is_taken_once_and_finished_once(
    session: Session, run: SimulationRun, result: SimulationResult
) -> None:
    attempt = taken(session, run)
    assert (now(session, run).status, run.attempt) == (RunStatus.RUNNING, 1)
    assert take(session, run.id, stalled_seconds=STALLED) is None
    assert beat(session, attempt, 8192)
    assert now(session, run).progress_done == 8192
    assert finish(session, attempt, result)
    assert now(session, run).status is RunStatus.FINISHED
    rows = stored(session, run)
    assert rows > 0
    assert not finish(session, attempt, result)
    assert not fail(session, attempt, "too late")
    assert stored(session, run) == rows


def test_a_cancelled_run_accepts_no_late_result(
    session: Session, run: SimulationRun, result: SimulationResult
) -> None:
    attempt = taken(session, run)
    runs.cancel(session, run.id)
    assert not beat(session, attempt, 8192)
    assert not finish(session, attempt, result)
    assert (now(session, run).status, stored(session, run)) == (RunStatus.CANCELLED, 0)
    assert take(session, run.id, stalled_seconds=0) is None


def test_a_superseded_run_accepts_no_late_result(
    session: Session, run: SimulationRun, scenario: Scenario, result: SimulationResult
) -> None:
    attempt = taken(session, run)
    scenario.costs[0].last = 1
    newer = runs.start(session, scenario.id, RunForm(trials=64, replicates=4), enqueue=lambda *_: None)
    assert not finish(session, attempt, result)
    assert (now(session, run).superseded_by, stored(session, run)) == (newer.id, 0)


def test_a_silent_workers_run_is_taken_over_and_its_late_result_dropped(
    session: Session, run: SimulationRun, result: SimulationResult
) -> None:
    first = taken(session, run)
    grow_silent(session, run)
    second = taken(session, run)
    assert (first.number, second.number) == (1, 2)
    assert not finish(session, first, result)
    assert not give_back(session, first)
    assert finish(session, second, result)


def test_only_silent_runs_are_queued_again(session: Session, run: SimulationRun) -> None:
    taken(session, run)
    assert requeue_stalled(session, STALLED) == []
    grow_silent(session, run)
    assert requeue_stalled(session, STALLED) == [run.id]
    assert (now(session, run).status, run.heartbeat_at) == (RunStatus.QUEUED, None)
    assert requeue_stalled(session, STALLED) == []


def test_a_run_that_is_given_back_waits_again(session: Session, run: SimulationRun) -> None:
    attempt = taken(session, run)
    beat(session, attempt, 8192)
    assert give_back(session, attempt)
    assert (now(session, run).status, run.progress_done) == (RunStatus.QUEUED, 0)
    assert taken(session, run).number == 2


def test_a_failed_run_has_its_reason_and_is_not_taken_again(session: Session, run: SimulationRun) -> None:
    assert fail(session, taken(session, run), "The ore ran out.")
    assert (now(session, run).status, run.error) == (RunStatus.FAILED, "The ore ran out.")
    assert take(session, run.id, stalled_seconds=0) is None


def test_an_unknown_run_is_not_taken(session: Session) -> None:
    assert attempts.take(session, 987654, stalled_seconds=0) is None


def test_figures_so_far_are_kept_while_a_run_goes_on_and_go_with_its_end(
    session: Session, run: SimulationRun, result: SimulationResult
) -> None:
    attempt = taken(session, run)
    assert runs.partial_of(now(session, run)) is None
    beat(session, attempt, 64, partials.to_json(result))
    beat(session, attempt, 8192)
    shown = runs.partial_of(now(session, run))
    assert shown is not None
    assert shown.trials_done == 64
    for key, output in shown.outputs.items():
        assert output.percentiles == result.outputs[key].percentiles
        assert (output.mean, output.undefined) == (result.outputs[key].mean, result.outputs[key].undefined)
    assert finish(session, attempt, result)
    assert (now(session, run).partial, runs.partial_of(run)) == (None, None)


@pytest.mark.parametrize("way", ["cancelled", "failed", "given back", "silent", "taken over", "superseded"])
def test_no_end_leaves_figures_so_far_behind(
    session: Session, run: SimulationRun, scenario: Scenario, result: SimulationResult, way: str
) -> None:
    attempt = taken(session, run)
    beat(session, attempt, 64, partials.to_json(result))
    if way == "cancelled":
        runs.cancel(session, run.id)
    elif way == "failed":
        fail(session, attempt, "The ore ran out.")
    elif way == "given back":
        give_back(session, attempt)
    elif way == "superseded":
        scenario.costs[0].last = 1
        runs.start(session, scenario.id, RunForm(trials=64, replicates=4), enqueue=lambda *_: None)
    else:
        grow_silent(session, run)
        _ = requeue_stalled(session, STALLED) if way == "silent" else taken(session, run)
    assert now(session, run).partial is None


def test_figures_so_far_of_another_attempt_are_dropped(
    session: Session, run: SimulationRun, result: SimulationResult
) -> None:
    first = taken(session, run)
    grow_silent(session, run)
    taken(session, run)
    assert not beat(session, first, 64, partials.to_json(result))
    assert now(session, run).partial is None


def test_figures_so_far_are_rare_and_rarer_where_they_are_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(partials.time, "monotonic", lambda: clock[0])
    pace = partials.Pace()
    assert not pace.due()
    clock[0] += partials.PAUSE_SECONDS
    assert pace.due()
    with pace:
        clock[0] += 0.001
    clock[0] += partials.PAUSE_SECONDS - 0.01
    assert not pace.due()
    clock[0] += 0.02
    assert pace.due()
    with pace:
        clock[0] += 3.0
    clock[0] += 3.0 * (partials.SHARE - 1) - 0.01
    assert not pace.due()
    clock[0] += 0.02
    assert pace.due()


def test_whoever_watches_gets_each_figure_once(run: SimulationRun, result: SimulationResult) -> None:
    pace = partials.Pace()
    pace._next = 0.0
    watch = Watch(pace)
    watch.note(Progress(64, 128, lambda: result))
    assert watch.news() == partials.to_json(result)
    assert watch.news() is None
    watch.note(Progress(96, 128, lambda: result))
    assert (watch.done, watch.news()) == (96, None)
    pace._next = 0.0
    watch.note(Progress(128, 128, lambda: result))
    assert watch.news() is None
