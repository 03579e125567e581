"""Prints the table of goals, measured side by side in one run: `python -m benchmarks [--full] [part …]`.

Ratios carry over to other machines, seconds do not. `--full` takes a million trials where the goal says so.
Parts: runs, others, sampling, irr, accuracy, small, scenario, growth, bits; all of them when none is named.
Needs the group `benchmark` of pyproject.toml, and gcc; LibreOffice is measured where it is installed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator

from app.worker import ENVIRONMENT
from benchmarks import parts, runs
from benchmarks.measure import Row


def main() -> None:
    """Print the table, in the environment that workers give themselves."""
    if not ENVIRONMENT.keys() <= os.environ.keys():
        again = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, again, {**ENVIRONMENT, **os.environ})  # noqa: S606  # this very program
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million trials where the goal says so")
    parser.add_argument("parts", nargs="*")
    given = parser.parse_args()
    full = given.full
    groups: dict[str, Callable[[], Iterator[Row]]] = {
        "runs": lambda: runs.full_run(1_000_000 if full else 100_000, 3 if full else 5),
        "others": runs.other_programs,
        "sampling": parts.sampling,
        "irr": parts.rates_of_return,
        "accuracy": runs.accuracy,
        "small": parts.small_runs,
        "scenario": parts.real_one,
        "growth": lambda: runs.growth(full),
        "bits": runs.same_bits,
    }
    print(f"{'':3} {'':68} {'goal':>12} {'found':>9}     met")
    for name in given.parts or groups:
        for row in groups[name]():
            print(row, flush=True)


if __name__ == "__main__":
    main()
