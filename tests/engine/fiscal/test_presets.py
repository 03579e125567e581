"""Countries' terms, each against a number worked out by hand from its source."""

from __future__ import annotations

import pytest

from app.engine.fiscal import check_fiscal
from app.engine.fiscal.presets import QUEENSLAND_PRICES, mexico, queensland, tasmania, united_states
from app.engine.inputs import MetalTerms, MineInputs, Product, Terms
from app.engine.inputs.fiscal import Fiscal
from app.engine.kinds import PeriodLength
from app.engine.timeline import Timeline, date


def test_mexico(mine):
    """2025 of the report: EBITDA 1,332, duty 99.9, profit share 121.8, gross income 1,096, tax 299."""
    levies, tax = mexico()
    result = mine(1, Fiscal(levies=levies, tax=tax), revenue=1332.0, entered={"depreciation": 14.32})
    assert result.levies["mining duty"] == pytest.approx(99.9)
    assert result.levies["profit share"] == pytest.approx(121.778, abs=1e-3)
    assert result.taxable_income == pytest.approx(1096.0, abs=0.01)
    assert result.income_tax == pytest.approx(298.83, abs=0.01)
    assert result.levies_before_tax == 0.0


def test_tasmania(mine):
    """Profit of a tenth of sales: 1.9 % + 0.4 · 1 % = 2.3 % of net sales; a rebate of a fifth off that."""
    assert mine(
        1, Fiscal(levies=(tasmania(),)), revenue=100.0, opex_total=90.0
    ).levies_before_tax == pytest.approx(2.3)
    rich = {"revenue": 100.0, "opex_total": 20.0}
    assert mine(1, Fiscal(levies=(tasmania(),)), **rich).levies_before_tax == pytest.approx(5.35)
    assert mine(1, Fiscal(levies=(tasmania(0.2),)), **rich).levies_before_tax == pytest.approx(0.8 * 5.35)


@pytest.mark.parametrize(("processed", "rate"), [(False, 0.0375), (True, 0.03)])
def test_queensland(mine, processed, rate):
    """Copper half-way between A$3,600 and A$9,200; a fifth less where it becomes metal in the state."""
    levy = queensland("copper", "Cu", processed_in_state=processed)
    result = mine(
        1, Fiscal(levies=(levy,)), revenue=100.0, revenue_by_metal={"Cu": 100.0}, prices={"Cu": 6400.0}
    )
    assert result.levies_before_tax == pytest.approx(100 * rate)


def test_queensland_gold_in_ounces(mine):
    result = mine(
        1,
        Fiscal(levies=(queensland("gold", "Au"),)),
        revenue=100.0,
        revenue_by_metal={"Au": 100.0},
        prices={"Au": 745.0 / 31.1034768 * 1e6},
    )
    assert result.levies_before_tax == pytest.approx(3.75)


def test_united_states(mine):
    result = mine(2, Fiscal(tax=united_states()), entered={"taxable_income": [-100.0, 100.0]})
    assert result.income_tax[:, 0] == pytest.approx([0, 0.21 * 20])


def test_every_preset_passes_the_check():
    metals = tuple(MetalTerms(name, 1.0) for name in QUEENSLAND_PRICES)
    levies, tax = mexico()
    levies += (tasmania(), *(queensland(name) for name in QUEENSLAND_PRICES))
    inputs = MineInputs(
        timeline=Timeline.regular(date(2026, 1, 1), PeriodLength.YEAR, 3),
        terms=Terms(discount_rate=0.08),
        products=(Product("concentrate", metals),),
        fiscal=Fiscal(levies=levies, tax=tax),
    )
    assert check_fiscal(inputs) == []
