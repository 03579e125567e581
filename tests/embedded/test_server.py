"""The embedded server through what happens to it: first start, second start, kill, restart, strangers."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from app import embedded
from app.errors import Unavailable


def connect(connection: embedded.Connection) -> psycopg.Connection:
    return psycopg.connect(
        host=connection.host,
        port=connection.port,
        user=connection.user,
        password=connection.password,
        dbname=connection.name,
    )


def postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that others cannot enter, with spaces, a quote, a dollar, and too long for a socket."""
    closed = tmp_path_factory.mktemp("closed to others")
    closed.chmod(0o700)
    folder = closed / ("it's $long " + "x" * 100) / "postgres"
    yield folder
    embedded.remove(folder)


@pytest.fixture
def running(home: Path) -> embedded.Connection:
    return embedded.ensure_running(home, throw_away=True)


def test_it_works(running: embedded.Connection) -> None:
    with connect(running) as connection:
        assert connection.execute("SELECT 'ä' < 'b', lower('Ä')").fetchone() == (False, "ä")
        assert connection.info.server_version // 10000 == 18


def test_nobody_is_a_superuser_and_the_password_is_needed(running: embedded.Connection) -> None:
    with connect(running) as connection:
        assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host=running.host, port=running.port, user="calminer", password="guess", dbname="calminer"
        )
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=running.host, port=running.port, user="postgres", password="", dbname="postgres")


def test_only_its_owner_reads_the_password_and_the_data(home: Path, running: embedded.Connection) -> None:
    for path in (home / "password", home / "data"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert (home / "data").stat().st_uid != 0


def test_a_second_start_finds_the_first(home: Path, running: embedded.Connection) -> None:
    before = postmaster(home)
    assert embedded.ensure_running(home) == running
    assert postmaster(home) == before


def test_data_and_port_outlive_a_stop(home: Path, running: embedded.Connection) -> None:
    with connect(running) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert embedded.stop(home)
    assert not embedded.is_running(home)
    assert not embedded.stop(home)
    again = embedded.ensure_running(home)
    assert again == running
    with connect(again) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def await_end(processes: list[psutil.Process]) -> None:
    """Wait until none runs; until what has ended is buried, which may take an init seconds, is too long."""
    deadline = time.monotonic() + 10
    while not all(ended(process) for process in processes):
        assert time.monotonic() < deadline, processes
        time.sleep(0.005)


def ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("stranger", [os.getpid, lambda: 1, lambda: 4_000_000], ids=["us", "init", "nobody"])
def test_it_starts_after_a_kill_whoever_got_its_process_id(
    home: Path, running: embedded.Connection, stranger: object
) -> None:
    killed = psutil.Process(postmaster(home))
    family = [killed, *killed.children()]
    os.kill(killed.pid, signal.SIGKILL)
    await_end(family)
    lock = home / "data" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(stranger()), *lines[1:]]))
    assert not embedded.is_running(home)
    with connect(embedded.ensure_running(home)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_taken_port_is_changed(home: Path, running: embedded.Connection) -> None:
    embedded.stop(home)
    with socket.create_server(("127.0.0.1", running.port)):
        assert embedded.ensure_running(home).port != running.port


def test_the_last_holder_stops_it(home: Path) -> None:
    embedded.stop(home)
    with embedded.hold(home) as first:
        assert embedded.is_held(home)
        with embedded.hold(home) as second:
            assert first == second
        assert embedded.is_running(home)
    assert not embedded.is_running(home)
    assert not embedded.is_held(home)


def test_an_interrupted_creation_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "PG_VERSION").write_text("18\n")
    try:
        with connect(embedded.ensure_running(tmp_path, throw_away=True)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        embedded.remove(tmp_path)


def test_another_major_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(Unavailable, match=r"made by PostgreSQL 16, and this is 18.*--fresh"):
        embedded.ensure_running(tmp_path)


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"file/postgres cannot be written: Not a directory"):
        embedded.ensure_running(tmp_path / "file" / "postgres")


def test_the_environment_names_every_setting(running: embedded.Connection) -> None:
    assert set(running.environment()) == {
        f"DATABASE_{name}" for name in ("DRIVER", "HOST", "PORT", "USER", "PASSWORD", "NAME")
    }
