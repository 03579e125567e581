"""The workflow runs here as it does on a runner: with `act`, without GitHub, on this host itself."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.infra

CHECKOUT = Path(__file__).resolve().parents[2]
ACT = CHECKOUT / ".calminer" / "delivery" / "bin" / "act"
WORKFLOW = ".gitea/workflows/test.yml"
LABELS = ("ubuntu-latest", "docker", "deploy")
#: Each job with what narrows its tests; docs/reference/pipeline.md says what for.
JOBS = {
    "suite": {"SUITE": "tests/test_fetch_uv.py"},
    "lint": {},
    "browser": {"SUITE_BROWSER": "tests/browser/test_main_job.py -k beside_its_field"},
    "image": {"SUITE": "tests/test_fetch_uv.py", "SUITE_CONTAINER": "-k listens_on_8000"},
    "infra": {"SUITE_INFRA": "tests/infra/test_release.py"},
    "bundle": {"SUITE_BUNDLE": "tests/operator/test_policy.py"},
    "delivery": {"SUITE_DELIVERY": "tests/delivery/test_production_stack.py"},
    "long": {},
}


def act(job: str, narrowed: dict[str, str]) -> tuple[int, str]:
    """Run a job of test.yml with what narrows it, and return its end and its log."""
    platforms = [word for label in LABELS for word in ("--platform", f"{label}=-self-hosted")]
    environment = [word for name, text in narrowed.items() for word in ("--env", f"{name}={text}")]
    containers = ("--env", f"CONTAINERS={CHECKOUT.parent / 'shared' / 'containers'}")
    done = subprocess.run(
        [
            *(str(ACT), "push", "--workflows", WORKFLOW, "--job", job, *platforms, *environment, *containers),
            *("--action-offline-mode", "--no-cache-server", "--use-gitignore"),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_job_is_known_here() -> None:
    jobs = yaml.safe_load((CHECKOUT / WORKFLOW).read_text())["jobs"]
    assert set(jobs) == set(JOBS)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_runs_to_its_end(job: str, say: Callable[[str], None]) -> None:
    begin = time.monotonic()
    code, said = act(job, JOBS[job])
    assert code == 0, said
    assert "Job succeeded" in said
    assert " 0 passed" not in said
    say(f"{time.monotonic() - begin:.0f} s")


def test_red_is_red() -> None:
    code, said = act("suite", {"SUITE": "tests/there_is_no_such_test.py"})
    assert code != 0, said
    assert "Job failed" in said
