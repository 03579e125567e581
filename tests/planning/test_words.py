"""Values as a line: what differs between two rows by period, and what is said of others."""

from __future__ import annotations

from typing import Any

import pytest

from app.planning.words import changed_periods, pair_in_words

ROW: dict[str, Any] = {"value": [float(each) for each in range(9)], "unit": "t"}


def other(**changes: Any) -> dict[str, Any]:
    return {**ROW, **changes}


def moved(*periods: int) -> list[float]:
    return [each + 0.5 if index in periods else each for index, each in enumerate(ROW["value"])]


def test_two_rows_show_the_periods_in_which_they_differ() -> None:
    mine = other(value=moved(2, 8), driver=None)
    assert pair_in_words(ROW, mine) == ("period 2: 2; period 8: 8", "period 2: 2.5; period 8: 8.5")
    assert changed_periods(ROW, mine) == [2, 8]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (other(value=moved(*range(9))), "0.5 to 8.5 t by period"),
        (other(value=moved(2), unit="kt"), "0 to 8 kt by period"),
        (other(value=moved(2), driver="ore"), "0 to 8 t × ore by period"),
        (other(value=[1.0, 2.0]), "1, 2 t"),
        (other(value=3.0), "3 t"),
        (None, "–"),
    ],
)
def test_what_cannot_be_told_by_period_is_told_whole(value: Any, said: str) -> None:
    assert pair_in_words(ROW, value) == ("0 to 8 t by period", said)
