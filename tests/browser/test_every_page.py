"""Every page, wide and narrow, light and dark: a clean console, no request elsewhere, no word from axe."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.conftest import Watch, screenshots

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
COPPER = "/projects/vizcachitas/scenarios/pre-feasibility-study"
PAGES = {
    "dashboard": "/",
    "projects": "/projects",
    "new-project": "/projects/new",
    "project": "/projects/diamba-sud",
    "edit-project": "/projects/diamba-sud/edit",
    "scenario": GOLD,
    "scenario-copper": COPPER,
    "inputs": f"{GOLD}/inputs",
    "terms": f"{GOLD}/terms",
    "production": f"{GOLD}/production",
    "products": f"{GOLD}/products",
    "costs": f"{GOLD}/costs",
    "consumption": f"{GOLD}/consumption",
    "equipment": f"{GOLD}/equipment",
    "maintenance": f"{GOLD}/maintenance",
    "fiscal": f"{GOLD}/fiscal",
    "presets": f"{GOLD}/fiscal/presets",
    "preset": f"{COPPER}/fiscal/presets/chile-copper",
    "generate": f"{COPPER}/production/generate",
    "history": f"{GOLD}/history",
    "comments": f"{GOLD}/comments",
    "mentions": "/mentions",
    "deleted": "/deleted",
    "new-cost-line": f"{GOLD}/parts/costs/new",
    "new-levy": f"{GOLD}/parts/levies/new",
    "new-interest": f"{GOLD}/parts/interests/new",
    "parameters": f"{GOLD}/parameters",
    "parameter": f"{GOLD}/parameters/gold_price",
    "fit": f"{GOLD}/parameters/gold_price/fit",
    "correlations": f"{GOLD}/correlations",
    "simulations": f"{GOLD}/simulations",
    "run": "",
    "proof": "/proof",
    "members": "/projects/diamba-sud/people",
    "account": "/account",
    "api-tokens": "/account/tokens",
    "second-factor": "/account/second-factor",
    "record": "/record",
    "settings": "/settings",
    "settings-currencies": "/settings/currencies",
    "settings-currency": "/settings/currencies/USD",
    "settings-rates": "/settings/currencies/CAD/rates",
    "settings-units": "/settings/units",
    "settings-unit": "/settings/units/t",
    "settings-new-unit": "/settings/units/new",
    "settings-headings": "/settings/headings",
    "settings-decks": "/settings/decks",
    "settings-new-deck": "/settings/decks/new",
    "settings-smelters": "/settings/smelters",
    "settings-new-smelter": "/settings/smelters/new",
    "settings-defaults": "/settings/defaults/only",
    "take-deck": f"{GOLD}/take/deck",
    "take-terms": f"{COPPER}/take/terms",
    "take-rates": f"{GOLD}/take/rates",
    "people": "/people",
    "person": "/people/1",
    "sign-in": "/sign-in",
    "forgotten": "/forgotten",
    "link-gone": "/link/nowhere",
    "api-docs": "/docs",
    "api-reference": "/redoc",
    "not-found": "/nowhere",
}
LOOKS = {"light": (1440, "light"), "dark": (1440, "dark"), "phone": (390, "light"), "small": (360, "dark")}
#: Whole pages of other projects, served as they are; their own markup is theirs.
FOREIGN = {"api-docs", "api-reference"}


@pytest.fixture(scope="module")
def run_address(browser: Browser, site: str, signed_in: StorageState) -> str:
    """The address of a finished run."""
    context = browser.new_context(base_url=site, storage_state=signed_in)
    page = context.new_page()
    page.goto(f"{GOLD}/simulations")
    page.get_by_label("Trials").fill("2,000")
    page.get_by_label("Seed").fill("3")
    page.get_by_role("button", name="Run simulation").click()
    page.wait_for_url("**/runs/*")
    address = page.url
    context.close()
    return address


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(page: Page, watch: Watch, run_address: str, name: str, look: str) -> None:
    width, scheme = LOOKS[look]
    if name in {"not-found", "link-gone"}:
        watch.expected = ("404",)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(PAGES[name] or run_address)
    page.wait_for_selector("html[data-ready]")
    if folder := screenshots():
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if name not in FOREIGN:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
