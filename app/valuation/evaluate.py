"""A scenario's value: its cash flow, indicators and yearly statement, at once and under a what-if."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

from numpy.typing import ArrayLike
from sqlalchemy.orm import Session

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs
from app.engine.kpis import Kpi, kpis
from app.engine.problems import Problem as TieOut
from app.engine.quantity import Driven, Quantity
from app.errors import InvalidInput, NotFound, Problem
from app.models import Scenario
from app.valuation.inputs import mine_inputs
from app.valuation.load import load_scenario
from app.valuation.stamp import stamp
from app.valuation.statement import Statement, statement
from app.valuation.units import measure, product

#: Scenarios whose value a process remembers.
REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Valuation:
    """The deterministic case of one scenario.

    currency: of every amount. units: each parameter's own unit, by name. problems: what did not tie out.
    """

    scenario_id: int
    currency: str
    units: Mapping[str, str]
    inputs: MineInputs
    cash_flow: CashFlow
    kpis: tuple[Kpi, ...]
    statement: Statement

    @property
    def problems(self) -> tuple[TieOut, ...]:
        """What does not tie out in the cash flow."""
        return self.cash_flow.problems

    @property
    def warnings(self) -> tuple[TieOut, ...]:
        """What to look at in the inputs, though every figure ties."""
        return self.cash_flow.warnings


@dataclass(frozen=True, slots=True)
class Change:
    """What-if of one parameter: another value, or its base times a factor.

    value: in the parameter's own unit, one number or one for each period; None keeps the base.
    """

    value: float | tuple[float, ...] | None = None
    factor: float = 1.0


@dataclass
class Memory:
    """The latest valuations of this process, the least recently used forgotten first."""

    size: int
    kept: OrderedDict[tuple[object, ...], Valuation] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[object, ...]) -> Valuation | None:
        """Return what is remembered under a key."""
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
            return self.kept.get(key)

    def keep(self, key: tuple[object, ...], valuation: Valuation) -> None:
        """Remember a valuation."""
        with self.lock:
            self.kept[key] = valuation
            self.kept.move_to_end(key)
            while len(self.kept) > self.size:
                self.kept.popitem(last=False)


_memory = Memory(REMEMBERED)


def evaluate_scenario(session: Session, scenario_id: int, loaded: Scenario | None = None) -> Valuation:
    """Return the value of a scenario as it now stands; one `loaded` with its parts is not loaded again.

    Raises `NotFound`, and `InvalidInput` that names every row and field that stands in the way.
    """
    present = stamp(session, scenario_id)
    if not present:
        raise NotFound("scenario", scenario_id)
    key = (session.get_bind().engine.url, scenario_id, present)
    known = _memory.get(key)
    if known is None:
        known = value_loaded(loaded or load_scenario(session, scenario_id))
        _memory.keep(key, known)
    return known


def value_loaded(scenario: Scenario) -> Valuation:
    """Return the value of a scenario whose parts are loaded, stored or not; raises `InvalidInput`."""
    inputs = mine_inputs(scenario)
    units = {row.name: row.base.unit for row in scenario.parameters}
    return _valued(scenario.id, scenario.project.currency, units, inputs)


def _valued(scenario_id: int, currency: str, units: Mapping[str, str], inputs: MineInputs) -> Valuation:
    cash_flow = evaluate(inputs)
    found, rows = kpis(inputs, cash_flow), statement(inputs, cash_flow)
    return Valuation(scenario_id, currency, units, inputs, cash_flow, found, rows)


def what_if(valuation: Valuation, changes: Mapping[str, Change]) -> Valuation:
    """Return the value with some parameters changed; nothing is stored.

    Raises `InvalidInput` for a parameter that the scenario does not have, or a row of another length.
    """
    known, periods = valuation.inputs.drivers, valuation.inputs.timeline.n_periods
    names = ", ".join(sorted(known))
    problems = [
        Problem(name, name, f"a parameter of this scenario: {names}") for name in changes if name not in known
    ]
    for name, change in changes.items():
        if isinstance(change.value, tuple) and len(change.value) not in (1, periods):
            problems.append(Problem(name, f"{len(change.value)} values", f"one value, or {periods}"))
    if problems:
        raise InvalidInput(problems)
    changed = {name: _changed(valuation, name, change) for name, change in changes.items()}
    inputs = replace(valuation.inputs, drivers={**known, **changed})
    return _valued(valuation.scenario_id, valuation.currency, valuation.units, inputs)


def _changed(valuation: Valuation, name: str, change: Change) -> Quantity:
    base = valuation.inputs.drivers[name]
    unit = measure(valuation.units[name])
    driver = base.driver if isinstance(base, Driven) else ""
    value: ArrayLike = base.value if isinstance(base, Driven) else base
    if isinstance(change.value, tuple):
        value = tuple(map(unit.to_base, change.value))
    elif change.value is not None:
        value = unit.to_base(change.value)
    scaled = product(value, change.factor)
    return Driven(driver, scaled) if driver else scaled
