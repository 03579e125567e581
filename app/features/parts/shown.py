"""The rows of a part as a tab shows them, and their schedules as the grid of periods does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.models import Entered, Row, Scenario
from app.models.base import Base
from app.planning.comments.places import Place
from app.planning.offered import usual_unit
from app.planning.parts import Field, Kind, Part
from app.planning.told import said
from app.planning.values import value_of
from app.seed.written import usual
from app.valuation.units import UnknownUnit, measure
from app.web.measures import in_currency
from app.web.pagination import Pagination, Window, paged

#: Columns beside the name that a table shows at most; the form has them all.
MOST_COLUMNS = 7


def readable_sum(values: Sequence[float]) -> float:
    """Return a sum without the last digits, which are the rounding of binary numbers."""
    return float(f"{sum(values):.12g}")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the table of a part. comments: how many are open on it."""

    key: str
    version: int
    name: str
    cells: Sequence[str]
    comments: int


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One part of a tab. addable: whether another row may be added. takes: links to fill it by.

    by_period: its rows have schedules. pagination: of its rows on its own page, whose first rows a tab shows.
    """

    key: str
    title: str
    singular: str
    help: str
    headings: Sequence[str]
    rows: Sequence[ShownRow]
    addable: bool
    takes: Sequence[tuple[str, str]]
    by_period: bool
    pagination: Pagination


@dataclass(frozen=True, slots=True)
class GridRow:
    """One quantity by period.

    constant: one value holds for all periods. spread: one value is a total, or nothing was entered yet.
    spread_by: the field that spreads it. amounts: one value never holds for all periods. values: one for each
    period, empty where there is nothing to spread.
    """

    part: str
    key: str
    version: int
    field: str
    group: str
    label: str
    unit: str
    driver: str
    values: Sequence[float]
    constant: bool
    spread: bool
    amounts: bool
    spread_by: str = ""

    @property
    def kind(self) -> str:
        """What the row may be added to: the same field of the same part in the same unit."""
        return f"{self.part}:{self.field}:{self.unit}"

    @property
    def total(self) -> float | None:
        """The sum over the periods, where adding them means something."""
        return readable_sum(self.values) if self.values and self.sums else None

    @property
    def sums(self) -> bool:
        """Whether the unit is one of amounts, which add up over the periods."""
        return "/" not in self.unit and self.unit not in {"%", "1", "ppm", "ppb", "factor"}


@dataclass(frozen=True, slots=True)
class GridFoot:
    """The sum of one kind of quantity over several rows, by period; rows with a driver are left out."""

    key: str
    label: str
    unit: str
    values: Sequence[float]

    @property
    def total(self) -> float:
        """The sum over the periods."""
        return readable_sum(self.values)


def feet(rows: Sequence[GridRow], periods: int) -> list[GridFoot]:
    """Return a total for each quantity that more than one row enters in one unit of amounts."""
    held: dict[str, list[GridRow]] = {}
    for row in rows:
        if row.sums and not row.driver and len(row.values) == periods:
            held.setdefault(row.kind, []).append(row)
    return [
        GridFoot(
            kind,
            alike[0].label,
            alike[0].unit,
            [readable_sum(column) for column in zip(*(row.values for row in alike), strict=True)],
        )
        for kind, alike in held.items()
        if len(alike) > 1
    ]


def shown_part(
    part: Part, scenario: Scenario, comments: Mapping[Place, int], window: Window, path: str
) -> ShownPart:
    """Return a part's rows with the columns that say something in any of them; path: of its own page."""
    rows = list(part.rows(scenario))
    wanted, pagination = paged(rows, window, path)
    columns = _columns(part, rows)
    shown = [
        ShownRow(
            part.key_of(row),
            getattr(row, "version", 1),
            part.name_of(row),
            [
                in_currency(_cell(part, row, field.name), _money(row, scenario)) or field.empty
                for field in columns
            ],
            comments.get(Place(part.key, part.name_of(row)), 0),
        )
        for row in wanted
    ]
    addable = bool(part.path) and not (part.single and rows)
    headings = [field.words for field in columns]
    by_period = any(field.schedule for field in part.fields)
    return ShownPart(
        part.key,
        part.title,
        part.singular,
        part.help,
        headings,
        shown,
        addable,
        part.takes,
        by_period,
        pagination,
    )


def _columns(part: Part, rows: Sequence[Base]) -> list[Field]:
    """Return the fields that say something in any row; those whose emptiness says something are never cut."""
    said = [
        field
        for field in part.fields
        if field.name not in part.naming
        and (field.empty or any(_says(part, row, field.name) for row in rows))
    ]
    room = MOST_COLUMNS - sum(1 for field in said if field.empty)
    kept = [field for field in said if not field.empty][:room]
    return [field for field in said if field.empty or field in kept]


def _says(part: Part, row: Base, name: str) -> bool:
    value = value_of(part, row, name)
    plain = (
        None
        if part.kind(name) in {Kind.NAMES, Kind.QUANTITY, Kind.SINGLE, Kind.ROW, Kind.CURVE}
        else (usual(part.column(name)))
    )
    return value not in (None, "", [], {}) and value != plain


def _money(row: Base, scenario: Scenario) -> str:
    """Return the code of the currency that a row is in."""
    return getattr(row, "currency", None) or scenario.project.currency


def _cell(part: Part, row: Base, name: str) -> str:
    value = value_of(part, row, name)
    if value in (None, "", [], {}):
        return ""
    return said(part, name, value)


def grid_rows(parts: Sequence[Part], scenario: Scenario) -> list[GridRow]:
    """Return every schedule of some parts, a row of the grid each.

    A row of the model that has none yet offers the ones that it may have, so that they can be pasted.
    """
    return [
        _grid_row(part, row, field, scenario.period_count)
        for part in parts
        for row in part.rows(scenario)
        for field in _scheduled(part, row)
    ]


def _scheduled(part: Part, row: Base) -> list[Field]:
    fields = [field for field in part.fields if field.schedule]
    held = [field for field in fields if getattr(row, field.name) is not None]
    if held:
        return held
    return [
        field for field in fields if field.begins and not (field.given_by and getattr(row, field.given_by))
    ]


def _empty_row(part: Part, row: Base, field: Field) -> GridRow:
    """Return a schedule that nobody entered yet, in the unit that the trade uses."""
    unit = usual_unit(part, field.name, getattr(row, "metal", ""))
    version = getattr(row, "version", 1)
    return GridRow(
        *(part.key, part.key_of(row), version, field.name, part.name_of(row), field.words, unit, "", ()),
        constant=False,
        spread=True,
        amounts=bool(field.spread_by),
    )


def _grid_row(part: Part, row: Base, field: Field, periods: int) -> GridRow:
    name, label, total = field.name, field.words, bool(field.spread_by)
    held: Entered | None = getattr(row, name)
    if held is None:
        return _empty_row(part, row, field)
    constant = len(held.values) == 1 and periods > 1
    spread = constant and total
    shares: Row | None = getattr(row, field.spread_by) if spread else None
    values = (
        spread_over(held, shares, periods) if spread else held.values * periods if constant else held.values
    )
    return GridRow(
        part.key,
        part.key_of(row),
        getattr(row, "version", 1),
        name,
        part.name_of(row),
        label,
        held.unit,
        held.driver or "",
        values,
        constant and not spread,
        spread,
        total,
        field.spread_by if spread and values else "",
    )


def spread_over(whole: Entered, shares: Row | None, periods: int) -> tuple[float, ...]:
    """Return a total by period; nothing where shares are missing or in no unit.

    Without the last digits, which are the rounding of binary numbers.
    """
    try:
        known = measure(shares.unit) if shares else None
    except UnknownUnit:
        return ()
    if shares is None or known is None:
        return ()
    parts = [float(f"{whole.values[0] * known.to_base(share):.12g}") for share in shares.values]
    return (*parts, *[0.0] * (periods - len(parts)))[:periods]
