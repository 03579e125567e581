"""Processes that begin with the application loaded: forked from one that loaded it once for all of them.

What a command does when somebody types it, its start included, is asked about in one test of it. Others want
processes that can be killed, or many at once, and a start is two seconds of loading.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
FORKS = multiprocessing.get_context("forkserver")
# `tests` first: with it the garbage collector keeps off what is loaded.
FORKS.set_forkserver_preload(["tests", "app.seed.setup", "app.worker.work", __name__])


class Fork:
    """A process that does one task in the environment of this moment; what it says goes into files."""

    def __init__(self, task: Callable[[], None], *, out: Path, err: Path) -> None:
        self._process = FORKS.Process(target=_begin, args=(task, dict(os.environ), out, err))
        with pytest.MonkeyPatch.context() as patch:
            # Read by the process that the others are forked from, which begins with the first of them.
            patch.setenv("OPENBLAS_NUM_THREADS", "1")
            self._process.start()
        assert self._process.pid
        self._pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, None while it goes on."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self._pid, number)

    def wait(self, timeout: float) -> int:
        """Wait for its end and return the exit code."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, f"still there after {timeout} s"
        return self._process.exitcode


def _begin(task: Callable[[], None], environment: dict[str, str], out: Path, err: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        with path.open("ab") as words:
            os.dup2(words.fileno(), number)
    gc.freeze()
    gc.enable()
    task()


def run_script(name: str, *arguments: str) -> None:
    """Run one of the scripts as its command does."""
    sys.argv = [name, *arguments]
    runpy.run_path(str(CHECKOUT / "scripts" / name), run_name="__main__")
