"""A published mine from nothing to its NPV and IRR by typing into forms and pasting into grids alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest
from playwright.sync_api import Page, expect

from app.valuation.proof.case import Case
from tests.browser.conftest import paste, screenshots
from tests.exchange.published import PUBLISHED

READY = "html[data-ready]"
CASE = Case.load("09_diamba_sud_fs_2026")


def printed(*names: str) -> str:
    """Return rows of the report as a spreadsheet puts them on the clipboard."""
    return "\r\n".join("\t".join(f"{value:,.12g}" for value in CASE.rows[name]) for name in names)


def fill(page: Page, fields: Mapping[str, str]) -> None:
    """Fill a form in by the labels that stand on it."""
    for label, value in fields.items():
        at = page.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))
        if at.evaluate("field => field.tagName") == "SELECT":
            at.select_option(label=value)
        else:
            at.fill(value)


def add(page: Page, tab: str, thing: str, *rows: Mapping[str, str]) -> None:
    """Add rows of one part from its tab, one after the other."""
    if page.get_by_role("navigation", name="Scenario").get_by_role("link", name=tab).count():
        page.get_by_role("navigation", name="Scenario").get_by_role("link", name=tab, exact=True).click()
    page.get_by_role("link", name=f"Add {thing}", exact=True).click()
    for index, row in enumerate(rows):
        fill(page, row)
        last = index == len(rows) - 1
        page.get_by_role("button", name="Save" if last else "Save and add another", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("saved")


def paste_lines(page: Page, lines: Sequence[str], text: str) -> None:
    """Put a block into the grid of the tab, its first cell in the first period of the first line."""
    page.wait_for_selector(READY)
    labels = page.locator(".schedule tbody th")
    found = [" ".join(label.split()) for label in labels.all_inner_texts()]
    first = next(index for index, label in enumerate(found) if label.startswith(lines[0]))
    assert all(label.startswith(line) for label, line in zip(found[first:], lines, strict=False)), found
    page.locator(".schedule tbody tr").nth(first).locator('[data-cell="0"]').click()
    paste(page, text)
    cells = 12 * len(lines)
    expect(page.locator("[data-grid-says]")).to_have_text(f"Pasted: {cells} cells.")
    look(page, lines[0])
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("[data-grid-says]")).to_contain_text("Saved as revision")


def look(page: Page, name: str) -> None:
    if folder := screenshots():
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"by-hand-{name}.png", full_page=True)


def indicator(page: Page, label: str) -> float:
    """Return a figure of the table of all indicators on the overview."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=label, exact=True))
    return float(row.get_by_role("cell").first.inner_text().replace(",", "").replace("−", "-"))


def begin(page: Page) -> None:
    """Make the project and its scenario: twelve years at 5 %, the first of them undiscounted."""
    page.goto("/projects")
    page.get_by_role("link", name="New project").first.click()
    fill(page, {"Name": "By hand", "Currency": "USD – US dollar", "Commodity": "Gold", "Country": "Senegal"})
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("link", name="New scenario").first.click()
    fill(
        page,
        {
            "Name": "As published",
            "First day": "2026-01-01",
            "Number of periods": "12",
            "Length of a period": "Year",
            "Discount rate": "5",
        },
    )
    page.get_by_role("button", name="Create scenario").click()
    page.get_by_role("link", name="Terms", exact=True).click()
    page.get_by_role("link", name="Valuation terms").click()
    fill(page, {"Discounting convention": "Start of the period"})
    page.get_by_role("button", name="Save", exact=True).click()


def plan(page: Page) -> None:
    """Enter what is milled, sold, spent and owed to the state."""
    add(page, "Production", "process", {"Name": "Mill"})
    add(page, "Production", "head grade and recovery", {"Process": "Mill", "Metal": "Au"})
    lines = ["Mill Ore processed", "Mill › Au Head grade", "Mill › Au Recovery"]
    paste_lines(page, lines, printed("ore_t", "grade", "recovery_pct"))
    add(page, "Products", "product", {"Name": "Gold doré"})
    payment = {"Product": "Gold doré", "Metal": "Au", "Price": "3,500", "Unit of price": "USD/oz"}
    add(page, "Products", "payment for a metal", payment | {"Payable": "100"})
    million = {"Amount": "0", "Unit of amount": "M¤"}
    add(
        page,
        "Costs",
        "capital item",
        {"Name": "Construction", "Kind": "Initial"} | million,
        {"Name": "Sustaining", "Kind": "Sustaining"} | million,
    )
    add(page, "Costs", "closure", {"Name": "Closure", "Spend": "0", "Unit of spend": "MUSD"})
    costs = {"Mining": "Mining", "Processing": "Processing", "Administration": "Site administration"}
    entered = {"Basis": "Amount for each period, as entered", "Rate": "0", "Unit of rate": "M¤"}
    add(
        page,
        "Costs",
        "cost line",
        *({"Name": name, "Category": category} | entered for name, category in costs.items()),
    )
    lines = [
        *("Construction Amount", "Sustaining Amount", "Closure Spend"),
        *("Mining Rate", "Processing Rate", "Administration Rate"),
    ]
    paste_lines(page, lines, printed("capex", "sustaining", "closure", "mining", "processing", "ga"))
    add(
        page,
        "Terms",
        "entered row",
        {"Line": "refining", "Values": printed("refining"), "Unit of values": "M¤"},
    )
    of_sales = {"Base": "Revenue after refining", "Unit of rate": "%"}
    add(
        page,
        "Fiscal",
        "levy",
        {"Name": "State royalty", "Rate": "3"} | of_sales,
        {"Name": "Social fund", "Rate": "0.5"} | of_sales,
    )


@pytest.mark.usefixtures("watch")
def test_a_published_mine_by_forms_and_grids_alone(page: Page) -> None:
    begin(page)
    plan(page)
    page.get_by_role("link", name="Overview", exact=True).click()
    look(page, "overview")
    claims = {claim.indicator: claim for claim in PUBLISHED["09 Diamba Sud"][1]}
    npv, irr = claims["npv_pre_tax"], claims["irr_pre_tax"]
    assert abs(indicator(page, "NPV before tax") * 1e6 - npv.printed) <= npv.tolerance
    assert abs(indicator(page, "IRR before tax") / 100 - irr.printed) <= irr.tolerance
    expect(page.get_by_role("main")).not_to_contain_text("does not tie out")
    share_with_the_state(page)


def share_with_the_state(page: Page) -> None:
    """Give the state a free tenth: what it does stands on the form, then on the tab and the overview."""
    whole = indicator(page, "NPV after tax")
    page.get_by_role("link", name="Fiscal", exact=True).click()
    page.get_by_role("link", name="Add interest", exact=True).click()
    page.wait_for_selector(READY)
    fill(page, {"Holder": "State", "Share": "10", "Carried": "Always: the owner pays"})
    page.get_by_label("Note").focus()
    expect(page.locator("[data-effect-frame]")).to_contain_text("NPV attributable to the owner")
    look(page, "interest")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("saved")
    holders = page.get_by_role("table", name="What each holder has of it")
    expect(holders.get_by_role("row")).to_have_count(3)
    look(page, "holders")
    page.get_by_role("link", name="Overview", exact=True).click()
    # The owner bears all that is spent: what is left is worth less than nine tenths.
    assert 0.8 * whole < indicator(page, "NPV attributable to the owner") < 0.9 * whole
    assert indicator(page, "NPV after tax") == whole
