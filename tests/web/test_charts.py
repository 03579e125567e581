"""A chart, its table and its legend say the same."""

from __future__ import annotations

import json
import math
import re

import pytest

from app.web import charts
from app.web.assets import STATIC
from app.web.charts import Marker, Role, Series, Swing

TOKENS = (STATIC / "css" / "tokens.css").read_text()
KEYS = (STATIC / "css" / "charts.css").read_text()
KINDS = (STATIC / "js" / "charts" / "kinds.js").read_text()

CASH_FLOW = charts.CashFlowChart(
    name="cash",
    title="Cash flow",
    unit="US$ M",
    periods=["2026", "2027"],
    bars=(Series("Revenue", Role.REVENUE, [0, 10]), Series("Tax", Role.TAX, [0, math.nan])),
    cumulative=Series("Total", Role.CUMULATIVE, [0, 10]),
)
HISTOGRAM = charts.HistogramChart(
    name="npv",
    title="NPV",
    unit="US$ M",
    edges=[-10, 0, 10],
    counts=[1, 3],
    markers=(Marker("Break-even", Role.THRESHOLD, 0), Marker("P50", Role.P50, 4)),
)
FAN = charts.FanChart(
    name="fan",
    title="Fan",
    unit="US$ M",
    periods=["2026"],
    percentiles={level: [float(level)] for level in charts.FanChart.PERCENTILES},
    base_case=[51.0],
)
TORNADO = charts.TornadoChart(
    name="tornado",
    title="Drivers",
    unit="US$ M",
    base=5,
    swings=(Swing("Narrow", "-1 %", "+1 %", 4, 6), Swing("Wide", "-9 %", "+9 %", 9, 1)),
)
EXCEEDANCE = charts.ExceedanceChart(
    name="more", title="NPV", unit="US$ M", values=[0, 1], chances=[0.9, 0.1], markers=HISTOGRAM.markers
)
LINE = charts.LineChart(
    name="grade", title="Grade", unit="g/t", points=["1", "2"], lines=(Series("Gold", Role.FIRST, [1, None]),)
)
SHARES = charts.SharesChart(
    name="opex",
    title="Operating cost",
    unit="%",
    amount_unit="US$ M",
    shares=(charts.Share("Mining", 60.0, 3.0), charts.Share("Milling", 40.0, 2.0)),
)
ALL = (CASH_FLOW, HISTOGRAM, FAN, TORNADO, EXCEEDANCE, LINE, SHARES)


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.kind)
def test_every_kind_can_be_drawn_and_read(chart: charts.Chart) -> None:
    spec = json.loads(json.dumps(chart.spec(), allow_nan=False))
    assert re.search(rf"\b{chart.kind}\b", KINDS)
    assert spec["kind"] == chart.kind
    table = chart.table()
    assert {len(row) for row in table.rows} == {len(table.headings)}
    assert chart.unit in chart.label
    for key in chart.legend():
        assert f".key-{key.colour} " in KEYS


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_colour(role: Role) -> None:
    assert f"--series-{role}: light-dark(" in TOKENS
    assert f"--key: var(--series-{role});" in KEYS


def test_every_kind_of_the_script_is_offered() -> None:
    offered = {kind.kind for kind in charts.Chart.__subclasses__()}
    assert offered == {chart.kind for chart in ALL}


def test_what_is_not_finite_is_a_gap() -> None:
    bars = CASH_FLOW.data()["bars"]
    assert isinstance(bars, list)
    assert bars[1]["values"] == [0.0, None]


def test_table_of_the_cash_flow() -> None:
    table = CASH_FLOW.table()
    assert table.headings == ("Year", "Revenue", "Tax", "Total")
    assert table.rows[1][:2] == ("2027", 10)


def test_shares_of_the_histogram() -> None:
    assert HISTOGRAM.data()["shares"] == [25.0, 75.0]
    assert HISTOGRAM.table().rows == [(-10, 0, 1, 25.0), (0, 10, 3, 75.0)]
    assert [key.label for key in HISTOGRAM.legend()] == ["Below break-even"]


def test_histogram_whose_edges_do_not_fit() -> None:
    broken = charts.HistogramChart(name="x", title="x", unit="x", edges=[0, 1], counts=[1, 2])
    with pytest.raises(ValueError, match="zip"):
        broken.table()


def test_tornado_starts_with_the_widest_swing() -> None:
    assert [swing.label for swing in TORNADO.ordered()] == ["Wide", "Narrow"]
    assert TORNADO.table().rows[0][0] == "Wide"


def test_exceedance_in_percent() -> None:
    assert EXCEEDANCE.data()["chances"] == [90.0, 10.0]
