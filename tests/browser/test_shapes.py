"""What a page holds stays within it: names without a space, figures of many digits, all years on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
COPPER = "/projects/vizcachitas/scenarios/pre-feasibility-study"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
UNBROKEN = "Unbroken" + "x" * 70
#: What remains of an A4 sheet on its side between margins of 10 mm, at 96 dots to the inch.
SHEET = 1046
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_name_without_a_space_widens_no_page(page: Page, site: str, width: int) -> None:
    name = f"{UNBROKEN}{width}"
    answer = page.request.post(f"{site}/api{GOLD}/clone", data={"name": name}, headers=SAME_ORIGIN)
    scenario = f"/projects/diamba-sud/scenarios/{answer.json()['scenario']}"
    answer = page.request.post(
        f"{site}/api/projects", data={"name": name, "currency": "USD"}, headers=SAME_ORIGIN
    )
    project = f"/projects/{answer.json()['slug']}"
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("/", "/projects", project, scenario, f"{scenario}/production", f"{scenario}/comments"):
        page.goto(address)
        assert page.evaluate(WIDER) == 0, address
        menu = page.locator(".header .drawer-open")
        assert not menu.is_visible() or menu.evaluate("menu => menu.offsetWidth === menu.offsetHeight"), (
            address
        )


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_a_figure_of_many_digits_stays_in_its_box(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(GOLD)
    out = page.evaluate(
        """() => [...document.querySelectorAll(".figure")].filter((figure) => {
            const value = figure.querySelector(".figure-value");
            value.firstChild.textContent = "−10,159,999 ";
            return [value, ...value.children].some((part) => {
                const [box, own] = [figure.getBoundingClientRect(), part.getBoundingClientRect()];
                return own.right > box.right || part.scrollWidth > Math.ceil(own.width);
            });
        }).length"""
    )
    assert out == 0


def test_every_year_and_the_total_stand_on_the_sheet(page: Page) -> None:
    page.set_viewport_size({"width": SHEET, "height": 700})
    page.emulate_media(media="print")
    page.goto(COPPER)
    assert page.evaluate(WIDER) == 0
    heads = page.get_by_role("table", name="Cash flow by year").locator("thead th")
    assert heads.last.inner_text() == "Total"
    assert heads.last.evaluate("head => head.getBoundingClientRect().right") <= SHEET
