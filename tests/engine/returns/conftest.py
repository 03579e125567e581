"""Cash flows that the tests share."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.quantity import Array


@pytest.fixture(scope="session")
def mines() -> Array:
    """Twenty years of 3,000 mines: spending, a margin that wanders, a closure; many change sign often."""
    rng = np.random.default_rng(7)
    price = np.exp(np.cumsum(rng.normal(0.0, 0.12, (18, 3000)), axis=0))
    rows = np.empty((20, 3000))
    rows[:2] = np.array([[-300.0], [-400.0]]) * rng.triangular(0.8, 1.0, 1.5, 3000)
    rows[2:] = 280.0 * price - 140.0 * rng.triangular(0.85, 1.0, 1.25, 3000)
    rows[-1] -= 80.0
    return rows
