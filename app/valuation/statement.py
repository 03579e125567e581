"""The cash-flow statement by year, ready for a table or a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan

from app.engine.cashflow import CashFlow
from app.engine.inputs import MineInputs
from app.engine.lines import LineSection, LineUnit, describe

CONSUMPTION = "consumption."


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One line by year.

    key: as in `app.engine.lines`. unit: what the values are, in engine units; resource: the unit of a
    consumption line, else "". parent, sign: the line that it enters and how. entered: typed in, not derived.
    values: one for each year, NaN where the line has no value.
    """

    key: str
    label: str
    section: LineSection
    unit: LineUnit
    resource: str
    parent: str
    sign: int
    entered: bool
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Every line of the deterministic case by year, in the order of the statement."""

    years: tuple[str, ...]
    rows: tuple[StatementRow, ...]

    def row(self, key: str) -> StatementRow:
        """Return one line; raises `KeyError` where the mine has none of that name."""
        return self.by_key()[key]

    def by_key(self) -> dict[str, StatementRow]:
        """Return the lines by key."""
        return {row.key: row for row in self.rows}

    def section(self, *sections: LineSection) -> tuple[StatementRow, ...]:
        """Return the lines of some sections that are not zero all along."""
        shown = (row for row in self.rows if row.section in sections)
        return tuple(row for row in shown if any(value and not isnan(value) for value in row.values))


def statement(inputs: MineInputs, cash_flow: CashFlow) -> Statement:
    """Return the yearly statement of a deterministic cash flow."""
    table = cash_flow.yearly()
    units = {f"{CONSUMPTION}{line.name}": line.unit for line in inputs.consumption}
    rows = (_row(key, table[key].ravel().tolist(), units, cash_flow.entered) for key in table.lines)
    return Statement(table.labels, tuple(rows))


def _row(
    key: str, values: Iterable[float], resources: Mapping[str, str], entered: frozenset[str]
) -> StatementRow:
    line = describe(key)
    return StatementRow(
        key=key,
        label=line.label,
        section=line.section,
        unit=line.unit,
        resource=resources.get(key, ""),
        parent=line.parent,
        sign=line.sign,
        entered=key in entered,
        values=tuple(values),
    )
