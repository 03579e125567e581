"""A whole host in a container: systemd, SSH, its own firewall and its own engine, brought up by Ansible."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
TOOLS = CHECKOUT / ".calminer" / "delivery" / "bin"
PYTHON_IMAGE = os.environ.get("PYTHON_IMAGE", "python:3.13-slim-trixie")
REGISTRY_IMAGE = os.environ.get("REGISTRY_IMAGE", "registry:2")
HOST_IMAGE = "calminer-delivery:host"
NAME = "calminer-delivery-"
HOST, REGISTRY = f"{NAME}host", f"{NAME}registry"


def run(*command: object, check: bool = True, **more: object) -> subprocess.CompletedProcess[str]:
    # Never the pipe that we came from: ssh and docker leave it non-blocking for whoever comes next.
    more |= {} if "input" in more else {"stdin": subprocess.DEVNULL}
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0 or not check, f"{command}: {done.stdout}\n{done.stderr}"
    return done


def inside(*command: object, check: bool = True, name: str = HOST, **more: object) -> str:
    return run("docker", "exec", "-i", name, *command, check=check, **more).stdout


def bring_tools() -> None:
    """The tools of the group delivery, and an SSH client."""
    script = "set -eu; . scripts/environment.sh; . scripts/ci/tools.sh; bring_tools; bring_ssh"
    run("sh", "-c", script, cwd=CHECKOUT)


def key(folder: Path, name: str, comment: str) -> str:
    """Make a key pair and return the public half."""
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", folder / name)
    return (folder / f"{name}.pub").read_text().strip()


def address_of(name: str) -> str:
    return run("docker", "inspect", "-f", "{{.NetworkSettings.IPAddress}}", name).stdout.strip()


def start_registry() -> int:
    """Start a registry and return its port on 127.0.0.1."""
    run("docker", "run", "--detach", "--name", REGISTRY, "--publish", "127.0.0.1::5000", REGISTRY_IMAGE)
    return int(run("docker", "port", REGISTRY, "5000").stdout.split(":")[-1])


def start_host(operator: str) -> None:
    """Boot the host as its provider would hand it over, with the operator's public key."""
    build = ("--build-arg", f"PYTHON_IMAGE={PYTHON_IMAGE}", "--network", "host", "--tag", HOST_IMAGE)
    run("docker", "build", "--quiet", *build, HERE / "host")
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        cgroups = ("--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw", "--cgroupns", "host")
    else:
        legacy = "systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"
        cgroups = ("--volume", "/sys/fs/cgroup:/sys/fs/cgroup:ro", "--env", f"SYSTEMD_PROC_CMDLINE={legacy}")
    # Not --privileged: the settings of the machine's kernel stay read-only.
    rights = ("--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN", "--cap-add", "SYS_TIME")
    # As root of a host has it: without it nobody enters a container of another user (docker exec, health).
    rights += ("--cap-add", "SYS_PTRACE")
    rights += ("--security-opt", "apparmor=unconfined", "--security-opt", "seccomp=unconfined")
    folders = ("--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp", "--volume", "/var/lib/docker")
    run(
        *("docker", "run", "--detach", "--name", HOST, "--env", "container=docker"),
        *(*cgroups, *rights, *folders, HOST_IMAGE),
    )
    # Until systemd has its bus, nobody can ask it to be waited for.
    booted = ("systemctl", "is-system-running", "--wait")
    eventually(lambda: inside(*booted, check=False).strip() in {"running", "degraded"}, 60)
    home = "/home/calminer-operator/.ssh/authorized_keys"
    inside("sh", "-c", f"cat >{home} && chown calminer-operator {home}", input=operator + "\n")
    # The engine inside sets up its networks: the network settings, and only they, belong to the container.
    inside(
        *("sh", "-ec"),
        "mkdir -p /mnt/proc && mount -t proc proc /mnt/proc"
        " && mount --bind /mnt/proc/sys/net /proc/sys/net && umount /mnt/proc"
        " && ssh-keygen -A && systemctl reset-failed ssh && systemctl restart ssh",
    )


@dataclass(frozen=True)
class Answer:
    """How a playbook ended."""

    code: int
    said: str

    @property
    def changed(self) -> int:
        return int(self.said.rsplit("changed=", 1)[1].split()[0])


def playbook(inventory: Path, *arguments: str) -> Answer:
    environment = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}", "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(
        [str(TOOLS / "ansible-playbook"), "--inventory", str(inventory), "site.yml", *arguments],
        cwd=CHECKOUT / "infra" / "ansible",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    return Answer(done.returncode, done.stdout + done.stderr)


class Repository:
    """A repository of the smallest site, with the scripts of this one."""

    SCRIPTS = ("version", "build", "push", "build-push", "registry", "deploy", "promote", "release")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "scripts" / "operator").mkdir(parents=True)
        for name in self.SCRIPTS:
            shutil.copy(CHECKOUT / "scripts" / f"{name}.sh", folder / "scripts")
        shutil.copy(CHECKOUT / "scripts" / "operator" / "gate.sh", folder / "scripts" / "operator")
        shutil.copy(HERE / "site" / "calminer", folder / "scripts")
        shutil.copy(HERE / "site" / "Dockerfile", folder)
        (folder / ".gitignore").write_text("dist/\n")
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        return run("git", *who, *arguments, cwd=self.folder).stdout.strip()

    def commit(self, word: str, *, healthy: bool = True, version: str = "1.0.0") -> str:
        """Commit a site that says a word; return the commit."""
        www = self.folder / "www"
        www.mkdir(exist_ok=True)
        (www / "index.html").write_text(word)
        (www / "health").unlink(missing_ok=True)
        if healthy:
            (www / "health").write_text("ok")
        (self.folder / "pyproject.toml").write_text(f'version = "{version}"\n')
        (self.folder / "CHANGELOG.md").write_text(f"## {version} - 2026-01-01\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", word)
        return self.git("rev-parse", "HEAD")

    def sh(
        self, script: str, *arguments: str, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        everything = {**os.environ, "BUILD_NETWORK": "host", **environment}
        return run("sh", f"scripts/{script}.sh", *arguments, check=check, cwd=self.folder, env=everything)


def eventually(what: object, seconds: float = 20) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
