"""Reads entered quantities of rows into the engine's, and collects problems in the user's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect

from app import models
from app.engine.inputs import HOME, Money
from app.engine.kinds import MoneyBasis
from app.engine.quantity import Driven, Quantity
from app.errors import Problem
from app.models.entered import ENTERED, PER, Curve, Entered, Row, Single
from app.valuation.units import (
    Dimension,
    Measure,
    UnknownUnit,
    combine,
    fitting,
    has_money,
    measure,
)

#: How messages name a row; `{0}` is the row.
NAMES: Mapping[type, str] = {
    models.ValuationTerms: "valuation terms",
    models.Parameter: "parameter '{0.name}'",
    models.ParameterCorrelation: "correlation of '{0.first}' and '{0.second}'",
    models.ScenarioRate: "exchange rate {0.currency}",
    models.EnteredRow: "entered row '{0.line}'",
    models.OreSource: "ore source '{0.name}'",
    models.OreSourceMetal: "ore source '{0.source}', {0.metal}",
    models.Stockpile: "stockpile '{0.name}'",
    models.StockpileMetal: "stockpile '{0.stockpile}', {0.metal}",
    models.Process: "process '{0.name}'",
    models.ProcessMetal: "process '{0.process}', {0.metal}",
    models.ProcessFeed: "process '{0.process}', feed from '{0.source}{0.stockpile}'",
    models.Product: "product '{0.name}'",
    models.ProductMetal: "product '{0.product}', {0.metal}",
    models.Penalty: "product '{0.product}', penalty {0.element}",
    models.Stream: "product '{0.product}', {0.metal}, stream '{0.name}'",
    models.CostLine: "cost line '{0.name}'",
    models.ConsumptionLine: "consumption '{0.name}'",
    models.EquipmentClass: "equipment '{0.name}'",
    models.MaintenancePlan: "maintenance plan '{0.name}'",
    models.CapitalItem: "capital item '{0.name}'",
    models.Closure: "closure '{0.name}'",
    models.Levy: "levy '{0.name}'",
    models.DepreciationClass: "depreciation class '{0.name}'",
    models.IncomeTaxTerms: "income tax",
    models.Depletion: "depletion",
    models.WorkingCapitalTerms: "working capital",
    models.Interest: "interest '{0.name}'",
}


def name_of(row: object, attribute: str = "") -> str:
    """Return how messages name a row, or one field of it: `cost line 'Mining', rate`."""
    name = NAMES[type(row)].format(row).replace("None", "")
    return f"{name}, {attribute.replace('_', ' ')}" if attribute else name


@dataclass(frozen=True, slots=True)
class DriverUnit:
    """What a parameter measures, in base units, and in which currency where that holds money."""

    dimension: Dimension
    currency: str


@dataclass
class Reader:
    """Converts one scenario's quantities; `problems` grows with whatever cannot be converted.

    home: the scenario's currency. n_periods: of its timeline. rates: currencies with an exchange rate.
    drivers: what is known of each parameter.
    """

    home: str
    n_periods: int
    rates: frozenset[str] = frozenset()
    drivers: dict[str, DriverUnit] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def reject(self, row: object, attribute: str, value: object, allowed: str) -> None:
        """Note a problem with one field of a row."""
        self.problems.append(Problem(name_of(row, attribute), value, allowed))

    def quantity(
        self,
        row: Any,
        attribute: str,
        default: Quantity = 0.0,
        *,
        per: Iterable[str] = (),
        resource: str = "",
        currency: str | None = None,
    ) -> Quantity:
        """Return an entered quantity in engine units; `default` where nothing was entered.

        per: engine units that it may be converted to, without any those that the column names.
        currency: of the line where the row has several, else the row's own.
        """
        entered: Entered | None = getattr(row, attribute)
        if entered is None:
            return default
        found = self._conversion(row, attribute, entered, per, resource)
        if found is None:
            return default
        given, target = found
        values = tuple(given.to_base(value) * target.divisor / target.factor for value in entered.values)
        value = self.by_period(row, attribute, values)
        if not entered.driver:
            return value
        self._check_currency(row, attribute, entered.driver, currency)
        return Driven(entered.driver, value)

    def optional(self, row: Any, attribute: str, **options: Any) -> Quantity | None:
        """Return an entered quantity, None where nothing was entered."""
        return None if getattr(row, attribute) is None else self.quantity(row, attribute, **options)

    def _conversion(
        self, row: Any, attribute: str, entered: Entered, per: Iterable[str], resource: str
    ) -> tuple[Measure, Measure] | None:
        given = self.measured(row, attribute, entered.unit, resource)
        if given is None:
            return None
        dimension = given.dimension
        if entered.driver:
            driver = self.drivers.get(entered.driver)
            if driver is None:
                self.reject(row, attribute, entered.driver, "name a parameter of this scenario")
                return None
            dimension = combine(dimension, driver.dimension)
        wanted = tuple(per) or self._per(row, attribute)
        target = fitting(Measure(1.0, 1.0, dimension), wanted, resource)
        if target is None:
            by = f" times parameter '{entered.driver}'" if entered.driver else ""
            self.reject(row, attribute, f"{entered.unit}{by}", f"a unit that measures {' or '.join(wanted)}")
            return None
        return given, target

    def measured(self, row: Any, attribute: str, unit: str, resource: str = "") -> Measure | None:
        """Return what a unit code stands for, None after noting that it stands for nothing."""
        try:
            return measure(unit, resource)
        except UnknownUnit:
            self.reject(row, attribute, unit, "a unit that CalMiner knows, such as t, g/t, %, ¤/oz")
            return None

    def _per(self, row: Any, attribute: str) -> tuple[str, ...]:
        columns = inspect(type(row)).local_table.columns
        return (next(column.info[PER] for column in columns if column.info.get(ENTERED) == attribute),)

    def by_period(self, row: Any, attribute: str, values: tuple[float, ...]) -> float | tuple[float, ...]:
        """Return one value as a number and several as a row, which must have one for each period."""
        if len(values) == 1:
            return values[0]
        if len(values) != self.n_periods:
            self.reject(
                row,
                attribute,
                f"{len(values)} values",
                f"one value, or {self.n_periods}: one for each period",
            )
        return values

    def _check_currency(self, row: Any, attribute: str, name: str, currency: str | None) -> None:
        driver = self.drivers[name]
        line = (currency if currency is not None else getattr(row, "currency", None)) or self.home
        if has_money(driver.dimension) and driver.currency != line:
            allowed = (
                f"parameter '{name}' is in {driver.currency} and this line in {line}; give both one currency"
            )
            self.reject(row, attribute, name, allowed)

    def single(self, row: Any, attribute: str, default: float = 0.0, *, per: Iterable[str] = ()) -> float:
        """Return one entered number in engine units."""
        entered: Single | None = getattr(row, attribute)
        if entered is None:
            return default
        return self._numbers(row, attribute, (entered.value,), entered.unit, per)[0]

    def maybe_single(self, row: Any, attribute: str) -> float | None:
        """Return one entered number in engine units, None where nothing was entered."""
        return None if getattr(row, attribute) is None else self.single(row, attribute)

    def row(self, row: Any, attribute: str) -> tuple[float, ...]:
        """Return entered values by period, empty where nothing was entered."""
        entered: Row | None = getattr(row, attribute)
        return () if entered is None else self._numbers(row, attribute, entered.values, entered.unit, ())

    def curve(
        self, row: Any, attribute: str, *, x_per: Iterable[str] = ()
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the two columns of a curve in engine units, both empty where nothing was entered."""
        entered: Curve | None = getattr(row, attribute)
        if entered is None:
            return (), ()
        y_per = inspect(type(row)).local_table.columns[f"{attribute}_y"].info[PER]
        x = self._numbers(row, attribute, entered.x, entered.x_unit, x_per)
        return x, self._numbers(row, attribute, entered.y, entered.y_unit, (y_per,))

    def _numbers(
        self, row: Any, attribute: str, values: tuple[float, ...], unit: str, per: Iterable[str]
    ) -> tuple[float, ...]:
        found = self._conversion(row, attribute, Entered(values, unit), per, "")
        if found is None:
            return values
        given, target = found
        return tuple(given.to_base(value) * target.divisor / target.factor for value in values)

    def money(self, row: Any, prefix: str = "") -> Money:
        """Return in which money a line is written; `prefix` where a row has several, such as `price`."""
        start = f"{prefix}_" if prefix else ""
        basis: MoneyBasis = getattr(row, f"{prefix or 'money'}_basis")
        escalation = self.optional(row, f"{start}escalation")
        money = Money(self.currency(row, f"{start}currency"), basis, escalation)
        return HOME if money == HOME else money

    def currency(self, row: Any, attribute: str = "currency") -> str:
        """Return the code of a line's currency, "" for the scenario's own."""
        code: str | None = getattr(row, attribute)
        if not code or code == self.home:
            return ""
        if code not in self.rates:
            self.reject(
                row, attribute, code, f"{self.home}, or a currency with an exchange rate in this scenario"
            )
        return code
