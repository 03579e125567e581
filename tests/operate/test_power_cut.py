"""Kill -9 in the middle of a migration: every row as before or as after, and a start that says what to run.

A later version of CalMiner is a copy of this one with one more revision, which changes every row of a large
table and takes about a second. In every other round PostgreSQL itself is killed with it, as by a power cut.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import psycopg
import pytest

from app import embedded
from app.migrations import api
from app.operate.backup.census import Census, differences, take
from app.seed.setup import Exit

pytestmark = pytest.mark.container

CHECKOUT = Path(__file__).resolve().parents[2]
SEED = 20260103
ROWS = 40_000
KILLS = 50
#: Imports the later version once and forks a process for each command, as quick as it gets.
COMMANDS = """
import os, sys
sys.path.insert(0, sys.argv[1])
from app.seed.setup import Wanted, perform
for line in sys.stdin:
    if not (child := os.fork()):
        ending = perform(Wanted(migrations=True), say=str, complain=print, status=line.strip() == "status")
        sys.stdout.flush()
        os._exit(ending)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
REVISION = '''
"""Widen what was kept."""

from alembic import op

revision = "killed"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Touch every row, several times, and what hangs on them."""
    op.execute("ALTER TABLE kept ADD COLUMN twice bigint")
    for _ in range(3):
        op.execute("UPDATE kept SET twice = 2 * id")
    op.execute("CREATE INDEX kept_twice ON kept (twice)")
    op.execute("ALTER TABLE kept ALTER COLUMN twice SET NOT NULL")
    op.execute("CREATE TABLE beside AS SELECT twice FROM kept")
'''


@dataclass(frozen=True, slots=True)
class Installation:
    """A server of its own, and a later version of the code."""

    home: Path
    later: subprocess.Popen[str]
    before: Census

    def connect(self, database: str = "calminer") -> psycopg.Connection:
        server = embedded.ensure_running(self.home)
        return psycopg.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=database,
            autocommit=True,
        )

    def census(self) -> Census:
        with self.connect() as connection, connection.transaction():
            return take(connection, "public")

    def reset(self) -> None:
        with self.connect("postgres") as connection:
            connection.execute("DROP DATABASE calminer WITH (FORCE)")
            connection.execute("CREATE DATABASE calminer TEMPLATE before")

    def begin(self, command: str) -> int:
        """Start a command of the later version and return its process id."""
        assert self.later.stdin is not None
        self.later.stdin.write(f"{command}\n")
        self.later.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        """Return how the command ended."""
        return int(self._line())

    def _line(self) -> str:
        assert self.later.stdout is not None
        while not (line := self.later.stdout.readline().strip()).lstrip("-").isdigit():
            assert self.later.poll() is None
        return line


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = CHECKOUT / ".calminer" / "tests" / f"{os.getpid()}" / "power"
    code = tmp_path_factory.mktemp("later")
    for name in ("app", "pyproject.toml"):
        source = CHECKOUT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, code / name)
    revision = code / "app" / "migrations" / "versions" / "killed.py"
    revision.write_text(REVISION.format(head=api.head()))
    try:
        environment = {**os.environ, **embedded.ensure_running(home).environment()}
        setup = [
            sys.executable,
            CHECKOUT / "scripts" / "setup_database.py",
            "--run-migrations",
            "--seed-demo",
        ]
        subprocess.run(setup, env=environment, check=True, stdout=subprocess.DEVNULL)
        with subprocess.Popen(
            [sys.executable, "-c", COMMANDS, code],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as later:
            made = Installation(home, later, Census("", 0, None, 0, {}, {}, {}))
            with made.connect() as connection:
                connection.execute("CREATE TABLE kept (id bigserial PRIMARY KEY, said text NOT NULL)")
                fill = f"INSERT INTO kept (said) SELECT md5(n::text) FROM generate_series(1, {ROWS}) n"
                connection.execute(fill)
            with made.connect("postgres") as connection:
                connection.execute("CREATE DATABASE before TEMPLATE calminer")
            yield replace(made, before=made.census())
    finally:
        embedded.remove(home)


def migrated(installation: Installation) -> Census:
    """Let a migration come to its end; whatever a killed one left must not be in its way."""
    installation.begin("migrate")
    assert installation.end() == Exit.OK
    return installation.census()


def work_began(installation: Installation, migration: int) -> None:
    """Wait for the migration's first statement on the server."""
    with installation.connect("postgres") as watcher:
        while psutil.pid_exists(migration):
            found = watcher.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = 'calminer' AND query LIKE '%kept%'"
            )
            if found.fetchone():
                return
            time.sleep(0.002)


def cut_power(installation: Installation) -> None:
    """Kill PostgreSQL and every process of it at once."""
    postmaster = psutil.Process(int((installation.home / "data" / "postmaster.pid").read_text().split()[0]))
    family = [postmaster, *postmaster.children(recursive=True)]
    for process in family:
        with suppress(psutil.NoSuchProcess):  # one that was about to end by itself
            process.kill()
    psutil.wait_procs(family, timeout=10)


def killed_at(installation: Installation, seconds: float, *, with_server: bool) -> None:
    installation.reset()
    migration = installation.begin("migrate")
    work_began(installation, migration)
    time.sleep(seconds)
    if with_server:
        cut_power(installation)
    with suppress(ProcessLookupError):
        os.kill(migration, signal.SIGKILL)
    installation.end()


def rows_are_whole(installation: Installation, after: Census) -> bool:
    """Say whether the migration had come to its end; fail where rows are neither as before nor as after."""
    found = installation.census()
    done = found.revision == "killed"
    assert list(differences(after if done else installation.before, found)) == []
    # The later version starts on what it finds only if that is whole, and says what to run otherwise.
    installation.begin("status")
    assert installation.end() == (Exit.OK if done else Exit.SCHEMA_BEHIND)
    return done


def duration(installation: Installation) -> float:
    installation.reset()
    migration = installation.begin("migrate")
    work_began(installation, migration)
    begin = time.monotonic()
    assert installation.end() == Exit.OK
    return time.monotonic() - begin


def test_fifty_kills(installation: Installation, say: Callable[[str], None]) -> None:
    length = duration(installation)
    after = installation.census()
    points = np.random.Generator(np.random.PCG64(SEED)).random(KILLS) * length
    ends = []
    for number, seconds in enumerate(points):
        killed_at(installation, float(seconds), with_server=number % 2 == 1)
        ends.append(rows_are_whole(installation, after))
        if number % 5 == 0:
            assert list(differences(after, migrated(installation))) == []
    say(f"{KILLS} kills: {ends.count(False)} left the old schema, {ends.count(True)} the new; all equal")
    assert False in ends
