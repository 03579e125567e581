"""The reference model through the engine, against the same mine written down a second time in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.quantity import Array
from app.engine.simulation.draws import Draws
from app.engine.simulation.mine import mine
from benchmarks import baseline
from benchmarks.reference import UNCERTAIN, reference_mine, reference_spec


def test_every_trial_of_a_block_has_the_flows_and_indicators_of_the_script() -> None:
    drawn = Draws(reference_mine(), reference_spec(8192)).block(0, 1000).drivers
    found = mine(reference_mine(), drawn, ("after_tax_cash_flow",))
    inputs = {uncertain.driver: drawn[uncertain.driver][0] for uncertain in UNCERTAIN}
    rows = baseline.cash_flow(inputs, drawn["price"].T.copy())
    figures = baseline.figures(inputs, rows)
    assert apart(found.lines["after_tax_cash_flow"], rows["flow"].T, rel=1e-9, least=1e-3) <= 1
    assert apart(found.values["npv_after_tax"], figures["npv"], rel=1e-9, least=1e-3) <= 1
    assert apart(found.values["aisc"], rows["aisc"], rel=1e-12) <= 1
    rate = found.values["irr_after_tax"]
    known = np.isfinite(rate)
    assert known[rows["flow"].sum(axis=1) > 0].all()
    assert apart(rate[known], figures["irr"][known], least=1e-9) <= 1
    # A mine that never earns back what it cost may have none, or one on each side of its closure.
    assert 0.01 < (~known).mean() < 0.06


def apart(found: Array, expected: Array, *, rel: float = 0.0, least: float = 1e-12) -> float:
    """Return by how many times their tolerance the two are apart where they are farthest."""
    assert found.shape == expected.shape
    return float(np.max(np.abs(found - expected) / np.maximum(rel * np.abs(expected), least)))


def test_the_scripts_own_draws_have_the_same_distribution() -> None:
    inputs, price = baseline.sample(8192, 3)
    drawn = Draws(reference_mine(), reference_spec(8192)).block(0, 8192).drivers
    for name, values in inputs.items():
        assert values.mean() == pytest.approx(drawn[name].mean(), rel=0.01), name
        assert values.std() == pytest.approx(drawn[name].std(), rel=0.05), name
    assert price.T.mean(axis=1) == pytest.approx(drawn["price"].mean(axis=1), rel=0.02)
    assert price.T.std(axis=1) == pytest.approx(drawn["price"].std(axis=1), rel=0.05)
