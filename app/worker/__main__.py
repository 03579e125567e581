"""The door of the worker: `python -m app.worker`. Brings about its environment, and nothing else.

It is the `__main__` of a package because the processes of the pool load the program they were started by
again, unless that is its name: the engine is all they need, and the rest takes a second of each of them.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys

from app.worker import ENVIRONMENT


def main() -> None:
    """Work until SIGTERM or SIGINT; takes no arguments, its settings are in the environment."""
    argparse.ArgumentParser(prog="python -m app.worker", description=main.__doc__).parse_args()
    if not ENVIRONMENT.keys() <= os.environ.keys():
        # Libraries read this when they are loaded, and so does the C library: begin again in the same
        # process. The program is this one, so the rule's worry about what is started has no object.
        again = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, again, {**ENVIRONMENT, **os.environ})  # noqa: S606
    gc.disable()
    from app.worker.work import work  # noqa: PLC0415  # loaded before the environment, it is loaded twice

    # What is loaded stays; to look through it for garbage takes time of the start and then of every run.
    gc.freeze()
    gc.enable()
    work()


if __name__ == "__main__":
    main()
