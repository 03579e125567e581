"""Which Python of a machine the environment is made with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
#: A Python that answers how it was compiled, or is too old to be asked.
ANSWERS = {"optimized": "echo optimized", "plainly": "echo plainly", "too old": "exit 1"}


def ask(words: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of environment.sh where nothing else is found."""
    script = f". {CHECKOUT}/scripts/environment.sh; {words}"
    return subprocess.run(
        ["/bin/sh", "-euc", script],
        env={"PATH": str(path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def put(folder: Path, **commands: str) -> None:
    for name, line in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ({"python3": "optimized", "python3.13": "optimized"}, "python3"),
        ({"python3": "plainly", "python3.12": "optimized", "python3.11": "optimized"}, "python3.12"),
        ({"python3": "plainly", "python3.13": "plainly"}, "python3"),
        ({"python3": "too old", "python3.14": "plainly"}, "python3.14"),
        ({"python3": "too old", "python3.14": "plainly", "python": "optimized"}, "python"),
    ],
)
def test_an_optimized_one_comes_before_the_first(tmp_path: Path, there: dict[str, str], chosen: str) -> None:
    # As on a Mac, where the system's own is left alone.
    put(tmp_path, uname="echo Darwin", **{name: ANSWERS[how] for name, how in there.items()})
    done = ask("find_python", tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / chosen}\n")


def test_none_that_will_do_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, uname="echo Darwin", python3=ANSWERS["too old"])
    assert ask("find_python || echo none", tmp_path).stdout == "none\n"


def test_a_python_is_asked_how_it_was_compiled(tmp_path: Path) -> None:
    said = ask(f"compiled {sys.executable}", tmp_path).stdout
    assert said in {"optimized\n", "plainly\n"}
