"""Numbers, money and dates in the reader's signs, and back."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from app.web import context
from app.web.formatting import count, day, element, full, moment, money, number, parse_number, percent, plain
from app.web.locales import LOCALES, Locale, best_locale


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 4, "0"),
        (-0.0, 4, "0"),
        (1, 4, "1.000"),
        (1234.5678, 4, "1,235"),
        (1234567.89, 3, "1,234,568"),
        (0.000123456, 3, "0.000123"),
        (-12.345, 4, "−12.35"),
        (9.9996, 4, "10.00"),
        (0.99996, 4, "1.000"),
        (999.96, 4, "1,000"),
        (-0.00004, 1, "−0.00004"),
        (1e-20, 3, "0.000000000000000"),
        (None, 4, "–"),
        (math.nan, 4, "n/a"),
        (math.inf, 4, "∞"),
        (-math.inf, 4, "−∞"),
    ],
)
def test_number(value: float | None, digits: int, text: str) -> None:
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "places", "text"), [(1234.56, 1, "1,234.6"), (-0.04, 1, "0.0"), (2.5, 0, "2"), (3, 2, "3.00")]
)
def test_number_with_fixed_places(value: float, places: int, text: str) -> None:
    assert number(value, places=places) == text


@pytest.mark.parametrize(
    ("amount", "options", "text"),
    [
        (436.4e6, {}, "436.4 M"),
        (436.4e6, {"currency": "US$"}, "US$ 436.4 M"),
        (-1.5e9, {"currency": "US$", "digits": 3}, "US$ −1.50 bn"),
        (999, {}, "999.0"),
        (12_000, {}, "12.00 k"),
        (12_000, {"scale": "M"}, "0.01200 M"),
        (12_000, {"scale": ""}, "12,000"),
        (0, {"currency": "C$"}, "C$ 0"),
        (None, {"currency": "US$"}, "–"),
        (math.nan, {"currency": "US$"}, "n/a"),
    ],
)
def test_money(amount: float | None, options: dict[str, object], text: str) -> None:
    assert money(amount, **options).replace("\u00a0", " ") == text  # type: ignore[arg-type]


def test_percent() -> None:
    assert percent(0.081) == "8.10\u00a0%"
    assert percent(None) == "–"


def test_count() -> None:
    assert count(1234567) == "1,234,567"
    assert count(-3) == "−3"
    assert count(None) == "–"


@pytest.mark.usefixtures("german")
def test_german_signs() -> None:
    assert number(-1234567.891, 9) == "−1.234.567,89"
    assert money(1.5e6, "€", digits=2) == "€\u00a01,5\u00a0M"
    assert plain(0.075, 100) == "7,5"
    assert day(date(2026, 7, 1)) == "01.07.2026"
    assert day(date(2026, 7, 1), iso=True) == "2026-07-01"


def test_dates() -> None:
    assert day(date(2026, 7, 1)) == "1 Jul 2026"
    assert day(None) == "–"
    noon_in_lima = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert moment(noon_in_lima) == "1 Jul 2026, 17:00 UTC"
    assert moment(datetime(2026, 7, 1, 17, 0, tzinfo=UTC)) == moment(noon_in_lima)


@pytest.mark.parametrize(
    ("value", "times", "text"), [(0.07, 100, "7"), (0.29, 100, "29"), (1e-7, 1, "0.0000001")]
)
def test_plain_shows_what_was_typed(value: float, times: int, text: str) -> None:
    assert plain(value, times) == text


def test_element_carries_the_full_value() -> None:
    assert element("1,235", 1234.5678) == '<data value="1234.5678" title="1,234.5678">1,235</data>'
    assert "not defined" in element("n/a", math.nan)
    assert element("–", None) == '<span class="nothing">–</span>'
    assert full(100.0) == "100"
    assert "&lt;b&gt;" in element("<b>", 1.0)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12))
def test_the_full_value_is_every_digit_of_it(value: float) -> None:
    read = full(value).replace(",", "").replace("−", "-")
    assert "e" not in read
    assert float(read) == value
    assert "." not in read or not read.endswith("0")


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("en", "1,234.5", 1234.5),
        ("en", "1234.5", 1234.5),
        ("en", " −12 ", -12),
        ("en", "(1,234.5)", -1234.5),
        ("en", "92.5-", -92.5),
        ("de", "( 5,5 )", -5.5),
        ("en", "+.5", 0.5),
        ("en", "12.", 12),
        ("en", "1e-3", 0.001),
        ("en", "1 234 567", 1234567),
        ("de", "1.234,5", 1234.5),
        ("de", "0,08", 0.08),
        ("de-ch", "1'234.5", 1234.5),
        ("de-ch", "1’234.5", 1234.5),
        ("fr", "1\u202f234,5", 1234.5),
        ("fr", "1 234,5", 1234.5),
        ("sv", "1\u00a0234,5", 1234.5),
    ],
)
def test_number_as_typed(tag: str, text: str, value: float) -> None:
    assert parse_number(text, LOCALES[tag]) == value


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "1,5"),
        ("en", "12,34.5"),
        ("en", "1,234,56"),
        ("en", "0,123"),
        ("de", "0.08"),
        ("de", "1.5"),
        ("de", "1,234.5"),
        ("en", "."),
        ("en", "(-5)"),
        ("en", "()"),
        ("en", "-5-"),
        ("en", "(5"),
        ("en", ""),
        ("en", "-"),
        ("en", "abc"),
        ("en", "nan"),
        ("en", "inf"),
        ("en", "1_000"),
        ("en", "٣"),
        ("en", "1e9999"),
        ("en", "1e999"),
        ("en", "0x10"),
    ],
)
def test_number_that_could_mean_something_else_is_refused(tag: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"a number such as 1234[.,]5"):
        parse_number(text, LOCALES[tag])


@given(value=st.floats(allow_nan=False, allow_infinity=False), locale=st.sampled_from(list(LOCALES.values())))
def test_what_is_shown_reads_back(value: float, locale: Locale) -> None:
    token = context.locale.set(locale)
    try:
        assert parse_number(plain(value)) == value
        assert parse_number(full(value)) == value
    finally:
        context.locale.reset(token)


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("de-CH", "de-CH"),
        ("xx,fr;q=0.5", "fr"),
        ("fr;q=0.2,en;q=0.9", "en"),
        ("fr;q=0,de;q=0.1", "de"),
        ("fr;q=many", "en"),
        (",".join(["zz"] * 5000), "en"),
    ],
)
def test_best_locale(header: str, tag: str) -> None:
    assert best_locale(header).tag == tag
