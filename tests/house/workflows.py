"""What every workflow keeps to, each rule a function from workflows and scripts to what breaks it.

Gitea 1.25 runs them, and so must `act` and a person: a step is one script, and nothing is relied on that one
of the three ignores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

#: Name of the file, and what is in it; names of scripts below scripts/ci, and their texts.
Workflows = Mapping[str, Mapping[str, Any]]
Scripts = Mapping[str, str]
Rule = Callable[[Workflows, Scripts], Iterator[str]]

#: By commit, which nobody can move.
MAY_USE = {"actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"}
#: Gitea passes over these, so they protect nothing there.
IGNORED_BY_GITEA = {"timeout-minutes", "environment", "concurrency", "continue-on-error"}
LABELS = {"ubuntu-latest", "docker", "deploy"}
STEP = re.compile(r"sh scripts/ci/([a-z_-]+\.sh)(?: [a-z]+)*")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
CONTEXT = re.compile(r"\b(github|secrets|vars|inputs|gitea|env|runner|job|steps|needs|matrix|strategy)\.")
MAY_READ = {"github", "secrets", "vars", "inputs"}


def read(root: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return the workflows and the scripts of a checkout."""
    files = sorted((root / ".gitea" / "workflows").glob("*.yml"))
    scripts = sorted((root / "scripts" / "ci").glob("*.sh"))
    # YAML takes the bare word `on` for a truth value.
    workflows = {file.name: yaml.safe_load(re.sub(r"(?m)^on:", '"on":', file.read_text())) for file in files}
    return workflows, {file.name: file.read_text() for file in scripts}


def only_listed_actions(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """Code of others runs by commit, and only what is listed."""
    for name, job, step in _steps(workflows):
        if "uses" in step and step["uses"] not in MAY_USE:
            yield f"{name}: {job}: uses {step['uses']}"
        if "uses" in step and step.get("with", {}).get("persist-credentials") is not False:
            yield f"{name}: {job}: the checkout leaves its token in the folder"


def every_step_is_one_script(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """A person can run what Gitea runs; no expression becomes part of a command."""
    for name, job, step in _steps(workflows):
        command = step.get("run")
        if command is None:
            continue
        found = STEP.fullmatch(command)
        if not found:
            yield f"{name}: {job}: is no call of one script: {command}"
        elif found[1] not in scripts:
            yield f"{name}: {job}: there is no {found[1]}"


def every_script_has_its_own_limit(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """The time limit is in the script, because Gitea has none."""
    for name, _, step in _steps(workflows):
        found = STEP.fullmatch(step.get("run", ""))
        if found and not re.search(r"(?m)^limit [1-9][0-9]? \"\$@\"$", scripts.get(found[1], "")):
            yield f"{name}: {found[1]} has no time limit"


def nothing_that_gitea_ignores(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """What looks like a safeguard is one."""
    for name, workflow in workflows.items():
        for where, keys in _mappings(workflow):
            yield from (f"{name}: {where}: {key}" for key in sorted(IGNORED_BY_GITEA & keys))


def only_contexts_that_all_know(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """Expressions name what Gitea, GitHub and act all have."""
    for name, workflow in workflows.items():
        for where, text in _texts(workflow):
            spoken = EXPRESSION.findall(text) + ([text] if where.endswith(".if") else [])
            for context in sorted({word for part in spoken for word in CONTEXT.findall(part)} - MAY_READ):
                yield f"{name}: {where}: {context}"
            if "type=gha" in text:
                yield f"{name}: {where}: a cache that only GitHub has"


def rights_and_triggers(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """Where the token's rights are heeded they are few; strangers' code never runs with ours."""
    for name, workflow in workflows.items():
        if workflow.get("permissions") != {"contents": "read"}:
            yield f"{name}: permissions are not contents: read alone"
        if "pull_request_target" in workflow["on"]:
            yield f"{name}: pull_request_target runs strangers' code with our secrets"


def keys_stay_on_the_deploy_runner(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """A key of a host is given to one job, of that environment, on the runner that is for deploys."""
    for name, workflow in workflows.items():
        for job, content in workflow["jobs"].items():
            label, text = content.get("runs-on"), str(content)
            if label not in LABELS:
                yield f"{name}: {job}: there is no runner {label}"
            if ("SSH_" in text) != (label == "deploy"):
                yield f"{name}: {job}: keys of hosts and the label deploy go together"
            if len(set(re.findall(r"secrets\.SSH_PRIVATE_KEY\w*", text))) > 1:
                yield f"{name}: {job}: sees keys of several hosts"
        if "SSH_" in str(workflow.get("env")):
            yield f"{name}: gives keys to all jobs"


def strangers_see_no_secret(workflows: Workflows, scripts: Scripts) -> Iterator[str]:
    """A pull request runs nothing that was given a secret."""
    for name, job, step in _steps({k: v for k, v in workflows.items() if "pull_request" in v["on"]}):
        if "secrets." in str(step) and "github.event_name == 'push'" not in str(step.get("if")):
            yield f"{name}: {job}: gives secrets to a pull request"


RULES: tuple[Rule, ...] = (
    only_listed_actions,
    every_step_is_one_script,
    every_script_has_its_own_limit,
    nothing_that_gitea_ignores,
    only_contexts_that_all_know,
    rights_and_triggers,
    keys_stay_on_the_deploy_runner,
    strangers_see_no_secret,
)


def _steps(workflows: Workflows) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name, workflow in workflows.items():
        for job, content in workflow["jobs"].items():
            for step in content.get("steps", []):
                yield name, job, step


def _mappings(node: object, where: str = "") -> Iterator[tuple[str, set[str]]]:
    if isinstance(node, Mapping):
        yield where or "top", {str(key) for key in node}
        for key, value in node.items():
            yield from _mappings(value, f"{where}.{key}")
    elif isinstance(node, list):
        for value in node:
            yield from _mappings(value, where)


def _texts(node: object, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _texts(value, f"{where}.{key}")
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, where)
    elif isinstance(node, str):
        yield where, node
