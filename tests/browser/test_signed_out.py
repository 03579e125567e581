"""Somebody is signed out in the middle of typing: nothing typed is lost, in a form or in the grid."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import EMAIL, PASSWORD, Watch, screenshots

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
READY = "html[data-ready]"


@pytest.fixture
def clone(page: Page, site: str) -> str:
    """The address of a scenario of this test alone."""
    name = f"Left {page.evaluate('performance.timeOrigin + performance.now()')}"
    answer = page.request.post(
        f"{site}/api{GOLD}/clone", data={"name": name}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    return f"/projects/diamba-sud/scenarios/{answer.json()['scenario']}"


def look(page: Page) -> None:
    """Look at the page wide and narrow, light and dark; axe has no word about it."""
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        if folder := screenshots():
            page.screenshot(path=folder / f"held-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def sign_in_beside(page: Page, context: BrowserContext) -> None:
    """Follow the link that opens a new tab, and sign in there."""
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    tab = opened.value
    tab.get_by_label("E-mail address").fill(EMAIL)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.wait_for_url("**/")
    tab.close()


def test_a_form_is_sent_again(page: Page, context: BrowserContext, clone: str, watch: Watch) -> None:
    watch.expected = ("401", "403")
    page.goto(f"{clone}/parts/costs/new")
    page.wait_for_selector(READY)
    page.get_by_label("Name", exact=True).fill("Camp & “<b>” catering")
    page.get_by_label("Rate", exact=True).fill("5.25")
    page.get_by_label("Unit of rate").fill("M¤")
    context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(page.get_by_role("cell", name="5.25")).to_be_visible()
    look(page)
    sign_in_beside(page, context)
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", name="Send this now?")).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("link", name="Camp & “<b>” catering").first).to_be_visible()
    rows = page.request.get(f"/api{clone}/parts/costs").json()
    (made,) = (row for row in rows if row["name"].startswith("Camp"))
    assert made["values"]["rate"]["value"] == 5.25


def test_the_grid_is_saved_again(page: Page, context: BrowserContext, clone: str, watch: Watch) -> None:
    watch.expected = ("401",)
    page.goto(f"{clone}/production")
    page.wait_for_selector(READY)
    cell = page.locator(".schedule tbody tr").first.locator('[data-cell="3"]')
    cell.click()
    page.keyboard.type("123")
    context.clear_cookies()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("everything typed is still here")).to_be_visible()
    sign_in_beside(page, context)
    cell.click()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-grid-says]")).to_have_text("Saved as revision 2.")
    expect(cell).to_have_text("123")
