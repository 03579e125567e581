"""The development, test and database stacks, by the commands in their first lines. Needs Docker."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers import clear

pytestmark = pytest.mark.container

CHECKOUT = Path(__file__).resolve().parents[2]
NAME = "bundleother"
PORT = 18490


def compose(which: str, words: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    own = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/root"),
        "COMPOSE_PROJECT_NAME": f"{NAME}{which}",
        "CALMINER_NETWORK": NAME,
        "API_PORT": str(PORT),
        "DATABASE_PORT": str(PORT + 1),
        # Whoever owns this checkout may be the only one who can read it.
        "DEV_USER": f"{CHECKOUT.stat().st_uid}:{CHECKOUT.stat().st_gid}",
    }
    return subprocess.run(
        ["sh", "-c", f"docker compose -f docker-compose.{which}.yml {words}"],
        cwd=CHECKOUT,
        env=own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


@pytest.fixture
def cleared() -> Iterator[None]:
    clear(NAME)
    yield
    clear(NAME)


@pytest.mark.usefixtures("cleared")
def test_the_test_stack_sets_up_and_runs_what_it_is_given() -> None:
    done = compose("test", "run --rm tests tests/test_db.py -q", 500)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Would apply revision 0001" in done.stdout
    assert "Applied revision 0001" in done.stdout
    assert " passed" in done.stdout
    failing = compose("test", "run --rm tests tests/nothing_there.py -q")
    assert failing.returncode != 0


@pytest.mark.usefixtures("cleared")
def test_the_dev_stack_serves_the_mounted_source() -> None:
    done = compose("dev", "up --detach --build --wait")
    assert done.returncode == 0, done.stdout + done.stderr + compose("dev", "logs").stdout
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/ready", timeout=5) as reply:
                assert json.loads(reply.read()) == {"status": "ready"}
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.5)
    said = compose("dev", "exec -T api python -c 'import app; print(app.__file__)'")
    assert said.stdout.strip() == "/app/app/__init__.py"
    mounted = compose("dev", "exec -T api sh -c 'cat /proc/mounts'").stdout
    assert " /app/app " in mounted


@pytest.mark.usefixtures("cleared")
def test_the_postgres_stack_is_a_database() -> None:
    done = compose("postgres", "up -d --wait")
    assert done.returncode == 0, done.stderr
    ask = "exec -T postgres psql -U calminer -Atc 'SELECT datlocale FROM pg_database' calminer"
    assert "C.UTF-8" in compose("postgres", ask).stdout
