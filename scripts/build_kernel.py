"""Build the engine's compiled kernel into app/engine/native, unless it is there.

Takes cc, gcc or clang, else the compiler of the package ziglang (dependency group `kernel`). Without any, it
says so and ends well: the engine then runs on NumPy, slower and to the same digits. --required fails instead.
--try only sees to it that the sources compile for machines that nobody has here.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.engine.native import FLAGS, VARIANTS, library_path, sources

SANITIZE = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
WITHOUT = "No C compiler: simulations run on NumPy, to the same digits, several times slower."


def compiler(wanted: str | None) -> list[str] | None:
    """Return the command of a C compiler, None where there is none."""
    for name in ("cc", "gcc", "clang"):
        found = shutil.which(name)
        if found and wanted in (None, "cc"):
            return [found]
    if importlib.util.find_spec("ziglang") and wanted in (None, "zig"):
        return zig(_this_machine())
    return None


def zig(target: str) -> list[str]:
    """Return the command of zig's compiler for a machine, never for the very processor that it runs on."""
    return [sys.executable, "-m", "ziglang", "cc", "-target", target, "-mcpu=baseline"]


def _this_machine() -> str:
    """Return zig's name of the machine it runs on."""
    machine = {"arm64": "aarch64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    if sys.platform != "linux":
        return "native"
    return f"{machine}-linux-{'gnu' if platform.libc_ver()[0] else 'musl'}"


def build(command: list[str], more: list[str]) -> None:
    """Compile to files beside the libraries and move them into place: another process may be loading one."""
    wanted = {library_path(variant): flags for variant, flags in VARIANTS.items()}
    with tempfile.TemporaryDirectory(dir=library_path().parent) as folder:
        for target, flags in wanted.items():
            compile_to(Path(folder) / target.name, [*command, *FLAGS, *flags, *more])
        for target in reversed(wanted):
            (Path(folder) / target.name).replace(target)
    for old in library_path().parent.glob("kernel-*.so"):
        if old not in wanted:
            old.unlink(missing_ok=True)


def compile_to(made: Path, command: list[str]) -> None:
    """Write the library; raises `CalledProcessError` when the compiler is not content, with a warning too."""
    subprocess.run([*command, "-o", str(made), *map(str, sources()), "-lm"], check=True)


def compile_for(targets: list[str]) -> None:
    """Compile for machines by zig's names of them, such as aarch64-macos, and keep nothing."""
    for target in targets:
        with tempfile.TemporaryDirectory() as folder:
            try:
                compile_to(Path(folder) / "kernel", [*zig(target), *FLAGS])
            except subprocess.CalledProcessError:
                sys.exit(f"The kernel does not compile for {target}; the lines above say why.")
        print(f"The kernel compiles for {target}.")


def main() -> int:
    """Build the library and say in one line what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--required", action="store_true", help="fail where nothing can be built")
    parser.add_argument("--with", dest="wanted", choices=("cc", "zig"), help="take this compiler only")
    parser.add_argument("--sanitize", action="store_true", help="with checks of addresses and arithmetic")
    parser.add_argument("--try", dest="targets", nargs="+", metavar="TARGET", help="only compile for these")
    given = parser.parse_args()
    if given.targets:
        compile_for(given.targets)
        return 0
    if library_path().exists() and given.wanted is None and not given.sanitize:
        return 0
    command = compiler(given.wanted)
    if command is None or not os.access(library_path().parent, os.W_OK):
        print(WITHOUT)
        return int(given.required)
    try:
        build(command, list(SANITIZE) if given.sanitize else [])
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The compiled kernel could not be built ({error}): simulations run on NumPy.")
        return int(given.required)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
