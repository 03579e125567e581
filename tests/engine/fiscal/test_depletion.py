"""Percentage depletion beside cost depletion."""

from __future__ import annotations

import pytest

from app.engine.inputs.fiscal import Depletion, DepreciationClass, Fiscal, Levy
from app.engine.kinds import DepreciationMethod, LevyBase

MINERAL = DepreciationClass("mineral", DepreciationMethod.UNITS_OF_PRODUCTION)
GIVEN = {"revenue": 100.0, "ore_processed": 1.0, "capital_by_class": {"mineral": [40.0, 0.0, 0.0, 0.0]}}


def depleted(mine, terms, **given):
    fiscal = Fiscal(depreciation=(MINERAL,), depletion=terms)
    return mine(4, fiscal, **(GIVEN | given))


def test_cost_depletion_when_it_is_greater(mine):
    result = depleted(mine, Depletion(0.05, cost_class="mineral"), opex_total=20.0)
    assert result.depreciation_by_class["mineral"][:, 0] == pytest.approx([10, 10, 10, 10])
    assert result.depletion.sum() == 0.0


def test_percentage_depletion_draws_the_basis_down_and_goes_on_without_it(mine):
    """15 % of 100 is 15 a year of a basis of 40: two years and 10 from it, then 5 and 15 beyond."""
    result = depleted(mine, Depletion(0.15, cost_class="mineral"), opex_total=20.0)
    assert result.depreciation[:, 0] == pytest.approx([15, 15, 10, 0])
    assert result.depletion[:, 0] == pytest.approx([0, 0, 5, 15])
    assert result.taxable_income[:, 0] == pytest.approx([65] * 4)
    assert result.written_off.sum() == pytest.approx(0.0)


def test_at_most_half_of_the_income_before_depletion(mine):
    result = mine(4, Fiscal(depletion=Depletion(0.15)), revenue=100.0, opex_total=[80, 99, 101, 20])
    assert result.depletion[:, 0] == pytest.approx([10, 0.5, 0, 15])


def test_royalties_are_no_gross_income(mine):
    fiscal = Fiscal(levies=(Levy("royalty", LevyBase.GROSS_REVENUE, 0.1),), depletion=Depletion(0.15))
    assert mine(1, fiscal, revenue=100.0).depletion == pytest.approx(0.15 * 90)


def test_levies_on_profit_do_not_see_depletion(mine):
    levies = (Levy("share", LevyBase.EBIT, 0.1, before_tax=False),)
    fiscal = Fiscal(levies=levies, depletion=Depletion(0.15))
    result = mine(1, fiscal, revenue=100.0, opex_total=20.0)
    assert result.levies["share"] == pytest.approx(8)
    assert result.taxable_income == pytest.approx(80 - 8 - 15)


def test_an_entered_total_holds_all_depletion(mine):
    result = depleted(mine, Depletion(0.15, cost_class="mineral"), entered={"depreciation": [7.0] * 4})
    assert result.depreciation_by_class == {}
    assert result.taxable_income[:, 0] == pytest.approx([93] * 4)


def test_an_entered_depletion_row(mine):
    result = depleted(mine, Depletion(0.15), entered={"depletion": [3.0] * 4})
    assert result.depletion[:, 0] == pytest.approx([3] * 4)
