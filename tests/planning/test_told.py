"""Differences in the words of the forms."""

from __future__ import annotations

import re

import pytest

from app.features.history.shown import shown
from app.planning.difference import Difference, differences
from app.planning.parts import PARTS
from app.planning.told import part_at
from app.planning.words import in_words
from tests import everything


@pytest.mark.parametrize("part", [part for part in PARTS.values() if part.path], ids=lambda part: part.key)
def test_every_part_and_field_is_found_by_its_place(part) -> None:
    lists = [in_words(name) for name in part.path]
    row = lists if part.single else [step for name in lists for step in (name, "Some row")]
    assert part_at(" › ".join(row)) == (part, None)
    for field in part.fields:
        assert part_at(" › ".join([*row, in_words(field.name)])) == (part, field)


@pytest.mark.parametrize(
    "place", ["", "Levies", "Name", "Levies › NSR › No such field", "Nothing › at › all"]
)
def test_other_places_have_none(place: str) -> None:
    assert part_at(place) is None


@pytest.mark.parametrize(
    ("difference", "told"),
    [
        (
            Difference("Levies › NSR › Base", "nsr", "net_proceeds"),
            ("Levies › NSR › Base", "net smelter return", "net proceeds"),
        ),
        (
            Difference("Levies › NSR › Before tax", True, False),
            ("Levies › NSR › A royalty, before tax", "yes", "no"),
        ),
        (
            Difference("Depreciation › Plant › Method", None, "macrs"),
            ("Depreciation › Plant › Method", "–", "MACRS"),
        ),
        (
            Difference("Depreciation › Plant › Method", "of an older release", "pool"),
            ("Depreciation › Plant › Method", "of an older release", "declining pool"),
        ),
        (Difference("Levies › order", ["a", "b"], ["b", "a"]), ("Levies › order", "a, b", "b, a")),
        (
            Difference("Levies › NSR", None, {"base": "nsr", "before_tax": True, "name": "NSR"}),
            ("Levies › NSR", "–", "Name: NSR; Base: net smelter return; A royalty, before tax: yes"),
        ),
    ],
)
def test_what_a_page_shows(difference: Difference, told: tuple[str, str, str]) -> None:
    line = shown(difference)
    assert (line.place, line.before, line.after) == told


def test_a_whole_scenario_is_told_without_a_word_of_the_code() -> None:
    whole = everything.document()["scenarios"][0]
    del whole["entered_rows"]  # named by keys of lines, as people enter them
    parameters = re.compile("|".join(row["name"] for row in whole["parameters"]))
    lines = [shown(each) for each in differences({}, whole)]
    assert not [line for line in lines if "_" in parameters.sub("", line.after)]
