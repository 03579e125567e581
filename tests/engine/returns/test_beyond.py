"""How many roots lie beyond zero: what bounds prove, against the roots of the polynomial."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest

from app.engine.native import without_library
from app.engine.quantity import Array
from app.engine.returns import Reason, irr, irr_all
from app.engine.returns.beyond import roots_beyond
from app.engine.returns.gaps import Gaps
from tests.engine.native.library import needs_library
from tests.thorough import some

PERIODS = 12


def series(count: int, seed: int) -> Array:
    """Return mines that pay to open, now and then, and at the end: `(PERIODS, count)`."""
    rng = np.random.default_rng(seed)
    flows = rng.normal(1.0, 1.5, (PERIODS, count))
    flows[0] = -rng.uniform(0.5, 8.0, count)
    flows[-1] = -rng.uniform(0.0, 8.0, count)
    flows[:, ::7] = np.where(rng.random((PERIODS, flows[:, ::7].shape[1])) < 0.3, 0.0, flows[:, ::7])
    return flows


def polynomial_roots(column: Array) -> Array:
    """Return `u > 0` where `Σ a_j exp(-j u)` is zero, ascending."""
    found = np.roots(column[::-1])
    real = found[(np.abs(found.imag) < 1e-9) & (found.real > 0) & (found.real < 1 - 1e-9)].real
    return np.sort(-np.log(real))


def test_known_counts_and_pieces_are_those_of_the_polynomial() -> None:
    flows, gaps = series(3000, 1), Gaps.of(np.arange(PERIODS))
    found = roots_beyond(flows, gaps)
    assert np.count_nonzero(found.count > 1) > 100
    assert np.mean(found.count < 0) < 0.002
    for lane in some(np.flatnonzero(found.count >= 0)):
        roots, count = polynomial_roots(flows[:, lane]), found.count[lane]
        assert len(roots) == count
        assert not count or found.low[lane] <= roots[0] <= found.high[lane]
        assert count < 2 or roots[1] > found.high[lane]


def test_time_runs_backwards_too() -> None:
    flows, gaps = series(500, 2), Gaps.of(np.arange(PERIODS))
    found = roots_beyond(flows[::-1], gaps.reversed())
    for lane in some(np.flatnonzero(found.count >= 0)):
        assert found.count[lane] == len(polynomial_roots(flows[::-1, lane]))


@pytest.mark.parametrize(
    "flows", [(-1.0, 2.0, -1.0 - 1e-14), (-1.0, 3.0, -3.0, 1.0), (1.0, -4.0, 6.0, -4.0, 1.0)]
)
def test_roots_that_touch_or_stand_at_zero_are_left_open(flows: tuple[float, ...]) -> None:
    assert roots_beyond(np.array(flows)[:, np.newaxis], Gaps.of(np.arange(len(flows)))).count[0] == -1


@needs_library
@pytest.mark.parametrize(
    "exponents",
    [np.arange(PERIODS), np.arange(PERIODS) * 25.0, np.linspace(0, 3, PERIODS) ** 2, np.arange(PERIODS) / 12],
)
def test_the_kernel_finds_the_same_rates_to_the_last_bit(exponents: Array) -> None:
    flows = series(700, 3)
    flows[:3, 1::5] = 0.0
    flows[:, 2::50] = np.nan
    flows[:, 3::50] = 0.0
    flows[:, 4::50] = np.abs(flows[:, 4::50])
    flows[-1, 5::50] = -flows[:-1, 5::50].sum(axis=0)
    rates, reasons = irr(flows, exponents)
    with without_library():
        expected, expected_reasons = irr(flows, exponents)
    assert reasons.tolist() == expected_reasons.tolist()
    assert rates.tobytes() == expected.tobytes()
    assert len(set(reasons.tolist())) >= 6


@pytest.mark.parametrize("compiled", [True, False])
def test_a_root_at_zero_is_seen_though_the_sum_of_the_flows_is_not_quite_zero(compiled: bool) -> None:
    flows = [-1.0, 2.2, -1.2]
    assert 0 < sum(flows) < 1e-15
    with nullcontext() if compiled else without_library():
        rates, reasons = irr(flows)
    assert (rates[0], reasons[0]) == (0.0, Reason.SEVERAL_IRRS)
    assert irr_all(flows).rates == pytest.approx((0.0, 0.2))
