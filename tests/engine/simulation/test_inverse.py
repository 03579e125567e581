"""The inverse behind the regression of outputs on drivers."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.native import without_library
from app.engine.quantity import Array
from app.engine.simulation.inverse import inverse
from tests.engine.native.library import needs_library


def correlations(size: int, seed: int) -> Array:
    rows = np.random.default_rng(seed).normal(size=(size, 3 * size))
    rows[1:] += 2 * rows[0]
    return np.corrcoef(rows)


@pytest.mark.parametrize("size", [2, 13, 60])
def test_it_is_the_inverse_of_lapack(size: int) -> None:
    matrix = correlations(size, size)
    assert inverse(matrix) == pytest.approx(np.linalg.inv(matrix), rel=1e-9, abs=1e-9)


def test_drivers_that_repeat_each_other_share() -> None:
    matrix = np.array([[1.0, 1.0, 0.2], [1.0, 1.0, 0.2], [0.2, 0.2, 1.0]])
    found = inverse(matrix)
    assert found == pytest.approx(np.linalg.pinv(matrix), abs=1e-12)
    first, second, _ = found @ np.array([0.5, 0.5, 0.3])
    assert first == pytest.approx(second)


def test_a_driver_that_does_not_vary_has_no_part() -> None:
    matrix = np.diag([1.0, 0.0, 1.0])
    assert inverse(matrix) == pytest.approx(matrix)


@needs_library
@pytest.mark.parametrize("size", [1, 13, 60])
def test_the_kernel_has_the_same_bits(size: int) -> None:
    matrix = correlations(size + 1, 5)[:size, :size]
    found = inverse(matrix)
    with without_library():
        assert inverse(matrix).tobytes() == found.tobytes()
