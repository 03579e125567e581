"""A published mine from the template to its NPV, by somebody who knows only the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from app.exchange.tables import tables_of
from tests.browser.conftest import Watch, screenshots
from tests.exchange.published import los_ricos


def fill_in(template: Path) -> None:
    """Type the printed rows below the template's headings, with one unit as the report prints it."""
    book = load_workbook(template)
    for table in tables_of(los_ricos()):
        sheet: Any = book[table.layout.title]
        columns = {str(cell.value): cell.column for cell in sheet[1]}
        for number, row in enumerate(table.rows, start=3):
            for heading, value in zip(table.headings, row, strict=False):
                if value is not None:
                    sheet.cell(number, columns[heading]).value = value
    book["Terms"]["C3"] = "percent a year"
    book.save(template)


def look(page: Page, name: str) -> None:
    """Look at a page wide, dark and narrow; axe must have nothing to say."""
    for width, scheme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_selector("html[data-ready]")
        if folder := screenshots():
            page.wait_for_timeout(300)
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_published_mine_from_the_template(page: Page, watch: Watch, tmp_path: Path) -> None:
    page.goto("/projects")
    page.get_by_role("link", name="Import").first.click()
    look(page, "import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Workbook template").click()
    file = tmp_path / "los-ricos.xlsx"
    download.value.save_as(file)
    fill_in(file)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/imports/*")
    expect(page.get_by_role("rowheader", name="Terms!C3")).to_be_visible()
    look(page, "import-mend")
    page.get_by_label("Terms!C3").fill("%")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("Everything in this file can be used")).to_be_visible()
    look(page, "import-ready")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="imported")).to_be_visible()
    look(page, "import-report")
    figures = page.get_by_label("Key figures of As published")
    # The source prints 553 million and 39 % before tax.
    expect(figures).to_contain_text("553.1M USD")
    expect(figures).to_contain_text("38.6%")
    page.get_by_role("link", name="Open the project").click()
    page.get_by_role("link", name="Export").click()
    look(page, "export")


def test_a_bad_file_is_refused_on_the_page(page: Page, watch: Watch, tmp_path: Path) -> None:
    watch.expected = ("422",)
    file = tmp_path / "broken.xlsx"
    file.write_bytes(b"PK\x03\x04 cut off")
    page.goto("/imports")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("alert")).to_contain_text("not whole")
    look(page, "import-refused")
