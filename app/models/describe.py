"""The reference page of the data model, written from the tables themselves."""

from __future__ import annotations

import sys
from inspect import getdoc

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Double, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from app.models.base import Base, Choice
from app.models.entered import ENTERED, PER, ROLE
from app.models.scenario import PeriodRuns

INTRODUCTION = """\
# Data model

Written by `python scripts/write_reference.py`; do not edit.

A **quantity** is three columns: `<field>_values` (one number, or one by period), `<field>_unit` and
`<field>_driver` (a parameter of the scenario that scales it). A **row** has no driver, a **single** is one
number (`<field>_value`), a **curve** is points (`<field>_x`, `<field>_y`, each with its unit). Numbers stand
as they were entered; in brackets is the engine's unit that they are converted to, and `¤` is the line's
currency. Every table with a `scenario_id` goes with its scenario and is copied by a clone, runs excepted.
"""
WORDS: dict[type[object], str] = {
    ARRAY: "list",
    BigInteger: "whole number",
    Boolean: "yes or no",
    Date: "date",
    DateTime: "time",
    Double: "number",
    JSONB: "JSON",
    LargeBinary: "bytes",
    PeriodRuns: "runs of periods",
    Text: "text",
}
COMPOSITE_WORDS = {"values": "row", "value": "single", "x": "curve"}


def data_model_page() -> str:
    """Return the page as Markdown: a section for each aggregate, a table for each table."""
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    lines = [INTRODUCTION]
    aggregate = ""
    for table in Base.metadata.tables.values():
        module = models[table].__module__
        if module != aggregate:
            aggregate = module
            lines += [f"## {module.rpartition('.')[2].capitalize()}", "", summary(module), ""]
        lines += section(table, getdoc(models[table]) or "")
    return "\n".join(lines).rstrip() + "\n"


def summary(module: str) -> str:
    """Return the first line of a module's docstring."""
    return (sys.modules[module].__doc__ or "").splitlines()[0]


def section(table: Table, text: str) -> list[str]:
    """Return the lines about one table."""
    head = [
        f"### {table.name}",
        "",
        text,
        "",
        "| field | holds | required | refers to |",
        "|---|---|---|---|",
    ]
    return [*head, *(line(table, column) for column in table.columns if stands_for_field(column)), ""]


def stands_for_field(column: Column[object]) -> bool:
    """Say whether a column is a field of its own or the first of a composite."""
    return column.info.get(ROLE, "values") in COMPOSITE_WORDS


def line(table: Table, column: Column[object]) -> str:
    """Return one field's line."""
    name = column.info.get(ENTERED, column.name)
    return f"| `{name}` | {kind(table, column)} | {needed(column)} | {references(column)} |"


def kind(table: Table, column: Column[object]) -> str:
    """Return what a field holds, in words."""
    if ENTERED in column.info:
        driven = f"{column.info[ENTERED]}_driver" in table.columns
        word = "quantity" if driven else COMPOSITE_WORDS[column.info[ROLE]]
        return f"{word} [{column.info[PER]}]" if column.info[PER] else word
    if isinstance(column.type, Choice):
        return ", ".join(f"`{word}`" for word in column.type.kind)
    return WORDS[type(column.type)]


def needed(column: Column[object]) -> str:
    """Return whether a field must be given."""
    if column.nullable or column.primary_key:
        return ""
    return "" if column.server_default is not None else "yes"


def references(column: Column[object]) -> str:
    """Return the tables that a field points to."""
    if column.name == "scenario_id":
        return "`scenarios`"
    return ", ".join(sorted(f"`{key.column.table.name}`" for key in column.foreign_keys))
