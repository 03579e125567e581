"""What the fields of a form offer: units, drivers, currencies, headings, names of other parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CostHeading, Currency, DepreciationClass, MeasurementUnit, Scenario
from app.models.base import Base
from app.planning.choices import choice_in_words
from app.planning.parts import PARTS, Kind, Part
from app.web.forms import Form

#: Units offered first, by the engine's unit of a quantity; any code that CalMiner knows may be typed.
UNITS: Mapping[str, tuple[str, ...]] = {
    "t": ("t", "kt", "Mt"),
    "fraction": ("%", "1", "g/t", "kg/t", "ppm", "oz/t"),
    "factor": ("1",),
    "¤": ("¤", "k¤", "M¤"),
    "¤/t": ("¤/t", "¤/oz", "¤/lb", "¤/kg"),
    "¤/h": ("¤/h",),
    "h": ("h",),
    "d": ("d",),
    "a": ("a", "month"),
}


#: Metals that the trade weighs in ounces.
PRECIOUS = frozenset({"au", "ag", "pt", "pd", "rh"})
#: How the names of their grades and amounts begin, and the unit of these, by the engine's unit.
OF_PRECIOUS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "fraction": (("grade", "opening_grade", "recovery_curve"), "g/t"),
    "t": (("steps", "earlier"), "koz"),
}


def usual_unit(part: Part, name: str, metal: str = "") -> str:
    """Return the unit that a quantity starts with; metal: of its row, if it has one."""
    per = part.per(name)
    if per in OF_PRECIOUS and name.startswith(OF_PRECIOUS[per][0]) and metal.lower() in PRECIOUS:
        return OF_PRECIOUS[per][1]
    return UNITS.get(per, ("",))[0]


def offer_units(part: Part, form: Form) -> None:
    """Let every quantity that is empty begin with the usual unit."""
    for field in part.fields:
        for name, unit in _usual_units(part, field.name, form["metal"]).items():
            if not form[name]:
                form.put(name, [unit])


def _usual_units(part: Part, name: str, metal: str) -> dict[str, str]:
    """Return the units that a field starts with by the names of their inputs, none where it has no unit."""
    match part.kind(name):
        case Kind.QUANTITY | Kind.ROW | Kind.SINGLE:
            return {f"{name}.unit": usual_unit(part, name, metal)}
        case Kind.CURVE:  # each gives a share
            return {f"{name}.x_unit": usual_unit(part, name, metal), f"{name}.y_unit": UNITS["fraction"][0]}
    return {}


@dataclass(frozen=True, slots=True)
class Offered:
    """What each kind of field offers in this scenario. names: of the rows of each part."""

    units: Sequence[str]
    drivers: Sequence[str]
    currencies: Sequence[tuple[str, str]]
    headings: Sequence[tuple[str, str]]
    names: Mapping[str, Sequence[str]]

    def options(self, part: Part, name: str) -> list[tuple[str, str]]:
        """Return value and words of what a select offers."""
        match part.kind(name):
            case Kind.CHOICE:
                return [(str(word), choice_in_words(word)) for word in part.choices(name)]
            case Kind.CURRENCY:
                return list(self.currencies)
            case Kind.HEADING:
                return list(self.headings)
        field = part.field(name)
        return [(each, each) for each in self.names.get(field.refers if field else "", ())]


def offered(session: Session, scenario: Scenario) -> Offered:
    """Return what forms offer in a loaded scenario."""
    units = session.scalars(select(MeasurementUnit.code).order_by(MeasurementUnit.position)).all()
    currencies = offered_currencies(session, _held(scenario, Kind.CURRENCY))
    headings = session.execute(
        select(CostHeading.code, CostHeading.label)
        .where(CostHeading.active | CostHeading.code.in_(_held(scenario, Kind.HEADING)))
        .order_by(CostHeading.section, CostHeading.position)
    )
    named = {key: part for key, part in PARTS.items() if part.naming == ("name",)}
    return Offered(
        units,
        sorted(row.name for row in scenario.parameters),
        currencies,
        [(code, label) for code, label in headings],
        {key: [part.name_of(row) for row in _referable(part, scenario)] for key, part in named.items()},
    )


def _referable(part: Part, scenario: Scenario) -> list[Base]:
    """Return the rows that others may name: not a class in the books of a levy, which has no capital."""
    return [row for row in part.rows(scenario) if not (isinstance(row, DepreciationClass) and row.levy)]


def offered_shared(session: Session, part: Part, row: Base | None) -> Offered:
    """Return what the form of a row offers that belongs to no scenario."""
    units = session.scalars(select(MeasurementUnit.code).order_by(MeasurementUnit.position)).all()
    fields = [field.name for field in part.fields if part.kind(field.name) is Kind.CURRENCY]
    held = {getattr(row, name) for name in fields} if row is not None else set()
    return Offered(units, (), offered_currencies(session, held), (), {})


def offered_currencies(session: Session, held: Collection[str | None]) -> list[tuple[str, str]]:
    """Return code and words of the currencies that are offered, and of those that are held already."""
    wanted = Currency.active | Currency.code.in_([code for code in held if code])
    found = session.execute(select(Currency.code, Currency.name).where(wanted).order_by(Currency.code))
    return [(code, f"{code} – {name}") for code, name in found]


def _held(scenario: Scenario, kind: Kind) -> set[str]:
    """Return what fields of a kind hold anywhere in a loaded scenario."""
    found = set()
    for part in PARTS.values():
        names = [field.name for field in part.fields if part.kind(field.name) is kind]
        found |= {getattr(row, name) for row in part.rows(scenario) for name in names} if names else set()
    return {each for each in found if each}
