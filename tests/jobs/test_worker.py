"""Runs done by real worker processes: finished, stopped, killed, cancelled, poisoned; each ends once.

The first test starts the command itself, which takes two seconds of the processor before its first job. The
others fork a worker that has everything loaded, and share it where they leave it as it was.
"""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus
from app.engine.simulation import simulate
from app.people.request import on_behalf_of
from app.valuation import runs, snapshot
from app.valuation.execute import run_here
from app.worker.__main__ import main
from tests.jobs.conftest import (
    ENDLESS,
    LONG,
    PATIENCE_SECONDS,
    POLL_SECONDS,
    Site,
    Worker,
    ended,
    transaction,
    under_way,
)
from tests.thorough import also


def replayed_here(session: Session, run_id: int) -> int:
    """Return a replay done in this process, without worker or pool."""
    nowhere: list[int] = []
    again = runs.replay(session, run_id, enqueue=lambda _session, waiting: nowhere.append(waiting))
    inputs, spec = snapshot.inputs_from(again.inputs), snapshot.spec_from(again.spec)
    run_here(session, again.id, inputs, spec)
    return again.id


@pytest.mark.parametrize("processes", ["2", *also("1")])
def test_a_worker_does_what_is_queued_and_stops_when_told(own_schema: Site) -> None:
    """In a schema of its own, too, which the queue shares."""
    site = own_schema
    run_id = site.queue(10_000)
    with transaction(site.engine) as session:
        assert session.scalar(text("SELECT to_regclass('public.procrastinate_jobs')")) is None
    site.worker.start()
    run = site.wait(run_id, ended)
    assert (run.status, run.error, run.attempt) == (RunStatus.FINISHED, "", 1)
    assert run.progress_done == run.trials
    with transaction(site.engine) as session:
        here = replayed_here(session, run_id)
        assert runs.differences(session, run_id, here) == ()
    later = site.queue(2_000)
    assert site.wait(later, ended).status is RunStatus.FINISHED
    assert site.worker.send(signal.SIGTERM) == 0
    assert site.jobs() == []


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


def test_two_workers_do_each_run_once_and_the_one_takes_what_the_other_leaves(
    site: Site, tmp_path: Path
) -> None:
    second = Worker(tmp_path / "second.log")
    ids = [site.queue(2_000) for _ in range(4)]
    site.worker.start()
    second.start()
    try:
        found = [site.wait(run_id, ended) for run_id in ids]
        assert [(run.status, run.attempt) for run in found] == [(RunStatus.FINISHED, 1)] * 4
        site.cancel(given_back(site))
        assert_a_killed_workers_run_is_done_again_to_the_same_digits(site, second)
    finally:
        second.kill()


def given_back(site: Site) -> int:
    """Stop the one of two workers while each has a run; its own waits, whole, until the other is free.

    Return its run, which the other has under way.
    """
    both = site.queue(ENDLESS), site.queue(ENDLESS)
    assert [site.wait(run_id, under_way).attempt for run_id in both] == [1, 1]
    assert site.worker.send(signal.SIGTERM) == 0
    (given,) = (run_id for run_id in both if site.read(run_id).status is RunStatus.QUEUED)
    (kept,) = {*both} - {given}
    waiting = site.read(given)
    assert (waiting.progress_done, waiting.heartbeat_at, waiting.attempt) == (0, None, 1)
    assert site.jobs() == ["doing", "todo"]
    site.cancel(kept)
    assert site.wait(given, under_way).attempt == 2
    assert site.read(kept).status is RunStatus.CANCELLED
    return given


def assert_a_killed_workers_run_is_done_again_to_the_same_digits(site: Site, killed: Worker) -> None:
    with on_behalf_of("from-the-proxy-1"):
        run_id = site.queue(LONG)
    site.wait(run_id, under_way)
    killed.kill()
    left = site.read(run_id)
    assert (left.status, left.attempt) == (RunStatus.RUNNING, 1)
    site.worker.start()
    with transaction(site.engine) as session:  # while the killed worker is not given up yet
        here = replayed_here(session, run_id)
    run = site.wait(run_id, ended)
    assert (run.status, run.attempt) == (RunStatus.FINISHED, 2)
    with transaction(site.engine) as session:
        assert runs.differences(session, run_id, here) == ()
    logs = killed.log.read_text() + site.worker.log.read_text()
    assert_request_is_named(logs, run_id, "from-the-proxy-1")


def test_a_long_run_shows_its_figures_and_a_cancelled_one_stops_and_leaves_no_result(standing: Site) -> None:
    run_id, next_id = standing.queue(ENDLESS), standing.queue(2_000)
    run = standing.wait(run_id, lambda run: runs.partial_of(run) is not None)
    shown = runs.partial_of(run)
    assert shown is not None
    assert 0 < shown.trials_done <= run.progress_done < run.trials
    standing.cancel(run_id)
    assert standing.wait(next_id, ended).status is RunStatus.FINISHED
    with transaction(standing.engine) as session:
        run = runs.get_run(session, run_id)
        assert (run.status, run.results) == (RunStatus.CANCELLED, [])
        assert run.progress_done < run.trials
    spec = replace(snapshot.spec_from(run.spec), trials=8192)
    mean = simulate(snapshot.inputs_from(run.inputs), spec).outputs["npv_after_tax"].mean.value
    assert shown.outputs["npv_after_tax"].mean.value == pytest.approx(mean, rel=0.05)


def test_a_poisoned_run_fails_with_its_reason_and_blocks_nobody(standing: Site) -> None:
    with transaction(standing.engine) as session:
        unreadable, impossible, good = (standing.queued(session, 2_000) for _ in range(3))
        unreadable.inputs = {"format": 99, "value": None}
        fields = impossible.spec["value"]["fields"] | {"tail": 7.0}
        impossible.spec = {"format": 1, "value": {**impossible.spec["value"], "fields": fields}}
    assert standing.wait(good.id, ended).status is RunStatus.FINISHED
    failed = standing.read(unreadable.id)
    assert failed.status is RunStatus.FAILED
    assert "99" in failed.error
    failed = standing.read(impossible.id)
    assert failed.status is RunStatus.FAILED
    assert "tail" in failed.error
    deadline = time.monotonic() + PATIENCE_SECONDS
    while standing.jobs():
        assert time.monotonic() < deadline, standing.jobs()
        time.sleep(POLL_SECONDS)


def test_a_run_survives_the_loss_of_every_connection(standing: Site) -> None:
    run_id = standing.queue(LONG)
    standing.wait(run_id, under_way)
    with standing.engine.connect() as connection:
        others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        rule = "datname = current_database() AND pid <> pg_backend_pid()"
        assert (connection.scalar(text(f"{others} WHERE {rule}")) or 0) > 1
    run = standing.wait(run_id, ended)
    assert (run.status, run.error) == (RunStatus.FINISHED, "")
    later = standing.queue(2_000)
    assert standing.wait(later, ended).status is RunStatus.FINISHED
