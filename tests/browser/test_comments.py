"""Commenting and calling somebody by the keyboard alone, and finding it as the one who was called."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshots

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
READY = "html[data-ready]"
LOOKS = {"light": (1440, "light"), "dark": (1440, "dark"), "phone": (390, "light")}


def look(page: Page, name: str) -> None:
    """Look at a page in each way; axe must have nothing to say."""
    for look_, (width, scheme) in LOOKS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_selector(READY)
        if folder := screenshots():
            page.wait_for_timeout(300)
            page.screenshot(path=folder / f"{name}-{look_}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 1440, "height": 900})


def reach(page: Page, wanted: str) -> None:
    """Walk to the element that matches with the Tab key."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab never led to {wanted}")


def test_a_comment_that_calls_somebody_with_the_keyboard_alone(page: Page) -> None:
    page.goto(f"{GOLD}/costs")
    page.wait_for_selector(READY)
    page.locator("th[scope=row] a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/parts/**")
    page.wait_for_selector(READY)
    line = page.locator("h1").inner_text()
    reach(page, "a[href*='/comments?part=']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/comments?part=*")
    page.wait_for_selector(READY)
    reach(page, "textarea")
    page.keyboard.type("Is this <b>too low</b>, @mo")
    options = page.get_by_role("option")
    expect(options.first).to_have_text("Ada Moreno")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-mention-says]")).to_contain_text("1 person")
    look(page, "comments-offer")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.type("?")
    expect(page.locator("textarea")).to_have_value("Is this <b>too low</b>, @Ada Moreno ?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Comment added.")).to_be_visible()
    said = page.locator(".comment-text").first
    expect(said).to_have_text("Is this <b>too low</b>, @Ada Moreno ?")
    expect(said.locator(".mention")).to_have_text("@Ada Moreno")
    look(page, "comments")
    page.get_by_role("link", name="All comments").click()
    expect(page.get_by_role("link", name=f"› {line}").first).to_be_visible()
    look(page, "comments-all")
    page.goto("/mentions")
    look(page, "mentions")
    page.get_by_role("button", name="Go to the comment").first.press("Enter")
    page.wait_for_url("**/comments?state=all*")
    expect(page.locator(":target .mention").first).to_be_visible()


def test_settled_deleted_and_brought_back(page: Page) -> None:
    page.goto(f"{GOLD}/comments")
    page.get_by_label("Comment on the whole scenario").fill("To be settled")
    page.get_by_role("button", name="Add comment").click()
    mine = page.locator(".comment", has_text="To be settled")
    mine.get_by_role("link", name="Edit").click()
    page.get_by_role("textbox", name="Your comment").fill("To be settled soon")
    page.get_by_role("button", name="Save comment").click()
    mine.get_by_role("button", name="Resolve").click()
    expect(mine.get_by_text("Resolved", exact=True)).to_be_visible()
    page.wait_for_selector(READY)
    mine.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete comment").click()
    page.get_by_role("link", name="Deleted by you").click()
    look(page, "comments-deleted")
    mine.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("The comment is back.")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 1440])
def test_every_tab_of_a_scenario_is_in_sight(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(GOLD)
    page.wait_for_selector(READY)
    strip = page.get_by_role("navigation", name="Scenario")
    assert strip.evaluate("strip => strip.scrollWidth <= strip.clientWidth")
    expect(strip.get_by_role("link").last).to_be_in_viewport(ratio=1)
