"""Masses and grades of a generated schedule as rows of a scenario hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.mine_plan import MinePlan, Reserve, Row
from app.models import Scenario
from app.valuation.units import measure

#: Units of a parameter that is a plain factor.
FACTORS = frozenset({"1", "factor", "%"})


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes quantities as documents do. A parameter that scales a row as a plain factor goes on doing so."""

    scenario: Scenario
    unit: str

    def amount(self, tonnes: float) -> float:
        """Return a mass in the unit of the schedule."""
        return readable(measure(self.unit).from_base(tonnes))

    def tonnes(self, at: Any, name: str, values: Row) -> dict[str, Any]:
        """Return masses by period."""
        return {"value": [self.amount(value) for value in values], "unit": self.unit} | self._driver(at, name)

    def grade(self, at: Any, grade: float | Row) -> dict[str, Any]:
        """Return a grade, or one for each period, in the unit that the row has, or in a readable one."""
        held = getattr(at, "grade", None)
        unit = measure(code := held.unit if held is not None else grade_unit(float(np.max(grade))))
        value = [readable(unit.from_base(each)) for each in np.ravel(grade).tolist()]
        whole = value if np.ndim(grade) else value[0]
        return {"value": whole, "unit": code} | self._driver(at, "grade")

    def _driver(self, at: Any, name: str) -> dict[str, str]:
        held = getattr(at, name, None)
        factors = {row.name for row in self.scenario.parameters if row.base.unit in FACTORS}
        return {"driver": held.driver} if held is not None and held.driver in factors else {}


def grades_of(reserve: Reserve, plan: MinePlan) -> Mapping[str, float | Row]:
    """Return the grade of each metal: one for all periods, or one for each where there are phases."""
    return plan.grades or reserve.grades


def readable(value: float) -> float:
    """Return a number without the last digits, which are the rounding of binary numbers."""
    return float(f"{value:.12g}")


def grade_unit(grade: float) -> str:
    """Return the unit in which a grade is readable: %, or g/t for what is rare."""
    return "%" if grade >= 1e-3 else "g/t"
