"""The rows of one scenario as the engine's inputs: units converted, problems in the user's words."""

from __future__ import annotations

from app import models
from app.engine.checks import check
from app.engine.inputs import MineInputs
from app.errors import InvalidInput
from app.valuation.inputs import capital, costs, drivers, fiscal, physicals, sales, terms
from app.valuation.inputs.paths import in_words
from app.valuation.inputs.reader import Reader


def mine_inputs(scenario: models.Scenario) -> MineInputs:
    """Return what the engine needs to know about a scenario, as `app.valuation.load.load_scenario` gave it.

    Raises `InvalidInput` that names every row and field that cannot be converted or makes no sense.
    """
    read = reader_of(scenario)
    inputs = read_inputs(read, scenario)
    problems = read.problems or [in_words(inputs, problem) for problem in check(inputs)]
    if problems:
        raise InvalidInput(problems)
    return inputs


def reader_of(scenario: models.Scenario) -> Reader:
    """Return a reader that knows the scenario's currency, length and exchange rates."""
    return Reader(
        home=scenario.project.currency,
        n_periods=sum(run.count for run in scenario.periods),
        rates=frozenset(rate.currency for rate in scenario.rates),
    )


def read_inputs(read: Reader, scenario: models.Scenario) -> MineInputs:
    """Return the inputs; what is wrong is in the reader's problems afterwards."""
    named = drivers.drivers(read, scenario.parameters)
    rates = drivers.exchange_rates(read, scenario.rates)
    return MineInputs(
        timeline=terms.timeline(scenario),
        terms=terms.terms(read, scenario.terms),
        drivers=named,
        fx=rates,
        sources=tuple(physicals.source(read, row) for row in scenario.sources),
        stockpiles=tuple(physicals.stockpile(read, row) for row in scenario.stockpiles),
        processes=tuple(physicals.process(read, row) for row in scenario.processes),
        products=tuple(sales.product(read, row) for row in scenario.products),
        costs=tuple(costs.cost_line(read, row) for row in scenario.costs),
        consumption=tuple(costs.consumption_line(read, row) for row in scenario.consumption),
        equipment=tuple(costs.equipment_class(read, row) for row in scenario.equipment),
        maintenance=tuple(costs.maintenance_plan(read, row) for row in scenario.maintenance),
        capital=tuple(capital.capital_item(read, row) for row in scenario.capital),
        closures=tuple(capital.closure(read, row) for row in scenario.closures),
        fiscal=fiscal.fiscal(read, scenario),
        unit_costs=terms.unit_cost_terms(scenario.terms),
        entered=drivers.entered_rows(read, scenario.entered_rows, rates),
    )


__all__ = ["mine_inputs", "read_inputs", "reader_of"]
