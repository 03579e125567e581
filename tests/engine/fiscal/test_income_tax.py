"""Income tax and what becomes of losses."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from app.engine.inputs.fiscal import DepreciationClass, Fiscal, IncomeTax, Levy, Losses
from app.engine.kinds import DepreciationMethod, LevyBase, LevyTreatment, LossRule, PeriodLength
from app.engine.timeline import Timeline


def taxed(mine, income, losses=None, *, rate=0.3, timeline=None, price_index=1.0, **terms):
    tax = IncomeTax(rate=rate, losses=losses or Losses(), **terms)
    return mine(
        len(income),
        Fiscal(tax=tax),
        timeline=timeline,
        entered={"taxable_income": income},
        revenue=100.0,
        price_index=price_index,
    )


def test_losses_are_carried_forward(mine):
    result = taxed(mine, [-100, 40, 80, 50])
    assert result.losses_used[:, 0] == pytest.approx([0, 40, 60, 0])
    assert result.loss_pool[:, 0] == pytest.approx([100, 60, 0, 0])
    assert result.income_tax[:, 0] == pytest.approx([0, 0, 6, 15])


def test_a_pool_may_offset_only_a_share_of_income(mine):
    result = taxed(mine, [-100, 50, 50, 100], Losses(cap=0.8))
    assert result.losses_used[:, 0] == pytest.approx([0, 40, 40, 20])
    assert result.income_tax[:, 0] == pytest.approx([0, 3, 3, 24])


def test_opening_pool(mine):
    """148.2 M of losses before the first period, as a Canadian feasibility study has it."""
    result = taxed(mine, [100, 100], Losses(opening=148.2))
    assert result.losses_used[:, 0] == pytest.approx([100, 48.2])
    assert result.income_tax[:, 0] == pytest.approx([0, 0.3 * 51.8])


def test_losses_expire_oldest_first(mine):
    """Of 100 and 30, 20 are used in the next year; what is left of the 100 is gone after two years."""
    result = taxed(mine, [-100, -30, 20, 500], Losses(expiry=2))
    assert result.losses_used[:, 0] == pytest.approx([0, 0, 20, 30])
    assert result.loss_pool[:, 0] == pytest.approx([100, 130, 110, 0])


def test_a_loss_may_expire_within_a_period(mine):
    result = taxed(mine, [-100, 40], Losses(expiry=0.5))
    assert result.income_tax[:, 0] == pytest.approx([0, 12])


def test_opening_pool_expires_too(mine):
    result = taxed(mine, [0, 0, 10], Losses(opening=50.0, expiry=2))
    assert result.loss_pool[:, 0] == pytest.approx([50, 50, 0])
    assert result.income_tax[-1, 0] == pytest.approx(3)


def test_expiry_is_in_years_whatever_the_periods(mine):
    months = Timeline.regular(date(2026, 1, 1), PeriodLength.MONTH, 15)
    income = np.zeros(15)
    income[0], income[12], income[13] = -100.0, 60.0, 60.0
    result = taxed(mine, income, Losses(expiry=1), timeline=months)
    assert result.losses_used[[12, 13], 0] == pytest.approx([60, 0])


def test_long_expiry_equals_none(mine):
    income = [-100, 20, -30, 45, 10, 90]
    never, long = taxed(mine, income), taxed(mine, income, Losses(expiry=5.5))
    np.testing.assert_allclose(never.income_tax, long.income_tax)
    np.testing.assert_allclose(never.loss_pool, long.loss_pool)


def test_losses_are_carried_back_first(mine):
    """A loss of 90 meets 40 and 30 taxed in the two years before; the rest is carried forward."""
    result = taxed(mine, [100, 40, 30, -90, 50], Losses(carry_back=2))
    assert result.tax_charged[:, 0] == pytest.approx([30, 12, 9, -21, 9])
    assert result.loss_pool[:, 0] == pytest.approx([0, 0, 0, 20, 0])


def test_income_is_carried_back_to_only_once(mine):
    result = taxed(mine, [100, -60, -60], Losses(carry_back=3))
    assert result.tax_charged[:, 0] == pytest.approx([30, -18, -12])
    assert result.loss_pool[-1, 0] == pytest.approx(20)


def test_carry_back_returns_the_rate_of_the_earlier_year(mine):
    result = taxed(mine, [100, -60], Losses(carry_back=1), rate=[0.4, 0.3])
    assert result.tax_charged[:, 0] == pytest.approx([40, -24])


def test_carry_back_never_returns_more_than_was_paid(mine):
    """A credit of 20 left 10 of the tax of 30: one third of the income is open to carry-back."""
    levy = Levy("r", LevyBase.GROSS_REVENUE, 0.2, treatment=LevyTreatment.CREDITABLE, last=0)
    fiscal = Fiscal(levies=(levy,), tax=IncomeTax(rate=0.3, losses=Losses(carry_back=1)))
    result = mine(2, fiscal, revenue=100.0, entered={"taxable_income": [100.0, -90.0]})
    assert result.tax_charged[:, 0] == pytest.approx([10, -10])
    assert result.loss_pool[-1, 0] == pytest.approx(90 - 100 / 3)


def test_a_loss_may_help_nobody(mine):
    result = taxed(mine, [-100, 40], Losses(LossRule.LOST))
    assert result.income_tax[:, 0] == pytest.approx([0, 12])
    assert result.loss_pool.max() == 0.0


def test_a_group_uses_a_loss_at_once(mine):
    result = taxed(mine, [-100, 40], Losses(LossRule.OFFSET))
    assert result.income_tax[:, 0] == pytest.approx([-30, 12])


def test_refundable_credits_are_received_without_income(mine):
    result = taxed(mine, [-100, 40, 40], credits=[25.0, 0.0, 5.0], losses=Losses(LossRule.LOST))
    assert result.income_tax[:, 0] == pytest.approx([-25, 12, 7])


def test_minimum_tax_is_a_share_of_revenue(mine):
    assert taxed(mine, [-100, 40, 4], Losses(LossRule.LOST), minimum=0.02).income_tax[:, 0] == pytest.approx(
        [2, 12, 2]
    )


def test_payment_lag_ends_in_the_last_period(mine):
    result = taxed(mine, [10, 20, 30], lag=1)
    assert result.tax_charged[:, 0] == pytest.approx([3, 6, 9])
    assert result.income_tax[:, 0] == pytest.approx([0, 3, 15])
    assert taxed(mine, [10, 20, 30], lag=9).income_tax[:, 0] == pytest.approx([0, 0, 18])


def test_a_lagged_payment_keeps_its_face_value(mine):
    result = taxed(mine, [10, 0], lag=1, price_index=[1.0, 1.25])
    assert result.income_tax[:, 0] == pytest.approx([0, 3 / 1.25])


def test_pools_are_money_of_the_day_in_a_real_model(mine):
    """A loss of 100 shelters 100 / 1.25 when prices have risen by a quarter."""
    result = taxed(mine, [-100, 200], price_index=[1.0, 1.25])
    assert result.losses_used[1, 0] == pytest.approx(80)
    assert result.income_tax[1, 0] == pytest.approx(0.3 * 120)
    aged = taxed(mine, [-100, 200, 0], Losses(expiry=1), price_index=[1.0, 1.25, 1.25])
    assert aged.income_tax[1, 0] == pytest.approx(0.3 * 120)


def test_rate_by_period(mine):
    assert taxed(mine, [10, 10], rate=[0.3, 0.25]).income_tax[:, 0] == pytest.approx([3, 2.5])


def test_taxable_income_from_the_rows_of_operation(mine):
    levies = (Levy("royalty", LevyBase.GROSS_REVENUE, 0.02),)
    classes = (DepreciationClass("plant", DepreciationMethod.STRAIGHT_LINE, life=4),)
    given = {
        "revenue": 1000.0,
        "offsite": 100.0,
        "opex_total": 300.0,
        "closure_deductible": [0, 40],
        "accretion": 7.0,
        "capital_by_class": {"plant": [200, 0]},
    }
    result = mine(2, Fiscal(levies=levies, depreciation=classes), **given)
    assert result.taxable_income[:, 0] == pytest.approx([600 - 20 - 50, 600 - 20 - 50 - 100 - 40])
    provided = mine(2, Fiscal(levies=levies, depreciation=classes, provision_deductible=True), **given)
    np.testing.assert_allclose(result.taxable_income - provided.taxable_income, 7.0)


def test_salvage_is_taxed_above_its_part_of_the_base(mine):
    classes = (DepreciationClass("plant", DepreciationMethod.STRAIGHT_LINE, life=2, salvage=0.1),)
    fiscal = Fiscal(depreciation=classes, tax=IncomeTax(salvage_taxed=True))
    given = {"capital_by_class": {"plant": [100, 0]}, "salvage": [0, 35], "revenue": 200.0}
    assert mine(2, fiscal, **given).taxable_income[:, 0] == pytest.approx([155, 155 + 35 - 10])
    untaxed = mine(2, Fiscal(depreciation=classes), **given)
    assert untaxed.taxable_income[:, 0] == pytest.approx([155, 155])
