"""Uncertainty in the browser: correlations mended, a history from a file, a density while somebody types."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshots

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
READY = "html[data-ready]"
WANTED = {
    "Recovery against plan and Head grade against plan": "0.9",
    "Mining cost against plan and Head grade against plan": "0.9",
    "Mining cost against plan and Recovery against plan": "-0.5",
}


def test_the_nearest_that_can_hold_is_taken_and_looked_at_before_it_is_saved(page: Page, site: str) -> None:
    page.goto(f"{GOLD}/correlations")
    page.wait_for_selector(READY)
    for label, value in WANTED.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("These correlations cannot hold together")).to_be_visible()
    if folder := screenshots():
        page.screenshot(path=folder / "correlations-impossible.png", full_page=True)
    page.get_by_role("button", name="Take the nearest").click()
    expect(page.get_by_text("These correlations can hold together.")).to_be_visible()
    expect(
        page.get_by_label("Recovery against plan and Head grade against plan", exact=True)
    ).not_to_have_value("0.9")


def test_a_file_fills_the_history(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "gold.csv"
    rows = (f"2020-{month:02d}-01,{1800 + 37 * (month % 5)}.5" for month in range(1, 13))
    file.write_text("\n".join(("Date,Price", *rows)))
    page.goto(f"{GOLD}/parameters/gold_price/fit")
    page.wait_for_selector(READY)
    page.get_by_label("Or from a file").set_input_files(file)
    expect(page.get_by_text("gold.csv fills the field above.")).to_be_visible()
    page.get_by_role("button", name="Fit distributions").click()
    expect(page.get_by_role("heading", name="What fits")).to_be_visible()


def test_the_density_follows_what_is_typed(page: Page, site: str) -> None:
    page.goto(f"{GOLD}/parameters/gold_price")
    page.wait_for_selector(READY)
    frame = page.locator("[data-effect-frame]")
    expect(frame.get_by_role("img", name="Density of the")).to_be_visible()
    page.get_by_label("Distribution", exact=True).select_option("uniform")
    page.locator('[name="uniform.min"]').fill("2000")
    page.locator('[name="uniform.max"]').fill("4000")
    expect(frame.get_by_role("img", name="Density of the Uniform distribution")).to_be_visible()
    expect(frame).to_contain_text("P90")
    expect(frame).to_contain_text("3,800")
    if folder := screenshots():
        page.screenshot(path=folder / "density.png", full_page=True)
