"""Fifty killed workers and five stopped databases: every run ends once, with the digits it has on its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app import embedded
from app.db import get_engine
from app.engine.kinds import RunStatus
from app.engine.simulation import simulate
from app.errors import Unavailable
from app.jobs.queue import _sender, enqueue_simulation
from app.models import SimulationRun
from app.settings import get_settings
from app.valuation import results, runs
from app.valuation.execute import MOST_ATTEMPTS, transaction
from app.valuation.spec import RunForm, prepare
from tests.valuation.mine import small_mine

pytestmark = pytest.mark.faults

KILLS, STOPS, WORKERS = 50, 5, 2
#: Seeds of the runs, each with a golden result; queued again and again while there are faults to come.
SEEDS = (11, 12, 13)
#: Enough blocks for a fault to come in the middle of a run.
TRIALS = 300_000
WAITING = 4
#: Most that the whole may take [seconds].
PATIENCE = 780.0
SETTINGS = {
    "CALMINER_STALLED_SECONDS": "1",
    "CALMINER_INLINE_TRIALS": "1000",
    "CALMINER_WORKER_PROCESSES": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
#: Counts every end of every run, whoever writes it.
WITNESS = """
CREATE TABLE ends (run_id bigint NOT NULL, status text NOT NULL);
CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO ends VALUES (NEW.id, NEW.status); RETURN NULL; END $$;
CREATE TRIGGER note_end AFTER UPDATE OF status ON simulation_runs FOR EACH ROW
WHEN (NEW.status IN ('finished', 'failed', 'cancelled')) EXECUTE FUNCTION note_end();
"""


@dataclass
class Workers:
    """Worker processes; a killed one is replaced at once, as a supervisor does."""

    log: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "app.worker"]
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log))

    def kill(self, place: int) -> None:
        victim = self.processes.pop(place)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.start()

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@contextmanager
def server(home: Path) -> Iterator[Engine]:
    """Give a server of its own, because this test stops it, with the migrated database of a checkout.

    One that keeps what it has committed, as no throw-away server does that is stopped at once.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (embedded.ensure_running(home).environment() | SETTINGS).items():
            patch.setenv(name, value)
        _forget()
        try:
            setup = [sys.executable, "scripts/setup_database.py", "--run-migrations", "--seed-data"]
            subprocess.run(setup, check=True, stdout=subprocess.DEVNULL)
            yield get_engine()
        finally:
            get_engine().dispose()
            embedded.remove(home)
    _forget()


def _forget() -> None:
    for cached in (get_settings, get_engine, _sender):
        cached.cache_clear()


def stop_database(home: Path, crash: bool) -> None:
    """Stop the server, with or without letting it finish, and start it again a moment later."""
    if crash:
        postmaster = int((home / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGQUIT)
    embedded.stop(home)
    time.sleep(0.5)
    embedded.ensure_running(home)


def golden(scenario_id: int) -> dict[int, dict[str, object]]:
    """Return the rows of each seed's result, computed here without worker, queue or interruption."""
    found: dict[int, dict[str, object]] = {}
    for seed in SEEDS:
        with transaction() as session:
            inputs, spec = prepare(session, scenario_id, RunForm(trials=TRIALS, seed=seed))
        found[seed] = {row.output: row.statistics for row in results.to_rows(0, simulate(inputs, spec))}
    return found


def queue(session: Session, scenario_id: int, seed: int) -> SimulationRun:
    return runs.start(session, scenario_id, RunForm(trials=TRIALS, seed=seed), enqueue=enqueue_simulation)


def under_way(engine: Engine) -> set[tuple[int, int]]:
    """Return the attempts that are in the middle of their run, in a worker that was heard of just now.

    A run that has lost so many workers that it is given up soon is left in peace.
    """
    statement = (
        "SELECT id, attempt FROM simulation_runs WHERE status = 'running' AND progress_done > 0 "
        f"AND heartbeat_at > clock_timestamp() - interval '0.8 s' AND attempt < {MOST_ATTEMPTS - 2}"
    )
    with engine.connect() as connection:
        return {(row.id, row.attempt) for row in connection.execute(text(statement))}


def keep_waiting(engine: Engine, scenario_id: int, count: int) -> int:
    """Queue runs until a few are open; return how many there have been."""
    with transaction() as session:
        open_ = session.scalar(text("SELECT count(*) FROM simulation_runs WHERE finished_at IS NULL")) or 0
        for _ in range(max(WAITING - open_, 0)):
            queue(session, scenario_id, SEEDS[count % len(SEEDS)])
            count += 1
    return count


def await_quiet(engine: Engine, deadline: float) -> None:
    """Wait until every run has ended and the queue is empty."""
    left = "SELECT (SELECT count(*) FROM simulation_runs WHERE finished_at IS NULL), "
    left += "(SELECT count(*) FROM procrastinate_jobs)"
    found: tuple[int, ...] = (1,)
    while any(found) and time.monotonic() < deadline:
        time.sleep(0.2)
        with engine.connect() as connection:
            found = tuple(connection.execute(text(left)).one())
    assert not any(found), f"runs and jobs left: {found}"


def test_every_run_ends_once_with_its_golden_result(tmp_path: Path) -> None:
    chance, deadline = np.random.default_rng(20_261_121), time.monotonic() + PATIENCE
    home = Path(".calminer/tests").absolute() / f"{os.getpid()}"
    workers = Workers(tmp_path / "worker.log")
    with server(home) as engine:
        with transaction() as session:
            scenario_id = small_mine(session).id
            session.execute(text(WITNESS))
        expected = golden(scenario_id)
        count = kills = stops = 0
        hit: set[tuple[int, int]] = set()
        faults = ["kill"] * KILLS + ["stop"] * STOPS
        chance.shuffle(faults)
        try:
            for _ in range(WORKERS):
                workers.start()
            while faults:
                assert time.monotonic() < deadline, f"{len(faults)} faults left\n{workers.log.read_text()}"
                count = keep_waiting(engine, scenario_id, count)
                fresh = under_way(engine) - hit
                if not fresh:
                    time.sleep(0.02)
                    continue
                hit |= fresh
                time.sleep(float(chance.uniform(0, 0.3)))
                if faults.pop() == "kill":
                    workers.kill(int(chance.integers(WORKERS)))
                    kills += 1
                else:
                    stop_database(home, crash=bool(stops % 2))
                    stops += 1
            await_quiet(engine, deadline)
        except (AssertionError, Unavailable) as error:
            raise AssertionError(f"{error}\n{workers.log.read_text()[-20_000:]}") from error
        finally:
            workers.end()
        took = PATIENCE - (deadline - time.monotonic())
        assert (kills, stops) == (KILLS, STOPS)
        assert len(hit) >= KILLS + STOPS
        attempts = check(engine, expected, count)
        sys.stdout.write(f"{count} runs, {attempts} attempts, {kills} kills, {stops} stops, {took:.0f} s\n")


def check(engine: Engine, expected: dict[int, dict[str, object]], count: int) -> int:
    """Look at every run: ended once, finished, equal to its golden result; return the attempts it took."""
    with engine.connect() as connection:
        ends = connection.execute(text("SELECT run_id, status FROM ends ORDER BY run_id")).all()
    with transaction() as session:
        found = session.query(SimulationRun).order_by(SimulationRun.id).all()
        assert [tuple(row) for row in ends] == [(run.id, "finished") for run in found]
        assert len(found) == count
        for run in found:
            assert (run.status, run.error, run.partial) == (RunStatus.FINISHED, "", None)
            assert {row.output: row.statistics for row in run.results} == expected[run.seed]
        return sum(run.attempt for run in found)
