"""Entered rows replace a derived line, and what follows is derived from them."""

from __future__ import annotations

import pytest

from app.engine.inputs.fiscal import DepreciationClass, Fiscal, IncomeTax, Levy, WorkingCapital
from app.engine.kinds import DepreciationMethod, LevyBase
from app.engine.quantity import Driven

FISCAL = Fiscal(
    levies=(
        Levy("royalty", LevyBase.GROSS_REVENUE, 0.02, order=1),
        Levy("share", LevyBase.EBIT, 0.1, order=2, before_tax=False),
    ),
    depreciation=(
        DepreciationClass("plant", DepreciationMethod.STRAIGHT_LINE, life=4),
        DepreciationClass("fleet", DepreciationMethod.STRAIGHT_LINE, life=2),
    ),
    tax=IncomeTax(rate=0.3),
    working_capital=WorkingCapital(receivable_days=36.5),
)
GIVEN = {"revenue": 100.0, "opex_total": 40.0, "capital_by_class": {"plant": [40, 0], "fleet": [20, 0]}}


def entered(mine, **rows):
    return mine(2, FISCAL, entered=rows, **GIVEN)


def test_nothing_entered(mine):
    result = entered(mine)
    assert result.depreciation[:, 0] == pytest.approx([20, 20])
    assert result.written_off[:, 0] == pytest.approx([0, 20])
    assert result.levies["share"][:, 0] == pytest.approx([3.8, 1.8])


def test_depreciation_leads_to_levies_and_tax(mine):
    result = entered(mine, depreciation=[8.0, 18.0])
    assert result.levies["share"][:, 0] == pytest.approx([5, 4])
    assert result.taxable_income[:, 0] == pytest.approx([45, 36])
    assert result.income_tax[:, 0] == pytest.approx([13.5, 10.8])
    assert result.written_off.sum() == 0.0
    assert result.depreciation_by_class == {}


def test_one_class_leaves_the_others(mine):
    result = mine(2, FISCAL, entered={"depreciation.plant": [1.0, 2.0]}, **GIVEN)
    assert result.depreciation[:, 0] == pytest.approx([11, 12])
    assert result.written_off.sum() == pytest.approx(0.0)


def test_written_off(mine):
    assert entered(mine, written_off=[0.0, 5.0]).levies["share"][:, 0] == pytest.approx([3.8, 3.3])


def test_a_levy_is_seen_by_those_after_it(mine):
    result = mine(2, FISCAL, entered={"levy.royalty": [8.0, 8.0]}, **GIVEN)
    assert result.levies_before_tax[:, 0] == pytest.approx([8, 8])
    assert result.levies["share"][:, 0] == pytest.approx([3.2, 1.2])


def test_taxable_income_and_income_tax(mine):
    assert entered(mine, taxable_income=[10.0, -5.0]).income_tax[:, 0] == pytest.approx([3, 0])
    result = entered(mine, income_tax=[1.0, -2.0])
    assert result.income_tax[:, 0] == pytest.approx([1, -2])
    assert result.tax_charged[:, 0] == pytest.approx(0.3 * result.taxable_income[:, 0])


def test_working_capital_either_way(mine):
    result = entered(mine, working_capital=[7.0, 3.0])
    assert result.working_capital_change[:, 0] == pytest.approx([7, -4])
    result = entered(mine, working_capital_change=[6.0, -6.0])
    assert result.working_capital[:, 0] == pytest.approx([6, 0])


def test_an_entered_constant_holds_in_every_period(mine):
    assert entered(mine, income_tax=5.0).income_tax[:, 0] == pytest.approx([5, 5])


def test_unknown_driver_of_an_entered_row_is_a_programming_error(mine):
    with pytest.raises(KeyError):
        entered(mine, income_tax=Driven("no such driver"))
