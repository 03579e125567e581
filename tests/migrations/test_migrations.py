from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from alembic import command
from procrastinate import App, PsycopgConnector
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.db import get_engine
from app.migrations import api
from app.migrations.api import SchemaState
from app.models import Project
from app.seed.document import load_project
from app.seed.reference import SEEDS, plant
from app.settings import get_settings
from tests import database as databases
from tests.database import Environment
from tests.everything import document
from tests.thorough import also

CHECKOUT = Path(__file__).resolve().parents[2]
#: What a schema holds, by kind; the version table stays behind when everything is taken back.
HELD = text(
    "SELECT 'relation ' || relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    " AND relkind IN ('r', 'S', 'v') AND relname <> 'alembic_version'"
    " UNION ALL SELECT 'function ' || proname FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace"
    " UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = current_schema()::regnamespace"
    " AND typname NOT IN ('alembic_version', '_alembic_version')"
)


SCHEMAS = ("public", "mine_plans")


@pytest.fixture(params=SCHEMAS)
def empty(empty_database: Engine, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database, with tables to go into the usual schema and into one of their own."""
    with settings_of({"DATABASE_SCHEMA": request.param}) as made:
        yield made


@pytest.fixture(scope="module", params=SCHEMAS)
def place(template: Environment, request: pytest.FixtureRequest) -> Iterator[Environment]:
    """Where all revisions were applied, once for the tests of `migrated`."""
    with databases.database(template, f"calminer_migrated_{os.getpid()}") as own:
        made = {**own, "DATABASE_SCHEMA": request.param}
        with settings_of(made) as engine, api.setup_lock(engine):
            assert [name for name, _ in api.upgrade(engine)] == [name for name, _ in api.revisions()]
        yield made


@pytest.fixture
def migrated(place: Environment) -> Iterator[Engine]:
    """A database after all revisions, for tests that leave its tables as they are."""
    with settings_of(place) as made:
        yield made


@contextmanager
def settings_of(environment: Mapping[str, str]) -> Iterator[Engine]:
    """Point this process at these settings while the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        get_settings.cache_clear()
        get_engine.cache_clear()
        made = get_engine()
        try:
            yield made
        finally:
            made.dispose()
            get_settings.cache_clear()
            get_engine.cache_clear()


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        for seed in SEEDS:
            plant(connection, seed)
    with Session(engine) as session, session.begin():
        load_project(session, document())


def held(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.scalars(HELD))


def test_every_revision_goes_up_down_and_up_again_on_real_data(empty: Engine) -> None:
    assert api.schema_state(empty) is SchemaState.EMPTY
    with api.setup_lock(empty):
        go_up(empty)
        go_down(empty)
        go_up(empty)
        for _ in also("down once more"):
            go_down(empty)


def go_up(engine: Engine) -> None:
    """Apply every revision, and fill the tables."""
    assert [revision for revision, _ in api.upgrade(engine)] == [name for name, _ in api.revisions()]
    assert api.schema_state(engine) is SchemaState.CURRENT
    fill(engine)


def go_down(engine: Engine) -> None:
    """Take back every revision by itself; nothing is left."""
    for revision, _ in reversed(api.revisions()):
        api.downgrade(engine, f"{revision}-1" if revision != api.revisions()[0][0] else "base")
    assert held(engine) == []
    assert api.schema_state(engine) is SchemaState.EMPTY


def test_everything_lands_in_the_schema_of_the_settings(migrated: Engine) -> None:
    schema = get_settings().database_schema
    places = text("SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT LIKE ALL ('{pg_%,info%}')")
    with migrated.connect() as connection:
        assert connection.scalars(places).all() == [schema]


def test_the_models_and_the_revisions_agree(migrated: Engine) -> None:
    with migrated.connect() as connection:
        command.check(api.config(connection))


@pytest.mark.parametrize("place", ["mine_plans", *also("public")], indirect=True)
def test_a_forgotten_revision_is_noticed(migrated: Engine) -> None:
    with migrated.connect() as connection, connection.begin() as transaction:
        connection.execute(text("ALTER TABLE cost_lines DROP COLUMN note"))
        with pytest.raises(Exception, match="New upgrade operations detected"):
            command.check(api.config(connection))
        transaction.rollback()


def test_nothing_is_applied_twice(migrated: Engine) -> None:
    with api.setup_lock(migrated):
        assert api.upgrade(migrated) == ()


def test_a_revision_of_the_future_is_refused(own_database: Engine) -> None:
    with own_database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert api.schema_state(own_database) is SchemaState.NEWER
    with pytest.raises(api.SchemaNewer, match="at revision 9999"), api.setup_lock(own_database):
        api.upgrade(own_database)
    with pytest.raises(api.SchemaNewer):
        api.require_current(own_database)


def test_an_unmigrated_database_is_behind(empty_database: Engine) -> None:
    with pytest.raises(api.SchemaBehind, match=r"setup_database\.py --run-migrations"):
        api.require_current(empty_database)


def test_the_lock_is_waited_for_and_given_up(own_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LOCK_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(api, "LOCK_ATTEMPTS", 2)
    with api.setup_lock(own_database), pytest.raises(api.LockTimeout), api.setup_lock(own_database):
        pass
    with api.setup_lock(own_database):
        assert api.upgrade(own_database) == ()


def test_a_table_in_use_is_waited_for_and_given_up(
    own_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "LOCK_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(api, "LOCK_ATTEMPTS", 2)
    monkeypatch.setattr(api, "PAUSE_SECONDS", 0.01)
    with own_database.begin() as other:
        other.execute(text("LOCK TABLE alembic_version"))
        with pytest.raises(api.LockTimeout), api.setup_lock(own_database):
            api.upgrade(own_database)


def test_the_queue_runs_on_its_tables(migrated: Engine) -> None:
    """Procrastinate finds its tables through the search path, to defer a job and to work on it."""
    settings = get_settings()
    url = settings.database_url.set(drivername="postgresql").render_as_string(hide_password=False)
    places = {"options": f"-c search_path={settings.database_schema}"}
    queue = App(connector=PsycopgConnector(conninfo=url, kwargs=places))
    greeted = []

    @queue.task(name="greet")
    def greet(whom: str) -> None:
        greeted.append(whom)

    with queue.open():
        greet.defer(whom="miner")
        queue.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    jobs = text("SELECT task_name, args, status::text FROM procrastinate_jobs")
    with migrated.connect() as connection:
        assert connection.execute(jobs).all() == [("greet", {"whom": "miner"}, "succeeded")]
    assert greeted == ["miner"]


def test_the_queue_is_the_one_that_the_revision_was_written_for() -> None:
    """A new Procrastinate may bring new tables: it needs a revision that takes installations there."""
    assert version("procrastinate").startswith("3.10.")


def test_the_alembic_command_works_from_the_checkout(own_database: Engine) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "check"],
        cwd=CHECKOUT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "No new upgrade operations detected." in done.stdout) == (0, True), done.stderr


def test_data_survives_an_upgrade_that_has_nothing_to_do(own_database: Engine) -> None:
    with Session(own_database) as session, session.begin():
        load_project(session, document())
    with api.setup_lock(own_database):
        api.upgrade(own_database)
    with Session(own_database) as session:
        assert session.query(Project).count() == 1


def test_a_broken_revision_leaves_nothing_behind(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: object, script: str) -> None:
        api.Connection.exec_driver_sql(connection, "CREATE TABLE half (x int)")  # type: ignore[arg-type]
        raise psycopg.errors.DiskFull("no room")

    monkeypatch.setattr(api, "run_script", broken)
    with pytest.raises(psycopg.errors.DiskFull), api.setup_lock(empty):
        api.upgrade(empty)
    assert held(empty) == []
    assert api.schema_state(empty) is SchemaState.EMPTY


def test_the_way_down_finds_room_for_what_was_deleted(empty: Engine) -> None:
    """A deleted project and a new one share an address, which the schema before does not allow."""
    with api.setup_lock(empty):
        api.upgrade(empty)
        fill(empty)
        with empty.begin() as connection:
            connection.execute(text("UPDATE projects SET deleted_at = now()"))
            connection.execute(text("UPDATE scenarios SET deleted_at = now()"))
        with Session(empty) as session, session.begin():
            load_project(session, document())
        api.downgrade(empty, "0006")
        with empty.connect() as connection:
            slugs = connection.scalars(text("SELECT slug FROM projects ORDER BY id")).all()
        assert slugs[0].startswith(f"{slugs[1]}-deleted-")
        api.upgrade(empty)
