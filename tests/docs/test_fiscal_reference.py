"""The reference of the fiscal methods says what the code does."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import app.engine.fiscal as package
from app.engine.fiscal.bases import LEVY_BASES
from app.engine.fiscal.depreciation import DEPRECIATION
from app.engine.fiscal.levies import LEVY_KINDS
from app.engine.kinds import Carry

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "engine"
PAGES = ("levies.md", "depreciation.md", "income-tax.md", "working-capital.md", "interests.md")
MODULES = sorted(Path(package.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_a_page(page):
    results = doctest.testfile(str(REFERENCE / page), module_relative=False)
    assert results.attempted > 0
    assert results.failed == 0


def test_docstring_examples():
    names = [
        ".".join(path.relative_to(Path(package.__file__).parents[3]).with_suffix("").parts)
        for path in MODULES
    ]
    results = [doctest.testmod(__import__(name, fromlist=["_"])) for name in names]
    assert sum(result.attempted for result in results) > 10
    assert sum(result.failed for result in results) == 0


@pytest.mark.parametrize(
    ("page", "entries"),
    [
        ("levies.md", [*LEVY_BASES, *LEVY_KINDS]),
        ("depreciation.md", list(DEPRECIATION)),
        ("interests.md", list(Carry)),
    ],
)
def test_every_entry_of_a_registry_is_explained(page, entries):
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert [entry.value for entry in entries if f"`{entry.value}`" not in text] == []
