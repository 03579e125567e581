"""What holds for any mine and any terms."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from app.engine.fiscal import FiscalResult
from app.engine.inputs.fiscal import (
    Depletion,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Levy,
    Losses,
    WorkingCapital,
)
from app.engine.kinds import (
    ClosureBalance,
    DepreciationMethod,
    LevyBase,
    LevyKind,
    LevyTreatment,
    LossRule,
    PeriodLength,
    TierMethod,
)
from app.engine.timeline import Timeline

N = 8
money = st.floats(0, 1e4, allow_subnormal=False)
rows = arrays(np.float64, N, elements=money)
incomes = arrays(np.float64, N, elements=st.floats(-1e4, 1e4, allow_subnormal=False))
macrs_lives = st.sampled_from([3.0, 5.0, 7.0, 10.0, 15.0, 20.0])


@st.composite
def classes(draw, method=None):
    method = method or draw(st.sampled_from(DepreciationMethod))
    lives = macrs_lives if method is DepreciationMethod.MACRS else st.integers(1, 12).map(float)
    pool = method is DepreciationMethod.POOL
    return DepreciationClass(
        "plant",
        method,
        life=draw(lives),
        factor=draw(st.floats(0.01, 0.6) if pool else st.floats(0.5, 3.0)),
        half_year=draw(st.booleans()),
        salvage=0.0 if method is DepreciationMethod.MACRS else draw(st.floats(0, 0.9)),
        opening=draw(money),
        opening_life=draw(st.floats(0.5, 10)),
        first_year=draw(st.sampled_from([None, 0.5, 1.0, 1.5])),
    )


losses = st.builds(
    Losses,
    rule=st.sampled_from(LossRule),
    cap=st.floats(0, 1),
    expiry=st.none() | st.integers(1, 6).map(float),
    carry_back=st.integers(0, 3).map(float),
    opening=money,
)

LEVIES = (
    Levy("unit", LevyBase.T_PROCESSED, 0.7, LevyKind.UNIT),
    Levy("gross", LevyBase.GROSS_REVENUE, 0.02, treatment=LevyTreatment.NEITHER),
    Levy("proceeds", LevyBase.NET_PROCEEDS, 0.05, carry_forward=True, capital_first=True, order=1),
    Levy("tiers", LevyBase.EBITDA, 0.0, LevyKind.TIERED, steps=((0.0, 0.01), (500.0, 0.1)), order=1),
    Levy(
        "margin",
        LevyBase.MARGIN,
        0.0,
        LevyKind.TIERED,
        steps=((0.1, 0.05), (0.4, 0.2)),
        tier_method=TierMethod.AVERAGE,
        order=2,
        before_tax=False,
    ),
    Levy("quadratic", LevyBase.NSR, 0.019, LevyKind.PROFIT_QUADRATIC, quadratic=0.4, cap=0.0535, order=3),
    Levy("duty", LevyBase.EBIT, 0.075, order=4, before_tax=False, credit=0.3, allowance_most=0.4),
    Levy("net", LevyBase.NET_PROCEEDS, 0.13, order=5, capital_first=True, credited="duty", uplift=0.07),
)


def whole(cls, rules, **tax):
    return Fiscal(
        levies=LEVIES,
        depreciation=(
            cls,
            DepreciationClass("mineral", DepreciationMethod.UNITS_OF_PRODUCTION),
            replace(cls, name="own", salvage=0.0, levy="duty", cost_of=cls.name, allowance=0.08),
        ),
        tax=IncomeTax(rate=0.3, losses=rules, credits=1.5, minimum=0.01, lag=1, **tax),
        working_capital=WorkingCapital(30.0, 10.0, 45.0),
        depletion=Depletion(0.15, cost_class="mineral"),
    )


def every_row(result: FiscalResult):
    for field in fields(result):
        value = getattr(result, field.name)
        yield from value.items() if isinstance(value, dict) else [(field.name, value)]


@given(classes(), rows, arrays(np.float64, N, elements=st.floats(0, 1000)), st.integers(0, N - 1))
def test_depreciation_adds_up_to_cost_less_salvage(mine, cls, spent, ore, start):
    result = mine(
        N,
        Fiscal(depreciation=(cls,)),
        production_start=start,
        ore_processed=ore,
        capital_by_class={"plant": spent},
    )
    base = cls.opening + spent.sum() * (1 - cls.salvage)
    assert result.depreciation.min() >= 0.0
    assert result.written_off.min() >= 0.0
    assert (result.depreciation + result.written_off).sum() == pytest.approx(base, rel=1e-9, abs=1e-9)
    lost = mine(
        N,
        Fiscal(depreciation=(replace(cls, at_closure=ClosureBalance.LOST),)),
        production_start=start,
        ore_processed=ore,
        capital_by_class={"plant": spent},
    )
    assert lost.written_off.max() == 0.0
    assert lost.depreciation.sum() <= base * (1 + 1e-12) + 1e-9


@given(classes(), rows)
def test_the_books_never_claim_more_than_was_spent_so_far(mine, cls, spent):
    result = mine(N, Fiscal(depreciation=(cls,)), ore_processed=1.0, capital_by_class={"plant": spent})
    claimed = np.cumsum(result.depreciation[:, 0] + result.written_off[:, 0])
    assert (claimed <= cls.opening + np.cumsum(spent) + 1e-6).all()


@given(incomes, losses)
def test_pools_are_never_negative_and_every_loss_is_accounted_for(mine, income, rules):
    result = mine(N, Fiscal(tax=IncomeTax(rate=0.3, losses=rules)), entered={"taxable_income": income})
    assert result.loss_pool.min() >= 0.0
    assert result.losses_used.min() >= 0.0
    assert (result.losses_used[:, 0] <= rules.cap * np.maximum(income, 0) + 1e-9).all()
    if rules.rule is LossRule.CARRY_FORWARD and rules.expiry is None and not rules.carry_back:
        made = rules.opening + np.maximum(-income, 0).sum()
        assert result.losses_used.sum() + result.loss_pool[-1, 0] == pytest.approx(made, abs=1e-6)


@given(incomes, losses)
def test_tax_lies_between_full_offset_and_no_relief(mine, income, rules):
    tax = IncomeTax(rate=0.3, losses=replace(rules, opening=0.0))
    paid = mine(N, Fiscal(tax=tax), entered={"taxable_income": income}).income_tax.sum()
    assert 0.3 * income.sum() - 1e-6 <= paid <= 0.3 * np.maximum(income, 0).sum() + 1e-6


@given(rows, rows, rows, st.integers(0, N - 1))
def test_working_capital_comes_back_in_full(mine, revenue, opex, days, release):
    terms = WorkingCapital(days, 10.0, 45.0, release=release)
    change = mine(N, Fiscal(working_capital=terms), revenue=revenue, opex_total=opex).working_capital_change
    assert change.sum() == pytest.approx(0.0, abs=1e-9 * (1 + np.abs(change).max()))


@given(classes(), losses, rows, rows, rows, st.sampled_from([0.25, 2.0, 1024.0]))
def test_money_times_k_gives_k_times_the_money(mine, cls, rules, revenue, opex, spent, k):
    """Rates on money only, and k a power of two, so that the arithmetic itself is exact."""

    def assessed(k):
        scaled = replace(
            whole(replace(cls, opening=cls.opening * k), replace(rules, opening=rules.opening * k))
        )
        levies = tuple(levy for levy in LEVIES if levy.name not in ("unit", "tiers"))
        tax = replace(scaled.tax, credits=1.5 * k)
        return mine(
            N,
            replace(scaled, levies=levies, tax=tax),
            ore_processed=1.0,
            revenue=revenue * k,
            opex_total=opex * k,
            capital={"initial": spent * k},
            capital_by_class={"plant": spent * k, "mineral": spent * k},
        )

    for (name, one), (_, many) in zip(every_row(assessed(1.0)), every_row(assessed(k)), strict=True):
        np.testing.assert_allclose(many, k * one, rtol=1e-9, atol=1e-6 * k, err_msg=name)


@given(classes(), losses, arrays(np.float64, (4, N, 3), elements=money))
def test_first_column_of_a_batch_is_the_single_run_bit_for_bit(mine, cls, rules, batch):
    def assessed(revenue, opex, spent, ore):
        return mine(
            N,
            whole(cls, rules),
            production_start=None,
            revenue=revenue,
            opex_total=opex,
            ore_processed=ore,
            capital={"initial": spent},
            capital_by_class={"plant": spent, "mineral": spent},
            price_index=1.025 ** np.arange(N),
        )

    together, alone = assessed(*batch), assessed(*batch[:, :, :1])
    for (name, many), (_, one) in zip(every_row(together), every_row(alone), strict=True):
        np.testing.assert_array_equal(many[:, : one.shape[1]][:, :1], one[:, :1], err_msg=name)


def test_rows_that_every_trial_shares_stay_one_column(mine):
    """An uncertain price widens what depends on it and nothing else."""
    cls = DepreciationClass("plant", DepreciationMethod.MACRS, life=5.0)
    result = mine(
        N,
        replace(whole(cls, Losses()), depletion=None),
        ore_processed=1.0,
        revenue=np.ones((N, 5)) * 100,
        capital={"initial": 50.0},
        capital_by_class={"plant": 50.0},
    )
    assert result.depreciation.shape == result.written_off.shape == result.levies["unit"].shape == (N, 1)
    assert result.income_tax.shape == result.levies["gross"].shape == result.working_capital.shape == (N, 5)


def test_every_row_has_every_period(mine):
    """Also where every number of the fiscal terms is a constant."""
    for name, row in every_row(
        mine(N, whole(DepreciationClass("plant", DepreciationMethod.IMMEDIATE), Losses()))
    ):
        assert row.shape == (N, 1), name


@given(rows, rows)
def test_months_of_equal_flows_add_up_to_the_year(mine, revenue, opex):
    """Losses are used month by month, so only rows without pools tie exactly."""
    fiscal = replace(
        whole(DepreciationClass("plant", DepreciationMethod.STRAIGHT_LINE, life=4.0), Losses()),
        depletion=None,
    )
    without = tuple(levy for levy in LEVIES if not (levy.carry_forward or levy.capital_first))
    fiscal = replace(fiscal, levies=without, tax=IncomeTax(rate=0.3))
    months = replace(Timeline.regular(date(2026, 1, 1), PeriodLength.MONTH, 12 * N), production_start=0)
    spent = np.zeros(12 * N)
    spent[0] = 1000.0
    given = {"ore_processed": 1.0 / 12, "capital_by_class": {"plant": spent}}
    monthly = mine(
        12 * N,
        fiscal,
        timeline=months,
        revenue=np.repeat(revenue / 12, 12),
        opex_total=np.repeat(opex / 12, 12),
        **given,
    )
    yearly = mine(
        N,
        fiscal,
        revenue=revenue,
        opex_total=opex,
        ore_processed=1.0,
        capital_by_class={"plant": spent[::12]},
    )
    rolled = {name: np.add.reduceat(row, months.year_starts) for name, row in every_row(monthly)}
    for name, row in every_row(yearly):
        if name in ("loss_pool", "losses_used", "tax_charged", "income_tax") or "working" in name:
            continue
        np.testing.assert_allclose(rolled[name], row, rtol=1e-9, atol=1e-6, err_msg=name)
