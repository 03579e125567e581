"""The main job as a planner does it: dashboard, scenario, uncertain inputs, run, result, back later."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
#: More than the site's inline limit, so that the worker does it and progress is seen.
MANY_TRIALS = "300,000"
#: The page's behaviours have started, so that its shortcuts are there.
READY = "html[data-ready]"


def test_from_the_dashboard_to_a_result_and_back(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Diamba Sud").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diamba Sud")
    expect(page.get_by_text("NI 43-101 Feasibility Study, 2026").first).to_be_visible()

    page.get_by_role("link", name="Feasibility study 2026", exact=True).click()
    expect(page.get_by_text("NPV before tax").first).to_be_visible()
    expect(page.locator("#annual-cash-flow canvas")).to_be_visible()
    expect(page.get_by_role("region", name="Cash flow by year")).to_contain_text("Gross revenue")

    page.get_by_role("link", name="Mark inputs uncertain").click()
    page.get_by_role("link", name="Gold price").click()
    page.get_by_label("Distribution", exact=True).select_option("pert")
    page.get_by_label("Minimum").locator("visible=true").fill("2,600")
    page.get_by_label("Most likely").locator("visible=true").fill("3,500")
    page.get_by_label("Maximum").locator("visible=true").fill("4,600")
    page.get_by_role("button", name="Save parameter").click()
    expect(page.get_by_role("status")).to_contain_text("Gold price saved")

    page.get_by_role("link", name="Run simulation").click()
    page.get_by_label("Trials").fill("2,000")
    page.get_by_label("Seed").fill("42")
    page.get_by_role("button", name="Run simulation").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+$"))
    address = page.url
    for name in (
        "Distribution of NPV after tax",
        "What moves NPV after tax",
        "Cumulative cash flow after tax",
    ):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    mean = page.locator(".figure-value").first.inner_text()

    page.get_by_role("link", name="IRR after tax", exact=True).click()
    expect(page.get_by_role("heading", name="Distribution of IRR after tax")).to_be_visible()

    page.goto("/")
    page.goto(address)
    expect(page.locator(".figure-value").first).to_have_text(mean)

    page.get_by_role("button", name="Replay run").click()
    expect(page.get_by_text("The replay gave the same digits")).to_be_visible()
    expect(page.locator(".figure-value").first).to_have_text(mean)


def test_a_large_run_shows_its_progress_until_its_result(page: Page) -> None:
    page.goto(f"{GOLD}/simulations")
    page.get_by_label("Trials").fill(MANY_TRIALS)
    page.get_by_role("button", name="Run simulation").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Distribution of NPV after tax")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("300,000 trials").first).to_be_visible()


def test_a_run_can_be_cancelled(page: Page) -> None:
    page.goto(f"{GOLD}/simulations")
    page.get_by_label("Trials").fill("1,000,000")
    page.get_by_role("button", name="Run simulation").click()
    page.get_by_role("button", name="Cancel run").click()
    expect(page.get_by_text("This run was cancelled")).to_be_visible()


def test_a_bad_value_comes_back_beside_its_field(page: Page, watch: Watch) -> None:
    watch.expected = ("422",)
    page.goto(f"{GOLD}/parameters/head_grade_factor")
    page.get_by_label("Maximum").locator("visible=true").fill("0.5")
    page.get_by_label("Note").fill("kept")
    page.get_by_role("button", name="Save parameter").click()
    expect(page.get_by_role("alert")).to_contain_text("Maximum: greater than the minimum")
    expect(page.get_by_label("Note")).to_have_value("kept")
    expect(page.get_by_label("Maximum").locator("visible=true")).to_have_attribute("aria-invalid", "true")


def test_the_main_job_needs_no_mouse(page: Page) -> None:
    page.goto("/")
    page.wait_for_selector(READY)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("proj")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/projects$"))
    page.wait_for_selector(READY)
    page.keyboard.press("Control+k")
    page.keyboard.type("vizca")
    expect(page.get_by_role("option", name="Vizcachitas: Pre-feasibility study 2023")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(
        re.compile(r"/scenarios/pre-feasibility-study-2023$|/scenarios/pre-feasibility-study$")
    )


def test_a_name_too_long_for_its_bar_keeps_its_beginning(page: Page, site: str) -> None:
    page.goto(site)
    shown = page.evaluate(
        """async () => {
            const app = document.querySelector("script[type=module]").src;
            const { shortened } = await import(new URL("charts/plugins.js", app));
            const ctx = document.createElement("canvas").getContext("2d");
            const name = "General and administration against plan";
            return [300, 2000].map((width) => shortened({ ctx, width }, name));
        }"""
    )
    assert shown[1] == "General and administration against plan"
    assert shown[0].endswith("…")
    assert len("General") < len(shown[0]) < len(shown[1])
    assert shown[1].startswith(shown[0].rstrip("…"))
