"""Backups on a real PostgreSQL: made, proven, damaged in every way we could think of, brought back."""

from __future__ import annotations

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, text

from app.operate.backup import cycle
from app.operate.backup.errors import AgentAway, AgentFailed, Busy, NoSpace
from app.operate.backup.make import Vault, make
from app.operate.backup.manifest import Manifest
from app.operate.backup.restore import StillInUse, discard_aside, restore
from app.operate.backup.verify import verify
from app.people.request import on_behalf_of
from tests.operate.conftest import running_agent, settings_for

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def proven(vault: Vault, at: datetime = NOW) -> str:
    return cycle.run_round(vault, "0.1.0", at).proof.identifier


def test_a_backup_is_made_proven_and_brought_back(vault: Vault, own_database: Engine) -> None:
    before = vault.live.census(vault.settings.database_name)
    with vault.lock():
        manifest = make(vault, "0.1.0", NOW)
        assert not vault.store.look(manifest.identifier).proven
        proof = verify(vault)
    assert manifest.census == before
    assert manifest.tool.startswith("pg_dump (PostgreSQL) 18.")
    assert proof.identifier == "20260102T030405Z"
    assert proof.rows == before.rows > 0
    with own_database.begin() as connection:
        connection.execute(text("DELETE FROM currencies"))
    own_database.dispose()
    with vault.lock(), on_behalf_of("a-command-of-an-operator"):
        done = restore(vault)
    after = vault.live.census(vault.settings.database_name).tables
    assert {name for name in after if after[name] != before.tables[name]} == {"public.audit_events"}
    with vault.live.connect(vault.settings.database_name) as connection:
        noted = connection.execute("SELECT action, subject, subject_id, request_id FROM audit_events")
        assert noted.fetchall() == [("restored", "backup", proof.identifier, "a-command-of-an-operator")]
    assert done.kept_as is not None
    assert vault.live.census(done.kept_as).tables["public.currencies"].rows == 0
    assert discard_aside(vault) == [done.kept_as]
    assert not vault.live.exists(done.kept_as)


def test_the_dump_and_its_figures_are_of_one_moment(little: Vault, empty_database: Engine) -> None:
    """Rows come while the backup runs; the figures still belong to the dump, or the proof would fail."""
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE churn (id bigserial PRIMARY KEY)"))
    done = threading.Event()

    def write() -> None:
        with little.live.connect(little.settings.database_name, autocommit=True) as connection:
            while not done.is_set():
                connection.execute("INSERT INTO churn DEFAULT VALUES")

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        identifier = proven(little)
        done.set()
        writer.result()
    counted = Manifest.read(little.store.folder(identifier)).census.tables["public.churn"].rows
    assert counted < little.live.census(little.settings.database_name).tables["public.churn"].rows


@pytest.mark.container
def test_restoring_waits_for_nobody_who_stays(
    vault: Vault, own_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven(vault)
    monkeypatch.setattr("app.operate.backup.restore._LEAVE_SECONDS", 0.3)
    with own_database.connect(), vault.lock(), pytest.raises(StillInUse, match="calminer down"):
        restore(vault)
    assert vault.live.names_like(f"{vault.settings.database_name}_") == []


def test_restoring_into_nothing(little: Vault, empty_database: Engine) -> None:
    """The server is new and empty: there is no database to put aside."""
    identifier = proven(little)
    empty_database.dispose()
    little.live.drop(little.settings.database_name)
    with little.lock():
        done = restore(little, identifier)
    assert done.kept_as is None
    assert little.live.census(little.settings.database_name).rows == done.rows + 1, (
        "and the line of the restore"
    )


def test_one_at_a_time(little: Vault) -> None:
    with little.lock(), pytest.raises(Busy, match="Another backup"), Vault.of(little.settings).lock():
        pass


def test_a_full_disk_stops_a_backup_before_it_begins(little: Vault) -> None:
    good = proven(little)
    full = replace(little, settings=little.settings.model_copy(update={"backup_free_bytes": 1 << 60}))
    with pytest.raises(NoSpace, match="Nothing was deleted to make room"):
        cycle.run_round(full, "0.1.0")
    assert little.store.identifiers() == [good]


def test_without_its_agent_a_backup_says_so(little: Vault, tmp_path: Path) -> None:
    lonely = Vault.of(settings_for(tmp_path / "lonely"), patience=0.2)
    with pytest.raises(AgentAway, match="profile backup"):
        cycle.run_round(lonely, "0.1.0")
    assert lonely.store.identifiers() == []


def test_a_killed_dump_leaves_no_set(
    little: Vault, little_agent: subprocess.Popen[bytes], empty_database: Engine
) -> None:
    good = proven(little)
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE long AS SELECT md5(n::text) FROM generate_series(1, 200000) n"))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(cycle.run_round, little, "0.1.0", NOW + timedelta(days=1))
        while not (dumps := dumping(little_agent)):
            assert not running.done(), running.result()
        dumps.kill()
        with pytest.raises(AgentFailed, match="dump failed with code 137"):
            running.result()
    assert little.store.identifiers() == [good]
    assert little.store.unfinished() != []
    assert proven(little, NOW + timedelta(days=2)) in little.store.identifiers()
    assert little.store.unfinished() == []


def test_an_agent_that_was_killed_answers_for_it_when_it_is_back(vault: Vault, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "other")
    spool = settings.backup_dir / ".spool" / "tools"
    spool.mkdir(parents=True)
    (spool / "running").write_text("7 dump 20260102T030405Z 1-2-3\n")
    with running_agent(settings):
        while not (spool / "answer-7").exists():
            time.sleep(0.01)
    assert (spool / "answer-7").read_text() == "137\n"


def dumping(agent: subprocess.Popen[bytes]) -> psutil.Process | None:
    """Return what writes the dump; before it, the tool tells its version, and killing that kills nothing."""
    found = family(agent).get("pg_dump")
    with suppress(psutil.NoSuchProcess):
        return found if found and "--format=custom" in found.cmdline() else None
    return None


def family(agent: subprocess.Popen[bytes]) -> dict[str, psutil.Process]:
    """Return what an agent started, by name; what ends meanwhile stays out."""
    found = {}
    for one in psutil.Process(agent.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found[one.name()] = one
    return found


def test_words_that_a_shell_could_misread_reach_no_agent(little: Vault) -> None:
    with pytest.raises(ValueError, match="not words"):
        little.tools.ask("dump", "x; rm -rf /", "1")
    with pytest.raises(AgentFailed, match="there is no verb drop"):
        little.tools.ask("drop", "everything")
