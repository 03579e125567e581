"""Normal variates far out, against SciPy's and against themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from app.engine.native import without_library
from app.engine.quantity import Array
from app.engine.simulation.samplers import normal_scores
from app.engine.simulation.tails import tail_scores
from tests.engine.native.library import needs_library


def probabilities() -> Array:
    low = 10.0 ** np.linspace(-300, -1.2, 5000)
    return np.concatenate([low, 1 - low[low > 1e-16]])


def test_they_are_those_of_scipy() -> None:
    u = probabilities()
    assert tail_scores(u) == pytest.approx(special.ndtri(u), rel=2e-15)


def test_they_rise_with_the_probability() -> None:
    low = tail_scores(np.sort(probabilities()[:5000]))
    assert (np.diff(low) > 0).all()
    left, right = tail_scores(np.array([1 / 64, 63 / 64]))
    assert left == -right


def test_scores_meet_where_the_table_ends() -> None:
    edge = np.array(
        [[np.nextafter(0.02, 0), np.nextafter(0.02, 1), np.nextafter(0.98, 0), np.nextafter(0.98, 1)]]
    )
    assert normal_scores(edge.copy()) == pytest.approx(special.ndtri(edge), abs=5e-7)


@needs_library
def test_the_kernel_has_the_bits_of_numpy() -> None:
    u = np.concatenate(
        [probabilities(), np.random.default_rng(4).random(50_000), [0.0, 2.0**-54, 1 - 2.0**-53]]
    )
    found, other = u[None, :].copy(), u[None, :].copy()
    normal_scores(found)
    with without_library():
        normal_scores(other)
    assert found.tobytes() == other.tobytes()
    assert np.isfinite(found).all()
