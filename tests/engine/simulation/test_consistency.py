"""Correlations that cannot hold together, and the nearest that can."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.engine.inputs import Correlation
from app.engine.kinds import Copula
from app.engine.simulation.consistency import consistency

NAMES = ("a", "b", "c", "d")


@pytest.mark.parametrize("copula", Copula)
@given(rhos=st.lists(st.integers(-10, 10).map(lambda tenth: tenth / 10), min_size=6, max_size=6))
def test_the_nearest_can_hold_together_and_what_can_stays(copula: Copula, rhos: list[float]) -> None:
    asked = {pair: rho for pair, rho in zip(combinations(NAMES, 2), rhos, strict=True) if rho}
    found = consistency(Correlation(asked, copula), paths={"a", "b"})
    if not found.repair.repaired:
        assert found.nearest == {}
        return
    again = consistency(Correlation(found.nearest, copula), paths={"a", "b"})
    assert not again.repair.repaired
    assert found.nearest != asked


def test_three_that_pull_apart_by_hand() -> None:
    """The nearest lies where the determinant 1 + 2·ab·ac·bc − ab² − ac² − bc² is nothing, or just above."""
    asked = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.5}
    found = consistency(Correlation(asked))
    normal = {pair: 2 * np.sin(np.pi * rho / 6) for pair, rho in found.nearest.items()}
    ab, ac, bc = (normal[pair] for pair in (("a", "b"), ("a", "c"), ("b", "c")))
    assert ab == bc
    # On the edge of what is possible, and on the near side of it.
    assert 0 <= 1 + 2 * ab * ac * bc - ab**2 - ac**2 - bc**2 < 0.01
    assert found.repair.largest == pytest.approx(2 * np.sin(np.pi * 0.9 / 6) - ab, abs=2e-3)


def test_correlations_that_can_hold_are_left_alone() -> None:
    assert consistency(Correlation({("a", "b"): 0.99})).nearest == {}
    assert not consistency(Correlation({})).repair.repaired
