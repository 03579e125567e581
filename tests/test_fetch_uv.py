"""Bringing uv with the standard library alone, from a file served in place of the package index."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PLATFORMS = (
    *("manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_aarch64", "musllinux_1_1_x86_64"),
    *("musllinux_1_1_aarch64", "macosx_10_12_x86_64", "macosx_11_0_arm64"),
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose lock names wheels on this disk."""
    (tmp_path / "scripts").mkdir()
    script = (CHECKOUT / "scripts" / "fetch_uv.py").read_text()
    (tmp_path / "scripts" / "fetch_uv.py").write_text(script)
    lock = 'version = 1\n[[package]]\nname = "uv"\nversion = "1.0"\nwheels = [\n'
    for platform in PLATFORMS:
        wheel = tmp_path / f"uv-1.0-py3-none-{platform}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("uv-1.0.data/scripts/uv", f"#!/bin/sh\necho {platform}\n")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lock += f'  {{ url = "{wheel.as_uri()}", hash = "sha256:{digest}" }},\n'
    (tmp_path / "uv.lock").write_text(lock + "]\n")
    return tmp_path


def fetch(checkout: Path) -> subprocess.CompletedProcess[str]:
    # -I -S: nothing that is installed beside Python may be needed.
    command = [sys.executable, "-I", "-S", checkout / "scripts" / "fetch_uv.py", checkout / "bin"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_brings_a_program_that_runs(checkout: Path) -> None:
    assert fetch(checkout).returncode == 0
    said = subprocess.run([checkout / "bin" / "uv"], capture_output=True, text=True, check=True).stdout
    assert os.uname().machine.replace("arm64", "aarch64") in said.replace("arm64", "aarch64")


def test_another_file_than_the_locked_one_is_refused(checkout: Path) -> None:
    for wheel in checkout.glob("*.whl"):
        wheel.write_bytes(wheel.read_bytes() + b"x")
    done = fetch(checkout)
    assert done.returncode == 1
    assert "is not the file that uv.lock names" in done.stderr
    assert not (checkout / "bin").exists()


def test_no_network_is_said_in_one_line(checkout: Path) -> None:
    for wheel in checkout.glob("*.whl"):
        wheel.unlink()
    done = fetch(checkout)
    assert done.returncode == 1
    assert "cannot be fetched" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_real_lock_has_a_wheel_for_every_platform_we_name() -> None:
    packages = tomllib.loads((CHECKOUT / "uv.lock").read_text())["package"]
    (uv,) = (package for package in packages if package["name"] == "uv")
    names = " ".join(wheel["url"].rpartition("/")[2] for wheel in uv["wheels"])
    for part in (
        "manylinux_2_17_x86_64",
        "_aarch64.whl",
        "musllinux",
        "macosx_10_12_x86_64",
        "macosx_11_0_arm64",
    ):
        assert part in names
