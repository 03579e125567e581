"""The processes over which a worker spreads what it computes."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import Executor
from multiprocessing.connection import wait
from threading import Thread

from app.jobs.parcels import Parcels


class Pool:
    """A process pool that starts when first needed, and anew after it broke; none for one process."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self._made: Parcels | None = None

    def executor(self) -> Executor | None:
        """Return the pool, None where the caller should compute by itself."""
        if self.processes < 2:
            return None
        if self._made is None:
            context = multiprocessing.get_context("spawn")
            self._made = Parcels(self.processes, context, end_with_parent)
        return self._made

    def renew(self) -> None:
        """Drop a pool that lost a process."""
        if self._made is not None:
            self._made.shutdown(wait=False, cancel_futures=True)
        self._made = None

    def close(self) -> None:
        """Let the processes end and wait for them."""
        if self._made is not None:
            self._made.shutdown(cancel_futures=True)
        self._made = None


def end_with_parent() -> None:
    """Let this process end when the one that started it is gone: nobody else would stop it after a kill."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_await_end, args=(parent.sentinel,), daemon=True).start()


def _await_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
