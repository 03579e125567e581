"""Other people's functions on the same flows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy_financial
import pytest
import pyxirr
from scipy.optimize import brentq

from app.engine.quantity import Array
from app.engine.returns import Reason, irr, irr_all, mirr, npv, xirr, xnpv
from tests.thorough import some


def polynomial_rates(row: Array) -> list[float]:
    """Return the simple real IRRs of an annual row, by the eigenvalues that numpy.roots takes."""
    roots = np.roots(np.trim_zeros(row)[::-1])
    real = roots[(np.abs(roots.imag) < 1e-7 * np.abs(roots)) & (roots.real > 0)].real
    return sorted(1 / real - 1)


def test_irr_agrees_with_brentq_wherever_the_flows_sum_to_more_than_zero(mines: Array) -> None:
    rates, reasons = irr(mines)
    gaining = np.flatnonzero(mines.sum(axis=0) > 0)
    assert len(gaining) > 1500
    assert not np.isnan(rates[gaining]).any()
    for lane in some(gaining[reasons[gaining] != Reason.SEVERAL_IRRS], every=32):
        expected = brentq(lambda rate, row=mines[:, lane]: np.polyval(row[::-1], 1 / (1 + rate)), 0, 50)
        assert rates[lane] == pytest.approx(expected, abs=1e-8)


def test_irr_agrees_with_numpy_financial_and_pyxirr_where_there_is_one(mines: Array) -> None:
    rates, reasons = irr(mines)
    plain = np.flatnonzero(reasons == Reason.DEFINED)[:300]
    assert len(plain) == 300
    for lane in some(plain):
        row = mines[:, lane]
        assert rates[lane] == pytest.approx(numpy_financial.irr(row), abs=1e-8)
        assert rates[lane] == pytest.approx(pyxirr.irr(row), abs=1e-8)


def test_every_root_agrees_with_the_polynomial(mines: Array) -> None:
    for lane in some(range(400)):
        row = mines[:, lane]
        expected = [rate for rate in polynomial_rates(row) if rate > -0.999]
        found = [rate for rate in irr_all(row).rates if rate > -0.999]
        assert found == pytest.approx(expected, abs=1e-6)


def test_batch_and_exhaustive_agree_on_value_and_reason(mines: Array) -> None:
    rates, reasons = irr(mines)
    for lane in some(range(3000), every=32):
        every = irr_all(mines[:, lane])
        assert reasons[lane] == every.reason
        assert rates[lane] == pytest.approx(every.primary, abs=1e-11, nan_ok=True)
    assert set(reasons.tolist()) >= {0, 1, 2, Reason.NO_IRR}


def test_npv_and_mirr(mines: Array) -> None:
    values = npv(mines, 0.08, np.arange(20))
    modified, reasons = mirr(mines, 0.08, 0.05)
    for lane in range(0, 3000, 150):
        row = mines[:, lane]
        assert values[lane] == pytest.approx(numpy_financial.npv(0.08, row), rel=1e-10, abs=1e-9)
        assert reasons[lane] == Reason.DEFINED
        assert modified[lane] == pytest.approx(numpy_financial.mirr(row, 0.08, 0.05), abs=1e-12)


def test_dated_flows_agree_with_pyxirr() -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        days = [date(2026, 1, 1) + timedelta(int(day)) for day in rng.integers(0, 4000, 9)]
        flows = [-1000.0, *rng.uniform(50, 400, 8)]
        first = min(days)
        days = [first, *days[1:]]
        assert xirr(days, flows).primary == pytest.approx(pyxirr.xirr(days, flows), abs=1e-8)
        assert xnpv(0.07, days, flows) == pytest.approx(pyxirr.xnpv(0.07, days, flows), rel=1e-9, abs=1e-9)


def test_months_and_quarters_give_an_annual_effective_rate() -> None:
    monthly = np.array([-100.0] + [3.0] * 47)
    times = np.arange(48) / 12
    per_month = numpy_financial.irr(monthly)
    assert irr(monthly, times)[0][0] == pytest.approx((1 + per_month) ** 12 - 1, abs=1e-10)
    mixed = np.cumsum([0.0] + [1 / 12] * 12 + [0.25] * 4 + [1.0] * 6)
    flows = np.array([-50.0] * 12 + [20.0] * 5 + [150.0] * 6)
    rate = irr(flows, mixed)[0][0]
    assert npv(flows, rate, mixed)[0] == pytest.approx(0, abs=1e-9)
