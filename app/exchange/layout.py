"""The columns of every table: the registry's fields spread over them, and the tables that parts share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.engine.kinds import PeriodLength
from app.exchange.registry import BY_TABLE, SHEETS, Field, Kind, Sheet
from app.valuation.units import UnknownUnit, measure

FORMAT = "calminer-workbook/1"
SCENARIO = "Scenario"
#: First cell of the row below the headings, which says what each column is measured in.
UNITS_ROW = "Unit"
BY_PERIOD = "by period"
YES, NO = "yes", "no"
#: What tells the rows of any sheet apart, as the shared tables write it.
LINE_KEYS = ("Line", "Part", "Detail")
TOTAL = "Total"
#: Periods that a template offers.
TEMPLATE_PERIODS = 40


class Role(StrEnum):
    """Which part of a field a column holds."""

    PLAIN = "plain"
    VALUE = "value"
    UNIT = "unit"
    DRIVER = "driver"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    unit: what stands in the units row. lookup: the list that its cells are chosen from, "" where it is free.
    required: whether a row may not leave it empty.
    """

    heading: str
    unit: str
    help: str
    lookup: str = ""
    required: bool = False
    field: Field | None = None
    role: Role = Role.PLAIN


@dataclass(frozen=True, slots=True)
class Layout:
    """One table. sheet: the part whose rows it holds, None where several parts share it."""

    title: str
    help: str
    columns: tuple[Column, ...]
    sheet: Sheet | None = None

    @property
    def file(self) -> str:
        """The name of its file in a bundle."""
        return f"{self.title.lower().replace(' ', '_')}.csv"


SCENARIO_COLUMN = Column(
    SCENARIO, UNITS_ROW, "The scenario's slug; empty where there is one only.", "scenarios"
)


def layout_of(sheet: Sheet) -> Layout:
    """Return the table of one sheet of the registry."""
    columns = [column for field in sheet.fields if field.here for column in columns_of(field)]
    if sheet.path:
        columns.insert(0, SCENARIO_COLUMN)
    else:
        first = columns[0]
        columns[0] = Column(first.heading, UNITS_ROW, first.help, "", first.required, first.field)
    return Layout(sheet.title, sheet.help, tuple(columns), sheet)


def columns_of(field: Field) -> tuple[Column, ...]:
    """Return the columns that a field takes."""
    if field.kind not in (Kind.QUANTITY, Kind.SINGLE):
        return (Column(field.heading, _unit(field), field.help, _lookup(field), field.required, field),)
    by_period = " Or “by period”, with the values in Schedules." if field.kind is Kind.QUANTITY else ""
    unit = f"{field.heading} unit"
    driver = f"{field.heading} driver"
    value = (
        Column(field.heading, field.per, field.help + by_period, "", field.required, field, Role.VALUE),
        Column(unit, "unit", f"Of {field.heading.lower()}.", "units", False, field, Role.UNIT),
    )
    if field.kind is Kind.SINGLE:
        return value
    told = "The parameter that the value is multiplied with."
    return (*value, Column(driver, "parameter", told, "parameters", False, field, Role.DRIVER))


def fallback_unit(text: str) -> str:
    """Return the unit that a units row stands for, "" where it says something else."""
    try:
        measure(text)
    except UnknownUnit:
        return ""
    return text


def _unit(field: Field) -> str:
    if field.kind is Kind.CHOICE:
        return " | ".join(field.words)
    if field.refers == "currencies":
        return "currency"
    if field.refers:
        return BY_TABLE[field.refers].title.lower() if field.refers in BY_TABLE else "cost heading"
    return {Kind.DAY: "yyyy-mm-dd", Kind.FLAG: f"{YES} | {NO}"}.get(field.kind, field.kind.value)


def _lookup(field: Field) -> str:
    if field.kind is Kind.CHOICE:
        return " | ".join(field.words)
    return "yes | no" if field.kind is Kind.FLAG else field.refers


_KEYS = tuple(
    Column(heading, "text", text)
    for heading, text in zip(
        LINE_KEYS,
        (
            "What the row is called: its name, or the first of its key columns.",
            "The second key column, such as the metal.",
            "The third key column, such as the stream.",
        ),
        strict=True,
    )
)
_WHERE = (
    SCENARIO_COLUMN,
    Column("Sheet", "sheet", "The sheet that the values belong to.", "sheets", True),
    *_KEYS,
    Column("Field", "heading", "The heading of the values there.", "", True),
)
TIMELINE = Layout(
    "Timeline",
    "Runs of equal periods, in order.",
    (
        SCENARIO_COLUMN,
        Column("Length", " | ".join(PeriodLength), "Of each period.", " | ".join(PeriodLength), True),
        Column("Count", "whole number", "How many of them.", "", True),
    ),
)
SCHEDULES = Layout(
    "Schedules",
    "Values by period. Columns 1, 2, 3 … are the periods of the scenario; the total is worked out.",
    (
        *_WHERE,
        Column("Unit", "unit", "Of the values.", "units"),
        Column("Driver", "parameter", "The parameter that the values are multiplied with.", "parameters"),
        Column(TOTAL, "worked out", "Locked; not read."),
    ),
)
CURVES = Layout(
    "Curves",
    "Points of a curve, one in a row, in order.",
    (
        *_WHERE,
        Column("X", "number", "Along. The last may be “infinite”.", "", True),
        Column("X unit", "unit", "Of X.", "units"),
        Column("Y", "number", "What it comes to there.", "", True),
        Column("Y unit", "unit", "Of Y.", "units"),
    ),
)
DISTRIBUTIONS = Layout(
    "Distributions",
    "The numbers of the distributions and processes of the parameters.",
    (
        SCENARIO_COLUMN,
        Column("Parameter", "parameter", "Whose number it is.", "parameters", True),
        Column("Number", "text", "What it is called, such as min, mode, max.", "", True),
        Column("Position", "whole number", "Its place in a list, from 1; empty where it is no list."),
        Column("Value", "number", "In the parameter's unit, or a factor.", "", True),
    ),
)
_PARTS = tuple(layout_of(sheet) for sheet in SHEETS)
#: Every table of a file, in order.
LAYOUTS: tuple[Layout, ...] = (*_PARTS[:2], TIMELINE, *_PARTS[2:], SCHEDULES, CURVES, DISTRIBUTIONS)
LAYOUT_BY_TITLE = {layout.title: layout for layout in LAYOUTS}
