"""Workers as they run in an installation: processes of their own on a database of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus
from app.jobs.queue import _sender, enqueue_simulation
from app.models import SimulationRun
from app.seed.setup import Exit, Wanted, perform
from app.valuation import runs
from app.valuation.spec import RunForm
from tests import database as databases
from tests.database import Environment
from tests.forks import Fork
from tests.jobs.forked import work_in_short_intervals
from tests.valuation.mine import small_mine

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.02
#: Enough blocks to be caught in the middle, and few enough to wait for.
LONG = 200_000
#: More than a test waits for.
ENDLESS = 20_000_000
SETTINGS = {
    # Short enough for a test to wait, long enough for a heartbeat every quarter of a second.
    "CALMINER_STALLED_SECONDS": "2",
    "CALMINER_INLINE_TRIALS": "1000",
    "CALMINER_MAX_TRIALS": str(ENDLESS),
    "CALMINER_WORKER_PROCESSES": "1",
}

Process: TypeAlias = subprocess.Popen[bytes] | Fork


def command(log: Path) -> subprocess.Popen[bytes]:
    """Start a worker as an installation does."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with log.open("ab") as words:
        return subprocess.Popen(
            [sys.executable, "-m", "app.worker"], env=environment, stdout=words, stderr=words
        )


def forked(log: Path) -> Fork:
    """Start a worker that has everything loaded."""
    return Fork(work_in_short_intervals, out=log, err=log)


class Worker:
    """One worker process."""

    def __init__(self, log: Path, begin: Callable[[Path], Process] = forked) -> None:
        self.log = log
        self.process: Process | None = None
        self._begin = begin

    def start(self) -> None:
        self.process = self._begin(self.log)

    def send(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.send(signal.SIGKILL)


@dataclass(frozen=True)
class Site:
    """A database, a mine in it, and a worker."""

    engine: Engine
    worker: Worker
    scenario_id: int

    def queue(self, trials: int) -> int:
        """Queue a run of so many trials and return its number."""
        with transaction(self.engine) as session:
            return self.queued(session, trials).id

    def queued(self, session: Session, trials: int) -> SimulationRun:
        """Queue a run in a transaction that goes on, so that no worker sees it yet."""
        form = RunForm(trials=trials, seed=5, replicates=4)
        return runs.start(session, self.scenario_id, form, enqueue=enqueue_simulation)

    def cancel(self, run_id: int) -> None:
        """Cancel a run, as its page does."""
        with transaction(self.engine) as session:
            runs.cancel(session, run_id)

    def read(self, run_id: int) -> SimulationRun:
        """Return a run as it is now."""
        return read(self.engine, run_id)

    def wait(self, run_id: int, until: Callable[[SimulationRun], bool]) -> SimulationRun:
        """Return the run once it is as wanted; fail with what the worker said when that takes too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not until(run := self.read(run_id)):
            if time.monotonic() > deadline:
                said = self.worker.log.read_text()
                raise AssertionError(f"run is {run.status} at {run.progress_done}; worker said:\n{said}")
            time.sleep(POLL_SECONDS)
        return run

    def jobs(self) -> list[str]:
        """Return the states of all jobs, the oldest first."""
        with self.engine.connect() as connection:
            return list(connection.scalars(text("SELECT status::text FROM procrastinate_jobs ORDER BY id")))


@contextmanager
def site_on(engine: Engine, folder: Path, begin: Callable[[Path], Process] = forked) -> Iterator[Site]:
    """Give a site whose worker is not started yet; whatever happens, it does not outlive the block."""
    with transaction(engine) as session:
        scenario_id = small_mine(session).id
    worker = Worker(folder / "worker.log", begin)
    try:
        yield Site(engine, worker, scenario_id)
    finally:
        worker.kill()


@pytest.fixture
def own_engine(own_database: Engine) -> Iterator[Engine]:
    """A database of its own in which a silent worker is given up quickly."""
    with databases.pointed_at(SETTINGS, _sender) as engine:
        yield engine


@pytest.fixture
def site(own_engine: Engine, tmp_path: Path) -> Iterator[Site]:
    """A site for one test alone, because it starts and ends workers."""
    with site_on(own_engine, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def standing(template: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose worker runs, and goes on running after each test that asks for it."""
    with (
        databases.copy(template, f"calminer_worker_{os.getpid()}") as own,
        databases.pointed_at({**own, **SETTINGS}, _sender) as engine,
        site_on(engine, tmp_path_factory.mktemp("standing")) as made,
    ):
        made.worker.start()
        yield made


@pytest.fixture
def own_schema(empty_database: Engine, tmp_path: Path, processes: str) -> Iterator[Site]:
    """A site in a schema of its own, the queue's tables too; its worker is the command, with `processes`."""
    own = {"DATABASE_SCHEMA": "underground", "CALMINER_WORKER_PROCESSES": processes}
    with databases.pointed_at(SETTINGS | own, _sender) as engine:
        said: list[str] = []
        wanted = Wanted(migrations=True, reference=True)
        assert perform(wanted, say=said.append, complain=said.append) is Exit.OK, said
        with site_on(engine, tmp_path, command) as made:
            yield made


@pytest.fixture
def scenario_id(own_engine: Engine) -> int:
    with transaction(own_engine) as session:
        return small_mine(session).id


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def read(engine: Engine, run_id: int) -> SimulationRun:
    with transaction(engine) as session:
        return runs.get_run(session, run_id)


def ended(run: SimulationRun) -> bool:
    return run.status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED)


def under_way(run: SimulationRun) -> bool:
    return run.status is RunStatus.RUNNING and run.progress_done > 0
