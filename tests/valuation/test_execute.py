"""What the thread that simulates and the one that watches it tell each other."""

from __future__ import annotations

import pytest

from app.engine.simulation import Progress, SimulationResult
from app.valuation.execute import Stopped, Watch


def nobody_looks() -> SimulationResult:
    raise AssertionError("what a stopped simulation has found is not looked at")


def test_a_simulation_that_is_told_to_stop_does_so_at_its_next_block() -> None:
    watch = Watch()
    watch.note(Progress(8_192, 20_000, nobody_looks))
    watch.stop.set()
    with pytest.raises(Stopped):
        watch.note(Progress(16_384, 20_000, nobody_looks))
    assert watch.done == 16_384


def test_a_simulation_whose_last_trial_is_done_is_not_stopped_any_more() -> None:
    watch = Watch()
    watch.stop.set()
    watch.note(Progress(20_000, 20_000, nobody_looks))
    assert watch.done == 20_000
