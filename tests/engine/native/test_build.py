"""The script that builds the library, where no compiler is and where one fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.thorough import also

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A checkout of what the script needs, without a library."""
    ignored = shutil.ignore_patterns("*.so", "__pycache__")
    shutil.copytree(CHECKOUT / "app/engine/native", tmp_path / "app/engine/native", ignore=ignored)
    for name in ("app/__init__.py", "app/engine/__init__.py", "scripts/build_kernel.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    return tmp_path


def built(copied: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(copied / "scripts/build_kernel.py"), *arguments]
    return subprocess.run(
        command, env={"PATH": str(copied / "bin")}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("more", "code"), [((), 0), *also((("--required",), 1))])
def test_without_a_compiler_it_says_so_and_ends_well(copied: Path, more: tuple[str, ...], code: int) -> None:
    done = built(copied, "--with", "cc", *more)
    assert done.returncode == code, done.stderr
    assert done.stdout.startswith("No C compiler: simulations run on NumPy")


@pytest.mark.parametrize(("more", "code"), [(("--required",), 1), *also(((), 0))])
def test_a_compiler_that_fails_leaves_nothing_behind(copied: Path, more: tuple[str, ...], code: int) -> None:
    compiler = copied / "bin/cc"
    compiler.write_text("#!/bin/sh\nexit 3\n")
    compiler.chmod(0o755)
    done = built(copied, *more)
    assert done.returncode == code, done.stderr
    assert "could not be built" in done.stdout
    assert not list((copied / "app/engine/native").glob("*.so"))
