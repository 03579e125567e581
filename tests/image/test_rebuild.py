"""How long the image takes after a change of the source: the packages are a layer that nobody makes again."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.containers import docker
from tests.image.test_image import CHECKOUT, PYTHON_IMAGE

pytestmark = pytest.mark.container

TAG = "calminer:rebuilt"


def build(folder: Path) -> float:
    begin = time.monotonic()
    python = ("--build-arg", f"PYTHON_IMAGE={PYTHON_IMAGE}")
    docker("build", "--quiet", "--network", "host", "--tag", TAG, *python, str(folder))
    return time.monotonic() - begin


def layers() -> list[str]:
    found: list[str] = json.loads(docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", TAG))
    return found


def test_a_change_of_the_source_is_built_in_seconds(tmp_path: Path, say: Callable[[str], None]) -> None:
    copied = tmp_path / "copy"
    keep_out = shutil.ignore_patterns(".*", "tests", "docs", "__pycache__")
    shutil.copytree(CHECKOUT, copied, ignore=keep_out)
    shutil.copy(CHECKOUT / ".dockerignore", copied)
    first, before = build(copied), layers()
    with (copied / "app" / "factory.py").open("a") as file:
        file.write(f"\n# {time.time_ns()}\n")
    second, after = build(copied), layers()
    say(f"build: {first:.0f} s; again after a change of the source: {second:.0f} s")
    docker("rmi", TAG)
    # The base, the user, the packages and the files before the source are the same layers.
    same = sum(1 for one, other in zip(before, after, strict=True) if one == other)
    assert 4 <= same < len(before)
