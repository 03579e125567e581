"""Dialogs, before the scripts of a page have come and after."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

READY = "html[data-ready]"


def test_a_dialog_opens_before_the_scripts_have_come_and_closes_in_every_way(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/app.js*", hold)
    page.goto("/projects/diamba-sud", wait_until="commit")
    opener = page.get_by_role("button", name="Delete", exact=True)
    opener.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert page.locator(READY).count() == 0
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    held[0].continue_()
    page.wait_for_selector(READY)
    opener.click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    opener.click()
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()


def test_a_browser_without_commands_opens_dialogs_by_script(page: Page) -> None:
    page.add_init_script("delete HTMLButtonElement.prototype.commandForElement")
    page.route(
        "**/projects/diamba-sud",
        lambda route: route.fulfill(body=route.fetch().text().replace(" commandfor=", " data-unknown=")),
    )
    page.goto("/projects/diamba-sud")
    page.wait_for_selector(READY)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
