"""Simulation runs as people use them: start, cancel, replay, compare; is a run still up to date?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.kinds import RunStatus
from app.engine.simulation import SimulationResult
from app.engine.version import ENGINE_VERSION
from app.errors import Conflict, NotFound
from app.models import SimulationRun
from app.people import audit
from app.settings import get_settings
from app.valuation import partials, replaced, results, snapshot
from app.valuation.execute import STARTED, run_here
from app.valuation.spec import RunForm, described, prepare

#: Puts a run on the queue inside the transaction of the session.
Enqueue: TypeAlias = Callable[[Session, int], None]

OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)


def start(
    session: Session,
    scenario_id: int,
    form: RunForm,
    *,
    enqueue: Enqueue,
    requested_by: int | None = None,
) -> SimulationRun:
    """Store a run and do it at once when it is small, else put it on the queue in the same transaction.

    An open run on inputs that have changed since is superseded. Raises `NotFound`, `LimitExceeded`, and
    `InvalidInput` that names every row and field that stands in the way.
    """
    inputs, spec = prepare(session, scenario_id, form)
    run = _stored(session, scenario_id, inputs, spec, requested_by)
    if form.replaced:
        run.spec = {**run.spec, replaced.KEY: replaced.to_json(form.replaced)}
    else:
        supersede(session, run)
    return _begin(session, run, inputs, spec, enqueue)


def replay(
    session: Session, run_id: int, *, enqueue: Enqueue, requested_by: int | None = None
) -> SimulationRun:
    """Do a run again from its own snapshot and seed, whatever became of the scenario since.

    Raises `NotFound`, and `InvalidInput` when another version wrote the snapshot and this one cannot read it.
    """
    original = get_run(session, run_id)
    inputs, spec = snapshot.inputs_from(original.inputs), snapshot.spec_from(original.spec)
    run = _stored(session, original.scenario_id, inputs, spec, requested_by)
    run.spec = original.spec
    return _begin(session, run, inputs, spec, enqueue)


def differences(session: Session, run_id: int, other_id: int) -> tuple[str, ...]:
    """Return which parts of two finished runs differ in any digit; empty proves a replay.

    Raises `NotFound`, and `Conflict` while one of them has no result.
    """
    runs = [get_run(session, each) for each in (run_id, other_id)]
    unfinished = {f"run {run.id}": str(run.status) for run in runs if run.status is not RunStatus.FINISHED}
    if unfinished:
        raise Conflict("Only finished runs can be compared.", theirs=unfinished, yours={})
    return results.differences(*(run.results for run in runs))


def get_run(session: Session, run_id: int) -> SimulationRun:
    """Return a run as the database now has it; raises `NotFound`."""
    run = session.get(SimulationRun, run_id, populate_existing=True)
    if run is None:
        raise NotFound("simulation run", run_id)
    return run


def result_of(run: SimulationRun) -> SimulationResult | None:
    """Return what a run found, None where it has no result."""
    return results.from_rows(run.results)


def partial_of(run: SimulationRun) -> partials.Partial | None:
    """Return what a run that goes on has found so far, None before its first figures and after its end."""
    if run.status is not RunStatus.RUNNING or run.partial is None:
        return None
    return partials.from_json(run.partial)


def cancel(session: Session, run_id: int) -> SimulationRun:
    """End an open run without a result; a run that has ended stays as it is. Raises `NotFound`."""
    if _end(session, SimulationRun.id == run_id, cancel_requested=True):
        audit.record(session, "run_cancelled", subject="simulation_run", subject_id=run_id)
    return get_run(session, run_id)


def supersede(session: Session, run: SimulationRun) -> None:
    """End the open runs of the same scenario whose inputs are no longer those that `run` was started on.

    A run with distributions of its own is nobody's earlier state and goes on.
    """
    rule = (SimulationRun.scenario_id == run.scenario_id, SimulationRun.id < run.id)
    wanted = snapshot.fingerprint(run.inputs, run.spec)
    for other in session.scalars(select(SimulationRun).where(*rule, SimulationRun.status.in_(OPEN))):
        if replaced.KEY not in other.spec and snapshot.fingerprint(other.inputs, other.spec) != wanted:
            _end(session, SimulationRun.id == other.id, superseded_by=run.id)


def is_current(session: Session, run: SimulationRun) -> bool:
    """Say whether the scenario would still give this run the same inputs."""
    own = replaced.from_json(run.spec.get(replaced.KEY, {}))
    form = RunForm(trials=run.trials, seed=run.seed, replaced=own)
    read, inputs, spec = described(session, run.scenario_id, form)
    return not read.problems and snapshot.fingerprint(run.inputs, run.spec) == snapshot.fingerprint(
        snapshot.to_json(inputs), snapshot.to_json(spec)
    )


def _stored(
    session: Session,
    scenario_id: int,
    inputs: MineInputs,
    spec: SimulationSpec,
    requested_by: int | None,
) -> SimulationRun:
    run = SimulationRun(
        scenario_id=scenario_id,
        status=RunStatus.QUEUED,
        seed=spec.seed,
        trials=spec.trials,
        sampler=spec.sampler,
        spec=snapshot.to_json(spec),
        inputs=snapshot.to_json(inputs),
        engine_version=ENGINE_VERSION,
        requested_by=requested_by,
        progress_total=spec.trials,
    )
    session.add(run)
    session.flush()
    action, subject = STARTED
    audit.record(session, action, actor_id=requested_by, subject=subject, subject_id=run.id)
    return run


def _begin(
    session: Session, run: SimulationRun, inputs: MineInputs, spec: SimulationSpec, enqueue: Enqueue
) -> SimulationRun:
    if spec.trials <= get_settings().inline_trials:
        run_here(session, run.id, inputs, spec)
    else:
        enqueue(session, run.id)
    return get_run(session, run.id)


def _end(session: Session, rule: ColumnElement[bool], **reason: object) -> bool:
    """End the open runs that a rule names; say whether there was one."""
    ended = {"status": RunStatus.CANCELLED, "finished_at": func.clock_timestamp(), "partial": None}
    values = {**ended, **reason}
    statement = update(SimulationRun).where(rule, SimulationRun.status.in_(OPEN)).values(values)
    return session.scalar(statement.returning(SimulationRun.id)) is not None
