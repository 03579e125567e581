"""Starting and stopping a whole CalMiner from a checkout, as scripts/start.sh does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine

from app import launcher
from app.errors import Unavailable

CHECKOUT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, str(CHECKOUT / "scripts" / "serve_here.py")]


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def started(own_database: Engine, port: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A whole CalMiner on a database of this test's own, and what it said until it was ready."""
    command = [*COMMAND, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "Stop it with" in line:
                break
        yield process, said
        if process.poll() is None:
            process.kill()


def test_it_serves_until_ctrl_c_and_leaves_nothing_behind(
    started: tuple[subprocess.Popen[str], list[str]], port: int
) -> None:
    """A second start meanwhile says that the first one runs, and disturbs nothing."""
    process, said = started
    text = "".join(said)
    assert f"ready at http://127.0.0.1:{port}" in text, text
    assert "this machine only (127.0.0.1)" in text
    assert f"open this address once, within 7 days: http://127.0.0.1:{port}/link/" in text
    again = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert f"CalMiner already runs at http://127.0.0.1:{port}" in again.stderr
    assert "Traceback" not in again.stderr
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as reply:
        assert reply.read() == b'{"status":"ok"}'
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert psutil.wait_procs(family, timeout=1)[1] == []
    socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_to_stop_it_ends_what_it_began(
    port: int, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Stopped in the middle, it ends what loads already, then its database; its own handlers are gone."""
    before = {each: signal.getsignal(each) for each in launcher._SIGNALS}
    steps: list[str] = []
    begun: list[subprocess.Popen[bytes]] = []
    start = launcher._started

    @contextmanager
    def database(_say: launcher.Say) -> Iterator[dict[str, str]]:
        try:
            yield {}
        finally:
            signal.raise_signal(number)
            assert [each.poll() for each in begun] == [-signal.SIGTERM]
            steps.append("the database has ended, and a second signal stopped nothing")

    def note(*asked: Any) -> subprocess.Popen[bytes]:
        begun.append(start(*asked))
        return begun[-1]

    def set_up(*_: object) -> str:
        signal.raise_signal(number)
        return "not reached"

    monkeypatch.setattr(launcher, "_database", database)
    monkeypatch.setattr(launcher, "_set_up", set_up)
    monkeypatch.setattr(launcher, "_started", note)
    assert launcher.serve(port=port, fresh=False, started=0.0, say=steps.append) == 0
    assert steps == ["the database has ended, and a second signal stopped nothing", "Stopped."]
    assert {each: signal.getsignal(each) for each in launcher._SIGNALS} == before


def refusal(port: int, *, fresh: bool = False) -> str:
    with pytest.raises(Unavailable) as refused:
        launcher.serve(port=port, fresh=fresh, started=0.0, say=print)
    return str(refused.value)


def test_a_port_taken_by_another_program_is_named(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is silent, and waited for in vain."""
    monkeypatch.setattr(launcher, "_ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", port)):
        assert f"Port {port} is taken by another program." in refusal(port)


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    assert f"There is no port {port}" in refusal(port)


def test_fresh_never_touches_another_server(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_HOST", "db.example")
    assert "--fresh deletes the embedded database only" in refusal(port, fresh=True)


def test_fresh_waits_for_nobody_who_uses_the_database(
    port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_HOST", raising=False)
    monkeypatch.setattr(launcher, "DATA", tmp_path)
    monkeypatch.setattr(launcher.embedded, "is_held", lambda _: True)
    assert "Another start of this checkout uses the database." in refusal(port, fresh=True)


def test_an_unreachable_database_ends_the_start_with_a_reason(port: int) -> None:
    variables = {**os.environ, "DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(free_port())}
    done = subprocess.run(
        [*COMMAND, "--port", str(port)], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "The database could not be set up" in done.stderr
