"""Parameters, exchange rates and entered rows: what other parts of a scenario refer to or are replaced by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from app import models
from app.engine.lines import LineUnit, pattern_of
from app.engine.quantity import Driven, Quantity
from app.valuation.inputs.reader import DriverUnit, Reader
from app.valuation.units import combine, has_money, product

#: What an entered row is converted to, by what its line measures.
LINE_UNITS = {
    LineUnit.MONEY: "¤",
    LineUnit.PRICE: "¤/t",
    LineUnit.MASS: "t",
    LineUnit.GRADE: "fraction",
    LineUnit.FRACTION: "fraction",
    LineUnit.RATIO: "factor",
    LineUnit.HOURS: "h",
    LineUnit.COUNT: "factor",
}


def drivers(read: Reader, parameters: Sequence[models.Parameter]) -> dict[str, Quantity]:
    """Return every parameter in base units, each after the one it follows; the reader learns their units."""
    return {row.name: _driver(read, row) for row in _in_order(read, parameters)}


def _in_order(read: Reader, parameters: Sequence[models.Parameter]) -> Iterable[models.Parameter]:
    by_name = {row.name: row for row in parameters}
    order = TopologicalSorter({name: {row.base.driver} - {None} for name, row in by_name.items()})
    try:
        return [by_name[name] for name in order.static_order() if name in by_name]
    except CycleError as error:
        circle = " → ".join(error.args[1])
        read.reject(by_name[error.args[1][0]], "base", circle, "a parameter may not follow itself")
        return ()


def _driver(read: Reader, row: models.Parameter) -> Quantity:
    """Return a parameter in base units, so that what it scales need not know how it was entered."""
    given = read.measured(row, "base", row.base.unit)
    if given is None:
        return 0.0
    dimension, currency = given.dimension, row.currency or ""
    if row.base.driver:
        followed = read.drivers.get(row.base.driver)
        if followed is None:
            read.reject(row, "base", row.base.driver, "name a parameter of this scenario")
            return 0.0
        dimension = combine(dimension, followed.dimension)
        currency = currency or followed.currency
        if has_money(followed.dimension) and followed.currency != (currency or read.home):
            read.reject(row, "currency", currency, f"{followed.currency}, as parameter '{row.base.driver}'")
    read.drivers[row.name] = DriverUnit(dimension, (currency or read.home) if has_money(dimension) else "")
    value = read.by_period(row, "base", tuple(given.to_base(number) for number in row.base.values))
    return Driven(row.base.driver, value) if row.base.driver else value


def exchange_rates(read: Reader, rows: Iterable[models.ScenarioRate]) -> dict[str, Quantity]:
    """Return what one unit of each foreign currency is worth in the scenario's."""
    found: dict[str, Quantity] = {}
    for row in rows:
        if row.currency == read.home:
            read.reject(row, "currency", row.currency, f"a currency other than the scenario's {read.home}")
        found[row.currency] = read.quantity(row, "rate")
    return found


def entered_rows(
    read: Reader, rows: Iterable[models.EnteredRow], rates: dict[str, Quantity]
) -> dict[str, Quantity]:
    """Return the rows that replace derived lines, by line."""
    return {row.line: _entered_row(read, row, rates) for row in rows}


def _entered_row(read: Reader, row: models.EnteredRow, rates: dict[str, Quantity]) -> Quantity:
    found = pattern_of(row.line)
    if found is None or not found[0].enterable:
        read.reject(row, "line", row.line, "a line of the cash flow that may be entered")
        return 0.0
    value = read.quantity(row, "row", per=(LINE_UNITS[found[0].unit],))
    currency = read.currency(row)
    if not currency or found[0].unit not in (LineUnit.MONEY, LineUnit.PRICE):
        return value
    return _converted(read, row, value, rates.get(currency, 1.0))


def _converted(read: Reader, row: models.EnteredRow, value: Quantity, rate: Quantity) -> Quantity:
    """Return `value × rate`; a quantity holds one driver, so not both may follow a parameter."""
    if isinstance(value, Driven):
        if not isinstance(rate, Driven):
            return Driven(value.driver, product(value.value, rate))
        read.reject(
            row, "row", value.driver, f"enter the row in {read.home}: its exchange rate follows a parameter"
        )
        return value
    if isinstance(rate, Driven):
        return Driven(rate.driver, product(value, rate.value))
    return product(value, rate)
