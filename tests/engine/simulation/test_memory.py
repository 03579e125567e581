"""Freed memory stays with the process: a second block costs next to no page faults."""

from __future__ import annotations

import platform
import resource

from app.engine.simulation.blocks import Job, run_block
from app.engine.simulation.draws import Draws
from app.engine.simulation.memory import keep_freed_memory
from app.engine.simulation.mine import mine
from benchmarks.reference import reference_mine, reference_spec


def test_a_block_reuses_the_memory_of_the_one_before() -> None:
    job = Job(Draws(reference_mine(), reference_spec(32_768)), mine, ("npv_after_tax",), (), 8192, 0)
    for index in (0, 1):
        run_block(job, index)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    run_block(job, 2)
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    assert keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
    assert faults < 2000
