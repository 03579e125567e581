"""The reference of the results says what the code does."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import app.engine.kpis
import app.engine.returns
from app.engine.capacity import CAMM
from app.engine.returns import DAY_COUNTS, REASONS
from app.engine.unit_costs import UNIT_COSTS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "engine"
PAGES = ("returns.md", "unit-costs.md", "sensitivity.md", "cut-off.md", "capacity.md")
SINGLE = ("unit_costs", "variants", "sensitivity", "goal_seek", "cutoff", "capacity")
MODULES = (
    *(f"app.engine.{name}" for name in SINGLE),
    *(
        f"{package.__name__}.{module.name}"
        for package in (app.engine.returns, app.engine.kpis)
        for module in pkgutil.iter_modules(package.__path__)
    ),
)


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_a_page(page: str) -> None:
    results = doctest.testfile(str(REFERENCE / page), module_relative=False, encoding="utf-8")
    assert results.attempted > 3
    assert results.failed == 0


def test_docstring_examples() -> None:
    results = [doctest.testmod(importlib.import_module(name)) for name in MODULES]
    assert sum(result.attempted for result in results) > 20
    assert sum(result.failed for result in results) == 0


@pytest.mark.parametrize(
    ("page", "entries"),
    [
        ("returns.md", [reason.name for reason in REASONS]),
        ("returns.md", list(DAY_COUNTS)),
        ("unit-costs.md", list(UNIT_COSTS)),
        ("capacity.md", list(CAMM)),
    ],
)
def test_every_entry_of_a_registry_is_explained(page: str, entries: list[str]) -> None:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert [entry for entry in entries if f"`{entry}`" not in text] == []


def test_the_capacity_page_prints_the_coefficients_of_the_code() -> None:
    text = (REFERENCE / "capacity.md").read_text(encoding="utf-8")
    for key, system in CAMM.items():
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{key}`"))
        assert f"{system.capital.factor:,.0f} X^{system.capital.exponent:.3f}" in row
        assert f"X^−{-system.operating.exponent:.3f}" in row
        assert f"{system.operating.factor:g} " in row.replace(".0 X", " X")
