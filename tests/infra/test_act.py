"""The workflow runs here as it does on a runner: with `act`, without GitHub and without containers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.infra

CHECKOUT = Path(__file__).resolve().parents[2]
ACT = CHECKOUT / ".calminer" / "delivery" / "bin" / "act"
LABELS = ("ubuntu-latest", "docker", "deploy")


def act(suite: str) -> tuple[int, str]:
    """Run the job `suite` of test.yml, narrowed to some tests."""
    platforms = [word for label in LABELS for word in ("--platform", f"{label}=-self-hosted")]
    done = subprocess.run(
        [
            *(str(ACT), "push", "--workflows", ".gitea/workflows/test.yml", "--job", "suite", *platforms),
            *("--env", f"SUITE={suite}", "--action-offline-mode", "--no-cache-server", "--use-gitignore"),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    return done.returncode, done.stdout + done.stderr


def test_it_runs_to_the_end() -> None:
    code, said = act("tests/test_fetch_uv.py")
    assert code == 0, said
    assert "Job succeeded" in said
    assert "the reports stay in" in said


def test_red_is_red() -> None:
    code, said = act("tests/there_is_no_such_test.py")
    assert code != 0, said
    assert "Job failed" in said
