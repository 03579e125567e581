"""Charts as data: what a chart says, and the same numbers as a table.

A page builds one of the dataclasses below and hands it to the macro `chart` of `templates/_charts.html`; the
script `static/js/charts.js` draws it. The colour of a series follows from its `Role`, so that the same thing
has the same colour on every page. Values are in the chart's unit already; a chart converts nothing.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Role(StrEnum):
    """What a series is; `tokens.css` has a colour `--series-<role>` for each."""

    BASE_CASE = "base-case"
    REVENUE = "revenue"
    OPEX = "opex"
    CAPEX = "capex"
    ROYALTY = "royalty"
    OFFSITE = "offsite"
    TAX = "tax"
    CLOSURE = "closure"
    WORKING_CAPITAL = "working-capital"
    NET = "net"
    CUMULATIVE = "cumulative"
    P10 = "p10"
    P50 = "p50"
    P90 = "p90"
    MEAN = "mean"
    THRESHOLD = "threshold"
    DOWNSIDE = "downside"
    UPSIDE = "upside"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"


#: The bands of a fan chart, from the inside, with the names of their colours in `tokens.css`.
BANDS = (("P25 to P75", "band-inner"), ("P10 to P90", "band-middle"), ("P5 to P95", "band-outer"))


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of values, one per point of the chart's axis; `None` leaves a gap."""

    label: str
    role: Role
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Marker:
    """A value worth a line across a distribution: a percentile, the base case, a threshold."""

    label: str
    role: Role
    value: float


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart: a heading per column, then rows whose first cell names them."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend; its colour is a role or a band, its shape "" for a patch, "line" or "dashed"."""

    label: str
    colour: str
    shape: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(ABC):
    """What every chart states: an id unique on its page, the quantity, its unit and its convention."""

    kind: ClassVar[str]

    name: str
    title: str
    unit: str
    convention: str = ""
    summary: str = ""

    @abstractmethod
    def table(self) -> Table:
        """Return the numbers behind the picture."""

    @abstractmethod
    def data(self) -> dict[str, object]:
        """Return what this kind of chart draws."""

    def legend(self) -> list[Key]:
        """Return the names that the picture cannot carry itself."""
        return []

    def spec(self) -> dict[str, object]:
        """Return what the script reads, in JSON's own types."""
        return {"kind": self.kind, "title": self.title, "unit": self.unit, **self.data()}

    @property
    def label(self) -> str:
        """The chart in words, for those who do not see it."""
        parts = (
            f"{self.title}, {self.unit}",
            self.convention,
            self.summary,
            "The table below holds the numbers",
        )
        return ". ".join(part for part in parts if part) + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class CashFlowChart(Chart):
    """Stacked bars per period, positive above zero and negative below, with a running total as a line."""

    kind: ClassVar[str] = "cash-flow"

    periods: Sequence[str]
    bars: Sequence[Series]
    cumulative: Series | None = None
    period_name: str = "Year"

    def table(self) -> Table:
        """One row per period, one column per series."""
        return _columns(
            self.period_name, self.periods, [*self.bars, *([self.cumulative] if self.cumulative else [])]
        )

    def legend(self) -> list[Key]:
        """Name every bar and the line."""
        line = [Key(self.cumulative.label, self.cumulative.role, "line")] if self.cumulative else []
        return [*(Key(series.label, series.role) for series in self.bars), *line]

    def data(self) -> dict[str, object]:
        """Periods, bars and the line."""
        return {
            "periodName": self.period_name,
            "periods": list(self.periods),
            "bars": [_series(series) for series in self.bars],
            "cumulative": _series(self.cumulative) if self.cumulative else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart(Chart):
    """Lines over periods or over any other quantity; `stepped` for values that hold during a period."""

    kind: ClassVar[str] = "line"

    points: Sequence[str]
    lines: Sequence[Series]
    point_name: str = "Year"
    stepped: bool = False

    def table(self) -> Table:
        """One row per point, one column per line."""
        return _columns(self.point_name, self.points, self.lines)

    def data(self) -> dict[str, object]:
        """Points and lines."""
        return {
            "pointName": self.point_name,
            "points": list(self.points),
            "lines": [_series(series) for series in self.lines],
            "stepped": self.stepped,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramChart(Chart):
    """How often each range of outcomes occurred: `len(edges) == len(counts) + 1`."""

    kind: ClassVar[str] = "histogram"

    edges: Sequence[float]
    counts: Sequence[int]
    markers: Sequence[Marker] = ()

    def table(self) -> Table:
        """One row per range with its count and share."""
        total = sum(self.counts) or 1
        rows = [
            (low, high, count, 100 * count / total)
            for low, high, count in zip(self.edges[:-1], self.edges[1:], self.counts, strict=True)
        ]
        return Table((f"From, {self.unit}", f"To, {self.unit}", "Trials", "Share, %"), rows)

    def legend(self) -> list[Key]:
        """Name the part that is coloured: what lies below the threshold."""
        thresholds = [marker for marker in self.markers if marker.role is Role.THRESHOLD]
        return [Key(f"Below {marker.label.lower()}", Role.DOWNSIDE) for marker in thresholds[:1]]

    def data(self) -> dict[str, object]:
        """Edges, shares and markers."""
        total = sum(self.counts) or 1
        return {
            "edges": _numbers(self.edges),
            "shares": [100 * count / total for count in self.counts],
            "markers": [_marker(marker) for marker in self.markers],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FanChart(Chart):
    """Percentile bands per period around the median, and the base case as a line of its own."""

    kind: ClassVar[str] = "fan"
    PERCENTILES: ClassVar[tuple[int, ...]] = (5, 10, 25, 50, 75, 90, 95)

    periods: Sequence[str]
    percentiles: Mapping[int, Sequence[float | None]]
    base_case: Sequence[float | None] | None = None
    period_name: str = "Year"

    def table(self) -> Table:
        """One row per period, one column per percentile, then the base case."""
        columns = [Series(f"P{level}", Role.P50, self.percentiles[level]) for level in self.PERCENTILES]
        if self.base_case is not None:
            columns.append(Series("Base case", Role.BASE_CASE, self.base_case))
        return _columns(self.period_name, self.periods, columns)

    def legend(self) -> list[Key]:
        """Name the lines and the bands."""
        base = [] if self.base_case is None else [Key("Base case", Role.BASE_CASE, "dashed")]
        return [*base, Key("P50", Role.P50, "line"), *(Key(words, band) for words, band in BANDS)]

    def data(self) -> dict[str, object]:
        """Percentiles by level and the base case."""
        return {
            "periodName": self.period_name,
            "periods": list(self.periods),
            "percentiles": {str(level): _numbers(self.percentiles[level]) for level in self.PERCENTILES},
            "baseCase": None if self.base_case is None else _numbers(self.base_case),
        }


@dataclass(frozen=True, slots=True)
class Swing:
    """One bar of a tornado: an input, its low and high setting in words, and the outcome at each."""

    label: str
    low_setting: str
    high_setting: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoChart(Chart):
    """Outcomes when one input moves at a time, around the base case; the widest swing comes first."""

    kind: ClassVar[str] = "tornado"

    base: float
    swings: Sequence[Swing]
    base_label: str = "Base case"

    def ordered(self) -> list[Swing]:
        """Return the swings by width, widest first."""
        return sorted(self.swings, key=lambda swing: -abs(swing.high - swing.low))

    def table(self) -> Table:
        """One row per input."""
        headings = ("Input", "Low setting", f"Outcome at low, {self.unit}", "High setting")
        rows = [
            (swing.label, swing.low_setting, swing.low, swing.high_setting, swing.high)
            for swing in self.ordered()
        ]
        return Table((*headings, f"Outcome at high, {self.unit}"), rows)

    def legend(self) -> list[Key]:
        """Name the two sides."""
        return [Key("Worse than the base case", Role.DOWNSIDE), Key("Better than the base case", Role.UPSIDE)]

    def data(self) -> dict[str, object]:
        """The base and the bars."""
        return {
            "base": self.base,
            "baseLabel": self.base_label,
            "swings": [
                {
                    "label": swing.label,
                    "low": swing.low,
                    "high": swing.high,
                    "lowSetting": swing.low_setting,
                    "highSetting": swing.high_setting,
                }
                for swing in self.ordered()
            ],
        }


#: Parts that a chart of shares draws one by one; its table has all of them.
MOST_SHARES = 15


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: its name, its share [%], and its amount."""

    label: str
    share: float
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesChart(Chart):
    """What each part makes of a whole, as bars from the largest to the smallest; amounts in `amount_unit`."""

    kind: ClassVar[str] = "shares"

    shares: Sequence[Share]
    amount_unit: str
    role: Role = Role.FIRST

    def table(self) -> Table:
        """One row per part."""
        rows = [(share.label, share.share, share.amount) for share in self.shares]
        return Table(("Part", f"Share, {self.unit}", f"Amount, {self.amount_unit}"), rows)

    def data(self) -> dict[str, object]:
        """The largest parts, the others as one, and their colour."""
        drawn, rest = self.shares, self.shares[MOST_SHARES:]
        if len(rest) > 1:
            others = sum(each.share for each in rest), sum(each.amount for each in rest)
            drawn = [*self.shares[:MOST_SHARES], Share(f"{len(rest)} others", *others)]
        return {
            "role": self.role.value,
            "amountUnit": self.amount_unit,
            "labels": [share.label for share in drawn],
            "shares": _numbers([share.share for share in drawn]),
            "amounts": _numbers([share.amount for share in drawn]),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceedanceChart(Chart):
    """The chance that the outcome is above each value: `chances` are decimals that fall along `values`."""

    kind: ClassVar[str] = "exceedance"

    values: Sequence[float]
    chances: Sequence[float]
    markers: Sequence[Marker] = ()

    def table(self) -> Table:
        """One row per value."""
        rows = [(value, 100 * chance) for value, chance in zip(self.values, self.chances, strict=True)]
        return Table((f"{self.title}, {self.unit}", "Chance of more, %"), rows)

    def data(self) -> dict[str, object]:
        """The curve and the markers."""
        return {
            "values": _numbers(self.values),
            "chances": [100 * chance for chance in self.chances],
            "markers": [_marker(marker) for marker in self.markers],
        }


def _columns(name: str, labels: Sequence[str], series: Sequence[Series]) -> Table:
    rows = [(label, *values) for label, *values in zip(labels, *(one.values for one in series), strict=True)]
    return Table((name, *(one.label for one in series)), rows)


def _series(series: Series) -> dict[str, object]:
    return {"label": series.label, "role": series.role.value, "values": _numbers(series.values)}


def _marker(marker: Marker) -> dict[str, object]:
    return {"label": marker.label, "role": marker.role.value, "value": marker.value}


def _numbers(values: Sequence[float | None]) -> list[float | None]:
    """Return plain floats; what is not finite becomes a gap, because JSON has no word for it."""
    return [float(value) if value is not None and math.isfinite(value) else None for value in values]
