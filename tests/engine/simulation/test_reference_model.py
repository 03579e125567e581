"""The reference model through the engine, against the same mine written down a second time in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

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
    assert found.lines["after_tax_cash_flow"] == pytest.approx(rows["flow"].T, rel=1e-9, abs=1e-3)
    assert found.values["npv_after_tax"] == pytest.approx(figures["npv"], rel=1e-9, abs=1e-3)
    assert found.values["aisc"] == pytest.approx(rows["aisc"], rel=1e-12)
    rate = found.values["irr_after_tax"]
    known = np.isfinite(rate)
    assert known[rows["flow"].sum(axis=1) > 0].all()
    assert rate[known] == pytest.approx(figures["irr"][known], abs=1e-9)
    # A mine that never earns back what it cost may have none, or one on each side of its closure.
    assert 0.01 < (~known).mean() < 0.06


def test_the_scripts_own_draws_have_the_same_distribution() -> None:
    inputs, price = baseline.sample(8192, 3)
    drawn = Draws(reference_mine(), reference_spec(8192)).block(0, 8192).drivers
    for name, values in inputs.items():
        assert values.mean() == pytest.approx(drawn[name].mean(), rel=0.01), name
        assert values.std() == pytest.approx(drawn[name].std(), rel=0.05), name
    assert price.T.mean(axis=1) == pytest.approx(drawn["price"].mean(axis=1), rel=0.02)
    assert price.T.std(axis=1) == pytest.approx(drawn["price"].std(axis=1), rel=0.05)
