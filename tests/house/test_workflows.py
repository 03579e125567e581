"""The workflows keep their rules, and each rule turns red when it is broken."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.house.workflows import RULES, Rule, read

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent


def test_there_are_the_five() -> None:
    workflows, _ = read(CHECKOUT)
    assert set(workflows) == {"test.yml", "build-and-push.yml", "deploy.yml", "promote.yml", "nightly.yml"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_workflows_keep(rule: Rule) -> None:
    assert list(rule(*read(CHECKOUT))) == []


Change = Callable[[dict[str, Any], dict[str, str]], None]


def step(key: str, value: object, workflow: str = "test.yml", job: str = "suite", at: int = 1) -> Change:
    def change(workflows: dict[str, Any], scripts: dict[str, str]) -> None:
        workflows[workflow]["jobs"][job]["steps"][at][key] = value

    return change


def in_job(key: str, value: object, workflow: str = "test.yml", job: str = "suite") -> Change:
    def change(workflows: dict[str, Any], scripts: dict[str, str]) -> None:
        workflows[workflow]["jobs"][job][key] = value

    return change


def at_top(key: str, value: object, workflow: str = "deploy.yml") -> Change:
    def change(workflows: dict[str, Any], scripts: dict[str, str]) -> None:
        workflows[workflow][key] = value

    return change


def script(name: str, text: str) -> Change:
    def change(workflows: dict[str, Any], scripts: dict[str, str]) -> None:
        scripts[name] = text

    return change


SECRET = {"KEY": "${{ secrets.SSH_PRIVATE_KEY }}"}
PLANTED: list[tuple[str, Change]] = [
    ("only_listed_actions", step("uses", "actions/checkout@v4", at=0)),
    ("only_listed_actions", step("uses", "docker/login-action@" + "0" * 40)),
    ("only_listed_actions", step("with", {}, at=0)),
    ("every_step_is_one_script", step("run", "sh scripts/ci/suite.sh && curl https://example.com")),
    ("every_step_is_one_script", step("run", "sh scripts/ci/suite.sh ${{ github.head_ref }}")),
    ("every_step_is_one_script", step("run", "sh scripts/ci/never.sh")),
    ("every_step_is_one_script", step("run", "pytest")),
    ("every_script_has_its_own_limit", script("suite.sh", "#!/bin/sh\nexec sh scripts/test.sh\n")),
    ("every_script_has_its_own_limit", script("suite.sh", 'limit 0 "$@"\n')),
    ("nothing_that_gitea_ignores", in_job("timeout-minutes", 5)),
    ("nothing_that_gitea_ignores", in_job("environment", "production", "deploy.yml", "production")),
    ("nothing_that_gitea_ignores", at_top("concurrency", "deploy")),
    ("nothing_that_gitea_ignores", step("continue-on-error", True)),
    ("only_contexts_that_all_know", step("env", {"A": "${{ gitea.sha }}"})),
    ("only_contexts_that_all_know", step("if", "runner.os == 'Linux'")),
    ("only_contexts_that_all_know", step("env", {"A": "type=gha,mode=max"})),
    ("rights_and_triggers", at_top("permissions", {"contents": "write"})),
    ("rights_and_triggers", at_top("permissions", None)),
    ("rights_and_triggers", at_top("on", {"pull_request_target": None})),
    ("keys_stay_on_the_deploy_runner", in_job("runs-on", "ubuntu-latest", "deploy.yml", "production")),
    ("keys_stay_on_the_deploy_runner", in_job("env", SECRET)),
    ("keys_stay_on_the_deploy_runner", at_top("env", SECRET)),
    ("keys_stay_on_the_deploy_runner", in_job("env", SECRET, "deploy.yml", "production")),
    ("keys_stay_on_the_deploy_runner", in_job("runs-on", "anything")),
    ("strangers_see_no_secret", step("env", {"A": "${{ secrets.REGISTRY_PASSWORD }}"})),
    ("strangers_see_no_secret", step("if", "always()", at=2)),
]


@pytest.mark.parametrize(("name", "change"), PLANTED)
def test_a_planted_violation_is_found(name: str, change: Change) -> None:
    workflows, scripts = copy.deepcopy(read(CHECKOUT))
    rule = next(rule for rule in RULES if rule.__name__ == name)
    change(workflows, scripts)
    assert list(rule(workflows, scripts)) != []


def test_every_rule_has_a_planted_violation() -> None:
    assert {name for name, _ in PLANTED} == {rule.__name__ for rule in RULES}


INJECTION = """\
on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.event.pull_request.title }}
"""


def test_zizmor_reports_what_a_stranger_can_write(tmp_path: Path) -> None:
    file = tmp_path / "workflow.yml"
    file.write_text(INJECTION)
    done = subprocess.run(
        [TOOLS / "zizmor", "--offline", "--quiet", file], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    for found in ("template-injection", "unpinned-uses", "dangerous-triggers"):
        assert found in done.stdout
