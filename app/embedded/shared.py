"""Sharing one embedded server between processes: the last one out stops it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.embedded.server import Connection, locked, start_locked, stop_locked


@contextmanager
def hold(data_dir: Path) -> Iterator[Connection]:
    """Keep the server of `data_dir` running while the block lasts; stop it when nobody else holds it.

    Holders keep a shared file lock, which the operating system drops for a process that is killed.
    """
    root = data_dir.resolve()
    with locked(root):
        connection = start_locked(root, throw_away=False)
        holding = (root / "holders").open("w")
        fcntl.flock(holding, fcntl.LOCK_SH)
    try:
        yield connection
    finally:
        with locked(root):
            if _alone(holding):
                stop_locked(root)
            holding.close()


def is_held(data_dir: Path) -> bool:
    """Tell whether some process holds the server of `data_dir`."""
    path = data_dir.resolve() / "holders"
    if not path.exists():
        return False
    with path.open("w") as handle:
        return not _alone(handle)


def _alone(holding: IO[str]) -> bool:
    fcntl.flock(holding, fcntl.LOCK_UN)
    try:
        fcntl.flock(holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
