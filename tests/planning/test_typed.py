"""What people type or paste into one field: numbers, and a unit behind them."""

from __future__ import annotations

import pytest

from app.planning.typed import numbers_of
from app.web.forms import Form


def typed(text: str) -> tuple[list[float | str], str, str]:
    form = Form.of(rate=text)
    found = numbers_of(form, "rate")
    return found.numbers, found.unit, form.error("rate")


@pytest.mark.parametrize(
    ("text", "numbers", "unit"),
    [
        ("60 30 10", [60, 30, 10], ""),
        ("60%\t30%\t10%", [60, 30, 10], "%"),
        ("60 % 30 % 10 %", [60, 30, 10], "%"),
        ("60 30 10 %", [60, 30, 10], "%"),
        ("60;30;10%", [60, 30, 10], "%"),
        ("1.5 g/t", [1.5], "g/t"),
        ("1.5g/t", [1.5], "g/t"),
        ("3,500 USD/oz", [3500], "USD/oz"),
        ("(12) M¤", [-12], "M¤"),
        ("1.2M¤", [1.2], "M¤"),
        ("1e6 t", [1e6], "t"),
        ("1e6", [1e6], ""),
        ("12- kt", [-12], "kt"),
        ("90 ∞ koz", [90, "infinite"], "koz"),
    ],
)
def test_numbers_and_the_unit_behind_them(text: str, numbers: list[float | str], unit: str) -> None:
    assert typed(text) == (numbers, unit, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc", "a number such as 1234.5"),
        ("%", "a number such as 1234.5"),
        ("% 60", "value 1, “%”, must be a number such as 1234.5"),
        ("60 abc 30", "value 2, “abc”, must be a number such as 1234.5"),
        ("60 % 30", "value 2, “%”, must be a number such as 1234.5"),
        ("60% 0.3 g/t", "one unit for all numbers, not % and g/t"),
        ("60 % %", "value 2, “%”, must be a number such as 1234.5"),
        ("1.2.3", "a number such as 1234.5"),
    ],
)
def test_what_is_no_number_is_named(text: str, said: str) -> None:
    assert said in typed(text)[2]
