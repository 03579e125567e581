"""In a worker's environment a block reuses the memory of the one before: next to no page faults."""

from __future__ import annotations

import os
import subprocess
import sys

from app.worker import ENVIRONMENT

BLOCKS = """
import resource
from app.engine.simulation.blocks import Job, run_block
from app.engine.simulation.draws import Draws
from app.engine.simulation.mine import mine
from benchmarks.reference import reference_mine, reference_spec

job = Job(Draws(reference_mine(), reference_spec(32_768)), mine, ("npv_after_tax",), (), 8192, 0)
for index in (0, 1):
    run_block(job, index)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
run_block(job, 2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_a_block_reuses_the_memory_of_the_one_before() -> None:
    command = [sys.executable, "-c", BLOCKS]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2000
