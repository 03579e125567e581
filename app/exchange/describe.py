"""The reference page of the file formats, written from the registry."""

from __future__ import annotations

from app.exchange.layout import FORMAT, LAYOUTS, Layout
from app.exchange.limits import MOST_CELLS, MOST_COLUMNS, MOST_ELEMENTS, MOST_ROWS, MOST_UNPACKED

INTRODUCTION = f"""\
# Files of a project

Written by `python scripts/write_reference.py`; do not edit.

A project goes out and comes back as a workbook (`.xlsx`), a zip of CSV files, or a
[document](project-document.md) (`.json`). The workbook and the CSV files have the same tables, listed
here in their order; a CSV file is called as its table, in small letters. The first row holds the
headings, the second, which begins with `Unit`, what each column is measured in. A unit there, or in
brackets behind a heading, holds for cells whose own unit is empty. The cover (`About`) names the
format, `{FORMAT}`, and the source.

Numbers have a point before their decimals and no sign between thousands, dates are `2026-01-31`, and
yes and no are written so. Text that a spreadsheet would run has an apostrophe before it in CSV files. A
value that runs by period is written `by period` and has a row in Schedules. Formulas are read by their
last value and never run.

Read are at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns of a table, {MOST_CELLS:,} cells of a
file, and {MOST_UNPACKED // 1024**2} MB of what a zip holds; of a workbook {MOST_ELEMENTS:,} rows, cells
and values, those counted that hold nothing but a format. What has more is refused before it is read.
Simulation runs, versions, the archive and the members of a project stay in the installation; whether only
they see it goes along.
"""


def exchange_page() -> str:
    """Return the page as Markdown: a section for each table."""
    lines = [INTRODUCTION]
    for layout in LAYOUTS:
        lines += _section(layout)
    return "\n".join(lines).rstrip() + "\n"


def _section(layout: Layout) -> list[str]:
    head = [
        f"## {layout.title}",
        "",
        layout.help,
        "",
        "| heading | unit row | meaning | required |",
        "|---|---|---|---|",
    ]
    rows = [
        f"| {column.heading} | {column.unit.replace('|', chr(92) + '|')} | {column.help} | "
        f"{'yes' if column.required else ''} |"
        for column in layout.columns
    ]
    return [*head, *rows, ""]
