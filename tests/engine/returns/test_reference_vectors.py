"""Every published vector of the IRR, MIRR and dated reference sets, and the hand vectors."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.engine.returns import (
    Reason,
    capital_efficiency,
    equivalent_annuity,
    index_on_capital,
    irr,
    irr_all,
    npv,
    payback,
    peak_funding,
    xirr,
)
from app.valuation.proof.case import CASES, Case, Check
from app.valuation.proof.vectors import ANSWERS, dated

PERIODIC, DATED = (
    json.loads((CASES / f"{name}.json").read_text())
    for name in ("13_irr_mirr_reference_set", "14_xirr_dated_reference_set")
)
ROWS = {name: array["values"] for name, array in PERIODIC["arrays"].items()}
VECTORS = [
    (Case.load(name), check)
    for name in ("13_irr_mirr_reference_set", "14_xirr_dated_reference_set")
    for check in Case.load(name).checks.values()
]


@pytest.mark.parametrize(("case", "check"), VECTORS, ids=[check.id for _, check in VECTORS])
def test_published(case: Case, check: Check) -> None:
    ours = ANSWERS[check.id](case)
    assert np.abs(np.subtract(ours, check.printed)).max() <= check.tolerance


@pytest.mark.parametrize("name", sorted(ROWS))
def test_batch_reports_the_primary_of_all_roots(name: str) -> None:
    every = irr_all(ROWS[name])
    values, reasons = irr(ROWS[name])
    assert values[0] == pytest.approx(every.primary, abs=1e-13)
    assert reasons[0] == every.reason


@pytest.mark.parametrize("row", PERIODIC["expect_no_irr"], ids=str)
def test_no_irr_says_why(row: list[float]) -> None:
    every = irr_all(row)
    assert every.rates == ()
    assert every.reason is (Reason.ONE_SIGN if any(row) else Reason.NO_CASH_FLOW)
    assert "zero" in every.flag or "no IRR" in every.flag
    values, reasons = irr(row)
    assert np.isnan(values[0])
    assert reasons[0] == every.reason


def test_no_irr_although_the_sign_changes() -> None:
    every = irr_all([-100, 50, -10])
    assert every.rates == ()
    assert every.reason is Reason.NO_IRR
    assert irr([-100, 50, -10])[1][0] == Reason.NO_IRR


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a", Reason.DEFINED),
        ("d", Reason.SEVERAL_IRRS),
        ("f", Reason.SEVERAL_IRRS),
        ("m", Reason.OTHER_IRR_NEGATIVE),
        ("o", Reason.SEVERAL_IRRS),
    ],
)
def test_flags(name: str, reason: Reason) -> None:
    assert irr_all(ROWS[name]).reason is reason


@pytest.mark.parametrize(
    ("day_count", "name"),
    [("30/360", "30/360 SIA"), ("30E/360", "30E/360"), ("actual/actual", "act/act ISDA")],
)
def test_other_day_counts(day_count: str, name: str) -> None:
    assert xirr(
        *dated(Case.load("14_xirr_dated_reference_set"), "ml"), day_count=day_count
    ).primary == pytest.approx(DATED["other_day_counts"][name], abs=1e-10)


@pytest.mark.parametrize(("offset", "expected"), [(0.0, 286.4146), (0.5, 275.6026), (1.0, 265.1987)])
def test_npv_by_convention(offset: float, expected: float) -> None:
    flows = [-500, -300] + [200] * 8
    assert npv(flows, 0.08, np.arange(10) + offset)[0] == pytest.approx(expected, abs=5e-5)


def test_payback_hand_vector() -> None:
    flows = np.array([-100.0, 40, 40, 40, 40])
    discounted = flows * 1.10 ** -np.arange(5)
    assert payback(flows)[0][0] == 2.5
    assert payback(discounted)[0][0] == pytest.approx(3.02, abs=5e-3)
    assert np.cumsum(discounted)[3] == pytest.approx(-0.526, abs=5e-4)


def test_payback_from_first_production_as_a_report_prints_it() -> None:
    """Los Ricos South 2025: 2.6 years from first production, after two years of construction."""
    flows = [-89.7, -146.6, 69.9, 130.5, 63.3, 75.7, 64.2]
    assert payback(flows, np.arange(1, 8), 2.0)[0][0] == pytest.approx(2.6, abs=0.05)


def test_ratios() -> None:
    assert index_on_capital([50.0], [200.0])[0] == 1.25
    assert capital_efficiency([50.0], [200.0])[0] == 0.25
    assert np.isnan(capital_efficiency([50.0], [0.0])[0])
    assert equivalent_annuity(1000.0, 0.08, 10.0) == pytest.approx(149.0295, abs=5e-5)
    assert equivalent_annuity(1000.0, 0.0, 10.0) == 100.0
    assert peak_funding([10.0, -50.0, -20.0, 100.0])[0] == 60.0
    assert peak_funding([10.0, 5.0])[0] == 0.0
