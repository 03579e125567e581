"""The reference of the operating half says what the code does."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import app.engine as package
from app.engine.bases import COST_BASES
from app.engine.closure import FUNDING
from app.engine.discounting import PLACE
from app.engine.lines import LINES
from app.engine.sales.payable import PAYABLE_RULES

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "engine"
PAGES = (
    "units.md",
    "time-and-money.md",
    "physicals.md",
    "sales.md",
    "costs.md",
    "capital-and-closure.md",
    "cash-flow.md",
)
ENGINE = Path(package.__file__).parent
MODULES = sorted([*ENGINE.glob("*.py"), *ENGINE.glob("sales/*.py"), *ENGINE.glob("checks/*.py")])


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_a_page(page: str) -> None:
    results = doctest.testfile(str(REFERENCE / page), module_relative=False)
    assert results.attempted > 0
    assert results.failed == 0


def test_docstring_examples() -> None:
    names = [".".join(path.relative_to(ENGINE.parents[1]).with_suffix("").parts) for path in MODULES]
    results = [doctest.testmod(importlib.import_module(name)) for name in names]
    assert sum(result.attempted for result in results) > 25
    assert sum(result.failed for result in results) == 0


@pytest.mark.parametrize(
    ("page", "entries"),
    [
        ("costs.md", list(COST_BASES)),
        ("capital-and-closure.md", list(FUNDING)),
        ("sales.md", list(PAYABLE_RULES)),
        ("time-and-money.md", list(PLACE)),
    ],
)
def test_every_entry_of_a_registry_is_explained(page: str, entries: list[str]) -> None:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert [str(entry) for entry in entries if f"`{entry}`" not in text] == []


def test_the_table_of_lines_is_the_registry() -> None:
    text = (REFERENCE / "cash-flow.md").read_text(encoding="utf-8")
    table = [row.split(" | ") for row in text.splitlines() if row.startswith("| `")]
    printed = [(row[0].strip("| `"), row[1], row[2], row[4].strip("| ")) for row in table]
    assert printed == [
        (
            line.key.replace("*", "<name>"),
            line.label.replace("{}", "…"),
            line.unit.value,
            "yes" if line.enterable else "",
        )
        for line in LINES
    ]
