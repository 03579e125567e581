"""Levies: every base, every kind, and how they follow one another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine.fiscal.bases import LEVY_BASES
from app.engine.fiscal.levies import LEVY_KINDS
from app.engine.inputs import Money
from app.engine.inputs.fiscal import DepreciationClass, Fiscal, IncomeTax, Levy
from app.engine.kinds import (
    DepreciationMethod,
    LevyBase,
    LevyDeduction,
    LevyKind,
    LevyTreatment,
    MoneyBasis,
    TierMethod,
)

MINE = {
    "ore_mined": 90.0,
    "ore_processed": 80.0,
    "processed": {"mill": 50.0, "leach": 30.0},
    "payable": {"Cu": 4.0, "Au": 1.0},
    "prices": {"Cu": 8000.0, "Au": 50.0},
    "revenue_by_metal": {"Cu": 600.0, "Au": 400.0},
    "revenue_by_product": {"concentrate": 900.0, "doré": 100.0},
    "revenue": 1000.0,
    "refining": 50.0,
    "offsite": 200.0,
    "opex_total": 300.0,
    "capital": {"initial": 100.0},
    "capital_by_class": {"plant": 100.0},
}
EXPENSED = (DepreciationClass("plant", DepreciationMethod.IMMEDIATE),)


def charged(mine, *levies, n_periods=1, **given):
    """Return the rows of the levies of a mine whose 100 of capital are expensed at once."""
    fiscal = Fiscal(levies=levies, depreciation=EXPENSED)
    levied = mine(n_periods, fiscal, **(MINE | given)).levies
    return [levied[levy.name][:, 0] for levy in levies]


def test_every_base_and_every_kind_is_registered():
    assert set(LEVY_BASES) == set(LevyBase)
    assert set(LEVY_KINDS) == set(LevyKind)


@pytest.mark.parametrize(
    ("base", "of", "amount"),
    [
        (LevyBase.T_MINED, "", 90.0),
        (LevyBase.T_PROCESSED, "", 80.0),
        (LevyBase.T_PROCESSED, "leach", 30.0),
        (LevyBase.PAYABLE_METAL, "", 5.0),
        (LevyBase.PAYABLE_METAL, "Cu", 4.0),
        (LevyBase.GROSS_REVENUE, "", 1000.0),
        (LevyBase.GROSS_REVENUE, "Au", 400.0),
        (LevyBase.GROSS_REVENUE, "doré", 100.0),
        (LevyBase.REVENUE_AFTER_REFINING, "", 950.0),
        (LevyBase.REVENUE_AFTER_REFINING, "Cu", 570.0),
        (LevyBase.NSR, "", 800.0),
        (LevyBase.NSR, "doré", 80.0),
        (LevyBase.NET_PROCEEDS, "", 500.0),
        (LevyBase.EBITDA, "", 500.0),
        (LevyBase.EBIT, "", 400.0),
    ],
)
def test_a_rate_on_each_base(mine, base, of, amount):
    kind = (
        LevyKind.UNIT
        if base in (LevyBase.T_MINED, LevyBase.T_PROCESSED, LevyBase.PAYABLE_METAL)
        else LevyKind.RATE
    )
    (row,) = charged(mine, Levy("royalty", base, 0.03, kind, of=of))
    assert row == pytest.approx([0.03 * amount])


def test_unit_royalty_in_another_currency(mine):
    levy = Levy("royalty", LevyBase.T_MINED, 2.0, LevyKind.UNIT, money=Money("CAD"))
    (row,) = charged(mine, levy, fx={"CAD": 0.75})
    assert row == pytest.approx([2.0 * 0.75 * 90.0])


def test_unit_royalty_in_money_of_the_day_loses_value(mine):
    levy = Levy("royalty", LevyBase.T_MINED, 2.0, LevyKind.UNIT, money=Money(basis=MoneyBasis.NOMINAL))
    (row,) = charged(mine, levy, n_periods=2, inflation=0.1)
    assert row == pytest.approx([180 / 1.1**0.5, 180 / 1.1**1.5])


@pytest.mark.parametrize(
    ("price", "rate"), [(3000, 0.025), (3600, 0.025), (6400, 0.0375), (9200, 0.05), (9900, 0.05)]
)
def test_sliding_by_price(mine, price, rate):
    levy = Levy(
        "royalty", LevyBase.NSR, 0.0, LevyKind.SLIDING_PRICE, of="Cu", steps=((3600.0, 0.025), (9200.0, 0.05))
    )
    (row,) = charged(mine, levy, prices={"Cu": price})
    assert row == pytest.approx([rate * 800.0 * 0.6])


@pytest.mark.parametrize(
    ("price", "rate"), [(899.9, 0.0), (900, 0.03), (999.9, 0.03), (1000, 0.035), (1299, 0.035), (5000, 0.06)]
)
def test_by_steps_of_price(mine, price, rate):
    """West African gold royalties: the whole value at the rate of the bracket that the price reaches."""
    steps = ((900.0, 0.03), (1000.0, 0.035), (1300.0, 0.06))
    levy = Levy("royalty", LevyBase.GROSS_REVENUE, 0.0, LevyKind.STEPPED_PRICE, of="Au", steps=steps)
    (row,) = charged(mine, levy, prices={"Au": price})
    assert row == pytest.approx([rate * 400.0])


def test_steps_of_price_in_another_currency(mine):
    steps = ((0.0, 0.02), (90.0, 0.04))
    levy = Levy(
        "r", LevyBase.NSR, 0.0, LevyKind.STEPPED_PRICE, price_of="Au", steps=steps, money=Money("AUD")
    )
    (row,) = charged(mine, levy, fx={"AUD": 0.5})  # 50 is A$100
    assert row == pytest.approx([800.0 * 0.04])


def test_all_revenue_may_slide_with_one_price(mine):
    steps = ((3600.0, 0.02), (9200.0, 0.05))
    (row,) = charged(
        mine, Levy("r", LevyBase.GROSS_REVENUE, 0.0, LevyKind.SLIDING_PRICE, price_of="Cu", steps=steps)
    )
    assert row == pytest.approx([1000.0 * (0.02 + 0.03 * 4400 / 5600)])


def test_sliding_thresholds_in_another_currency(mine):
    steps = ((10_000.0, 0.02), (20_000.0, 0.04))
    levy = Levy(
        "r", LevyBase.GROSS_REVENUE, 0.0, LevyKind.SLIDING_PRICE, of="Cu", steps=steps, money=Money("AUD")
    )
    (row,) = charged(mine, levy, fx={"AUD": 0.5})  # 8,000 is A$16,000
    assert row == pytest.approx([600.0 * 0.032])


@pytest.mark.parametrize(
    ("method", "amount"), [(TierMethod.MARGINAL, 200 * 0.05 + 300 * 0.10), (TierMethod.AVERAGE, 500 * 0.10)]
)
def test_tiers_of_an_amount(mine, method, amount):
    steps = ((0.0, 0.05), (200.0, 0.10), (600.0, 0.2))
    (row,) = charged(mine, Levy("r", LevyBase.EBITDA, 0.0, LevyKind.TIERED, steps=steps, tier_method=method))
    assert row == pytest.approx([amount])


def test_nothing_is_due_below_the_first_tier(mine):
    rows = charged(
        mine,
        Levy("m", LevyBase.EBITDA, 0.0, LevyKind.TIERED, steps=((500.0, 0.1),)),
        Levy(
            "a", LevyBase.EBITDA, 0.0, LevyKind.TIERED, steps=((501.0, 0.1),), tier_method=TierMethod.AVERAGE
        ),
    )
    assert rows == [[0.0], [0.0]]


@pytest.mark.parametrize(
    ("method", "amount"),
    [(TierMethod.MARGINAL, 1000 * (0.2 * 0.05 + 0.1 * 0.10)), (TierMethod.AVERAGE, 400 * 0.14)],
)
def test_tiers_of_the_operating_margin(mine, method, amount):
    """EBIT 400 on revenue 1,000 is a margin of 0.4: slices of revenue, or the reached rate on EBIT."""
    steps = ((0.1, 0.05), (0.3, 0.10)) if method is TierMethod.MARGINAL else ((0.1, 0.05), (0.3, 0.14))
    (row,) = charged(mine, Levy("r", LevyBase.MARGIN, 0.0, LevyKind.TIERED, steps=steps, tier_method=method))
    assert row == pytest.approx([amount])


def test_profit_quadratic_and_its_cap(mine):
    """1.9 % of 800 + 0.4 · 500² / 800 = 140.2 is capped at 5.35 % of 800; a small profit is not."""
    terms = {"kind": LevyKind.PROFIT_QUADRATIC, "quadratic": 0.4, "cap": 0.0535}
    levy = Levy("r", LevyBase.NSR, 0.019, **terms)
    assert charged(mine, levy)[0] == pytest.approx([0.0535 * 800])
    assert charged(mine, levy, opex_total=720.0)[0] == pytest.approx([0.019 * 800 + 0.4 * 80**2 / 800])
    assert charged(mine, levy, opex_total=900.0)[0] == pytest.approx([0.019 * 800])
    by_profit = Levy("r", LevyBase.EBIT, 0.019, **terms)
    assert charged(mine, by_profit, opex_total=620.0)[0] == pytest.approx([0.019 * 800 + 0.4 * 80**2 / 800])


def test_ebit_sees_the_levies_ordered_before(mine):
    royalty = Levy("royalty", LevyBase.GROSS_REVENUE, 0.05, order=1)
    share = Levy("share", LevyBase.EBIT, 0.10, order=2)
    later = Levy("later", LevyBase.GROSS_REVENUE, 0.01, order=3)
    rows = charged(mine, share, later, royalty)
    assert [float(row[0]) for row in rows] == pytest.approx([0.10 * (400 - 50), 10, 50])


AFTER_LOWER = LevyDeduction.LOWER_ORDER


def test_levies_of_one_order_leave_each_other_alone_where_they_say_so(mine):
    """Peru's royalty and special tax: both of the operating profit, neither before nor after the other."""
    steps = ((0.0, 0.05), (0.2, 0.10))
    one, two = (
        Levy(name, LevyBase.MARGIN, 0.0, LevyKind.TIERED, steps=steps, order=1, deducts=AFTER_LOWER)
        for name in ("royalty", "special")
    )
    first = Levy("first", LevyBase.GROSS_REVENUE, 0.10)
    due = 1000 * (0.2 * 0.05 + 0.1 * 0.10)  # a margin of (400 - 100) / 1,000
    assert charged(mine, one, two, first) == [pytest.approx([each]) for each in (due, due, 100)]


@pytest.mark.parametrize(
    ("base", "of", "due"),
    [
        (LevyBase.NET_PROCEEDS, "", 500 - 100),
        (LevyBase.EBITDA, "", 500 - 100),
        (LevyBase.EBIT, "", 400 - 100),
        (LevyBase.NSR, "", 800 - 100),
        (LevyBase.NSR, "Au", 0.4 * (800 - 100)),
        (LevyBase.GROSS_REVENUE, "doré", 0.1 * (1000 - 100)),
        (LevyBase.REVENUE_AFTER_REFINING, "", 950 - 100),
    ],
)
def test_every_base_of_money_can_be_less_the_levies_of_a_lower_order(mine, base, of, due):
    royalty = Levy("royalty", LevyBase.GROSS_REVENUE, 0.10)
    later = Levy("later", base, 0.5, of=of, order=1, deducts=AFTER_LOWER)
    assert charged(mine, royalty, later)[1] == pytest.approx([0.5 * due])
    alone = replace(later, order=0)
    assert charged(mine, royalty, alone)[1] == pytest.approx(charged(mine, alone)[0])


def test_a_profit_may_be_before_all_levies(mine):
    royalty = Levy("royalty", LevyBase.GROSS_REVENUE, 0.10)
    share = Levy("share", LevyBase.EBIT, 0.10, order=1, deducts=LevyDeduction.NONE)
    assert charged(mine, royalty, share)[1] == pytest.approx([0.10 * 400])


def test_levies_deducted_can_turn_a_base_negative_and_are_carried_forward(mine):
    royalty = Levy("royalty", LevyBase.GROSS_REVENUE, [0.7, 0.1])
    share = Levy("share", LevyBase.EBITDA, 0.1, order=1, deducts=AFTER_LOWER, carry_forward=True)
    assert charged(mine, royalty, share, n_periods=2)[1] == pytest.approx([0, 0.1 * (400 - 200)])


def test_listing_order_does_not_matter_where_order_is_given(mine):
    royalty = Levy("royalty", LevyBase.GROSS_REVENUE, 0.05, order=1)
    share = Levy("share", LevyBase.EBIT, 0.10, order=2)
    assert charged(mine, royalty, share) == charged(mine, share, royalty)[::-1]


def test_negative_base_pays_nothing_and_is_forgotten(mine):
    (row,) = charged(mine, Levy("r", LevyBase.EBITDA, 0.1), n_periods=3, opex_total=[900, 700, 300])
    assert row == pytest.approx([0, 10, 50])


def test_negative_base_carried_forward(mine):
    levy = Levy("r", LevyBase.EBITDA, 0.1, carry_forward=True)
    (row,) = charged(mine, levy, n_periods=3, opex_total=[1000, 700, 300])
    assert row == pytest.approx([0, 0, 0.1 * (500 - 100)])


def test_carried_forward_bases_are_money_of_the_day(mine):
    """A loss of 200 in money of the first year shelters 200 / 1.25 two years later."""
    levy = Levy("r", LevyBase.EBITDA, 0.1, carry_forward=True)
    index = np.array([1.0, 1.0, 1.25])
    (row,) = charged(mine, levy, n_periods=3, opex_total=[1000, 800, 300], price_index=index)
    assert row == pytest.approx([0, 0, 0.1 * (500 - 200 / 1.25)])


def test_net_proceeds_after_recovery_of_capital(mine):
    """Capital 700 before the levy starts and 100 a year: 500 - 500, 500 - 400, 500 - 100."""
    levy = Levy("npi", LevyBase.NET_PROCEEDS, 0.1, capital_first=True, first=1)
    rows = charged(
        mine, levy, n_periods=4, capital={"initial": [700, 0, 0, 0], "sustaining": [0, 100, 100, 100]}
    )
    assert rows[0] == pytest.approx([0, 0, 10, 40])


def test_starts_and_stops(mine):
    (row,) = charged(mine, Levy("r", LevyBase.GROSS_REVENUE, 0.02, first=1, last=2), n_periods=4)
    assert row == pytest.approx([0, 20, 20, 0])


def test_losses_before_the_levy_starts_do_not_count(mine):
    levy = Levy("r", LevyBase.EBITDA, 0.1, first=1, carry_forward=True)
    (row,) = charged(mine, levy, n_periods=2, opex_total=[1000, 300])
    assert row == pytest.approx([0, 50])


def test_floor_and_cap_are_shares_of_sales(mine):
    floor = Levy("floor", LevyBase.EBITDA, 0.1, floor=0.01)
    cap = Levy("cap", LevyBase.EBITDA, 0.1, cap=0.03)
    rows = charged(mine, floor, cap, n_periods=2, opex_total=[900, 300])
    assert rows[0] == pytest.approx([10, 50])
    assert rows[1] == pytest.approx([0, 30])


def test_fixed_deduction_from_the_base(mine):
    (row,) = charged(mine, Levy("r", LevyBase.EBITDA, 0.1, minus=120.0))
    assert row == pytest.approx([38])


def test_a_rate_by_driver_and_by_period(mine):
    (row,) = charged(mine, Levy("r", LevyBase.GROSS_REVENUE, [0.01, 0.02]), n_periods=2)
    assert row == pytest.approx([10, 20])


def test_sums_before_and_after_tax(mine):
    fiscal = Fiscal(
        levies=(
            Levy("a", LevyBase.GROSS_REVENUE, 0.01),
            Levy("b", LevyBase.GROSS_REVENUE, 0.02),
            Levy("c", LevyBase.GROSS_REVENUE, 0.04, before_tax=False),
        )
    )
    result = mine(1, fiscal, **MINE)
    assert result.levies_before_tax == pytest.approx(30)
    assert result.levies_after == pytest.approx(40)


@pytest.mark.parametrize(
    ("treatment", "credit", "tax"),
    [
        (LevyTreatment.DEDUCTIBLE, 0.0, 0.3 * 450),
        (LevyTreatment.CREDITABLE, 0.0, 0.3 * 500 - 50),
        (LevyTreatment.NEITHER, 0.0, 0.3 * 500),
        (LevyTreatment.DEDUCTIBLE, 0.3, 0.3 * 450 - 15),
    ],
)
def test_treatment_against_income_tax(mine, treatment, credit, tax):
    levy = Levy("r", LevyBase.GROSS_REVENUE, 0.05, treatment=treatment, credit=credit)
    result = mine(1, Fiscal(levies=(levy,), tax=IncomeTax(rate=0.3)), **MINE)
    assert result.income_tax == pytest.approx(tax)


def test_a_credit_never_makes_tax_negative(mine):
    levy = Levy("r", LevyBase.GROSS_REVENUE, 0.3, treatment=LevyTreatment.CREDITABLE)
    assert mine(1, Fiscal(levies=(levy,), tax=IncomeTax(rate=0.3)), **MINE).income_tax == pytest.approx(0)


def test_one_point_of_nsr_lowers_value_by_its_rate(mine):
    """Linear: the royalty that wipes out a value v costs v / (sum of discounted NSR) points."""
    discount = 1.08 ** -np.arange(10)
    rows = charged(
        mine,
        Levy("one", LevyBase.NSR, 0.01),
        Levy("two", LevyBase.NSR, 0.02),
        n_periods=10,
    )
    assert 2 * (rows[0] @ discount) == pytest.approx(rows[1] @ discount)
    assert rows[0] @ discount == pytest.approx(8 * (1 - 1.08**-10) / 0.08 * 1.08)
