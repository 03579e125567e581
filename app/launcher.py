"""Everything CalMiner needs, run from one checkout: database, setup, web server, worker.

For one person's machine. Installations run the image with the Compose files instead.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Never

from app import embedded
from app.errors import Unavailable

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = CHECKOUT / ".calminer" / "postgres"
HOST = "127.0.0.1"
ANYWHERE = "0.0.0.0"  # noqa: S104  # nosec B104 - a name to compare with; nobody listens there unasked
LOOPBACK = frozenset({HOST, "localhost"})

_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_ANSWER_SECONDS = 2.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


class _Stopped(Exception):
    """Somebody asked for an end."""


def serve(*, port: int, fresh: bool, started: float, say: Say, host: str = HOST) -> int:
    """Set up and serve on `port` of `host` until a signal; return the exit code.

    Raises:
        Unavailable: something is in the way; the message says what and what to do.
    """
    address = f"http://{HOST if host in LOOPBACK or host == ANYWHERE else host}:{port}"
    _require_port(host, port, address)
    if fresh:
        _begin_anew(say)
    try:
        with _stopping_on_signals(), _database(say) as database:
            variables = _with_address(database, host, address)
            with _processes() as processes:
                # Loads beside the set-up, which takes as long; it is announced once that is done.
                processes["web server"] = _started(_web_server(host, port), variables)
                invitation = _set_up(variables, say)
                processes["worker"] = _started(("-m", "app.worker"), variables)
                _await_ready(address, processes)
                _announce(host, address, invitation, started, say)
                _watch(processes)
    except _Stopped:
        say("Stopped.")
        return 0


def _with_address(variables: Mapping[str, str], host: str, address: str) -> Mapping[str, str]:
    """Add where CalMiner is reached, and on this machine alone that people may sign in over plain HTTP."""
    alone = host in LOOPBACK and variables.get("CALMINER_ENVIRONMENT") != "production"
    own = {"CALMINER_PUBLIC_URL": address} | ({"CALMINER_INSECURE_COOKIES": "true"} if alone else {})
    return {**own, **variables}


def _require_port(host: str, port: int, address: str) -> None:
    if not 1 <= port <= 65535:
        raise Unavailable(f"There is no port {port}; choose one from 1 to 65535, best above 1023.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(_why_not(error, port, address)) from error


def _why_not(error: OSError, port: int, address: str) -> str:
    other = "Choose another one: sh scripts/start.sh --port N"
    if error.errno == errno.EACCES:
        return f"Port {port} is for privileged programs. {other}"
    if error.errno != errno.EADDRINUSE:
        return f"Port {port} cannot be used: {error.strerror}. {other}"
    if _answer(f"{address}/health") == {"status": "ok"}:
        return f"CalMiner already runs at {address}. Use it, stop it where it was started, or: --port N"
    return f"Port {port} is taken by another program. {other}"


def _answer(url: str) -> object:
    """Return the JSON behind `url`, or None when there is no good answer."""
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as reply:  # nosec B310 - its own address
            return json.load(reply)
    except (OSError, ValueError):
        return None


def _begin_anew(say: Say) -> None:
    if os.environ.get("DATABASE_HOST"):
        raise Unavailable("--fresh deletes the embedded database only, and DATABASE_HOST names another one.")
    if embedded.is_held(DATA):
        raise Unavailable("Another start of this checkout uses the database. Stop that one first.")
    existed = DATA.exists()
    embedded.remove(DATA)
    say(f"Deleted the embedded database in {DATA}." if existed else "There was no embedded database yet.")


@contextmanager
def _database(say: Say) -> Iterator[Mapping[str, str]]:
    """Give the environment of the processes, with a database that stays while the block lasts."""
    if os.environ.get("DATABASE_HOST"):
        say(f"Using the database server at {os.environ['DATABASE_HOST']}.")
        yield os.environ
        return
    known = DATA.exists()
    say("Starting the embedded PostgreSQL ..." if known else "Creating the embedded PostgreSQL ...")
    with embedded.hold(DATA) as connection:
        yield {**os.environ, **connection.environment()}


def _set_up(variables: Mapping[str, str], say: Say) -> str:
    """Migrate and seed; return the line for the first administrator while there is none."""
    command = [sys.executable, str(CHECKOUT / "scripts" / "setup_database.py")]
    done = subprocess.run(
        [*command, "--run-migrations", "--seed-data", "--seed-demo", "--first-administrator"],
        env=variables,
        cwd=CHECKOUT,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    invitation = ""
    for line in done.stdout.splitlines():
        if line.startswith("First administrator:"):
            invitation = line
        else:
            say(line)
    if done.returncode:
        raise Unavailable("The database could not be set up; the lines above say why.")
    return invitation


def _web_server(host: str, port: int) -> tuple[str, ...]:
    unproxied = ("--no-proxy-headers",) if host in LOOPBACK else ()
    where = ("--host", host, "--port", str(port))
    return ("-m", "uvicorn", "main:app", *where, *unproxied, "--log-level", "warning")


def _started(command: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Run Python with a session of its own, so that Ctrl-C reaches this process alone."""
    return subprocess.Popen([sys.executable, *command], env=variables, cwd=CHECKOUT, start_new_session=True)


@contextmanager
def _processes() -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Give the processes by name, for the block to add to; end them in order after it."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        yield running
    finally:
        _ignore_signals()
        for process in running.values():
            process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for process in running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_ready(address: str, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        _require_all(processes)
        if _answer(f"{address}/ready") is not None:
            return
        time.sleep(0.05)
    raise Unavailable(f"{address}/ready did not turn green within {_READY_SECONDS:.0f} s.")


def _require_all(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise Unavailable(f"The {name} ended by itself (exit code {process.returncode}); see above.")


def _announce(host: str, address: str, invitation: str, started: float, say: Say) -> None:
    say("")
    say(f"  CalMiner is ready at {address}   ({time.time() - started:.0f} s after the start)")
    if invitation:
        say(f"  {invitation}")
    if host in LOOPBACK:
        say("  It listens on this machine only (127.0.0.1).")
    else:
        say(f"  It listens on {host}. People sign in over HTTPS alone: put a proxy that ends TLS in front.")
    say("  Stop it with Ctrl-C; what you entered is kept. Start over with --fresh.")
    say("")


def _watch(processes: Mapping[str, subprocess.Popen[bytes]]) -> Never:
    while True:
        _require_all(processes)
        time.sleep(0.5)


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        _ignore_signals()
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """A second Ctrl-C must not interrupt the orderly end."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
