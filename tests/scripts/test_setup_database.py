"""The setup scripts as an operator meets them: what they print and how they end."""

from __future__ import annotations

import os
import runpy
import socket
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.migrations import api
from app.migrations.api import revisions
from app.models import Base
from app.seed.setup import Exit, Wanted, perform
from app.settings import get_settings
from tests.forks import Fork, run_script

CHECKOUT = Path(__file__).resolve().parents[2]
EVERYTHING = ("--run-migrations", "--seed-data", "--seed-demo")


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the script as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "scripts/setup_database.py", *arguments],
        cwd=CHECKOUT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, script: str = "setup_database.py", **settings: str) -> tuple[int, str, str]:
    """Run a script inside this process, which saves its imports; return its code and its words."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", [script, *arguments])
        patch.setattr(sys, "path", list(sys.path))
        get_settings.cache_clear()
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(CHECKOUT / "scripts" / script), run_name="__main__")
    get_settings.cache_clear()
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def counts(engine: Engine) -> dict[str, int | None]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in Base.metadata.tables
        }


def test_it_works_and_again_changes_nothing(empty_database: Engine) -> None:
    process = start(*EVERYTHING)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (Exit.OK, "")
    assert "Applied revision 0001" in out
    assert "demo projects: 2 added (diamba-sud, vizcachitas)." in out
    before = counts(empty_database)
    code, out, _ = run(*EVERYTHING)
    assert code == Exit.OK
    assert "Applied" not in out
    assert "currencies: none added." in out
    assert counts(empty_database) == before


def test_run_migrations_is_the_same_path(empty_database: Engine) -> None:
    code, out, _ = run(script="run_migrations.py")
    assert (code, "Applied revision 0001" in out) == (Exit.OK, True)
    assert run(script="run_migrations.py")[0] == Exit.OK
    assert counts(empty_database)["currencies"] == 0


def test_eight_at_once_apply_each_revision_once(empty_database: Engine, tmp_path: Path) -> None:
    stems = [tmp_path / str(index) for index in range(8)]
    task = partial(run_script, "setup_database.py", *EVERYTHING, "--wait", "10")
    started = [Fork(task, out=stem.with_suffix(".out"), err=stem.with_suffix(".err")) for stem in stems]
    ended = [process.wait(timeout=120) for process in started]
    said = [stem.with_suffix(".err").read_text() for stem in stems]
    assert ended == [0] * 8, said
    lines = Counter(line for stem in stems for line in stem.with_suffix(".out").read_text().splitlines())
    for revision, what in revisions():
        assert lines[f"Applied revision {revision}: {what}."] == 1
    assert lines["demo projects: 2 added (diamba-sud, vizcachitas)."] == 1
    assert counts(empty_database)["projects"] == 2


def test_a_dry_run_says_exactly_what_the_run_then_does(empty_database: Engine) -> None:
    code, foreseen, _ = run(*EVERYTHING, "--dry-run", DATABASE_SCHEMA="plans")
    assert code == Exit.OK
    assert "Would create the schema plans." in foreseen
    with empty_database.connect() as connection:
        tables = text("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'plans')")
        assert connection.scalar(tables) == 0
        assert connection.scalar(text("SELECT to_regnamespace('plans')")) is None
    _, done, _ = run(*EVERYTHING, DATABASE_SCHEMA="plans")
    expected = [line for line in foreseen.splitlines() if "schema" not in line]
    actual = [line for line in done.splitlines() if "schema" not in line]
    said = [line.replace("Would apply", "Applied").replace("would be added", "added") for line in expected]
    assert said == actual
    _, foreseen, _ = run(*EVERYTHING, "--dry-run", DATABASE_SCHEMA="plans")
    assert "there is nothing to apply" in foreseen
    assert "currencies: none would be added." in foreseen


def test_a_dry_run_changes_nothing_in_a_used_database(own_database: Engine) -> None:
    with own_database.begin() as connection:
        connection.execute(text("DELETE FROM seed_ledger WHERE key = 'USD'"))
        connection.execute(text("DELETE FROM currencies WHERE code = 'USD'"))
    before = counts(own_database)
    for options, named in (((), ""), (("--verbose",), " (USD)")):
        code, out, _ = run(*EVERYTHING, "--dry-run", *options)
        assert (code, f"currencies: 1 would be added{named}." in out) == (Exit.OK, True)
    assert counts(own_database) == before


def test_status_of_a_current_database(own_database: Engine) -> None:
    code, out, _ = run("--status")
    assert code == Exit.OK
    assert f"current, at revision {api.head()}" in out
    assert "currencies: 46 rows, 0 to be seeded." in out
    assert os.environ["DATABASE_PASSWORD"] not in out


def test_status_of_an_empty_database_says_what_to_run(empty_database: Engine) -> None:
    code, out, _ = run("--status")
    assert (code, "--run-migrations" in out) == (Exit.SCHEMA_BEHIND, True)


@pytest.mark.parametrize("arguments", [("--seed-data",), ("--seed-demo",), ("--seed-data", "--dry-run")])
def test_seeding_needs_the_tables(empty_database: Engine, arguments: tuple[str, ...]) -> None:
    code, _, err = run(*arguments)
    assert (code, "--run-migrations" in err) == (Exit.SCHEMA_BEHIND, True)


@pytest.mark.parametrize(
    "arguments", [EVERYTHING, ("--seed-data",), (*EVERYTHING, "--dry-run")], ids=["all", "seed", "dry run"]
)
def test_a_newer_schema_is_left_alone(own_database: Engine, arguments: tuple[str, ...]) -> None:
    with own_database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = counts(own_database)
    code, _, err = run(*arguments)
    assert (code, "9999" in err, "Start the version that made it" in err) == (Exit.SCHEMA_NEWER, True, True)
    assert counts(own_database) == before
    assert run("--status")[0] == Exit.SCHEMA_NEWER


def test_nobody_listens(engine: Engine) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        code, _, err = run("--status", DATABASE_HOST="127.0.0.1", DATABASE_PORT=port)
    assert (code, "DATABASE_HOST" in err, port in err) == (Exit.UNREACHABLE, True, True)


def test_waiting_takes_as_long_as_it_was_told(engine: Engine) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        code, _, _ = run("--status", "--wait", "0.3", DATABASE_HOST="127.0.0.1", DATABASE_PORT=port)
    assert code == Exit.UNREACHABLE


def test_a_wrong_password(engine: Engine) -> None:
    code, _, err = run("--status", "--wait", "30", DATABASE_PASSWORD="not-the-one")
    assert (code, "DATABASE_PASSWORD" in err, "not-the-one" in err) == (Exit.AUTHENTICATION, True, False)


def test_a_database_that_is_not_there(engine: Engine) -> None:
    code, _, err = run("--status", DATABASE_NAME="no_such_database")
    assert (code, "CREATE DATABASE no_such_database" in err) == (Exit.NO_DATABASE, True)


@pytest.mark.parametrize("schema", ["public", "plans"])
def test_a_role_that_may_not_create(empty_database: Engine, schema: str) -> None:
    """Even an owner may be without the right, which spares the test a role of its own."""
    name = os.environ["DATABASE_NAME"]
    with empty_database.begin() as connection:
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM pg_database_owner"))
        connection.execute(text(f"REVOKE CREATE ON DATABASE {name} FROM {os.environ['DATABASE_USER']}"))
    code, _, err = run("--run-migrations", DATABASE_SCHEMA=schema)
    assert (code, f"GRANT CREATE ON DATABASE {name}" in err) == (Exit.NO_RIGHT, True), err


def test_somebody_else_holds_the_lock(own_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LOCK_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(api, "LOCK_ATTEMPTS", 2)
    said: list[str] = []
    with api.setup_lock(own_database):
        code = perform(Wanted(migrations=True), say=said.append, complain=said.append)
    assert (code, "pg_stat_activity" in said[-1]) == (Exit.LOCKED, True)


def test_a_migration_that_the_database_refuses_leaves_nothing_behind(own_database: Engine) -> None:
    with api.setup_lock(own_database):
        api.downgrade(own_database, "0008")
    with own_database.begin() as connection:
        connection.execute(text("ALTER TABLE one_time_links ADD COLUMN email text"))
    code, _, err = run("--run-migrations")
    assert (code, err.count("\n")) == (Exit.MIGRATION_FAILED, 1)
    assert "already exists (in: ALTER TABLE one_time_links ADD COLUMN" in err
    with own_database.connect() as connection:
        assert api.current(connection) == "0008"


@pytest.mark.parametrize(
    "arguments", [(), ("--dry-run",), ("--seed",), ("--wait", "soon"), ("--status", "x")]
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    code, _, err = run(*arguments)
    assert (code, "usage:" in err) == (Exit.USAGE, True)


def test_a_misspelt_setting_is_named_with_the_right_one(engine: Engine) -> None:
    code, _, err = run("--status", DATABASE_PASWORD="x")
    assert (code, "DATABASE_PASWORD" in err, "DATABASE_PASSWORD?" in err) == (Exit.USAGE, True, True)


def test_errors_are_one_line_without_a_traceback(engine: Engine) -> None:
    _, out, err = run("--status", DATABASE_NAME="no_such_database")
    assert out == ""
    assert err.startswith("setup_database.py: ")
    assert "Traceback" not in err
    assert err.count("\n") == 1


def test_every_exit_code_is_told_in_the_help() -> None:
    _, out, _ = run("--help")
    for code in Exit:
        assert f"{code.value} " in out
