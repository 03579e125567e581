"""The commands about backups: their lines, their facts, and an exit code for each ending."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from app.operate.backup import command, cycle
from app.operate.backup.command import Exit
from app.operate.backup.make import Vault
from app.operate.backup.manifest import DUMP
from app.settings import get_settings
from tests.operate.conftest import CHECKOUT


@pytest.fixture
def installed(little: Vault, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """The settings of the process are those of a little vault."""
    for name in ("dir", "free_bytes", "scratch_host", "scratch_port"):
        monkeypatch.setenv(f"CALMINER_BACKUP_{name.upper()}", str(getattr(little.settings, f"backup_{name}")))
    get_settings.cache_clear()
    return little


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    code = command.main([*arguments, "--json"])
    facts: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[0])
    return {**facts, "code": code}


def test_a_life_in_commands(installed: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "status")["code"] == Exit.BAD_BACKUP
    assert answer(capsys, "verify", "--all")["code"] == Exit.BAD_BACKUP
    first = answer(capsys, "now")
    assert first["code"] == Exit.OK
    assert answer(capsys, "status")["code"] == Exit.OK
    listed = answer(capsys, "list")
    assert [one["state"] for one in listed["sets"]] == ["verified"]  # type: ignore[attr-defined]
    assert listed["rto_seconds"] == first["proof"]["seconds"]  # type: ignore[index]
    assert float(str(listed["rpo_now_minutes"])) < 1
    path = installed.store.folder(str(first["set"])) / DUMP
    path.write_bytes(path.read_bytes()[:-1])
    assert answer(capsys, "list")["code"] == Exit.BAD_BACKUP
    assert answer(capsys, "verify")["code"] == Exit.BAD_BACKUP
    assert answer(capsys, "verify", "--all")["code"] == Exit.BAD_BACKUP
    assert answer(capsys, "restore")["code"] == Exit.BAD_BACKUP
    assert answer(capsys, "discard")["dropped"] == []


def test_people_read_lines(installed: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["list"]) == Exit.OK
    assert "everything could be lost" in capsys.readouterr().out
    assert command.main(["make"]) == Exit.OK
    assert "not verified" in capsys.readouterr().out
    assert command.main(["verify", "--all"]) == Exit.OK
    assert "all equal" in capsys.readouterr().out
    assert command.main(["verify", "20200101T000000Z"]) == Exit.BAD_BACKUP
    assert "There is no backup 20200101T000000Z" in capsys.readouterr().err


def test_a_disk_that_is_full_and_a_lock_that_is_held(
    installed: Vault, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed.lock():
        assert answer(capsys, "now")["code"] == Exit.BUSY
    monkeypatch.setenv("CALMINER_BACKUP_FREE_BYTES", str(1 << 60))
    get_settings.cache_clear()
    assert answer(capsys, "now")["code"] == Exit.REFUSED


def test_a_database_that_is_away(
    installed: Vault, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALMINER_BACKUP_SCRATCH_PORT", "1")
    get_settings.cache_clear()
    failed = answer(capsys, "now")
    assert failed["code"] == Exit.FAILED
    assert "scratch server" in str(failed["error"])


def test_an_old_backup_is_too_old(installed: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    cycle.run_round(installed, "0.1.0", datetime(2026, 1, 1, tzinfo=UTC))
    assert answer(capsys, "status")["code"] == Exit.BAD_BACKUP
    assert cycle.due(installed, datetime.now(UTC))


def test_the_service_makes_the_first_backup_at_once_and_stops_when_told(installed: Vault) -> None:
    with subprocess.Popen([sys.executable, "-m", "app.operate.backup", "serve"], cwd=CHECKOUT) as service:
        deadline = time.monotonic() + 30
        while cycle.newest_proof(installed) is None:
            assert service.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0
    assert len(installed.store.identifiers()) == 1
    assert not cycle.due(installed, datetime.now(UTC))
