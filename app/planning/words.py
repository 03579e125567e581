"""Names of the model in a reader's words, and values as one line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Names whose plain spelling would not be a planner's words.
SPECIAL = {
    "of": "Of",
    "maintenance_log": "Maintenance log",
    "by_product": "By-product",
    "included_in_nsr": "Subtracted before NSR royalties",
    "is_base": "Base scenario",
    "rho": "Rank correlation",
}
MOST_NUMBERS = 6
#: Up to this many changed periods are named one by one, counted from 0 as everywhere.
MOST_PERIODS = 6


def in_words(name: str) -> str:
    """`head_grade` reads `Head grade`."""
    spaced = name.replace("_", " ")
    return SPECIAL.get(name, spaced[:1].upper() + spaced[1:])


def in_sentence(label: str) -> str:
    """`Payback` reads `payback` inside a sentence, `NPV after tax` stays.

    >>> in_sentence("Payback"), in_sentence("NPV after tax")
    ('payback', 'NPV after tax')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def value_in_words(value: Any) -> str:
    """Return a field of a document as a line: a quantity with its unit and driver, a row by its ends."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:.15g}"
        case list():
            return _list(value)
        case {"value": held, "unit": unit, **rest}:
            driver = f" × {rest['driver']}" if rest.get("driver") else ""
            many = " by period" if isinstance(held, list) and len(held) > MOST_NUMBERS else ""
            return f"{value_in_words(held)} {unit if unit != '1' else ''}".strip() + driver + many
        case {"x": x, "y": y, "x_unit": x_unit, "y_unit": y_unit}:
            return f"{value_in_words(y)} {y_unit} at {value_in_words(x)} {x_unit}"
        case {"length": length, "count": count}:
            return f"{count} × {length}"
        case dict():
            return "; ".join(f"{in_words(key)}: {value_in_words(held)}" for key, held in value.items())
        case _:
            return str(value)


def pair_in_words(first: Any, second: Any) -> tuple[str, str]:
    """Return two values of one field as lines: of rows by period, the periods in which they differ."""
    periods = changed_periods(first, second)
    if not 0 < len(periods) <= MOST_PERIODS:
        return value_in_words(first), value_in_words(second)
    one, other = (
        "; ".join(f"period {index}: {value_in_words(values['value'][index])}" for index in periods)
        for values in (first, second)
    )
    return one, other


def changed_periods(first: Any, second: Any) -> list[int]:
    """Return the periods in which two rows of one unit and driver differ; others have none."""
    match first, second:
        case {"value": list(one), **rest}, {"value": list(other), **same}:
            if len(one) == len(other) and _given(rest) == _given(same):
                return [index for index in range(len(one)) if one[index] != other[index]]
    return []


def _given(parts: Mapping[Any, Any]) -> dict[Any, Any]:
    return {name: value for name, value in parts.items() if value not in (None, "")}


def _list(values: list[Any]) -> str:
    if len(values) <= MOST_NUMBERS or not all(isinstance(value, int | float) for value in values):
        return ", ".join(value_in_words(value) for value in values)
    return f"{min(values):.10g} to {max(values):.10g}"
