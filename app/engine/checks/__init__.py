"""Everything that is wrong with a mine's inputs, named by field, before anything is evaluated."""

from __future__ import annotations

from app.engine.checks.base_case import base_case
from app.engine.checks.bounds import check_bounds
from app.engine.checks.entered import check_entered
from app.engine.checks.references import check_references
from app.engine.checks.terms import check_terms
from app.engine.checks.values import check_values
from app.engine.evaluate import with_entered_levies
from app.engine.fiscal.check import check_fiscal
from app.engine.inputs import MineInputs
from app.engine.problems import Problem


def check(inputs: MineInputs) -> tuple[Problem, ...]:
    """Return every problem of the inputs, such as a payable above one at `products[0].metals[1].payable`.

    Rows of a wrong length or type are reported alone: nothing else can be said about them.
    """
    shapes = tuple(check_values(inputs))
    if shapes:
        return shapes
    inputs = base_case(inputs)
    found = [*check_bounds(inputs), *check_terms(inputs), *check_references(inputs), *check_entered(inputs)]
    found += check_fiscal(with_entered_levies(inputs))
    return tuple({problem.field: problem for problem in reversed(found)}.values())[::-1]


__all__ = ["check"]
