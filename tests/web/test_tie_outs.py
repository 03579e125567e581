"""Findings of the engine in the words of the pages."""

from __future__ import annotations

import re
from pathlib import Path

from app.engine import release, reserves, tieout
from app.engine.problems import Problem
from app.web.tie_outs import ABOUT, said
from app.web.workspace import Tab

PROBLEM = re.compile(r'Problem\(\s*f?"([a-z_]+(?:\.[a-z_]+)?)')


def test_every_check_has_its_words() -> None:
    sources = (Path(module.__file__).read_text(encoding="utf-8") for module in (tieout, reserves, release))
    assert {field for text in sources for field in PROBLEM.findall(text)} == ABOUT.keys()


def test_a_line_is_called_by_its_label_and_a_row_by_its_name() -> None:
    found = said(
        [
            Problem("tie_out.finite.after_tax_cash_flow", "2027", "every period needs a number"),
            Problem("tie_out.lines_add.levies", "2028", "its parts must add to it"),
            Problem("tie_out.stockpile.Low grade, 2.5", "2029", "its balance must not be negative"),
        ],
        [Tab("Production", "/mine/production", False)],
    )
    assert [(each.about, each.href, each.period) for each in found] == [
        ("Cash flow after tax", "", "2027"),
        ("Levies", "", "2028"),
        ("Stockpile Low grade, 2.5", "/mine/production", "2029"),
    ]
