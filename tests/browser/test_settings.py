"""Rates, a deck and its way into a scenario with a keyboard alone, and every filled page of the settings."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.browser.conftest import screenshots
from tests.browser.test_every_page import COPPER, GOLD, LOOKS
from tests.browser.test_grid import READY, paste

HEAD = {"Sec-Fetch-Site": "same-origin"}


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(".schedule tbody tr").nth(row).locator(f'[data-cell="{column}"]')


def tab_to(page: Page, selector: str) -> None:
    """Walk with the Tab key alone until something has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never led to {selector}")


def saved(page: Page, site: str, part: str, **values: Any) -> str:
    """Add a row of the settings and return its key."""
    body = {"changes": [{"part": part, "values": values}]}
    answer = page.request.post(f"{site}/api/settings/changes", data=body, headers=HEAD)
    assert answer.ok, answer.text()
    return str(answer.json()["rows"][0]["key"])


@pytest.fixture(scope="module")
def filled(browser: Browser, site: str, signed_in: StorageState) -> dict[str, str]:
    """Addresses of pages with something in them."""
    context = browser.new_context(base_url=site, storage_state=signed_in)
    page = context.new_page()
    day = {"as_of": "2026-03-31", "source": "Survey of brokers, April 2026"}
    deck = saved(page, site, "decks", name="Brokers", first_year=2026, years=5, **day)
    prices = {
        "Au": ([3600.0, 3500.0, 3400.0, 3300.0, 3200.0], "¤/oz"),
        "Cu": ([4.4], "¤/lb"),
        "Ag": ([28.5], "¤/oz"),
    }
    for metal, (numbers, unit) in prices.items():
        price = {"value": numbers, "unit": unit}
        key = saved(page, site, "deck_prices", deck="Brokers", commodity=metal, currency="USD", price=price)
    terms = saved(
        page,
        site,
        "smelters",
        name="Benchmark",
        currency="USD",
        treatment={"value": 80, "unit": "¤/t"},
        moisture={"value": 8, "unit": "%"},
        **day,
    )
    saved(page, site, "smelter_metals", terms="Benchmark", metal="Cu", payable={"value": 96, "unit": "%"})
    saved(
        page,
        site,
        "smelter_penalties",
        terms="Benchmark",
        element="As",
        threshold={"value": 0.2, "unit": "%"},
        step={"value": 0.1, "unit": "%"},
        rate={"value": 2.5, "unit": "¤/t"},
    )
    gone = saved(page, site, "decks", name="Old brokers", first_year=2024, **day)
    removal = {"changes": [{"part": "decks", "key": gone, "remove": True}]}
    page.request.post(f"{site}/api/settings/changes", data=removal, headers=HEAD)
    context.close()
    return {
        "deck": f"/settings/decks/{deck}",
        "decks": "/settings/decks",
        "price": f"/settings/deck_prices/{key}",
        "new-price": "/settings/deck_prices/new?deck=Brokers",
        "smelter": f"/settings/smelters/{terms}",
        "take-deck": f"{GOLD}/take/deck?deck=Brokers",
        "take-terms": f"{COPPER}/take/terms?terms=Benchmark&product=Copper+concentrate",
    }


@pytest.fixture
def clone(page: Page, site: str) -> str:
    """The address of a scenario of this test alone."""
    name = f"Deck {page.evaluate('performance.timeOrigin + performance.now()')}"
    made = page.request.post(f"{site}/api{GOLD}/clone", data={"name": name}, headers=HEAD).json()
    return f"/projects/{made['project']}/scenarios/{made['scenario']}"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    "name", ["deck", "decks", "price", "new-price", "smelter", "take-deck", "take-terms"]
)
def test_a_filled_page_is_whole(page: Page, filled: dict[str, str], name: str, look: str) -> None:
    width, scheme = LOOKS[look]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(filled[name])
    page.wait_for_selector(READY)
    if folder := screenshots():
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"filled-{name}-{look}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_rates_are_pasted_and_saved_with_the_keyboard_alone(page: Page, site: str) -> None:
    page.goto("/settings/currencies/CLP/rates")
    page.wait_for_selector(READY)
    tab_to(page, "[data-line] input")
    paste(page, "2026-01-31\t0.00105\tCentral bank\r\n2026-02-28\t0.00107\tCentral bank\r\n")
    expect(page.locator("[data-lines-say]")).to_have_text("Pasted 6 cells in 2 lines.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("2026-03-31")
    page.keyboard.press("Tab")
    page.keyboard.type("0.0011")
    for _ in range(3):
        page.keyboard.press("Enter")
    tab_to(page, "button.button-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("3 rates saved.")
    found = page.request.get(f"{site}/api/settings/exchange_rates?owner=CLP").json()["rows"]
    assert [row["values"]["rate"] for row in found] == [0.00105, 0.00107, 0.0011]
    if folder := screenshots():
        page.screenshot(path=folder / "rates-filled.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_long_block_of_rates_gets_its_lines(page: Page) -> None:
    page.goto("/settings/currencies/PEN/rates")
    page.wait_for_selector(READY)
    tab_to(page, "[data-line] input")
    paste(page, "".join(f"2025-{month:02}-15\t0.{260 + month}\r\n" for month in range(1, 13)))
    expect(page.locator("[data-line]")).to_have_count(12)
    page.get_by_role("button", name="Save rates").click()
    expect(page.get_by_role("status")).to_contain_text("12 rates saved.")


def test_a_deck_is_typed_pasted_and_applied_with_the_keyboard_alone(
    page: Page, site: str, clone: str
) -> None:
    deck = saved(
        page, site, "decks", name="Keys", as_of="2026-01-01", source="Typed", first_year=2026, years=4
    )
    saved(
        page,
        site,
        "deck_prices",
        deck="Keys",
        commodity="Au",
        currency="USD",
        price={"value": [3500], "unit": "¤/oz"},
    )
    page.goto(f"/settings/decks/{deck}")
    page.wait_for_selector(READY)
    tab_to(page, "[data-cell]")
    expect(cell(page, 0, 0)).to_be_focused()
    paste(page, "3,600\t3,550.5\t3,500\t3,450")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-grid-says]")).to_have_text("Saved.")
    row = page.request.get(f"{site}/api/settings/deck_prices?owner=Keys").json()["rows"][0]
    assert row["values"]["price"]["value"] == [3600, 3550.5, 3500, 3450]

    page.goto(f"{clone}/products")
    page.wait_for_selector(READY)
    tab_to(page, 'a[href$="/take/deck"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/take/deck")
    page.wait_for_selector(READY)
    tab_to(page, "#deck")
    page.keyboard.type("Keys")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**deck=Keys")
    page.wait_for_selector(READY)
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    tab_to(page, "main .button-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Price deck “Keys” applied: revision 2.")
    found = page.request.get(f"{site}/api{clone}/parts/parameters").json()[0]
    assert found["values"]["base"]["value"][:5] == [3600, 3550.5, 3500, 3450, 3450]


def test_the_second_to_save_a_deck_sees_both_and_chooses(page: Page, site: str, watch: Any) -> None:
    watch.expected = ("409",)
    deck = saved(page, site, "decks", name="Race", as_of="2026-01-01", source="x", first_year=2026, years=2)
    price = {"value": [1, 2], "unit": "¤/oz"}
    key = saved(page, site, "deck_prices", deck="Race", commodity="Au", currency="USD", price=price)
    page.goto(f"/settings/decks/{deck}")
    page.wait_for_selector(READY)
    theirs = {"part": "deck_prices", "key": key, "values": {"price": {"value": [7, 2], "unit": "¤/oz"}}}
    page.request.post(f"{site}/api/settings/changes", data={"changes": [theirs]}, headers=HEAD)
    tab_to(page, "[data-cell]")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("was changed while you were editing it").first).to_be_visible()
    page.get_by_role("button", name="Save mine over them").click()
    expect(page.locator("[data-grid-says]")).to_have_text("Saved.")
    row = page.request.get(f"{site}/api/settings/deck_prices/{key}").json()
    assert row["values"]["price"]["value"] == [9, 2]
