"""How the claims of a case are computed: the mines it is evaluated as, and what answers a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs
from app.engine.kpis import kpis
from app.engine.problems import Problem
from app.engine.quantity import Array
from app.valuation.proof.case import Case, Check
from app.valuation.proof.claim import Claim, figure_point, row_point
from app.valuation.proof.rows import Build


@dataclass(frozen=True, slots=True)
class Run:
    """One mine of a case, evaluated with all trials at once."""

    inputs: MineInputs
    flow: CashFlow

    def kpi(self, key: str) -> Array:
        """Return an indicator of every trial in the engine's unit, `(n_trials,)`."""
        return kpis(self.inputs, self.flow, (key,))[0].value


class Runs:
    """The mines of one case, each evaluated when it is first asked for."""

    def __init__(self, case: Case, mines: Mapping[str, Build]) -> None:
        self.case = case
        self._mines = mines
        self._runs: dict[str, Run] = {}

    def __getitem__(self, mine: str) -> Run:
        if mine not in self._runs:
            inputs = self._mines[mine](self.case)
            self._runs[mine] = Run(inputs, evaluate(inputs, check=False))
        return self._runs[mine]


def tie_outs(case: Case, mines: Iterable[Build]) -> tuple[Problem, ...]:
    """Return what does not tie out in mines with the figures as printed."""
    return tuple(problem for build in mines for problem in evaluate(build(case)).problems)


Compute = Callable[[Runs], Array]


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure: one number per trial, in the unit of its check or, where that has none, `unit`."""

    label: str
    compute: Compute
    unit: str = ""

    def claim(self, check: Check, runs: Runs, rounded: bool) -> Claim:
        trials = np.ravel(self.compute(runs))
        point = figure_point(check.printed[0], trials, runs.case.n_trials, check.half_unit)
        return Claim(check, self.label, check.unit or self.unit, (point,), rounded)


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row, compared year by year in its own unit.

    printed: name of the row. years: which of its columns the check covers. over: name of a row that both are
    divided by, as printed; years in which it is zero are left out.
    """

    label: str
    printed: str
    compute: Compute
    years: slice = field(default_factory=lambda: slice(None))
    over: str = ""

    def claim(self, check: Check, runs: Runs, rounded: bool) -> Claim:
        case = runs.case
        printed = case.rows[self.printed].reshape(len(case.half_widths[self.printed]), -1)[:, 0]
        divisor = np.ones_like(printed)
        if self.over:
            divisor = case.rows[self.over].reshape(len(printed), -1)[:, 0]
        ours = self.compute(runs)
        indices = range(*self.years.indices(min(len(printed), len(ours))))
        points = tuple(
            row_point(
                printed[i] / divisor[i],
                ours[i] / divisor[i],
                case.n_trials,
                abs(case.half_widths[self.printed][i] / divisor[i]),
                case.periods[i],
            )
            for i in indices
            if divisor[i] != 0
        )
        return Claim(check, self.label, "ratio" if self.over else case.units[self.printed], points, rounded)


Evidence = Figure | Row


def irr(line: str, basis: str, mine: str) -> Figure:
    """Return the claim of an IRR; line: `after` or `before` tax; basis: what it rests on, in words."""
    key = {"after": "irr_after_tax", "before": "irr_pre_tax"}[line]
    return Figure(f"IRR {line} tax, {basis}", kpi(key, mine), "fraction a year")


def kpi(key: str, mine: str, unit: float = 1.0) -> Compute:
    """Return an indicator of a mine, in units of `unit`."""
    return lambda runs: runs[mine].kpi(key) / unit


def line(key: str, mine: str, unit: float = 1e6) -> Compute:
    """Return a line of a mine by period, `(n_periods, n_trials)`, in units of `unit`."""
    return lambda runs: runs[mine].flow[key] / unit
