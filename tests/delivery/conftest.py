"""One host, one registry and one repository for all of these tests; each begins where the last one ended."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.containers import clear
from tests.delivery import machine
from tests.delivery.machine import Answer, Repository, inside


@dataclass
class Line:
    """A connection to the host's SSH, or another port of it, that can be cut."""

    host: str
    to: int = 22
    sockets: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection((self.host, self.to)) as server:
            self.sockets += [client, server]
            back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
            back.start()
            self._copy(client, server)
            back.join()

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def drop(self) -> None:
        """Cut every connection as it stands."""
        while self.sockets:
            with contextlib.suppress(OSError):
                self.sockets.pop().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections."""
        self.drop()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@dataclass
class Site:
    """Everything that a deploy goes through."""

    folder: Path
    repository: Repository
    inventory: Path
    address: str
    registry: str
    line: Line
    first: Answer

    def environment(self) -> dict[str, str]:
        public = (self.folder / "host.pub").read_text()
        return {
            "REGISTRY_URL": self.registry,
            "SSH_HOST": f"127.0.0.1:{self.line.port}",
            "SSH_USERNAME": "calminer-deploy",
            "SSH_PRIVATE_KEY": (self.folder / "runner").read_text(),
            "SSH_KNOWN_HOSTS": f"[127.0.0.1]:{self.line.port} {public}",
            "RECONNECT_SECONDS": "0.3",
        }

    def deploy(self, *arguments: str, **more: str) -> tuple[int, str]:
        done = self.repository.sh("deploy", *arguments, check=False, **{**self.environment(), **more})
        return done.returncode, done.stdout + done.stderr

    def publish(self, word: str, *, healthy: bool = True) -> str:
        """Commit, build and push a word; return the digest."""
        self.repository.commit(word, healthy=healthy)
        self.repository.sh("build-push", PYTHON_IMAGE=machine.PYTHON_IMAGE, REGISTRY_URL=self.registry)
        said = json.loads((self.repository.folder / "dist" / "image.json").read_text())
        return str(said["digest"])

    def says(self) -> str:
        with urllib.request.urlopen(f"http://{self.address}/", timeout=5) as answer:
            return str(answer.read().decode())

    def audit(self) -> str:
        return inside("cat", "/var/log/calminer/gate.log")

    @contextlib.contextmanager
    def requests(self) -> Iterator[dict[str, int]]:
        """Requests flow, one every 20 ms, and are counted."""
        count = {"good": 0, "failed": 0}
        stop = threading.Event()

        def flow() -> None:
            while not stop.wait(0.02):
                try:
                    self.says()
                    count["good"] += 1
                except OSError:
                    count["failed"] += 1

        thread = threading.Thread(target=flow)
        thread.start()
        try:
            yield count
        finally:
            stop.set()
            thread.join()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    machine.bring_tools()
    folder = tmp_path_factory.mktemp("delivery")
    keys = {name: machine.key(folder, name, name) for name in ("operator", "runner", "release")}
    repository = Repository(folder / "repository")
    repository.commit("one")
    repository.git("tag", "v1.0.0")
    repository.sh("release", str(folder / "release"))
    (folder / "signers").write_text(f"release {keys['release']}\n")
    clear(machine.NAME)
    try:
        registry = f"127.0.0.1:{machine.start_registry()}/calminer"
        machine.start_host(keys["operator"])
        address = machine.address_of(machine.HOST)
        public = inside("cat", "/etc/ssh/ssh_host_ed25519_key.pub").rpartition(" ")[0]
        (folder / "host.pub").write_text(public + "\n")
        (folder / "known_hosts").write_text(f"{address} {public}\n")
        inventory = _inventory(folder, address, registry, keys)
        first = machine.playbook(inventory)
        _wire(registry)
        with contextlib.closing(Line(address)) as line:
            yield Site(folder, repository, inventory, address, registry, line, first)
    finally:
        clear(machine.NAME)


def _inventory(folder: Path, address: str, registry: str, keys: dict[str, str]) -> Path:
    options = f"-F none -o UserKnownHostsFile={folder / 'known_hosts'} -o StrictHostKeyChecking=yes"
    variables = {
        "ansible_user": "calminer-operator",
        "ansible_ssh_private_key_file": str(folder / "operator"),
        "ansible_ssh_common_args": options,
        "firewall_admin_cidrs": [f"{address.rsplit('.', 1)[0]}.1/32"],
        "hardening_operator_keys": [keys["operator"]],
        "bundle_deploy_keys": [keys["runner"]],
        "bundle_repository": registry,
        "bundle_archive": str(folder / "repository" / "dist" / "calminer-1.0.0.tar.gz"),
        "bundle_allowed_signers": str(folder / "signers"),
    }
    hosts = {"calminer-test": {"ansible_host": address}}
    path = folder / "inventory.json"
    path.write_text(json.dumps({"all": {"children": {"production": {"hosts": hosts}}, "vars": variables}}))
    return path


def _wire(registry: str) -> None:
    """Inside the host, port 80 leads to what runs, and the registry has the address that it has outside."""
    inside("mkdir", "-p", "/srv/target")
    inside("sh", "-c", "cat >/srv/switch.py", input=(machine.HERE / "site" / "switch.py").read_text())
    inside("sh", "-c", f"echo {machine.address_of(machine.REGISTRY)}:5000 >/srv/registry")
    for listen, target in (
        ("0.0.0.0:80", "/srv/target/target"),
        (registry.partition("/")[0], "/srv/registry"),
    ):
        machine.run("docker", "exec", "-d", machine.HOST, "python3", "/srv/switch.py", listen, target)
    time.sleep(0.5)
