"""Numbers in the grid of periods, as people type them and spreadsheets write them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

NUMBERS = "async ([module, text, locale, unit]) => { const { parseNumber, signsOf } = await import(module); "
NUMBERS += (
    "const found = parseNumber(text, signsOf(locale), unit); return found === undefined ? 'none' : found; }"
)


@pytest.mark.parametrize(
    ("text", "locale", "unit", "value"),
    [
        ("1,234.5", "en", "t", 1234.5),
        ("$1,200", "en", "t", 1200),
        ("€ 1.200,50", "en", "t", 1200.5),
        ("-C$5", "en", "t", -5),
        ("($1,200)", "en", "t", -1200),
        ("(92)%", "en", "%", -92),
        ("92.5-", "en", "t", -92.5),
        ("$", "en", "t", "none"),
        ("1-2", "en", "t", "none"),
        ("1.234,5", "en", "t", 1234.5),
        ("1,234", "en", "t", 1234),
        ("1.234", "de", "t", 1234),
        ("1,234", "de", "t", 1.234),
        ("1,5", "en", "t", 1.5),
        ("1 234 567,8", "fr", "t", 1234567.8),
        ("1'234.5", "en", "t", 1234.5),
        ("(1,234)", "en", "t", -1234),
        ("−5", "en", "t", -5),
        ("92 %", "en", "%", 92),
        ("92 %", "en", "1", 0.92),
        ("92 %", "en", "t", "none"),
        ("-", "en", "t", 0),
        ("", "en", "t", None),
        ("1e6", "en", "t", 1e6),
        ("1,23,4", "en", "t", "none"),
        ("-(5)", "en", "t", "none"),
        ("n/a", "en", "t", "none"),
    ],
)
def test_numbers_are_read_as_spreadsheets_write_them(
    page: Page, text: str, locale: str, unit: str, value: object
) -> None:
    page.goto("/projects")
    script = page.locator('script[src$="/js/app.js"]').get_attribute("src") or ""
    module = script.replace("app.js", "grid/numbers.js")
    assert page.evaluate(NUMBERS, [module, text, locale, unit]) == value
