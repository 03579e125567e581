"""The reference of financing says what the code does."""

from __future__ import annotations

import doctest
from enum import StrEnum
from pathlib import Path

import pytest

from app.engine.financing import FINANCING_REASONS, ROWS
from app.engine.financing.kinds import ConstructionInterest, DebtSizing, Repayment

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "engine" / "financing.md"


def test_examples() -> None:
    results = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert results.attempted > 10
    assert results.failed == 0


def test_every_row_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [row for row in ROWS if f"| `{row}` |" not in text] == []


def test_every_reason_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [f"| {reason:d} | `{reason.name}` |" for reason in FINANCING_REASONS]
    assert [row for row in rows if row not in text] == []


@pytest.mark.parametrize("kind", [ConstructionInterest, DebtSizing, Repayment])
def test_every_kind_is_explained(kind: type[StrEnum]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [member for member in kind if f"| `{member}` |" not in text] == []
