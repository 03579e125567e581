"""Workers as they run in an installation: processes of their own on a database of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus
from app.jobs.queue import _sender, enqueue_simulation
from app.models import SimulationRun
from app.valuation import runs
from app.valuation.spec import RunForm
from tests.valuation.mine import small_mine

#: Short enough for a test to wait, long enough for a heartbeat every quarter of a second.
STALLED_SECONDS = "2"
PATIENCE_SECONDS = 60.0
#: Enough blocks to be caught in the middle, and few enough to wait for.
LONG = 400_000
#: More than a test waits for.
ENDLESS = 20_000_000


class Worker:
    """One worker process."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "app.worker"]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def send(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.send(signal.SIGKILL)


@pytest.fixture
def own_engine(own_database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database of its own in which a silent worker is given up quickly."""
    from app.settings import get_settings

    monkeypatch.setenv("CALMINER_STALLED_SECONDS", STALLED_SECONDS)
    monkeypatch.setenv("CALMINER_INLINE_TRIALS", "1000")
    monkeypatch.setenv("CALMINER_MAX_TRIALS", str(ENDLESS))
    monkeypatch.setenv("CALMINER_WORKER_PROCESSES", "1")
    for cached in (get_settings, _sender):
        cached.cache_clear()
    yield own_database
    for cached in (get_settings, _sender):
        cached.cache_clear()


@pytest.fixture
def worker(own_engine: Engine, tmp_path: Path) -> Iterator[Worker]:
    """A worker that is not started yet; whatever happens, it does not outlive the test."""
    made = Worker(tmp_path / "worker.log")
    yield made
    made.kill()


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@pytest.fixture
def scenario_id(own_engine: Engine) -> int:
    with transaction(own_engine) as session:
        return small_mine(session).id


@pytest.fixture
def queued(own_engine: Engine, scenario_id: int) -> Callable[[int], int]:
    """Queue a run of so many trials and return its number."""

    def queue(trials: int, seed: int = 5) -> int:
        form = RunForm(trials=trials, seed=seed, replicates=4)
        with transaction(own_engine) as session:
            return runs.start(session, scenario_id, form, enqueue=enqueue_simulation).id

    return queue


def read(engine: Engine, run_id: int) -> SimulationRun:
    with transaction(engine) as session:
        return runs.get_run(session, run_id)


def await_run(
    engine: Engine, run_id: int, until: Callable[[SimulationRun], bool], worker: Worker
) -> SimulationRun:
    """Return the run once it is as wanted; fail with what the worker said when that takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        run = read(engine, run_id)
        if until(run):
            return run
        time.sleep(0.05)
    run = read(engine, run_id)
    raise AssertionError(
        f"run is {run.status} at {run.progress_done}; worker said:\n{worker.log.read_text()}"
    )


def ended(run: SimulationRun) -> bool:
    return run.status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED)


def under_way(run: SimulationRun) -> bool:
    return run.status is RunStatus.RUNNING and run.progress_done > 0
