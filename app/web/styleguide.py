"""A page with every component and chart on it, to look at while building; not served in production.

Its numbers are made up and say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.errors import Conflict, InvalidInput, LimitExceeded, NotAllowed, NotFound, Problem, Unavailable
from app.web import charts
from app.web.charts import Marker, Role, Series, Swing
from app.web.deps import FormDep
from app.web.flash import Tone, redirect
from app.web.forms import Form
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window
from app.web.templating import fragment, page

router = APIRouter(prefix="/styleguide", include_in_schema=False)

YEARS = [str(year) for year in range(2026, 2042)]
CONVENTION = "8 %, mid-period, real 2026 US$; sample numbers"
OUTCOME = NormalDist(412, 210)
BINS = 48
POLL_STEPS = 4


@dataclass(frozen=True, slots=True)
class StyleGuide:
    """Samples of everything."""

    form: Form
    pagination: Pagination
    cash_flow: charts.CashFlowChart
    histogram: charts.HistogramChart
    fan: charts.FanChart
    tornado: charts.TornadoChart
    exceedance: charts.ExceedanceChart
    line: charts.LineChart
    tones: tuple[Tone, ...] = tuple(Tone)


@router.get("", name="styleguide")
def show(request: Request) -> HTMLResponse:
    """Show every component."""
    form = Form.of(name="Diamba Sud", discount_rate=8, trials=10000, convention="mid", start="2026-07-01")
    return page(request, "styleguide/page.html", _samples(form), crumbs=_crumbs())


@router.post("", name="styleguide_save")
def save(request: Request, form: FormDep) -> Response:
    """Read the sample form, so that its errors can be seen."""
    form.text("name", longest=40)
    form.number("discount_rate", least=0, most=100, unit="%", divide_by=100)
    form.integer("trials", least=100, most=1_000_000)
    form.day("start")
    form.one_of("convention", ("start", "mid", "end"))
    if form.problems:
        return page(request, "styleguide/page.html", _samples(form), crumbs=_crumbs(), status=422)
    return redirect(request, request.app.url_path_for("styleguide"), "Saved: nothing, this is a sample.")


@router.get("/flash/{tone}", name="styleguide_flash")
def flash(request: Request, tone: Tone) -> RedirectResponse:
    """Show what a message looks like."""
    return redirect(request, request.app.url_path_for("styleguide"), f"A message, meant {tone.value}.", tone)


@router.get("/progress/{step}", name="styleguide_progress")
def progress(request: Request, step: int) -> HTMLResponse:
    """Return the next step of a sample run."""
    return fragment(request, "styleguide/_progress.html", min(step, POLL_STEPS))


@router.get("/errors/{status}", name="styleguide_error")
def error(status: int) -> None:
    """Raise what leads to the page of a status."""
    stored = {"Discount rate, %": 8, "Name": "Base case", "Gold price, US$/oz": 2450}
    samples: dict[int, Exception] = {
        403: NotAllowed("Only editors of this project may change its scenarios."),
        404: NotFound("scenario", 12),
        409: Conflict(
            "Ada Moreno changed this scenario two minutes ago.",
            theirs=stored,
            yours=stored | {"Discount rate, %": 10, "Gold price, US$/oz": 2600},
        ),
        413: LimitExceeded("One run may have up to 1,000,000 trials; this one asks for 5,000,000."),
        422: InvalidInput([Problem("discount_rate", "108", "from 0 to 100 %")]),
        500: ZeroDivisionError("a mistake, on purpose"),
        503: Unavailable("the database of the style guide"),
    }
    raise samples.get(status, NotFound("sample for status", status))


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb("Dashboard", "/"), Crumb("Style guide"))


def _samples(form: Form) -> StyleGuide:
    return StyleGuide(
        form=form,
        pagination=Pagination(Window(4), 412, "/styleguide", {"sort": "name"}),
        cash_flow=_cash_flow(),
        histogram=_histogram(),
        fan=_fan(),
        tornado=_tornado(),
        exceedance=_exceedance(),
        line=_line(),
    )


def _cash_flow() -> charts.CashFlowChart:
    revenue = [0.0, 0, *(214 + 8 * math.sin(year) * year for year in range(1, 13)), 96, 0]
    opex = [0.0, 0, *(-92 - year for year in range(12)), -52, 0]
    capex = [-148.0, -207, *(-9 for _ in range(12)), -4, 0]
    tax = [0.0, 0, *(-12 - 2 * year for year in range(12)), -6, 0]
    closure = [0.0] * 14 + [-18, -24]
    total, running = 0.0, []
    for flows in zip(revenue, opex, capex, tax, closure, strict=True):
        total += sum(flows)
        running.append(total)
    bars = (
        Series("Revenue", Role.REVENUE, revenue),
        Series("Operating cost", Role.OPEX, opex),
        Series("Capital", Role.CAPEX, capex),
        Series("Tax", Role.TAX, tax),
        Series("Closure", Role.CLOSURE, closure),
    )
    return charts.CashFlowChart(
        name="cash-flow",
        title="Annual cash flow after tax",
        unit="US$ M",
        convention="Undiscounted, real 2026 US$; sample numbers",
        periods=YEARS,
        bars=bars,
        cumulative=Series("Cumulative cash flow", Role.CUMULATIVE, running),
    )


def _markers() -> tuple[Marker, ...]:
    return (
        Marker("Break-even", Role.THRESHOLD, 0),
        Marker("P10", Role.P10, OUTCOME.inv_cdf(0.1)),
        Marker("P50", Role.P50, OUTCOME.inv_cdf(0.5)),
        Marker("P90", Role.P90, OUTCOME.inv_cdf(0.9)),
        Marker("Base case", Role.BASE_CASE, 436),
    )


def _histogram() -> charts.HistogramChart:
    low, high = OUTCOME.inv_cdf(0.0005), OUTCOME.inv_cdf(0.9995)
    edges = [low + (high - low) * step / BINS for step in range(BINS + 1)]
    counts = [round(10_000 * (OUTCOME.cdf(b) - OUTCOME.cdf(a))) for a, b in pairwise(edges)]
    return charts.HistogramChart(
        name="npv-histogram",
        title="Distribution of NPV",
        unit="US$ M",
        convention=CONVENTION,
        summary="2.5 % of outcomes are below zero",
        edges=edges,
        counts=counts,
        markers=_markers(),
    )


def _fan() -> charts.FanChart:
    base = [-150.0, -360, *(-360 + 78 * year for year in range(1, 15))]
    spread = [12 + 15 * year for year in range(len(base))]
    percentiles = {
        level: [
            value + NormalDist().inv_cdf(level / 100) * sd for value, sd in zip(base, spread, strict=True)
        ]
        for level in charts.FanChart.PERCENTILES
    }
    return charts.FanChart(
        name="fan",
        title="Cumulative cash flow",
        unit="US$ M",
        convention="Undiscounted, real 2026 US$; sample numbers",
        periods=YEARS,
        percentiles=percentiles,
        base_case=[value * 1.04 for value in base],
    )


def _tornado() -> charts.TornadoChart:
    swings = (
        Swing("Gold price", "2,050 US$/oz", "2,850 US$/oz", 158, 701),
        Swing("Operating cost", "+15 %", "−15 %", 301, 556),
        Swing("Head grade", "1.5 g/t", "1.9 g/t", 268, 587),
        Swing("Recovery", "86 %", "93 %", 371, 473),
        Swing("Initial capital", "+20 %", "−10 %", 352, 470),
        Swing("Diesel price", "1.4 US$/L", "0.9 US$/L", 410, 455),
    )
    return charts.TornadoChart(
        name="tornado", title="Drivers of NPV", unit="US$ M", convention=CONVENTION, base=436, swings=swings
    )


def _exceedance() -> charts.ExceedanceChart:
    chances = [0.999 - 0.01 * step for step in range(100)]
    values = [OUTCOME.inv_cdf(1 - chance) for chance in chances]
    return charts.ExceedanceChart(
        name="exceedance",
        title="Chance that NPV is above a value",
        unit="US$ M",
        convention=CONVENTION,
        values=values,
        chances=chances,
        markers=(_markers()[0], _markers()[4]),
    )


def _line() -> charts.LineChart:
    gold = [1.72, 1.8, 1.95, 1.91, 1.76, 1.7, 1.66, 1.68, 1.6, 1.55, 1.5, 1.42, 1.3, None, None, None]
    return charts.LineChart(
        name="grade",
        title="Head grade",
        unit="g/t",
        convention="Mass-weighted over the ore processed; sample numbers",
        points=YEARS,
        lines=(
            Series("Gold", Role.FIRST, gold),
            Series("Silver", Role.SECOND, [None if grade is None else grade * 1.9 - 0.6 for grade in gold]),
        ),
    )
