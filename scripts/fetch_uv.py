"""Put uv into a folder with nothing but Python's standard library: fetch_uv.py FOLDER

Only for machines whose Python has neither venv nor pip. The file is the one that uv.lock names for this
platform, and its hash must agree. Runs before anything is installed, so it stands on its own.
"""

from __future__ import annotations

import hashlib
import io
import platform
import re
import sys
import tomllib
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "uv.lock"


def wheel_pattern() -> str:
    """Return what the file name of the wheel for this machine looks like."""
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if sys.platform == "darwin":
        return rf"macosx_\d+_\d+_{machine.replace('aarch64', 'arm64')}\.whl$"
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return rf"{libc}[\w.]*_{machine}\.whl$"


def find_wheel(lock: dict[str, Any], pattern: str) -> tuple[str, str]:
    """Return the address and the SHA-256 of uv's wheel for this machine."""
    for package in lock["package"]:
        if package["name"] == "uv":
            for wheel in package["wheels"]:
                if re.search(pattern, wheel["url"]):
                    return wheel["url"], wheel["hash"].removeprefix("sha256:")
    sys.exit(f"uv.lock holds no uv for this machine ({pattern}).")


def unpack(wheel: bytes, folder: Path) -> None:
    """Write the program out of the wheel."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "uv").write_bytes(archive.read(name))
    (folder / "uv").chmod(0o755)


def main() -> None:
    """Download, check, unpack."""
    url, digest = find_wheel(tomllib.loads(LOCK.read_text(encoding="utf-8")), wheel_pattern())
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # nosec B310 - the address in uv.lock
            wheel = answer.read()
    except urllib.error.URLError as error:
        sys.exit(f"{url} cannot be fetched: {error.reason}")
    if hashlib.sha256(wheel).hexdigest() != digest:
        sys.exit(f"{url} is not the file that uv.lock names.")
    unpack(wheel, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
