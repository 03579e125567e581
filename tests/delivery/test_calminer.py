"""CalMiner itself on the host: from a commit to what runs, step by step, while requests flow."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.delivery import machine
from tests.delivery.conftest import Line, Site
from tests.delivery.machine import CHECKOUT, HOST, inside, run
from tests.operate.load import traffic
from tests.operate.site import POSTGRES_IMAGE, TRAEFIK_IMAGE

pytestmark = pytest.mark.container

RATE = 20
BUNDLE = "/srv/bundle"
GATE = "/etc/calminer/gate.conf"
#: What a deploy says, and the step that then has ended.
STEPS = {
    "sha256:": "pulled",
    "all equal": "verified backup",
    "The schema is ready": "migrated",
    "passed its trial": "tried out",
    "serves; the backup": "changed places",
}


@dataclass
class Steps:
    """How long each step took."""

    begin: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    def ended(self, step: str) -> None:
        before = sum(self.seconds.values())
        self.seconds[step] = time.monotonic() - self.begin - before

    def line(self) -> str:
        each = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in self.seconds.items())
        return f"{each}; {sum(self.seconds.values()):.0f} s in all"


@dataclass(frozen=True)
class Clone:
    """A clone of this repository, whose commits become what runs on the host."""

    site: Site
    folder: Path

    def environment(self) -> dict[str, str]:
        python = {"PYTHON_IMAGE": machine.PYTHON_IMAGE, "BUILD_NETWORK": "host"}
        return {**os.environ, **python, **self.site.environment()}

    def sh(self, script: str, *arguments: str) -> str:
        return run("sh", f"scripts/{script}.sh", *arguments, cwd=self.folder, env=self.environment()).stdout

    def commit(self) -> str:
        """Change the source; return the commit."""
        with (self.folder / "app" / "factory.py").open("a") as file:
            file.write(f"\n# {time.time_ns()}\n")
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        run("git", *who, "commit", "--quiet", "--all", "--message", "Change the source", cwd=self.folder)
        return run("git", "rev-parse", "HEAD", cwd=self.folder).stdout.strip()

    def deploy(self, steps: Steps, *arguments: str) -> None:
        """Ask the gate, and note when it says what."""
        said: list[str] = []
        with subprocess.Popen(
            ["sh", "scripts/deploy.sh", *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            assert running.stdout
            for line in running.stdout:
                said.append(line)
                for words, step in STEPS.items():
                    if words in line and step not in steps.seconds and not line.startswith("deploy.sh"):
                        steps.ended(step)
        assert running.returncode == 0, "".join(said)


@pytest.fixture(scope="module")
def clone(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """The first version, installed as an operator does it."""
    assert site.first.code == 0, site.first.said
    made = Clone(site, tmp_path_factory.mktemp("calminer") / "clone")
    run("git", "clone", "--quiet", CHECKOUT, made.folder)
    commit = made.commit()
    made.sh("build-push")
    inside("docker", "pull", "--quiet", f"{site.registry}:{commit}")
    bring_images()
    inside("mkdir", "-p", BUNDLE)
    parts = ("config", "scripts", "docker-compose.prod.yml")
    run("sh", "-c", f"tar -c {' '.join(parts)} | docker exec -i {HOST} tar -xC {BUNDLE}", cwd=made.folder)
    settings = {
        "CALMINER_IMAGE": f"{site.registry}:{commit}",
        "CALMINER_DOMAIN": "localhost",
        "COMPOSE_PROFILES": "reverse-proxy,local-db",
        # The port of the small site stays its own.
        "HTTP_PORT": "127.0.0.1:8081",
        "RATE_LIMIT_AVERAGE": "100000",
        "RATE_LIMIT_BURST": "100000",
        "CALMINER_BACKUP_FREE_BYTES": "1000000",
    }
    example = (made.folder / "config" / "setup_production.env.example").read_text().splitlines()
    kept = [line for line in example if line.split("=")[0] not in settings]
    text = "\n".join(kept + [f"{name}={value}" for name, value in settings.items()]) + "\n"
    inside("sh", "-c", f"umask 077 && cat >{BUNDLE}/config/setup_production.env", input=text)
    was = inside("cat", GATE)
    inside("sed", "-i", f"s,^BUNDLE=.*,BUNDLE={BUNDLE},", GATE)
    try:
        for command in ("init", "up"):
            inside(f"{BUNDLE}/scripts/calminer", command)
        yield made
    finally:
        inside(f"{BUNDLE}/scripts/calminer", "down", check=False)
        inside("sh", "-c", f"cat >{GATE}", input=was)


def bring_images() -> None:
    """What the bundle needs besides its own image, as a host has it that reaches a registry."""
    images = f"{POSTGRES_IMAGE} {TRAEFIK_IMAGE}"
    run("sh", "-c", f"docker save {images} | docker exec -i {HOST} docker load")


def test_from_a_commit_to_what_runs_without_a_lost_request(clone: Clone, say: Callable[[str], None]) -> None:
    commit = clone.commit()
    steps = Steps()
    with closing(Line(clone.site.address, 443)) as line:
        clone.sh("build")
        steps.ended("built")
        clone.sh("push")
        steps.ended("pushed")
        with traffic(line.port, RATE) as seen:
            clone.deploy(steps, "deploy", commit, "dev")
        with traffic(line.port, RATE) as back:
            clone.deploy(Steps(), "rollback")
    say(f"from a commit to what runs: {steps.line()}")
    say(f"deploy: {seen.line()}")
    say(f"rollback: {back.line()}")
    assert list(steps.seconds) == ["built", "pushed", *STEPS.values()]
    assert (seen.failures, back.failures) == ([], [])
    assert len(seen.statuses) > RATE * 10
