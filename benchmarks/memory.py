"""G2: the largest resident set of a run as trials grow, under `CALMINER_SIMULATION_MEMORY`.

`python -m benchmarks.memory [--limit 64] [--full]`: the limit in MB; `--full` goes to a million trials.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from app.worker import ENVIRONMENT

CODE = """
import sys
from dataclasses import replace
from app.engine.simulation import simulate
from benchmarks.measure import peak_memory
from benchmarks.reference import reference_mine, reference_spec
trials, limit = int(sys.argv[1]), int(sys.argv[2])
simulate(reference_mine(), reference_spec(8192))
before = peak_memory()
found = simulate(reference_mine(), replace(reference_spec(trials), memory_limit=limit))
print(peak_memory() / 1e6, (peak_memory() - before) / 1e6, int(found.streamed))
"""


def main() -> None:
    """Print the largest resident set of fresh processes, capped and not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--limit", type=int, default=64, help="of the capped runs [MB]")
    parser.add_argument("--full", action="store_true", help="up to a million trials")
    arguments = parser.parse_args()
    counts = (100_000, 1_000_000) if arguments.full else (50_000, 200_000)
    for limit in (arguments.limit << 20, 1 << 30):
        for trials in counts:
            command = [sys.executable, "-c", CODE, str(trials), str(limit)]
            environment = {**os.environ, **ENVIRONMENT}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            peak, grown, streamed = map(float, done.stdout.split())
            how = "histograms" if streamed else "all values"
            what = f"{trials:>9,} trials, limit {limit >> 20:>5} MB, {how}"
            print(f"G2  {what:50} peak {peak:.0f} MB, {grown:.0f} MB beyond the first block", flush=True)


if __name__ == "__main__":
    main()
