"""Planning a mine in the browser: an overrun seen, a schedule generated, a preset applied, the tabs."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshots
from tests.by_hand import hand

MINE = "/projects/hand/scenarios/base"
LOOKS = {"light": (1440, "light"), "dark": (1440, "dark"), "phone": (390, "light")}
TABS = ("production", "costs", "consumption", "equipment", "maintenance", "fiscal")


@pytest.fixture(scope="module")
def imported() -> list[str]:
    """The mine is there once for this module."""
    return []


@pytest.fixture(autouse=True)
def _mine(page: Page, imported: list[str]) -> None:
    if not imported:
        answer = page.request.post(
            "/api/imports/document", data=hand(), headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.ok, answer.text()
        imported.append(MINE)


def looked_at(page: Page, name: str) -> None:
    """Look at the page in every theme and width; axe has no word about it."""
    for look, (width, scheme) in LOOKS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_selector("html[data-ready]")
        if folder := screenshots():
            page.wait_for_timeout(500)
            page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_with_what_follows_from_it(page: Page, tab: str) -> None:
    page.goto(f"{MINE}/{tab}")
    expect(page.locator("figure canvas").first).to_be_visible()
    looked_at(page, f"derived-{tab}")


def test_the_dashboard_and_the_presets(page: Page) -> None:
    page.goto("/")
    looked_at(page, "derived-dashboard")
    page.goto(f"{MINE}/fiscal/presets")
    looked_at(page, "presets")


def test_an_overrun_a_generated_schedule_and_a_preset(page: Page) -> None:
    page.goto(f"{MINE}/production")
    expect(page.get_by_text("Pit is mined beyond its reserve from 2030 on")).to_be_visible()
    page.get_by_role("link", name="Generate production").click()
    page.wait_for_selector("html[data-ready]")
    before = page.locator(".effect-value").first.inner_text()
    page.get_by_label("Ore a day (optional)").fill("6,000")
    page.get_by_label("Ramp-up, % (optional)").fill("50 75")
    page.get_by_label("First period with ore").select_option("0")
    expect(page.locator(".effect-value").first).not_to_have_text(before)
    page.get_by_role("button", name="Show the schedule").click()
    expect(page.get_by_role("heading", name="The schedule")).to_be_visible()
    expect(page.locator("#generated-schedule canvas")).to_be_visible()
    looked_at(page, "generate")
    page.get_by_role("button", name="Write the schedule").click()
    expect(page.get_by_role("status").first).to_contain_text("Schedule of Pit written")
    expect(page.get_by_text("Pit is mined beyond its reserve")).to_have_count(0)

    page.get_by_role("link", name="Fiscal", exact=True).click()
    page.get_by_role("link", name="Fiscal presets").click()
    page.get_by_role("link", name="Ghana").click()
    looked_at(page, "preset")
    page.get_by_role("button", name="Apply Ghana").click()
    expect(page.get_by_role("status").first).to_contain_text("Ghana applied")
    expect(page.get_by_role("link", name="Mineral royalty").first).to_be_visible()
    page.get_by_role("link", name="History", exact=True).click()
    expect(page.get_by_text("Fiscal preset applied: Ghana, as of 2021-12-31").first).to_be_visible()
    expect(page.get_by_text("Production generated: Pit").first).to_be_visible()
