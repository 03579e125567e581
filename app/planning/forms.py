"""The form of one row: texts to fields as documents write them, and back; a reader for each kind of field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from app.engine.kinds import PeriodLength
from app.models.base import Base
from app.planning.parts import Field, Kind, Part
from app.planning.typed import numbers_of
from app.planning.values import value_of
from app.valuation.units import MONEY
from app.web.formatting import parse_number, plain
from app.web.forms import REQUIRED, Form

LONGEST_NOTE = 4000
#: The units of a quantity, and of both sides of a curve.
UNITS = frozenset({"unit", "x_unit", "y_unit"})


def fill(part: Part, row: Base) -> Form:
    """Return the form that shows a row."""
    texts: dict[str, object] = {"version": getattr(row, "version", 1)}
    for field in part.fields:
        texts |= _texts(part.kind(field.name), field.name, value_of(part, row, field.name))
    made = Form.of(**{name: text for name, text in texts.items() if not isinstance(text, list)})
    for name, text in texts.items():
        if isinstance(text, list):
            made.put(name, [str(each) for each in text])
    return made


def _texts(kind: Kind, name: str, value: Any) -> dict[str, object]:
    if value is None:
        return {name: ""}
    match kind:
        case Kind.QUANTITY | Kind.ROW | Kind.SINGLE:
            held = value["value"]
            numbers = held if isinstance(held, list) else [held]
            return {
                name: "\t".join(plain(number) for number in numbers),
                f"{name}.unit": value["unit"],
                f"{name}.driver": value.get("driver", ""),
            }
        case Kind.CURVE:
            return {
                f"{name}.x": "\t".join(plain(x) if isinstance(x, float) else "∞" for x in value["x"]),
                f"{name}.x_unit": value["x_unit"],
                f"{name}.y": "\t".join(plain(y) for y in value["y"]),
                f"{name}.y_unit": value["y_unit"],
            }
        case Kind.PERIODS:
            return {name: ", ".join(f"{run['count']} {run['length']}" for run in value)}
        case Kind.MAPPING:
            return {name: "\n".join(f"{key} {_mapped(number)}" for key, number in value.items())}
        case _:
            return {name: value}


def _mapped(value: Any) -> str:
    numbers = value if isinstance(value, list) else [value]
    return " ".join(plain(number) for number in numbers if isinstance(number, int | float))


def read(part: Part, form: Form) -> dict[str, Any]:
    """Return every field of the form as a document writes it; what cannot be read is in `form.problems`."""
    return {field.name: READERS[part.kind(field.name)](part, field, form) for field in part.fields}


def in_own_money(part: Part, values: Mapping[str, Any], home: str) -> dict[str, Any]:
    """Return the fields with units such as USD/oz written ¤/oz, where that is the only currency of the row.

    home: the scenario's currency, which an empty field means.
    """
    codes = {
        values.get(field.name) or home for field in part.fields if part.kind(field.name) is Kind.CURRENCY
    }
    if len(codes) != 1:
        return dict(values)
    money = re.compile(rf"\s*{re.escape(codes.pop())}(?![A-Za-z])")

    def own(held: Any) -> Any:
        if not isinstance(held, dict):
            return held
        return held | {key: money.sub(MONEY, held[key]) for key in UNITS & held.keys()}

    return {name: own(held) for name, held in values.items()}


def _text(part: Part, field: Field, form: Form) -> str | None:
    text = form.text(field.name, required=part.required(field.name), longest=LONGEST_NOTE)
    return text if text or not part.column(field.name).nullable else None


def _chosen(_part: Part, field: Field, form: Form) -> str | None:
    return form[field.name].strip() or None


def _number(part: Part, field: Field, form: Form) -> float | None:
    return form.number(field.name, required=part.required(field.name))


def _whole(part: Part, field: Field, form: Form) -> int | None:
    if not form[field.name].strip() and not part.required(field.name):
        return None
    return form.integer(field.name)


def _names(_part: Part, field: Field, form: Form) -> list[str]:
    return form.all(field.name)


def _quantity(part: Part, field: Field, form: Form) -> dict[str, Any] | None:
    typed = numbers_of(form, field.name)
    if not form[field.name].strip():
        if part.required(field.name):
            form.refuse(field.name, REQUIRED)
        return None
    made: dict[str, Any] = {
        "value": _one_or_many(part, field, typed.numbers),
        "unit": typed.unit or form[f"{field.name}.unit"].strip(),
    }
    if driver := form[f"{field.name}.driver"].strip():
        made["driver"] = driver
    return made


def _one_or_many(part: Part, field: Field, numbers: list[float | str]) -> Any:
    if part.kind(field.name) is Kind.ROW:
        return numbers
    return numbers[0] if len(numbers) == 1 else numbers


def _curve(_part: Part, field: Field, form: Form) -> dict[str, Any] | None:
    name = field.name
    typed = {axis: numbers_of(form, f"{name}.{axis}") for axis in ("x", "y")}
    x, y = typed["x"].numbers, typed["y"].numbers
    if not x and not y:
        return None
    if len(x) != len(y):
        form.refuse(name, f"as many values as steps: there are {len(x)} and {len(y)}")
    units = {f"{axis}_unit": each.unit or form[f"{name}.{axis}_unit"].strip() for axis, each in typed.items()}
    return {"x": x, "y": y, **units}


def _periods(_part: Part, field: Field, form: Form) -> list[dict[str, Any]]:
    runs = []
    for text in form[field.name].split(","):
        match = re.fullmatch(r"\s*(\d{1,4})\s*×?\s*([a-z]+?)s?\s*", text)
        if not match or match[2] not in list(PeriodLength) or int(match[1]) < 1:
            form.refuse(field.name, "runs such as “24 month, 38 year”")
            break
        runs.append({"count": int(match[1]), "length": match[2]})
    return runs


def _mapping(_part: Part, field: Field, form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in form[field.name].splitlines():
        name, *texts = line.split() or [""]
        if not name:
            continue
        try:
            numbers = [parse_number(text) for text in texts]
        except ValueError as error:
            form.refuse(field.name, f"“{line.strip()}” must be a name and {error}")
            continue
        if not numbers or not all(map(isfinite, numbers)):
            form.refuse(field.name, f"“{line.strip()}” must be a name and its number")
            continue
        found[name] = numbers[0] if len(numbers) == 1 else numbers
    return found


READERS: Mapping[Kind, Callable[[Part, Field, Form], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.FLAG: lambda _part, field, form: form.flag(field.name),
    Kind.DAY: _chosen,
    Kind.CHOICE: _chosen,
    Kind.CURRENCY: _chosen,
    Kind.HEADING: _chosen,
    Kind.NAMES: _names,
    Kind.QUANTITY: _quantity,
    Kind.ROW: _quantity,
    Kind.SINGLE: _quantity,
    Kind.CURVE: _curve,
    Kind.PERIODS: _periods,
    Kind.MAPPING: _mapping,
}
