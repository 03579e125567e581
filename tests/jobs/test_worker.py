"""Runs done by real worker processes: finished, stopped, killed, cancelled, poisoned; each ends once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.db import get_engine
from app.engine.kinds import RunStatus
from app.engine.simulation import simulate
from app.jobs.queue import _sender, enqueue_simulation
from app.models import SimulationRun
from app.people.audit import on_behalf_of
from app.settings import get_settings
from app.valuation import runs, snapshot
from app.valuation.execute import run_here
from app.valuation.spec import RunForm
from app.worker.__main__ import main
from tests.jobs.conftest import ENDLESS, LONG, Worker, await_run, ended, read, transaction, under_way
from tests.thorough import also
from tests.valuation.mine import small_mine

Queue = Callable[[int], int]


def replayed_here(session: Session, run_id: int) -> int:
    """Return a replay done in this process, without worker or pool."""
    nowhere: list[int] = []
    again = runs.replay(session, run_id, enqueue=lambda _session, waiting: nowhere.append(waiting))
    inputs, spec = snapshot.inputs_from(again.inputs), snapshot.spec_from(again.spec)
    run_here(session, again.id, inputs, spec)
    return again.id


def jobs(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT status::text FROM procrastinate_jobs ORDER BY id")))


@pytest.mark.parametrize("processes", ["2", *also("1")])
def test_a_worker_does_what_is_queued_and_stops_when_told(
    own_engine: Engine, queued: Queue, worker: Worker, monkeypatch: pytest.MonkeyPatch, processes: str
) -> None:
    monkeypatch.setenv("CALMINER_WORKER_PROCESSES", processes)
    run_id = queued(10_000)
    worker.start()
    run = await_run(own_engine, run_id, ended, worker)
    assert (run.status, run.error, run.attempt) == (RunStatus.FINISHED, "", 1)
    assert run.progress_done == run.trials
    with transaction(own_engine) as session:
        here = replayed_here(session, run_id)
        assert runs.differences(session, run_id, here) == ()
    later = queued(2_000)
    await_run(own_engine, later, ended, worker)
    assert worker.send(signal.SIGTERM) == 0
    assert jobs(own_engine) == []


def test_a_killed_workers_run_is_done_again_to_the_same_digits(
    own_engine: Engine, queued: Queue, worker: Worker
) -> None:
    with on_behalf_of("from-the-proxy-1"):
        run_id = queued(LONG)
    worker.start()
    await_run(own_engine, run_id, under_way, worker)
    worker.kill()
    left = read(own_engine, run_id)
    assert (left.status, left.attempt) == (RunStatus.RUNNING, 1)
    worker.start()
    run = await_run(own_engine, run_id, ended, worker)
    assert (run.status, run.attempt) == (RunStatus.FINISHED, 2)
    with transaction(own_engine) as session:
        assert runs.differences(session, run_id, replayed_here(session, run_id)) == ()
    assert_request_is_named(worker.log.read_text(), run_id, "from-the-proxy-1")


def assert_request_is_named(log: str, run_id: int, request: str) -> None:
    """Every line about the run names the request that asked for it, a rescue by another worker included."""
    lines = [line for line in log.splitlines() if f" Run {run_id}" in line]
    assert [line.partition(f" {request} ")[2] for line in lines] == [
        f"Run {run_id} begins, attempt 1.",
        f"Run {run_id} begins, attempt 2.",
        f"Run {run_id}: finished.",
    ]


def test_a_worker_takes_no_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["worker", "--fast"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "--fast" in capsys.readouterr().err


def test_a_stopped_worker_gives_its_run_to_the_next(
    own_engine: Engine, queued: Queue, worker: Worker
) -> None:
    run_id = queued(ENDLESS)
    worker.start()
    await_run(own_engine, run_id, under_way, worker)
    assert worker.send(signal.SIGTERM) == 0
    waiting = read(own_engine, run_id)
    assert (waiting.status, waiting.progress_done, waiting.heartbeat_at) == (RunStatus.QUEUED, 0, None)
    assert jobs(own_engine) == ["todo"]
    worker.start()
    assert await_run(own_engine, run_id, under_way, worker).attempt == 2


def test_a_cancelled_run_stops_and_leaves_no_result(
    own_engine: Engine, queued: Queue, worker: Worker
) -> None:
    run_id, next_id = queued(ENDLESS), queued(2_000)
    worker.start()
    await_run(own_engine, run_id, under_way, worker)
    with transaction(own_engine) as session:
        runs.cancel(session, run_id)
    await_run(own_engine, next_id, ended, worker)
    with transaction(own_engine) as session:
        run = runs.get_run(session, run_id)
        assert (run.status, run.results) == (RunStatus.CANCELLED, [])
        assert run.progress_done < run.trials


def test_a_long_run_shows_its_figures_before_it_ends(
    own_engine: Engine, queued: Queue, worker: Worker
) -> None:
    run_id = queued(ENDLESS)
    worker.start()
    run = await_run(own_engine, run_id, lambda run: runs.partial_of(run) is not None, worker)
    shown = runs.partial_of(run)
    assert shown is not None
    assert 0 < shown.trials_done <= run.progress_done < run.trials
    spec = replace(snapshot.spec_from(run.spec), trials=8192)
    mean = simulate(snapshot.inputs_from(run.inputs), spec).outputs["npv_after_tax"].mean.value
    assert shown.outputs["npv_after_tax"].mean.value == pytest.approx(mean, rel=0.05)


def test_a_poisoned_run_fails_with_its_reason_and_blocks_nobody(
    own_engine: Engine, queued: Queue, worker: Worker
) -> None:
    unreadable, impossible, good = queued(2_000), queued(2_000), queued(2_000)
    with transaction(own_engine) as session:
        run = session.get_one(SimulationRun, unreadable)
        run.inputs = {"format": 99, "value": None}
        run = session.get_one(SimulationRun, impossible)
        fields = run.spec["value"]["fields"] | {"tail": 7.0}
        run.spec = {"format": 1, "value": {**run.spec["value"], "fields": fields}}
    worker.start()
    assert await_run(own_engine, good, ended, worker).status is RunStatus.FINISHED
    failed = read(own_engine, unreadable)
    assert failed.status is RunStatus.FAILED
    assert "99" in failed.error
    failed = read(own_engine, impossible)
    assert failed.status is RunStatus.FAILED
    assert "tail" in failed.error
    assert worker.send(signal.SIGTERM) == 0
    assert jobs(own_engine) == []


def test_two_workers_do_each_run_once(own_engine: Engine, queued: Queue, worker: Worker) -> None:
    second = Worker(worker.log)
    ids = [queued(2_000) for _ in range(4)]
    worker.start()
    second.start()
    try:
        found = [await_run(own_engine, run_id, ended, worker) for run_id in ids]
    finally:
        second.kill()
    assert [(run.status, run.attempt) for run in found] == [(RunStatus.FINISHED, 1)] * 4


def test_a_run_survives_the_loss_of_every_connection(
    own_engine: Engine, queued: Queue, worker: Worker
) -> None:
    run_id = queued(LONG)
    worker.start()
    await_run(own_engine, run_id, under_way, worker)
    with own_engine.connect() as connection:
        others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        rule = "datname = current_database() AND pid <> pg_backend_pid()"
        assert connection.scalar(text(f"{others} WHERE {rule}")) > 1
    run = await_run(own_engine, run_id, ended, worker)
    assert (run.status, run.error) == (RunStatus.FINISHED, "")
    later = queued(2_000)
    assert await_run(own_engine, later, ended, worker).status is RunStatus.FINISHED


@pytest.fixture
def own_schema(empty_database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database whose tables, and the queue's, stand in a schema of their own."""
    monkeypatch.setenv("DATABASE_SCHEMA", "underground")
    monkeypatch.setenv("CALMINER_INLINE_TRIALS", "1000")
    monkeypatch.setenv("CALMINER_WORKER_PROCESSES", "1")
    forget()
    command = [sys.executable, "scripts/setup_database.py", "--run-migrations", "--seed-data"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    yield get_engine()
    get_engine().dispose()
    monkeypatch.undo()
    forget()


def forget() -> None:
    for cached in (get_settings, get_engine, _sender):
        cached.cache_clear()


def test_the_queue_works_in_a_schema_of_its_own(own_schema: Engine, tmp_path: Path) -> None:
    worker = Worker(tmp_path / "worker.log")
    with transaction(own_schema) as session:
        form = RunForm(trials=get_settings().inline_trials + 1, seed=1, replicates=4)
        run_id = runs.start(session, small_mine(session).id, form, enqueue=enqueue_simulation).id
        assert session.scalar(text("SELECT to_regclass('public.procrastinate_jobs')")) is None
    worker.start()
    try:
        assert await_run(own_schema, run_id, ended, worker).status is RunStatus.FINISHED
    finally:
        worker.kill()
