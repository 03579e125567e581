"""The grid of periods with a keyboard alone: move, type, paste from a spreadsheet, fill, undo, save."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.browser.conftest import Watch, paste, screenshots

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
READY = "html[data-ready]"


@pytest.fixture
def clone(page: Page, site: str) -> str:
    """The address of a scenario of this test alone."""
    name = f"Walk {page.evaluate('performance.timeOrigin + performance.now()')}"
    answer = page.request.post(
        f"{site}/api{GOLD}/clone", data={"name": name}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    made = answer.json()
    return f"/projects/{made['project']}/scenarios/{made['scenario']}"


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(".schedule tbody tr").nth(row).locator(f'[data-cell="{column}"]')


def values(page: Page, row: int) -> list[str]:
    return page.locator(".schedule tbody tr").nth(row).locator("[data-cell]").all_inner_texts()[1:]


def enter(page: Page, address: str) -> None:
    """Open the production tab and walk into the grid with the Tab key alone."""
    page.goto(f"{address}/production")
    page.wait_for_selector(READY)
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-cell]')"):
            return
    raise AssertionError("Tab never led into the grid")


def test_a_walk_with_the_keyboard_alone(page: Page, clone: str) -> None:
    enter(page, clone)
    press = page.keyboard.press
    says = page.locator("[data-grid-says]")
    expect(cell(page, 0, 0)).to_be_focused()

    for _ in range(3):
        press("ArrowRight")
    expect(cell(page, 0, 3)).to_be_focused()
    page.keyboard.type("1,900,000")
    press("Enter")
    expect(cell(page, 0, 3)).to_have_text("1,900,000")
    expect(cell(page, 1, 3)).to_be_focused()

    press("F2")
    press("Escape")
    expect(cell(page, 1, 3)).to_have_text("2,479,000")
    press("F2")
    page.keyboard.type("2400000")
    press("Tab")
    expect(cell(page, 1, 3)).to_have_text("2,400,000")
    expect(cell(page, 1, 4)).to_be_focused()
    expect(page.locator(".effect-frame")).to_contain_text("NPV after tax")
    expect(page.locator(".effect-change").first).not_to_be_empty()

    press("Control+z")
    expect(cell(page, 1, 3)).to_have_text("2,479,000")
    press("Control+y")
    expect(cell(page, 1, 3)).to_have_text("2,400,000")

    press("Home")
    paste(page, '"1,000,000"\t2.000.000,5\t(3)\r\n2.5\t2,6\toops\r\n')
    expect(says).to_have_text("Pasted: 5 cells. 1 cell is not a number and marked.")
    assert values(page, 1)[:3] == ["1,000,000", "2,000,000.5", "−3"]
    assert values(page, 2)[:3] == ["2.5", "2.6", "oops"]
    expect(cell(page, 2, 2)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Save changes")).to_be_disabled()
    press("Control+z")
    assert values(page, 1)[:3] == ["0", "0", "1,118,000"]
    assert values(page, 2)[:3] == ["0", "0", "2.67"]

    press("ArrowDown")
    press("Shift+ArrowRight")
    press("Shift+ArrowRight")
    expect(says).to_have_text("1 by 3 cells selected.")
    press("Control+r")
    expect(says).to_have_text("Filled right: 3 cells.")

    rest = page.locator('[data-follows="rest"]')
    before = rest.inner_text()
    press("Control+s")
    expect(says).to_have_text("Saved as revision 2.")
    expect(page.locator("tr[data-changed]")).to_have_count(0)
    # What follows from the grid follows, and the cursor stays where it is.
    expect(rest).not_to_have_text(before, use_inner_text=True)
    expect(page.get_by_role("button", name="Undo last change")).to_be_visible()
    expect(page.locator(".schedule [data-cell]:focus")).to_have_count(1)
    page.reload()
    page.wait_for_selector(READY)
    expect(cell(page, 0, 3)).to_have_text("1,900,000")
    press("Escape")


def test_a_block_is_read_as_a_whole_and_laid_over_the_selection(page: Page, clone: str) -> None:
    enter(page, clone)
    press = page.keyboard.press
    says = page.locator("[data-grid-says]")
    press("ArrowDown")
    press("ArrowRight")
    press("ArrowRight")

    paste(page, "2,670\t2,42\t1,830\t2,5")
    assert values(page, 1)[2:6] == ["2.67", "2.42", "1.83", "2.5"]
    expect(says).to_have_text("Pasted: 4 cells.")
    paste(page, "2,670\t2,42\t2.5")
    assert values(page, 1)[2:5] == ["2,670", "2.42", "2.5"]
    expect(says).to_have_text("Pasted: 2 cells. 1 cell is not a number and marked.")
    paste(page, "2,670\t1.830\t7")
    expect(says).to_have_text("Pasted: 3 cells. “2,670” was read as 2670. “1.830” was read as 1.83.")
    paste(page, "2,670\t1,5e3\t7")
    assert values(page, 1)[2:4] == ["2.67", "1,500"]
    paste(page, "2,670\t$1,830\t92-")
    assert values(page, 1)[2:5] == ["2,670", "1,830", "−92"]
    expect(says).to_have_text("Pasted: 3 cells. “2,670” was read as 2670. Signs of currencies were left out.")

    paste(page, "100\t\t300")
    assert values(page, 1)[2:5] == ["100", "0", "300"]
    expect(says).to_have_text("Pasted: 3 cells. 1 of them was empty and is 0 now.")
    press("Control+z")
    assert values(page, 1)[2:5] == ["2,670", "1,830", "−92"]

    paste(page, "777")
    assert values(page, 1)[2:5] == ["777", "777", "777"]
    press("Shift+ArrowDown")
    paste(page, "1\t2\t3")
    assert [values(page, row)[2:5] for row in (1, 2)] == [["1", "2", "3"], ["1", "2", "3"]]


def test_what_is_typed_is_left_by_arrows_and_saved_from_within(page: Page, clone: str) -> None:
    enter(page, clone)
    press = page.keyboard.press
    says = page.locator("[data-grid-says]")
    press("Control+s")
    expect(says).to_have_text("Nothing has changed.")
    for _ in range(2):
        press("ArrowRight")

    page.keyboard.type("500")
    press("ArrowRight")
    expect(cell(page, 0, 2)).to_have_text("500")
    expect(cell(page, 0, 3)).to_be_focused()
    press("F2")
    press("ArrowLeft")
    expect(page.locator(".grid-input")).to_be_focused()
    press("Escape")

    page.keyboard.type("5.5.5.")
    press("Enter")
    press("ArrowUp")
    press("Control+s")
    expect(says).to_have_text("Nothing was saved. Open pits Ore mined, 2029: “5.5.5.” is not a number.")
    expect(cell(page, 0, 3)).to_be_focused()
    press("F2")
    expect(page.locator(".grid-input")).to_have_value("5.5.5.")
    press("Delete")
    press("Enter")
    expect(cell(page, 0, 3)).not_to_have_attribute("aria-invalid", "true")
    assert values(page, 0)[3] not in {"0", "5.5.5."}

    press("ArrowUp")
    press("Home")
    press("ArrowRight")
    press("ArrowRight")
    page.keyboard.type("600")
    press("Control+s")
    expect(says).to_have_text("Saved as revision 2.")
    expect(cell(page, 0, 2)).to_have_text("600")


def test_tab_leaves_the_grid_after_escape(page: Page, clone: str) -> None:
    enter(page, clone)
    page.keyboard.press("Tab")
    expect(cell(page, 0, 1)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('[data-cell]')")


def stored_meanwhile(page: Page, site: str, clone: str, column: int, value: float) -> None:
    """Somebody else stores another value of one period of the first ore source."""
    api = f"{site}/api{clone}"
    source = page.request.get(f"{api}/parts/sources").json()[0]
    theirs = source["values"]["ore"]
    theirs["value"][column] = value
    change = {"part": "sources", "key": source["key"], "values": {"ore": theirs}}
    page.request.post(f"{api}/changes", data={"changes": [change]}, headers={"Sec-Fetch-Site": "same-origin"})


def ore(page: Page, site: str, clone: str) -> list[float]:
    found: list[float] = page.request.get(f"{site}/api{clone}/parts/sources").json()[0]["values"]["ore"][
        "value"
    ]
    return found


def test_the_second_to_save_sees_both_values_and_chooses(
    page: Page, clone: str, site: str, watch: Watch
) -> None:
    watch.expected = ("409",)
    enter(page, clone)
    stored_meanwhile(page, site, clone, 0, 7.0)
    stored_meanwhile(page, site, clone, 3, 123.0)
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("was changed while you were editing it").first).to_be_visible()
    expect(page.locator(".callout li")).to_have_text("Open pits Ore mined, 2026: stored now 7, yours 9")
    page.get_by_role("button", name="Save mine over them").click()
    expect(page.locator("[data-grid-says]")).to_contain_text("Saved as revision")
    # The cell that only the other one changed keeps what they stored.
    expect(cell(page, 0, 3)).to_have_text("123")
    found = ore(page, site, clone)
    assert (found[0], found[3]) == (9, 123)


def test_changes_of_different_cells_meet_without_a_question(
    page: Page, clone: str, site: str, watch: Watch
) -> None:
    watch.expected = ("409",)
    enter(page, clone)
    stored_meanwhile(page, site, clone, 3, 123.0)
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-grid-says]")).to_have_text(
        "Saved as revision 3. Cells that somebody else changed meanwhile stay as they are: 1."
    )
    expect(cell(page, 0, 3)).to_have_text("123")
    found = ore(page, site, clone)
    assert (found[0], found[3]) == (9, 123)
    # A step back would bring their cell back, too.
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


MEETING = """async (folder) => {
    const { Schedule } = await import(folder + "model.js");
    const { meet } = await import(folder + "meet.js");
    const row = { part: "p", key: "1", field: "ore", version: 1, unit: "t", driver: "", values: [1, 1, 1] };
    const model = new Schedule([row], 3);
    const stored = (version, value) => new Map([["p:1", { version, values: { ore: { unit: "t", value } } }]]);
    model.write([{ row: 0, column: 0, value: 9 }]);
    meet(model, stored(2, [1, 5, 1])).take();
    const third = meet(model, stored(3, [1, 6, 1]));
    third.take();
    return [third.clashes.length, third.kept, ...model.rows[0].values];
}"""


def test_a_third_one_may_change_what_the_second_stored(page: Page) -> None:
    page.goto("/")
    script = page.locator("script[src*='app.js']").get_attribute("src") or ""
    assert page.evaluate(MEETING, script.partition("app.js")[0] + "grid/") == [0, 1, 9, 6, 1]


def test_a_row_of_which_the_unit_changed_is_not_mixed(
    page: Page, clone: str, site: str, watch: Watch
) -> None:
    watch.expected = ("409",)
    enter(page, clone)
    api = f"{site}/api{clone}"
    source = page.request.get(f"{api}/parts/sources").json()[0]
    theirs = source["values"]["ore"] | {"unit": "kt"}
    change = {"part": "sources", "key": source["key"], "values": {"ore": theirs}}
    head = {"Sec-Fetch-Site": "same-origin"}
    assert page.request.post(f"{api}/changes", data={"changes": [change]}, headers=head).ok
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    expect(page.locator(".callout li")).to_contain_text("kt by period, yours")
    page.get_by_role("button", name="Save mine over them").click()
    expect(page.locator("[data-grid-says]")).to_have_text("Saved as revision 3.")


def test_typing_in_a_form_shows_its_effect_before_saving(page: Page, clone: str) -> None:
    page.goto(f"{clone}/terms")
    page.get_by_role("link", name="Valuation terms").click()
    page.wait_for_selector(READY)
    stored = page.locator(".effect-value").first.inner_text()
    page.get_by_label("Discount rate", exact=True).fill("12")
    expect(page.locator(".effect-change").first).to_contain_text("−")
    typed = page.locator(".effect-value").first.inner_text()
    assert typed != stored
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Valuation terms").click()
    expect(page.locator(".effect-value").first).to_have_text(typed)


def test_forty_years_of_months_stay_fluid(page: Page, clone: str, site: str) -> None:
    head = {"Sec-Fetch-Site": "same-origin"}
    api = f"{site}/api{clone}"
    timeline = page.request.get(f"{api}/parts/scenario").json()[0]
    months = [{"length": "month", "count": 480}]
    changes: list[dict[str, Any]] = [
        {"part": "scenario", "key": timeline["key"], "values": {"periods": months}}
    ]
    for part in ("sources", "processes", "process_metals"):
        for row in page.request.get(f"{api}/parts/{part}").json():
            stretched = {
                name: value | {"value": [number for number in value["value"] for _ in range(40)]}
                for name, value in row["values"].items()
                if isinstance(value, dict) and isinstance(value.get("value"), list)
            }
            changes.append({"part": part, "key": row["key"], "values": stretched})
    assert page.request.post(f"{api}/changes", data={"changes": changes}, headers=head).ok
    enter(page, clone)
    page.keyboard.press("End")
    expect(cell(page, 0, 479)).to_be_focused()
    took = page.evaluate(
        """async () => {
            const began = performance.now();
            for (let step = 0; step < 40; step += 1) {
                const options = { key: "ArrowLeft", bubbles: true, cancelable: true };
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
                await new Promise(requestAnimationFrame);
            }
            return (performance.now() - began) / 40;
        }"""
    )
    assert took < 100, f"{took:.0f} ms for one step"
    if folder := screenshots():
        page.screenshot(path=folder / "grid-480.png")


def test_without_a_script_every_row_is_a_form(browser: Browser, site: str, signed_in: StorageState) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, storage_state=signed_in)
    page = context.new_page()
    page.goto(f"{GOLD}/production")
    page.locator(".schedule").get_by_role("link", name="Open pits").click()
    assert page.get_by_label("Ore mined", exact=True).input_value().startswith("0\t0\t2358000")
    context.close()


def test_a_server_that_does_not_answer_costs_nothing_that_was_typed(
    page: Page, watch: Watch, clone: str
) -> None:
    watch.expected = ("ERR_FAILED",)
    enter(page, clone)
    page.route("**/what-if", lambda route: route.abort())
    page.route("**/changes", lambda route: route.abort())
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("1900000")
    page.keyboard.press("Enter")
    expect(page.locator(".effect-frame")).to_contain_text("the effect of what is typed is not known")
    page.keyboard.press("Control+s")
    expect(page.locator(".effect-frame")).to_contain_text("Nothing was saved")
    expect(cell(page, 0, 3)).to_have_text("1,900,000")
    page.unroute("**/changes")
    page.unroute("**/what-if")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("[data-grid-says]")).to_contain_text("Saved as revision")


def test_a_total_with_its_schedule_stands_by_period_and_gives_way_to_what_is_typed(
    page: Page, clone: str, site: str
) -> None:
    parts = f"{site}/api{clone}/parts/capital"
    item = page.request.get(parts).json()[1]
    total = {"amount": {"value": 60, "unit": "M¤"}, "schedule": {"value": [50, 50], "unit": "%"}}
    change = {"part": "capital", "key": item["key"], "version": item["version"], "values": total}
    headers = {"Sec-Fetch-Site": "same-origin"}
    page.request.post(f"{site}/api{clone}/changes", data={"changes": [change]}, headers=headers)

    page.goto(f"{clone}/costs")
    page.wait_for_selector(READY)
    line = page.locator(f'.schedule tr[data-row="capital:{item["key"]}:amount"]')
    shown = line.locator("[data-cell]")
    assert shown.all_inner_texts()[:4] == ["", "30", "30", "0"]
    expect(line.locator("td[data-total]")).to_have_text("60")
    expect(line.locator(".unit")).to_have_text("M USD")
    shown.nth(1).click()
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    assert shown.all_inner_texts()[:4] == ["", "40", "30", "0"]
    expect(line.locator("td[data-total]")).to_have_text("70")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("[data-grid-says]")).to_have_text("Saved as revision 3.")
    stored = page.request.get(parts).json()[1]["values"]
    assert stored["amount"]["value"][:3] == [40, 30, 0]
    assert stored["schedule"] is None
