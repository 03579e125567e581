"""Figures of a list of results that the caller brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import WithJsonSchema

from app.engine.simulation.summary import LARGEST, Summary, summarise
from app.errors import InvalidInput, Problem

router = APIRouter(prefix="/api/reporting", tags=["reporting"])

FIELD = "result"
#: More rejected results than this are not listed one by one.
MOST_PROBLEMS = 20
ITEM = {
    "anyOf": [
        {"type": "number"},
        {
            "type": "object",
            "required": [FIELD],
            "properties": {FIELD: {"type": "number"}, "iteration": {"type": "integer"}},
        },
    ]
}
Results = Annotated[list[Any], WithJsonSchema({"type": "array", "minItems": 1, "items": ITEM})]


@router.post("/summary", summary="Summarise a list of results")
def summary(body: Results) -> Summary:
    """Return the figures of numbers, or of objects with a `result` such as `/api/simulations/run` sends.

    Variance and standard deviation are those of the list, divided by its length. `value_at_risk_95` is the
    fifth percentile, `expected_shortfall_95` the mean of what lies at or below it, in the results' own sign.
    """
    return summarise(_numbers(body))


def _numbers(results: Sequence[Any]) -> list[float]:
    """Return the results as numbers; raises `InvalidInput` that names those that are none."""
    if not results:
        raise InvalidInput([Problem("results", [], "a list with at least one result")])
    found: list[float] = []
    problems: list[Problem] = []
    for index, item in enumerate(results):
        named = isinstance(item, dict)
        value = item.get(FIELD) if named else item
        if isinstance(value, int | float) and not isinstance(value, bool) and _fits(value):
            found.append(float(value))
        elif len(problems) < MOST_PROBLEMS:
            name = f"results[{index}].{FIELD}" if named else f"results[{index}]"
            problems.append(Problem(name, value, f"a finite number of at most {LARGEST:g} in size"))
    if problems:
        raise InvalidInput(problems)
    return found


def _fits(value: float) -> bool:
    """NaN fits nowhere, and a whole number of a thousand digits is compared without becoming a float."""
    return -LARGEST <= value <= LARGEST
