"""Bring the browser libraries that CalMiner serves itself into `static/vendor`, or verify them.

    python scripts/vendor_assets.py           fetch the pinned versions with npm and write manifest.json
    python scripts/vendor_assets.py --check   compare every file with manifest.json; no network

To move to a new version, change `PACKAGES` and run without arguments.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package and the distribution files taken from it, licence included."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]


PACKAGES = (
    Package("chart.js", "4.6.1", "MIT", ("dist/chart.umd.min.js", "LICENSE.md")),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "Apache-2.0",
        ("swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css", "LICENSE", "NOTICE"),
    ),
    Package(
        "redoc",
        "2.5.4",
        "MIT",
        ("bundles/redoc.standalone.js", "bundles/redoc.standalone.js.LICENSE.txt", "LICENSE"),
    ),
)


def fetch(package: Package, folder: Path) -> dict[str, str]:
    """Unpack the wanted files into `static/vendor/<name>` and return their hashes by path."""
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    target = VENDOR / package.name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    hashes = {}
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        for name in package.files:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise SystemExit(f"{package.name} {package.version} has no file {name}")
            path = target / Path(name).name
            path.write_bytes(member.read())
            hashes[path.relative_to(VENDOR).as_posix()] = digest(path)
    return hashes


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def update() -> None:
    """Fetch every package and write the manifest."""
    manifest = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            files = fetch(package, Path(folder))
            manifest[package.name] = {
                "version": package.version,
                "licence": package.licence,
                "source": f"https://www.npmjs.com/package/{package.name}/v/{package.version}",
                "files": files,
            }
            print(f"{package.name} {package.version}: {len(files)} files")
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def complaints() -> list[str]:
    """Return what differs between `PACKAGES`, the manifest and the files; empty when all is well."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    found = []
    pinned = {package.name: package.version for package in PACKAGES}
    recorded = {name: entry["version"] for name, entry in manifest.items()}
    if pinned != recorded:
        found.append(f"manifest.json records {recorded}, the script pins {pinned}")
    expected = {path: sha for entry in manifest.values() for path, sha in entry["files"].items()}
    present = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != MANIFEST
    }
    found += [f"{path} is missing" for path in sorted(expected.keys() - present)]
    found += [f"{path} is not in manifest.json" for path in sorted(present - expected.keys())]
    found += [
        f"{path} differs from manifest.json"
        for path in sorted(expected.keys() & present)
        if digest(VENDOR / path) != expected[path]
    ]
    return found


def main() -> int:
    """Run the command line; 0 when the vendored files are as recorded."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="verify only, change nothing")
    if not parser.parse_args().check:
        update()
    found = complaints()
    for complaint in found:
        print(f"static/vendor: {complaint}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
