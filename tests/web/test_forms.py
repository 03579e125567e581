"""Forms keep what was typed and collect what is wrong."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import pytest

from app.errors import InvalidInput, Problem
from app.web.forms import Form


class Convention(StrEnum):
    START = "start"
    MID = "mid"


def posted(**texts: str) -> Form:
    return Form({name: [text] for name, text in texts.items()}, posted=True)


def test_it_reads() -> None:
    form = posted(
        name=" Diamba Sud ",
        rate="8.5",
        trials="10,000",
        kind="mid",
        start="2026-07-01",
        demo="on",
        version="3",
    )
    assert form.text("name") == "Diamba Sud"
    assert form.number("rate", least=0, most=100, divide_by=100) == 0.085
    assert form.integer("trials", least=1) == 10_000
    assert form.choice("kind", Convention) is Convention.MID
    assert form.one_of("kind", {"mid", "end"}) == "mid"
    assert form.day("start") == date(2026, 7, 1)
    assert form.flag("demo")
    assert not form.flag("other")
    assert form.version() == 3
    assert form.number("absent", required=False) is None
    assert form.problems == []


def test_percent_keeps_its_digits() -> None:
    assert posted(rate="7").number("rate", divide_by=100) == 0.07


def test_the_unit_of_the_field_may_be_typed() -> None:
    assert posted(rate=" 7.5 % ").number("rate", unit="%", divide_by=100) == 0.075
    form = posted(rate="7 years")
    form.number("rate", unit="%")
    assert form.problems


@pytest.mark.parametrize(
    ("typed", "allowed"),
    [
        ("", "fill this in"),
        ("abc", "a number such as 1234.5"),
        ("-1", "from 0 to 100 %"),
        ("100.5", "from 0 to 100 %"),
    ],
)
def test_number_that_is_not_allowed(typed: str, allowed: str) -> None:
    form = posted(rate=typed)
    form.number("rate", least=0, most=100, unit="%", divide_by=100)
    assert form.problems == [Problem("rate", typed, allowed)]
    assert form.error("rate") == allowed
    assert form["rate"] == typed


def test_bounds_on_one_side() -> None:
    form = posted(a="-1", b="2000000")
    form.number("a", least=0)
    form.number("b", most=1_000_000)
    assert [problem.allowed for problem in form.problems] == ["at least 0", "at most 1,000,000"]


def test_other_kinds_that_are_not_allowed() -> None:
    form = posted(name="x" * 201, zero="a\0b", trials="1.5", kind="end", key="other", start="1 July")
    form.text("name", longest=200)
    form.text("zero")
    form.integer("trials")
    form.choice("kind", Convention)
    form.one_of("key", {"a", "b"})
    form.day("start")
    form.version()
    refused = {problem.field: problem.allowed for problem in form.problems}
    assert refused == {
        "name": "at most 200 characters; this has 201",
        "zero": "text without control characters",
        "trials": "a whole number",
        "kind": "one of start, mid",
        "key": "one of the offered choices",
        "start": "a date such as 2026-07-01",
        "version": "fill this in",
    }


def test_a_missing_integer_is_one_problem() -> None:
    form = posted()
    form.integer("trials")
    assert len(form.problems) == 1


def test_problems_of_the_domain_show_beside_their_fields() -> None:
    form = posted(rate="8")
    form.adopt(InvalidInput([Problem("rate", 8, "below the inflation")]))
    form.refuse("rate", "another reason")
    assert form.error("rate") == "below the inflation; another reason"
    assert form.error("name") == ""


@pytest.mark.usefixtures("german")
def test_stored_values_as_the_reader_writes_them() -> None:
    form = Form.of(rate=7.5, start=date(2026, 7, 1), kind=Convention.MID, on=True, off=False, none=None, n=12)
    shown = {name: form[name] for name in ("rate", "start", "kind", "on", "off", "none", "n")}
    assert shown == {
        "rate": "7,5",
        "start": "2026-07-01",
        "kind": "mid",
        "on": "on",
        "off": "",
        "none": "",
        "n": "12",
    }
    assert form.number("rate") == 7.5
    assert not form.posted


def test_repeated_fields() -> None:
    form = Form({"tag": ["a", "b"]})
    assert form.all("tag") == ["a", "b"]
    assert form["tag"] == "a"
    assert form.all("none") == []
