"""Runs keep what made them: started, stored, replayed to the same digits, refused with every field named."""

from __future__ import annotations

import json
from math import inf

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus, Sampler
from app.errors import Conflict, InvalidInput, LimitExceeded, NotFound
from app.models import Entered, Interest, Scenario, SimulationRun
from app.settings import get_settings
from app.valuation import execute, results, runs, snapshot
from app.valuation.evaluate import evaluate_scenario
from app.valuation.spec import RunForm
from tests.seeds import Seeds, base_scenario
from tests.valuation.mine import PARAMETERS, one, small_mine

SMALL = RunForm(trials=256, seed=11, replicates=4)


class Queue:
    """What was put on the queue."""

    def __init__(self) -> None:
        self.runs: list[int] = []

    def __call__(self, session: Session, run_id: int) -> None:
        self.runs.append(run_id)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def seeds() -> Seeds:
    return {"scenario": small_mine}


@pytest.fixture
def scenario(session: Session) -> Scenario:
    return base_scenario(session, "small-mine")


@pytest.fixture
def queued(session: Session, scenario: Scenario, queue: Queue) -> SimulationRun:
    return runs.start(session, scenario.id, large(), enqueue=queue)


def large(**changes: object) -> RunForm:
    return RunForm(trials=get_settings().inline_trials + 1, seed=11, **changes)  # type: ignore[arg-type]


def test_a_small_run_is_done_at_once(session: Session, scenario: Scenario, queue: Queue) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    assert (run.status, run.error, run.progress_done) == (RunStatus.FINISHED, "", 256)
    assert queue.runs == []
    result = runs.result_of(run)
    assert result is not None
    assert result.trials_done == 256
    assert result.outputs["npv_after_tax"].mean.value is not None
    base = evaluate_scenario(session, scenario.id).cash_flow.discounted("after_tax_cash_flow").sum()
    assert result.outputs["npv_after_tax"].base == pytest.approx(float(base), rel=1e-12)


def test_a_large_run_waits_in_the_queue(queued: SimulationRun, queue: Queue) -> None:
    assert queue.runs == [queued.id]
    assert (queued.status, queued.attempt, queued.progress_total) == (RunStatus.QUEUED, 0, queued.trials)


def test_a_run_keeps_what_made_it(session: Session, scenario: Scenario, queue: Queue) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    inputs, spec = snapshot.inputs_from(run.inputs), snapshot.spec_from(run.spec)
    # Drivers by their order, which decides what follows what; every other part by its value.
    assert json.dumps(snapshot.to_json(inputs), sort_keys=True) == json.dumps(run.inputs, sort_keys=True)
    assert inputs == evaluate_scenario(session, scenario.id).inputs
    assert inputs.products[0].metals[1].streams[0].steps[-1][0] == inf
    assert (spec.trials, spec.seed, run.seed, run.sampler) == (256, 11, 11, Sampler.SOBOL)
    assert run.engine_version
    gold = next(each for each in spec.uncertain if each.driver == "gold_price")
    assert gold.parameters["mode"] == inputs.drivers["gold_price"]
    hardness = next(each for each in spec.uncertain if each.driver == "hard_rock")
    assert hardness.parameters == {"min": 0.9, "max": 1.2}
    assert spec.correlation.pairs == {("gold_price", "copper_price"): 0.5}


def test_a_seed_is_drawn_and_stored(session: Session, scenario: Scenario, queue: Queue) -> None:
    form = RunForm(trials=64, replicates=4)
    first, second = (runs.start(session, scenario.id, form, enqueue=queue) for _ in range(2))
    assert first.seed != second.seed
    assert runs.differences(session, first.id, second.id) != ()


def test_a_replay_gives_the_same_digits_after_the_scenario_changed(
    session: Session, scenario: Scenario, queue: Queue
) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    scenario.costs[0].last = 1
    session.flush()
    again = runs.replay(session, run.id, enqueue=queue)
    assert again.id != run.id
    assert runs.differences(session, run.id, again.id) == ()
    fresh = runs.start(session, scenario.id, SMALL, enqueue=queue)
    assert "outputs.npv_after_tax" in runs.differences(session, run.id, fresh.id)


def test_a_run_has_the_owners_figures_where_others_have_a_share(
    session: Session, scenario: Scenario, queue: Queue
) -> None:
    alone = runs.result_of(runs.start(session, scenario.id, SMALL, enqueue=queue))
    scenario.interests.append(Interest(name="Partner", share=Entered((30.0,), "%")))
    session.flush()
    found = runs.result_of(runs.start(session, scenario.id, SMALL, enqueue=queue))
    assert alone is not None
    assert found is not None
    assert found.outputs.keys() - alone.outputs.keys() == {"npv_attributable", "irr_attributable"}
    assert found.outputs["npv_after_tax"] == alone.outputs["npv_after_tax"]
    share = found.outputs["npv_attributable"].mean.value
    assert share == pytest.approx(0.7 * alone.outputs["npv_after_tax"].mean.value)


def test_results_come_back_from_their_rows(session: Session, scenario: Scenario, queue: Queue) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    session.expire_all()
    found = runs.result_of(run)
    assert found is not None
    rows = {row.output: row.statistics for row in run.results}
    assert {row.output: row.statistics for row in results.to_rows(run.id, found)} == rows


def test_a_run_knows_whether_its_scenario_has_moved_on(
    session: Session, scenario: Scenario, queue: Queue
) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    assert runs.is_current(session, run)
    gold = next(row for row in scenario.parameters if row.name == "gold_price")
    gold.distribution = {**gold.distribution, "max": 2600}
    session.flush()
    assert not runs.is_current(session, run)
    gold.base = Entered((2000.0,), "furlong")
    session.flush()
    assert not runs.is_current(session, run)


def test_an_unknown_scenario_or_run_is_not_found(session: Session, queue: Queue) -> None:
    with pytest.raises(NotFound, match="scenario"):
        runs.start(session, 987654, SMALL, enqueue=queue)
    with pytest.raises(NotFound, match="simulation run"):
        runs.replay(session, 987654, enqueue=queue)


def test_too_many_trials_are_refused(session: Session, scenario: Scenario, queue: Queue) -> None:
    most = get_settings().max_trials
    with pytest.raises(LimitExceeded, match=f"{most:,}"):
        runs.start(session, scenario.id, RunForm(trials=most + 1), enqueue=queue)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"distribution": {"min": 3000, "mode": 2000, "max": 2500}}, "parameter 'gold_price', max"),
        ({"distribution": {"min": 1800, "max": 2500}}, "parameter 'gold_price', mode"),
        ({"distribution": {"min": 1, "mode": 2, "max": 3, "luck": 1}}, "parameter 'gold_price', luck"),
        ({"distribution": {"min": "low", "mode": 2, "max": 3}}, "parameter 'gold_price', min"),
        ({"autocorrelation": 0.5}, "parameter 'gold_price', autocorrelation"),
        ({"base": one(2000, "furlong")}, "parameter 'gold_price', base"),
        ({"effect": "add", "base": one(1.1, "1", "copper_price")}, "parameter 'gold_price', effect"),
    ],
)
def test_a_wrong_distribution_names_parameter_and_field(
    session: Session, queue: Queue, change: dict[str, object], field: str
) -> None:
    scenario = small_mine(session, parameters=[PARAMETERS[0] | change, *PARAMETERS[1:]])
    with pytest.raises(InvalidInput) as caught:
        runs.start(session, scenario.id, SMALL, enqueue=queue)
    assert field in {problem.field for problem in caught.value.problems}
    assert session.scalar(select(SimulationRun.id)) is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (RunForm(trials=0), "trials"),
        (RunForm(trials=64, seed=-1), "seed"),
        (RunForm(trials=64, replicates=64), "replicates"),
        (RunForm(trials=64, replicates=4, percentiles=(0.9, 0.1)), "percentiles[1]"),
        (RunForm(trials=64, replicates=4, tail=0.9), "tail"),
        (RunForm(trials=64, replicates=4, stop_at=2.0), "stop_at"),
        (RunForm(trials=64, thresholds={"npv_after_tax": (inf,)}), "thresholds[npv_after_tax][0]"),
        (RunForm(trials=64, thresholds={"luck": (1.0,)}), "thresholds[luck]"),
    ],
)
def test_a_wrong_request_names_its_field(
    session: Session, scenario: Scenario, queue: Queue, form: RunForm, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        runs.start(session, scenario.id, form, enqueue=queue)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_a_scenario_without_uncertainty_is_not_simulated(session: Session, queue: Queue) -> None:
    certain = [row | {"active": False} for row in PARAMETERS]
    with pytest.raises(InvalidInput, match="mark at least one parameter as uncertain"):
        runs.start(session, small_mine(session, parameters=certain).id, SMALL, enqueue=queue)


def test_a_parameter_that_is_switched_off_is_certain(session: Session, queue: Queue) -> None:
    scenario = small_mine(session, parameters=[PARAMETERS[0] | {"active": False}, *PARAMETERS[1:]])
    spec = snapshot.spec_from(runs.start(session, scenario.id, SMALL, enqueue=queue).spec)
    assert "gold_price" not in {each.driver for each in spec.uncertain}
    assert spec.correlation.pairs == {}


def test_a_cancelled_run_has_ended_for_good(session: Session, queued: SimulationRun) -> None:
    cancelled = runs.cancel(session, queued.id)
    assert (cancelled.status, cancelled.cancel_requested) == (RunStatus.CANCELLED, True)
    assert cancelled.finished_at is not None


def test_a_finished_run_cannot_be_cancelled(session: Session, scenario: Scenario, queue: Queue) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    assert runs.cancel(session, run.id).status is RunStatus.FINISHED


def test_runs_without_a_result_cannot_be_compared(
    session: Session, scenario: Scenario, queued: SimulationRun, queue: Queue
) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    with pytest.raises(Conflict):
        runs.differences(session, run.id, queued.id)


def test_a_new_run_supersedes_open_ones_on_older_inputs(
    session: Session, scenario: Scenario, queued: SimulationRun, queue: Queue
) -> None:
    same = runs.start(session, scenario.id, large(), enqueue=queue)
    assert runs.get_run(session, queued.id).status is RunStatus.QUEUED
    scenario.costs[0].last = 1
    session.flush()
    newer = runs.start(session, scenario.id, large(), enqueue=queue)
    for run in (queued, same):
        assert runs.get_run(session, run.id).superseded_by == newer.id
        assert run.status is RunStatus.CANCELLED
    assert newer.status is RunStatus.QUEUED


def test_a_run_that_cannot_be_done_ends_with_its_reason(
    session: Session, scenario: Scenario, queue: Queue
) -> None:
    run = runs.start(session, scenario.id, SMALL, enqueue=queue)
    inputs, spec = snapshot.inputs_from(run.inputs), snapshot.spec_from(run.spec)
    poisoned = runs.start(session, scenario.id, large(), enqueue=queue)
    execute.run_here(session, poisoned.id, inputs, type(spec)(trials=0, seed=1))
    failed = runs.get_run(session, poisoned.id)
    assert failed.status is RunStatus.FAILED
    assert "trials" in failed.error
    assert failed.results == []


def test_reasons_are_sentences() -> None:
    assert execute.reason_of(LimitExceeded("Too much.")) == "Too much."
    assert "memory" in execute.reason_of(MemoryError())
    assert "ZeroDivisionError" in execute.reason_of(ZeroDivisionError("division by zero"))
