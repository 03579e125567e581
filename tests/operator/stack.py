"""An installation for tests: a copy of the bundle with names, ports and networks of its own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.containers import clear

CHECKOUT = Path(__file__).resolve().parents[2]
DOMAIN = "mine.example"
COMPOSE = "docker compose --env-file config/setup_production.env -f docker-compose.prod.yml"
#: Word for word what the documentation tells an operator.
UP = f"{COMPOSE} --profile reverse-proxy --profile local-db up -d"
SETUP = f"{COMPOSE} run --rm api python scripts/setup_database.py --run-migrations --seed-data"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Stack:
    home: Path
    name: str
    first_port: int

    @property
    def env(self) -> Path:
        return self.home / "config" / "setup_production.env"

    def shell(self, command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command as an operator types it, in the bundle's folder."""
        own = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root")}
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.home,
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0 or not check, f"{command}\n{done.stdout}\n{done.stderr}"
        return done

    def calminer(self, words: str, code: int = 0) -> dict[str, Any]:
        """Run the operator's command and return what programs read of it."""
        done = self.shell(f"scripts/calminer --json {words}", check=False)
        assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def change(self, **settings: str) -> None:
        """Give settings other values."""
        lines = self.env.read_text().splitlines()
        kept = [line for line in lines if line.lstrip("# ").split("=")[0] not in settings]
        self.env.write_text("\n".join(kept + [f"{name}={value}" for name, value in settings.items()]) + "\n")

    def containers(self) -> dict[str, str]:
        """Return what runs, by service."""
        row = '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}}'
        ids = self.shell(f"{COMPOSE} --profile '*' ps -q").stdout.split()
        shown = self.shell(f"docker inspect --format '{row}' {' '.join(ids)}").stdout
        return dict(line.split() for line in shown.splitlines())

    def https(
        self, path: str, method: str = "GET", body: bytes = b"", sent: dict[str, str] | None = None
    ) -> Answer:
        """Ask the site through its proxy, whatever certificate that shows."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", self.first_port + 1), timeout=20)
        connection = http.client.HTTPSConnection(DOMAIN, timeout=20)
        connection.sock = context.wrap_socket(plain, server_hostname=DOMAIN)
        return ask(connection, path, method, body, sent or {})

    def http(self, path: str) -> Answer:
        """Ask the port of plain HTTP."""
        connection = http.client.HTTPConnection("127.0.0.1", self.first_port, timeout=20)
        return ask(connection, path, "GET", b"", {"Host": DOMAIN})

    def sql(self, statement: str) -> str:
        """Ask the database."""
        said: str = self.calminer(f'db-shell -- -Atc "{statement}"')["said"]
        return said

    def wait(self, path: str, status: int, seconds: float = 60) -> Answer:
        """Ask until the answer has a status."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = self.https(path)
                if answer.status == status:
                    return answer
                said = str(answer)
            except OSError as error:
                said = repr(error)
            assert time.monotonic() < deadline, said
            time.sleep(0.5)

    def remove(self) -> None:
        """Take everything away again, data included."""
        clear(self.name)
        # What the containers wrote belongs to their users.
        shutil.rmtree(self.home, ignore_errors=True)


def ask(
    connection: http.client.HTTPConnection, path: str, method: str, body: bytes, headers: dict[str, str]
) -> Answer:
    try:
        connection.request(method, path, body=body or None, headers=headers)
        reply = connection.getresponse()
        found = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, found, reply.read())
    finally:
        connection.close()


def make(home: Path, name: str, image: str, first_port: int, subnet: str, **settings: str) -> Stack:
    """Lay out a bundle in a folder, with `init` done."""
    clear(name)
    for part in ("scripts", "config"):
        shutil.copytree(CHECKOUT / part, home / part, ignore=shutil.ignore_patterns("*.env"))
    shutil.copy(CHECKOUT / "docker-compose.prod.yml", home)
    stack = Stack(home, name, first_port)
    stack.env.write_text((CHECKOUT / "config" / "setup_production.env.example").read_text())
    stack.env.chmod(0o600)
    own = {
        "COMPOSE_PROJECT_NAME": name,
        "COMPOSE_PROFILES": "reverse-proxy,local-db",
        "CALMINER_IMAGE": image,
        "CALMINER_DOMAIN": DOMAIN,
        "CALMINER_NETWORK": name,
        "HTTP_PORT": str(first_port),
        "HTTPS_PORT": str(first_port + 1),
        "API_PORT": str(first_port + 2),
        "EDGE_SUBNET": subnet,
        "POSTGRES_VOLUME": f"{name}_pg",
        "ACME_VOLUME": f"{name}_acme",
    }
    stack.change(**(own | settings))
    stack.calminer("init")
    return stack
