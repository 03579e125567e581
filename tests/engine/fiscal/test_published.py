"""Published schedules and tax stacks, through the public inputs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from app.engine.fiscal.depreciation.declining_balance import MACRS_FACTORS
from app.engine.inputs.fiscal import DepreciationClass, Fiscal, IncomeTax, Levy, Losses, WorkingCapital
from app.engine.kinds import DepreciationMethod, LevyBase, LossRule

# IRS Publication 946, appendix A, table A-1, in percent of cost (read in a transcription).
MACRS = {
    3: [33.33, 44.45, 14.81, 7.41],
    5: [20, 32, 19.2, 11.52, 11.52, 5.76],
    7: [14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46],
    10: [10, 18, 14.4, 11.52, 9.22, 7.37, 6.55, 6.55, 6.56, 6.55, 3.28],
    15: [5, 9.5, 8.55, 7.7, 6.93, 6.23, 5.9, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 2.95],
    20: [3.75, 7.219, 6.677, 6.177, 5.713, 5.285, 4.888, 4.522, *[4.462, 4.461] * 6, 2.231],
}


@pytest.mark.parametrize("life", MACRS)
def test_macrs_tables_from_the_rule(mine, life):
    """Never further from the printed table than its rounding, which carries from year to year."""
    n = life + 1
    cls = DepreciationClass("plant", DepreciationMethod.MACRS, life=life)
    result = mine(n, Fiscal(depreciation=(cls,)), capital_by_class={"plant": [100.0] + [0.0] * (n - 1)})
    step = 0.001 if life == 20 else 0.01
    np.testing.assert_allclose(result.depreciation[:, 0], MACRS[life], atol=0.8 * step)
    assert result.depreciation.sum() == pytest.approx(100.0, abs=1e-12)
    assert np.abs(result.written_off).max() < 1e-12


@pytest.mark.parametrize("life", MACRS)
def test_the_printed_macrs_digits_follow_when_each_year_is_rounded(life):
    """Each year rounded half up, and the next taken from what they leave: every digit follows."""
    digit = Decimal("0.001") if life == 20 else Decimal("0.01")
    factor, book, left, span = Decimal(MACRS_FACTORS[life]), Decimal(100), Decimal(life), Decimal("0.5")
    printed = []
    while left > 0:
        charge = max(factor / life * book * span, book * min(span / left, Decimal(1)))
        printed.append(charge.quantize(digit, ROUND_HALF_UP))
        book, left, span = book - printed[-1], left - span, Decimal(1)
    assert [float(value) for value in printed] == MACRS[life]


def test_a_plant_with_macrs_7_and_a_loss_that_is_lost(mine):
    """A sugarcane biorefinery from its project's documentation: 198.8 spent 40/60, EBITDA 41.01."""
    fixed_capital, ebitda, n = 198.8, 41.01, 22
    spend = np.zeros(n)
    spend[:2] = 0.4 * fixed_capital, 0.6 * fixed_capital
    revenue = np.full(n, ebitda)
    revenue[:2] = 0.0
    balance = np.full(n, 0.05 * fixed_capital)
    balance[[0, -1]] = 0.0
    fiscal = Fiscal(
        depreciation=(DepreciationClass("plant", DepreciationMethod.MACRS, life=7),),
        tax=IncomeTax(rate=0.21, losses=Losses(LossRule.LOST)),
    )
    result = mine(
        n,
        fiscal,
        production_start=None,
        revenue=revenue,
        capital_by_class={"plant": spend},
        entered={"working_capital": balance},
    )
    printed = [0, 0, 28.4, 48.7, 34.8, 24.8, 17.8, 17.7, 17.8, 8.87] + [0] * 12
    np.testing.assert_allclose(result.depreciation[:, 0], printed, atol=0.06)
    earnings = result.taxable_income - result.income_tax
    printed = [0, 0, 9.95, -7.69, 4.92, 12.8, 18.4, 18.4, 18.4, 25.4] + [32.4] * 12
    np.testing.assert_allclose(earnings[:, 0], printed, atol=0.06)
    np.testing.assert_allclose(result.working_capital_change[[1, -1], 0], [9.94, -9.94], atol=0.005)
    assert result.loss_pool.max() == 0.0


# Buenavista del Cobre, report summary of 2025, table 19.1, 2025-2045, US$ M (read in a transcription).
def printed(row: str) -> np.ndarray:
    return np.array(row.split(), dtype=np.float64)


REVENUE = printed(
    "3220 3146 2756 2744 2668 3190 2826 2912 2788 2889 2889 1723 1341 1418 1478 1475 1382 1486 1680 1678 1651"
)
OPEX = printed(
    "1888 1870 1851 1981 1913 1994 1889 1881 1815 1826 1827 1405 1244 1322 1271 1343 1227 1278 1377 1300 1290"
)
EBITDA = printed("1332 1276 905 762 754 1196 937 1031 973 1063 1061 318 97 96 207 132 155 208 304 379 361")
GROSS_INCOME = printed(
    "1096 1039 712 567 546 903 676 734 664 716 687 54 -148 -152 -62 -128 -102 -55 29 102 99"
)
INCOME_TAX = printed("299 283 193 153 147 244 182 197 177 191 182 9 0 0 0 0 0 0 0 0 0")
INCREASE = printed("54 -4 -30 -14 0 35 -20 8 -4 7 0 -55 -16 -1 10 -7 4 4 7 7 -1")


def test_the_mexican_stack_year_by_year(mine):
    """Duty 7.5 % of EBITDA, profit share 10 %, tax 30 % less 30 % of the duty, losses carried forward.

    Depreciation is not printed: it is what leaves the printed gross income after duty and profit share.
    """
    gross = GROSS_INCOME
    duty = 0.075 * EBITDA
    depreciation = EBITDA - duty - np.where(gross > 0, gross / 0.9, gross)
    fiscal = Fiscal(
        levies=(
            Levy("duty", LevyBase.EBITDA, 0.075, order=1, credit=0.30, before_tax=False),
            Levy("profit share", LevyBase.EBIT, 0.10, order=2, before_tax=False),
        ),
        tax=IncomeTax(rate=0.30),
    )
    result = mine(21, fiscal, revenue=EBITDA, entered={"depreciation": depreciation})
    np.testing.assert_allclose(result.taxable_income[:, 0], gross, atol=1e-9)
    np.testing.assert_allclose(result.income_tax[:, 0], INCOME_TAX, atol=0.31)  # printed to 1
    np.testing.assert_allclose(result.levies["duty"][:, 0], duty)
    np.testing.assert_allclose(result.levies["profit share"][:, 0], np.maximum(gross, 0) / 9)


def test_thirty_forty_five_ten_days(mine):
    """The same mine's working capital from 2026 on; its opening balance is not printed."""
    terms = WorkingCapital(receivable_days=30, inventory_days=10, payable_days=45)
    result = mine(22, Fiscal(working_capital=terms), revenue=[*REVENUE, 0.0], opex_total=[*OPEX, 0.0])
    np.testing.assert_allclose(result.working_capital_change[1:21, 0], INCREASE[1:], atol=1.2)
    assert result.working_capital_change.sum() == pytest.approx(0.0, abs=1e-12)
