"""Every combination of profiles of the production file, as Compose renders it. Needs Compose."""

from __future__ import annotations

import copy
import itertools
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.operate.names import COMPOSE_OWN_NAMES, HOST_NAMES, NEVER_IN_THE_FILE
from app.settings import environment_names
from tests.operator import policy

CHECKOUT = Path(__file__).resolve().parents[2]
PRODUCTION = CHECKOUT / "docker-compose.prod.yml"
EXAMPLE = CHECKOUT / "config" / "setup_production.env.example"
PROFILES = sorted(set(re.findall(r"profiles: \[([a-z-]+)\]", PRODUCTION.read_text())))
COMBINATIONS = [
    chosen for size in range(len(PROFILES) + 1) for chosen in itertools.combinations(PROFILES, size)
]


def render(*profiles: str, file: Path = PRODUCTION) -> dict[str, Any]:
    flags = [word for profile in profiles for word in ("--profile", profile)]
    settings = ["--env-file", str(EXAMPLE)]
    done = subprocess.run(
        ["docker", "compose", *settings, "-f", str(file), *flags, "config", "--format", "json"],
        # The profiles of the example do not count here, nor does what this shell happens to hold.
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "ENV_FILE": str(EXAMPLE),
            "COMPOSE_PROFILES": "none",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rendered: dict[str, Any] = json.loads(done.stdout)
    return rendered


@pytest.fixture(scope="module")
def everything() -> dict[str, Any]:
    return render(*PROFILES)


@pytest.mark.container
@pytest.mark.parametrize("profiles", COMBINATIONS, ids="+".join)
def test_every_combination_keeps_to_the_policy(profiles: tuple[str, ...]) -> None:
    assert policy.violations(render(*profiles)) == []


def plant(service: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(rendered: dict[str, Any]) -> None:
        for key, value in changes.items():
            if value is None:
                rendered["services"][service].pop(key)
            else:
                rendered["services"][service][key] = value

    return change


def mount(source: str, kind: str = "bind") -> Callable[[dict[str, Any]], None]:
    return lambda rendered: rendered["services"]["traefik"]["volumes"].append(
        {"type": kind, "source": source, "target": "/x"}
    )


def within(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(rendered: dict[str, Any]) -> None:
        place = rendered
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


VIOLATIONS: dict[str, tuple[policy.Rule, Callable[[dict[str, Any]], None]]] = {
    "root": (policy.users, plant("api", user=None)),
    "another user": (policy.users, plant("postgres", user="10001:10001")),
    "writable image": (policy.read_only_root, plant("worker", read_only=None)),
    "no tmp": (policy.read_only_root, plant("api", tmpfs=["/run:size=1m"])),
    "capabilities kept": (policy.no_capabilities, plant("traefik", cap_drop=None)),
    "one capability": (policy.no_capabilities, plant("traefik", cap_add=["NET_BIND_SERVICE"])),
    "privileged": (policy.no_capabilities, plant("postgres", privileged=True)),
    "setuid works": (policy.no_capabilities, plant("api", security_opt=[])),
    "host network": (policy.no_host_namespace, plant("api", network_mode="host")),
    "host processes": (policy.no_host_namespace, plant("api", pid="host")),
    "no memory limit": (
        policy.limits,
        within("services", "api", "deploy", "resources", "limits", value={"cpus": 1, "pids": 9}),
    ),
    "no limit at all": (policy.limits, plant("dbtools", deploy=None)),
    "endless log": (policy.logs_rotate, plant("api", logging={"driver": "json-file"})),
    "no init": (policy.stops_in_time, plant("worker", init=None)),
    "short grace": (policy.stops_in_time, plant("postgres", stop_grace_period="1m0s")),
    "latest": (policy.images_pinned, plant("traefik", image="traefik:latest")),
    "major only": (policy.images_pinned, plant("postgres", image="postgres:18")),
    "no tag": (policy.images_pinned, plant("api", image="registry:5000/calminer")),
    "open database": (
        policy.published_ports,
        plant("postgres", ports=[{"target": 5432, "published": "5432"}]),
    ),
    "open dashboard": (
        policy.published_ports,
        plant("traefik", ports=[{"target": 8080, "published": "8080", "host_ip": "0.0.0.0"}]),
    ),
    "database on the edge": (policy.networks, plant("postgres", networks={"back": None, "edge": None})),
    "proxy at the back": (policy.networks, plant("traefik", networks={"back": None, "edge": None})),
    "a way out": (policy.networks, within("networks", "back", "internal", value=False)),
    "another network": (policy.networks, within("networks", "default", value={})),
    "engine socket": (policy.no_engine_socket, mount("/var/run/docker.sock")),
    "whole host": (policy.no_engine_socket, mount("/")),
    "own volume": (policy.data_is_external, within("volumes", "pg_data_prod", "external", value=False)),
    "anonymous volume": (policy.data_is_external, mount("", "volume")),
    "volume of the image": (policy.no_nameless_volume, plant("backup-tools", tmpfs=["/tmp:size=64m"])),
    "wrong mount": (
        policy.database_files,
        plant("postgres", volumes=[{"type": "volume", "target": "/var/lib/postgresql/data"}]),
    ),
    "library's order": (
        policy.database_files,
        within("services", "postgres", "environment", "POSTGRES_INITDB_ARGS", value="--locale=de_DE.UTF-8"),
    ),
    "no guard": (policy.database_files, plant("postgres", entrypoint=None)),
    "secret in the open": (
        policy.secrets_are_files,
        within("services", "api", "environment", "DATABASE_PASSWORD", value="x"),
    ),
    "no check": (policy.liveness_only, plant("api", healthcheck=None)),
    "check switched off": (policy.liveness_only, plant("worker", healthcheck={"disable": True})),
    "readiness restarts": (
        policy.liveness_only,
        within("services", "api", "healthcheck", "test", value=["CMD", "curl", "http://x/ready"]),
    ),
    "stays down": (policy.restarts, plant("api", restart=None)),
    "docker provider": (
        policy.proxy,
        lambda rendered: rendered["services"]["traefik"]["command"].append("--providers.docker=true"),
    ),
    "aliases pass": (policy.proxy, plant("traefik", command=["--accesslog=true"])),
    "believes anybody": (
        policy.forwarded_headers,
        within("services", "api", "environment", "FORWARDED_ALLOW_IPS", value="*"),
    ),
    "hard dependency": (
        policy.optional_parts,
        within("services", "api", "depends_on", value={"redis": {"condition": "service_started"}}),
    ),
}


@pytest.mark.container
@pytest.mark.parametrize("name", VIOLATIONS)
def test_each_planted_violation_is_found(everything: dict[str, Any], name: str) -> None:
    rule, change = VIOLATIONS[name]
    planted = copy.deepcopy(everything)
    change(planted)
    assert list(rule(planted))
    assert policy.violations(planted)


def test_each_rule_has_a_planted_violation() -> None:
    assert {rule for rule, _ in VIOLATIONS.values()} == set(policy.RULES)


def test_the_list_of_names_is_what_the_file_reads() -> None:
    read = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", PRODUCTION.read_text()))
    assert read - environment_names() - NEVER_IN_THE_FILE == HOST_NAMES


def test_the_example_says_every_name() -> None:
    named = set(re.findall(r"(?m)^(?:# )?([A-Z0-9_]+)=", EXAMPLE.read_text()))
    assert named >= HOST_NAMES | COMPOSE_OWN_NAMES


def test_the_example_says_the_defaults_of_the_file() -> None:
    """What is commented out shows what is taken without it."""
    shown = dict(re.findall(r"(?m)^# ([A-Z0-9_]+)=(.+)$", EXAMPLE.read_text()))
    taken = dict(re.findall(r"\$\{([A-Z0-9_]+):-([^}$]*)\}", PRODUCTION.read_text()))
    both = {name for name in shown.keys() & taken.keys() if taken[name]}
    assert len(both) > 15
    assert {name: shown[name] for name in both} == {name: taken[name] for name in both}


def test_the_default_image_is_this_version() -> None:
    version = re.search(r'(?m)^version = "(.+)"$', (CHECKOUT / "pyproject.toml").read_text())
    assert version
    assert f"calminer:{version[1]}}}" in PRODUCTION.read_text()
    assert f"CALMINER_IMAGE=calminer:{version[1]}\n" in EXAMPLE.read_text()


@pytest.mark.container
@pytest.mark.parametrize("which", ["dev", "test", "postgres"])
def test_the_other_files_are_closed_to_the_world(which: str) -> None:
    rendered = render(file=CHECKOUT / f"docker-compose.{which}.yml")
    for rule in (policy.no_capabilities, policy.no_host_namespace, policy.limits, policy.logs_rotate):
        assert list(rule(rendered)) == []
    assert list(policy.no_engine_socket(rendered)) == []
    for service in rendered["services"].values():
        assert service["user"] in {"10001:10001", "999:999"}
        assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", []))
