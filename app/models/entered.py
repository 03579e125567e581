"""Numbers as people enter them: a value or a row by period, with its unit, perhaps scaled by a named driver.

Nothing is converted on the way in: 3500 ¤/oz and 92 % are stored as 3500 and 92 beside their unit, so what
comes back is what was typed, to the last digit. `app.valuation` converts to engine units through
`app.engine.units`.

Each of the four kinds below is a composite of plain columns. The columns carry `info`, from which checks,
driver references, forms, clones, the loader and the reference page follow; adding a quantity to a table is
one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Double, ForeignKeyConstraint, Table, Text
from sqlalchemy.orm import Composite, MappedColumn, composite, mapped_column

ENTERED = "entered"
"""Key in a column's `info`: the attribute that the column is part of."""
PER = "per"
"""Key in a column's `info`: the engine's unit for it, such as `t` or `¤/t`; empty where it depends."""
ROLE = "role"
"""Key in a column's `info`: which part of the composite the column holds."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A quantity: one value for the whole life or one per period, in `unit`, times a named driver if any."""

    values: tuple[float, ...]
    unit: str
    driver: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Values by period (or by active period) in one unit, without a driver."""

    values: tuple[float, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Single:
    """One number in one unit, without a driver."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (x, y), each column in its own unit; a last x without end is infinite."""

    x: tuple[float, ...]
    x_unit: str
    y: tuple[float, ...]
    y_unit: str


KINDS = (Entered, Row, Single, Curve)


def _column(name: str, role: str, per: str, required: bool, type_: Any) -> MappedColumn[Any]:
    suffix = "" if role == "" else f"_{role}"
    info = {ENTERED: name, ROLE: role, PER: per}
    return mapped_column(f"{name}{suffix}", type_, nullable=not required, info=info)


def _row_type() -> ARRAY[float]:
    return ARRAY(Double(), dimensions=1, as_tuple=True)


def entered(name: str, per: str = "", *, required: bool = False) -> Composite[Any]:
    """Return a quantity that a driver may scale, as `<name>_values`, `<name>_unit` and `<name>_driver`.

    per: the engine's unit. required: whether the row may be saved without it; where it may not be given, the
    engine's own default holds.
    """
    return composite(
        _column(name, "values", per, required, _row_type()),
        _column(name, "unit", per, required, Text()),
        _column(name, "driver", per, False, Text()),
    )


def row(name: str, per: str = "", *, required: bool = False) -> Composite[Any]:
    """Return values by period as `<name>_values` and `<name>_unit`."""
    return composite(
        _column(name, "values", per, required, _row_type()), _column(name, "unit", per, required, Text())
    )


def single(name: str, per: str = "", *, required: bool = False) -> Composite[Any]:
    """Return one number as `<name>_value` and `<name>_unit`."""
    return composite(
        _column(name, "value", per, required, Double()), _column(name, "unit", per, required, Text())
    )


def curve(name: str, per: str = "", y_per: str = "") -> Composite[Any]:
    """Return points as `<name>_x`, `<name>_x_unit`, `<name>_y` and `<name>_y_unit`."""
    return composite(
        _column(name, "x", per, False, _row_type()),
        _column(name, "x_unit", per, False, Text()),
        _column(name, "y", y_per, False, _row_type()),
        _column(name, "y_unit", y_per, False, Text()),
    )


def entered_names(table: Table) -> dict[str, dict[str, str]]:
    """Return, for each entered quantity of a table, its column by role."""
    found: dict[str, dict[str, str]] = {}
    for column in table.columns:
        if ENTERED in column.info:
            found.setdefault(column.info[ENTERED], {})[column.info[ROLE]] = column.name
    return found


def constrain_entered(table: Table) -> None:
    """Add the checks of each quantity and its reference to the driver."""
    for name, columns in entered_names(table).items():
        roles = set(columns)
        if roles >= {"x", "y"}:
            _check(table, name, _curve_rule(columns))
        elif "values" in roles:
            _check(table, name, _values_rule(columns))
        else:
            _check(
                table,
                name,
                f"num_nonnulls({columns['value']}, {columns['unit']}) IN (0, 2)"
                f" AND {columns['unit']} <> '' AND {_finite(columns['value'])}",
            )
        if "driver" in columns:
            driver = columns["driver"]
            table.append_constraint(
                ForeignKeyConstraint(
                    ["scenario_id", driver],
                    ["parameters.scenario_id", "parameters.name"],
                    onupdate="CASCADE",
                    deferrable=True,
                    initially="IMMEDIATE",
                )
            )


def _check(table: Table, name: str, rule: str) -> None:
    table.append_constraint(CheckConstraint(rule, name=f"{name}_entered"))


def _finite(column: str) -> str:
    return f"{column} NOT IN ('NaN', 'Infinity', '-Infinity')"


def _all_finite(column: str, *banned: str) -> str:
    each = " AND ".join(f"'{value}' <> ALL ({column})" for value in banned)
    return f"cardinality({column}) > 0 AND array_position({column}, NULL) IS NULL AND {each}"


def _values_rule(columns: dict[str, str]) -> str:
    values, unit = columns["values"], columns["unit"]
    rule = f"num_nonnulls({values}, {unit}) IN (0, 2) AND {unit} <> ''"
    rule = f"{rule} AND {_all_finite(values, 'NaN', 'Infinity', '-Infinity')}"
    if "driver" not in columns:
        return rule
    return f"({rule}) AND ({columns['driver']} IS NULL OR {values} IS NOT NULL)"


def _curve_rule(columns: dict[str, str]) -> str:
    x, y = columns["x"], columns["y"]
    units = f"{columns['x_unit']} <> '' AND {columns['y_unit']} <> ''"
    together = f"num_nonnulls({x}, {columns['x_unit']}, {y}, {columns['y_unit']}) IN (0, 4)"
    return (
        f"{together} AND {units} AND cardinality({x}) = cardinality({y})"
        f" AND {_all_finite(x, 'NaN', '-Infinity')} AND {_all_finite(y, 'NaN', 'Infinity', '-Infinity')}"
    )
