"""The thin adapters call the core rightly, in every workspace. Their providers are not needed for that."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.infra

CHECKOUT = Path(__file__).resolve().parents[2]
TERRAFORM = CHECKOUT / "infra" / "terraform"
TOOLS = CHECKOUT / ".calminer" / "delivery" / "bin"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnZ0yT0nqWmMOTb2mZkGvYkqTVXfXrVqkS0a1b2c3d4 operator"
IMAGE = "registry.example.com/calminer@sha256:" + "0123456789abcdef" * 4

HOST = f'admin_cidrs = ["203.0.113.7/32"]\nadmin_keys = ["{KEY}"]\n'
SERVICE = f"""project = "a-project"
image = "{IMAGE}"
database = {{ host = "db.example.com", name = "calminer", user = "calminer" }}
secrets = {{ CALMINER_SECRET_KEY = "key", DATABASE_PASSWORD = "password" }}
"""
ADAPTERS = {"hetzner": HOST, "scaleway": HOST, "cloud-run": SERVICE}


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = (TOOLS / "python", CHECKOUT / "scripts" / "ci" / "terraform.py", f"-chdir={folder}")
    environment = {**os.environ, "TF_IN_AUTOMATION": "1", "TF_WORKSPACE": ""}
    return subprocess.run(
        [*program, *arguments, "-no-color"], capture_output=True, text=True, check=False, env=environment
    )


def without_provider(text: str) -> str:
    """Leave out what only the provider understands, and the outputs that look at it."""
    text = re.sub(
        r'^(?:resource|provider) "[^\n]*\{(?:\}|\n.*?^\})\n', "", text, flags=re.DOTALL | re.MULTILINE
    )
    text = re.sub(r"^  required_providers \{\n.*?^  \}\n", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r'^output "address" \{\n.*?^\}\n', "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / request.param
    folder.mkdir()
    for file in (TERRAFORM / request.param).glob("*.tf"):
        (folder / file.name).write_text(without_provider(file.read_text()))
    (tmp_path / "core").symlink_to(TERRAFORM / "core")
    done = terraform(folder, "init", "-backend=false", "-input=false")
    assert done.returncode == 0, done.stderr
    return folder


def test_the_providers_blocks_are_what_is_left_out() -> None:
    text = without_provider((TERRAFORM / "hetzner" / "main.tf").read_text())
    assert "hcloud" not in text
    assert 'module "core"' in text
    assert 'output "cost"' in text


def test_it_is_valid_and_plans_in_its_workspace_only(adapter: Path) -> None:
    done = terraform(adapter, "validate")
    assert done.returncode == 0, done.stderr
    for environment in ("dev", "acceptance", "production"):
        answers = ADAPTERS[adapter.name]
        example = f'environment = "{environment}"\ndomain = "calminer.example.com"\n{answers}'
        (adapter / "answers.tfvars").write_text(example)
        assert terraform(adapter, "workspace", "new", environment).returncode == 0
        right = terraform(adapter, "plan", "-input=false", "-var-file=answers.tfvars")
        assert right.returncode == 0, right.stderr
        terraform(adapter, "workspace", "select", "default")
        wrong = terraform(adapter, "plan", "-input=false", "-var-file=answers.tfvars")
        assert wrong.returncode == 1
        assert f"terraform workspace select {environment}" in " ".join(wrong.stderr.replace("│", " ").split())


@pytest.mark.parametrize("environment", ["dev", "acceptance", "production"])
def test_the_examples_differ_in_names_only(environment: str) -> None:
    text = (TERRAFORM / "environments" / f"{environment}.tfvars.example").read_text()
    assert f'environment = "{environment}"' in text
    same = (TERRAFORM / "environments" / "production.tfvars.example").read_text()
    plain = text.replace(f"calminer-{environment}.", "calminer.").replace(environment, "production")
    assert plain == same


def test_every_price_has_a_source_and_a_date() -> None:
    import json
    from datetime import date

    catalogue = json.loads((TERRAFORM / "core" / "data" / "catalogue.json").read_text())
    for cloud in ADAPTERS:
        offer = catalogue[cloud]
        assert offer["source"].startswith("https://")
        # A source that states no day is given none; the day of our reading is something else.
        read = date.fromisoformat(offer["read"])
        assert offer["as_of"] is None or date(2024, 1, 1) < date.fromisoformat(offer["as_of"]) < read
        assert offer["as_of"] is not None or "carries no date" in offer["remark"]
        assert set(offer["sizes"]) == {"small", "medium", "large"}
