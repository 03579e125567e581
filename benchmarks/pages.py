"""W1: how quick pages stay while two workers are saturated: `python -m benchmarks.pages [--requests 200]`.

Serves a demo project from a throw-away database. One client asks for the same pages, one after the other, in
turns while both workers stand still and while both compute, so that a slow moment of the machine hits both.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import httpx2
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import get_engine
from app.engine.kinds import RoleName
from app.jobs.queue import enqueue_simulation
from app.models import Scenario
from app.people import sign_ins
from app.valuation import runs
from app.valuation.spec import RunForm
from app.web.cookies import SIGN_IN
from benchmarks.measure import taken
from tests import database as databases
from tests.persons import person

WORKERS, ROUNDS = 2, 5
#: More than any measurement takes.
ENDLESS = 50_000_000
GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
PAGES = ("/projects", "/projects/diamba-sud", GOLD, f"{GOLD}/parameters", f"{GOLD}/simulations")
SETTINGS = {
    "CALMINER_ENVIRONMENT": "test",
    "CALMINER_MAX_TRIALS": "100000000",
    "CALMINER_STALLED_SECONDS": "600",
    "CALMINER_INSECURE_COOKIES": "true",
    "CALMINER_WORKER_PROCESSES": "1",
}
READY_SECONDS = 60.0


@contextmanager
def installation() -> Iterator[tuple[httpx2.Client, list[subprocess.Popen[bytes]]]]:
    """Give a client that is signed in, and the workers, each in the middle of an endless run."""
    with databases.running_server() as database:
        environment = {**os.environ, **database, **SETTINGS}
        os.environ.update({**database, **SETTINGS})
        seed = [sys.executable, "scripts/setup_database.py", "--seed-demo"]
        subprocess.run(seed, env=environment, check=True, stdout=subprocess.DEVNULL)
        with Session(get_engine()) as session, session.begin():
            cookie = sign_ins.begin(
                session, person(session, RoleName.ADMINISTRATOR).id, address="", browser=""
            )
            scenario = session.scalars(select(Scenario).where(Scenario.is_base)).first()
            for seed_ in range(WORKERS):
                form = RunForm(trials=ENDLESS, seed=seed_)
                runs.start(session, scenario.id, form, enqueue=enqueue_simulation)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        serve = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--log-level", "error"]
        work = [sys.executable, "-m", "app.worker"]
        processes = [_started(command, environment) for command in (serve, *[work] * WORKERS)]
        try:
            headers = {"Cookie": f"{SIGN_IN}={cookie}"}
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
                _await_ready(client)
                yield client, processes[1:]
        finally:
            for process in processes:
                process.kill()
                process.wait()
            get_engine().dispose()


def _started(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _await_ready(client: httpx2.Client) -> None:
    deadline = time.monotonic() + READY_SECONDS
    computing = text("SELECT count(*) FROM simulation_runs WHERE status = 'running' AND progress_done > 0")
    while time.monotonic() < deadline:
        try:
            with get_engine().connect() as connection:
                busy = connection.scalar(computing)
            if client.get(PAGES[0]).status_code == 200 and busy == WORKERS:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit("The server or the workers did not start.")


def times(client: httpx2.Client, requests: int) -> list[float]:
    """Return how long each of so many requests took, over all pages in turn [s]."""
    return [taken(partial(_get, client, PAGES[index % len(PAGES)])).wall for index in range(requests)]


def _get(client: httpx2.Client, page: str) -> None:
    client.get(page).raise_for_status()


def main() -> None:
    """Print p50 and p99 idle and busy, and their ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="in each turn")
    requests = parser.parse_args().requests
    idle: list[float] = []
    busy: list[float] = []
    with installation() as (client, workers):
        times(client, requests)
        for _ in range(ROUNDS):
            for number, found in ((signal.SIGSTOP, idle), (signal.SIGCONT, busy)):
                for worker in workers:
                    worker.send_signal(number)
                time.sleep(0.5)
                found.extend(times(client, requests))
    for name, level in (("p50", 50), ("p99", 99)):
        still, computing = (statistics.quantiles(each, n=100)[level - 1] for each in (idle, busy))
        words = f"{still * 1e3:.1f} ms idle, {computing * 1e3:.1f} ms busy: {computing / still:.2f}x"
        print(f"W1  {name} of {len(idle):,} requests {words}", flush=True)


if __name__ == "__main__":
    main()
