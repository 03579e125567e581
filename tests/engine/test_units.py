from __future__ import annotations

import pytest

from app.engine.units import UNITS, UnitMismatch, convert, from_base, price_from_base, price_to_base, to_base


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1, "oz", "g", 31.1034768),
        (1, "t", "lb", 2204.6226218487757),
        (1, "st", "t", 0.90718474),
        (1, "lt", "lb", 2240),
        (1, "st", "lb", 2000),
        (34.285714285714285, "g/t", "oz/st", 1.0000000000000000),
        (1, "%", "g/t", 10_000),
        (1, "ppm", "ppb", 1000),
        (1, "Mt", "kt", 1000),
        (1, "Moz", "koz", 1000),
        (1, "GWh", "kWh", 1e6),
        (2, "d", "h", 48),
    ],
)
def test_exact_factors(value: float, source: str, target: str, expected: float) -> None:
    assert convert(value, source, target) == pytest.approx(expected, rel=1e-15)


def test_grams_per_tonne_to_ounces_per_short_ton_divide_by_34_2857() -> None:
    assert float(convert(34.2857142857, "g/t", "oz/st")) == pytest.approx(1, rel=1e-11)


@pytest.mark.parametrize("symbol", UNITS)
def test_there_and_back_is_the_same(symbol: str) -> None:
    assert float(from_base(to_base(12.5, symbol), symbol)) == pytest.approx(12.5, rel=1e-15)
    assert float(price_from_base(price_to_base(12.5, symbol), symbol)) == pytest.approx(12.5, rel=1e-15)


def test_a_price_per_pound_per_tonne() -> None:
    assert float(price_to_base(12.9, "lb")) == pytest.approx(28439.63182122, abs=0.02)


def test_mass_is_no_grade() -> None:
    with pytest.raises(UnitMismatch, match="oz is a mass, g/t is a grade"):
        convert(1, "oz", "g/t")
