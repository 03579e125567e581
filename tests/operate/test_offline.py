"""An installation from one file, on a host that reaches nothing: the commands run without any network."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.containers import clear, docker
from tests.operate.site import Site, build_image, lay_out, settings

pytestmark = pytest.mark.container

NAME, NUMBER = "vaultoffline", 73
IMAGES = {"CALMINER_IMAGE": "offline.invalid/calminer:1", "POSTGRES_IMAGE": "offline.invalid/postgres:1"}


def cut_off(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a network namespace of its own, in which not even the loopback is up."""
    return subprocess.run(
        ["unshare", "--net", *command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root")},
    )


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed file, and no image of its names left on the engine."""
    tmp_path = tmp_path_factory.mktemp("offline")
    values = {**settings(NAME, NUMBER), **IMAGES, "COMPOSE_PROFILES": "local-db"}
    docker("tag", build_image(), IMAGES["CALMINER_IMAGE"])
    docker("tag", settings(NAME, NUMBER)["POSTGRES_IMAGE"], IMAGES["POSTGRES_IMAGE"])
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    (tmp_path / "signers").write_text(f"calminer {key.with_suffix('.pub').read_text()}")
    maker = Site(tmp_path / "maker", NAME, 0)
    clear(NAME)
    lay_out(maker, values)
    maker.calminer("pack", str(tmp_path / "offline.tar"), "--key", str(key))
    for image in IMAGES.values():
        docker("rmi", image)
    subprocess.run(["tar", "-xf", "offline.tar"], cwd=tmp_path, check=True)
    return tmp_path


def install(packed: Path) -> subprocess.CompletedProcess[str]:
    options = ("--signers", packed / "signers", "--into", packed / "installed")
    return cut_off("sh", "install.sh", *options, cwd=packed / "calminer-offline")


@contextmanager
def harmed(packed: Path, harm: str) -> Iterator[None]:
    """Do this to what was packed, and undo it."""
    folder = packed / "calminer-offline"
    touched = {
        "changed": folder / "files" / "docker-compose.prod.yml",
        "added": folder / "files" / "scripts" / "operator" / "more.sh",
        "unsigned": folder / "SHA256SUMS.sig",
        "by a stranger": packed / "signers",
    }[harm]
    before = touched.read_bytes() if touched.exists() else None
    if harm == "unsigned":
        touched.unlink()
    elif harm == "by a stranger":
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", packed / "other"], check=True)
        touched.write_text(f"calminer {(packed / 'other.pub').read_text()}")
    else:
        touched.write_bytes((before or b"") + b"# harmless\n")
    yield
    if before is None:
        touched.unlink()
    else:
        touched.write_bytes(before)


@pytest.mark.parametrize("harm", ["changed", "added", "unsigned", "by a stranger"])
def test_what_was_tampered_with_is_refused(packed: Path, harm: str) -> None:
    with harmed(packed, harm):
        done = install(packed)
    assert done.returncode == 3
    assert "Nothing was installed" in done.stderr
    assert not (packed / "installed").exists()


def test_it_installs_and_serves_without_any_network(packed: Path, say: Callable[[str], None]) -> None:
    home = packed / "installed"
    done = cut_off(
        "sh", "install.sh", "--signers", packed / "signers", "--into", home, cwd=packed / "calminer-offline"
    )
    assert done.returncode == 0, done.stderr
    say(f"one file of {(packed / 'offline.tar').stat().st_size >> 20} MiB")
    home = packed / "installed"
    site = Site(home, NAME, 0)
    values = {**settings(NAME, NUMBER), **IMAGES, "COMPOSE_PROFILES": "local-db"}
    site.settings.write_text((home / "config" / "setup_production.env.example").read_text())
    site.change(**values)
    try:
        for command in ("init", "up", "status"):
            done = cut_off("sh", home / "scripts" / "calminer", command)
            assert done.returncode == 0, done.stderr
    finally:
        clear(NAME)
        for image in IMAGES.values():
            docker("rmi", image, check=False)
