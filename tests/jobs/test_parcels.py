"""Tasks over processes: what they share goes out once, arrays come back through shared memory or the pipe."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import replace

import numpy as np
import pytest

from app.engine.simulation import simulate
from app.engine.simulation.mine import Mine
from app.jobs.parcels import SLOT, Parcels
from app.jobs.pool import Pool, end_with_parent
from benchmarks.reference import reference_mine, reference_spec
from tests.jobs.tasks import Known, dying, failing, row, scattered

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module", params=[1 << 16, 0], ids=["memory", "pipe"])
def parcels(request: pytest.FixtureRequest) -> Iterator[Parcels]:
    with Parcels(1, SPAWN, end_with_parent, slot=request.param) as made:
        yield made


def test_what_tasks_share_is_read_once_by_a_process(parcels: Parcels) -> None:
    known, other = Known(1.0), Known(2.0)
    asked = [parcels.submit(row, known, 3).result()[0] for _ in range(3)]
    assert asked == [101, 102, 103]
    assert parcels.submit(row, other, 3).result()[0] == 101


@pytest.mark.parametrize("length", [0, 3, 8000, 9000])
def test_a_result_comes_back_whole_whether_a_slot_holds_it_or_not(parcels: Parcels, length: int) -> None:
    known = Known(0.5)
    futures = [parcels.submit(row, known, length) for _ in range(12)]
    kept = [future.result()[2] for future in futures]
    for result in kept:
        assert np.array_equal(result, 0.5 + np.arange(length))
        np.add(result, 1.0, out=result)  # of its own: neither a slot nor another result


def test_arrays_of_any_shape_come_back(parcels: Parcels) -> None:
    found = parcels.submit(scattered, Known(0.0)).result()
    for one, other in zip(found, scattered(Known(0.0)), strict=True):
        assert np.array_equal(one, other)


def test_an_error_comes_back_and_costs_no_slot(parcels: Parcels) -> None:
    for _ in range(8):
        with pytest.raises(LookupError, match=r"nothing at 4\.0"):
            parcels.submit(failing, Known(4.0)).result()
    assert len(parcels.submit(row, Known(0.0), 100).result()[2]) == 100


def test_a_task_that_shares_nothing_is_done_as_well(parcels: Parcels) -> None:
    assert parcels.submit(os.getpid).result() == parcels.submit(row, Known(0.0), 1).result()[1]
    assert parcels.submit(np.arange, 3, dtype=np.float64).result().tolist() == [0, 1, 2]
    assert parcels.submit(repr, None).result() == "None"


def test_slots_that_nobody_reads_for_are_free_again(parcels: Parcels) -> None:
    known = Known(0.0)
    for _ in range(3):
        for future in [parcels.submit(row, known, 5000) for _ in range(10)]:
            future.cancel()
    assert len(parcels.submit(row, known, 5000).result()[2]) == 5000


def test_a_process_that_is_gone_breaks_the_pool_and_the_next_one_works() -> None:
    pool = Pool(2)
    executor = pool.executor()
    assert executor is not None
    first = executor.submit(row, Known(0.0), 5000)
    assert len(first.result()[2]) == 5000
    with pytest.raises(BrokenExecutor):
        executor.submit(dying, Known(0.0)).result()
    pool.renew()
    again = pool.executor()
    assert again is not None
    assert again is not executor
    assert len(again.submit(row, Known(0.0), 5000).result()[2]) == 5000
    pool.close()


def test_a_pool_that_is_dropped_lets_its_tasks_end() -> None:
    pool = Parcels(1, SPAWN, end_with_parent, slot=1 << 16)
    known = Known(0.0)
    futures = [pool.submit(row, known, 5000) for _ in range(12)]
    pool.shutdown(wait=False)
    del pool
    assert [len(future.result(timeout=60)[2]) for future in futures] == [5000] * 12


@pytest.fixture(scope="module")
def pools() -> Iterator[tuple[Parcels, Parcels]]:
    """Two processes that hand over through memory, and two that do so through the pipe."""
    with (
        Parcels(2, SPAWN, end_with_parent, slot=SLOT) as memory,
        Parcels(2, SPAWN, end_with_parent, slot=0) as pipe,
    ):
        yield memory, pipe


@pytest.mark.parametrize("limit", [1 << 30, 16 << 20], ids=["whole fans", "counted fans"])
def test_a_run_has_the_same_bits_through_memory_and_through_the_pipe(
    limit: int, pools: tuple[Parcels, Parcels]
) -> None:
    spec = replace(reference_spec(30_000, seed=5), memory_limit=limit)
    model = Mine(("npv_after_tax", "irr_after_tax"))
    alone = simulate(reference_mine(), spec, model=model)
    for executor in pools:
        assert simulate(reference_mine(), spec, model=model, executor=executor) == alone
