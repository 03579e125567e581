"""The production Compose file as a stack, in every combination of its profiles, as Swarm reads it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.container

CHECKOUT = Path(__file__).resolve().parents[2]
PROFILES = ("reverse-proxy", "local-db", "worker")
COMBINATIONS = [chosen for count in range(4) for chosen in itertools.combinations(PROFILES, count)]
IMAGE = "registry.example.com/calminer@sha256:" + "0" * 64


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An installation's settings and secrets."""
    settings = tmp_path / "setup_production.env"
    settings.write_text((CHECKOUT / "config" / "setup_production.env.example").read_text())
    for name in ("secret_key", "database_password", "backup_key"):
        (tmp_path / name).write_text(name)
    return {
        "ENV_FILE": str(settings),
        "SECRETS_DIR": str(tmp_path),
        "CALMINER_IMAGE": IMAGE,
        "POSTGRES_VOLUME": "staging_pg_data",
        "ACME_VOLUME": "staging_acme",
    }


@pytest.mark.parametrize("profiles", COMBINATIONS, ids=lambda chosen: "+".join(chosen) or "none")
def test_swarm_reads_it(installed: dict[str, str], tmp_path: Path, profiles: tuple[str, ...]) -> None:
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    command = [
        sys.executable,
        "scripts/render_stack.py",
        "--stack",
        "staging",
        "--env-file",
        installed["ENV_FILE"],
    ]
    done = subprocess.run(
        [*command, *chosen, "--migrate", "python scripts/run_migrations.py"],
        cwd=CHECKOUT,
        env={**os.environ, **installed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / "stack.json").write_text(done.stdout)
    read = subprocess.run(
        ["docker", "stack", "config", "--compose-file", str(tmp_path / "stack.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 0, read.stderr
    stack: dict[str, Any] = json.loads(done.stdout)
    services = stack["services"]
    assert ("postgres" in services, "traefik" in services, "worker" in services) == (
        "local-db" in profiles,
        "reverse-proxy" in profiles,
        "worker" in profiles,
    )
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["deploy"]["resources"]["limits"]["pids"], name
    open_to_all = {port["published"] for service in services.values() for port in service.get("ports", [])}
    assert open_to_all == ({80, 443} if "reverse-proxy" in profiles else set())
