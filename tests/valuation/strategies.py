"""Any value that the engine's input types allow, drawn from their own type hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
from hypothesis import strategies as st

from app.engine.quantity import Driven, Quantity

NUMBERS = st.floats(allow_nan=False)
ROWS = st.lists(NUMBERS, min_size=1, max_size=4)
SIMPLE = {
    float: NUMBERS,
    int: st.integers(min_value=-(2**53), max_value=2**53),
    bool: st.booleans(),
    str: st.text(max_size=8),
    date: st.dates(),
    type(None): st.none(),
}


def quantities() -> st.SearchStrategy[Any]:
    """Return a number, a row by period as tuple or array, or either times a driver."""
    plain = NUMBERS | ROWS.map(tuple) | ROWS.map(np.array)
    return plain | st.builds(Driven, st.text(max_size=8), plain)


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type hint."""
    if hint == Quantity:
        return quantities()
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        return of_dataclass(hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(of(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of, args))
    if origin is Mapping:
        return st.dictionaries(of(args[0]), of(args[1]), max_size=2)
    if origin in (Union, UnionType):
        return quantity_union(args)
    raise AssertionError(f"no strategy for {hint!r}")


def quantity_union(args: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Return values of a union, where the members of `Quantity` stand for it."""
    members = [arg for arg in args if arg not in get_args(Quantity)]
    choices = [of(arg) for arg in members]
    if Driven in args:
        choices.append(quantities())
    elif float in args:
        choices.append(NUMBERS)
    return st.one_of(choices)


def of_dataclass(kind: Any) -> st.SearchStrategy[Any]:
    """Return instances of a dataclass with every field drawn."""
    hints = get_type_hints(kind)
    if kind is Driven:
        return st.builds(Driven, st.text(max_size=8), NUMBERS | ROWS.map(tuple))
    return st.builds(
        kind, **{field.name: st.deferred(lambda h=hints[field.name]: of(h)) for field in fields(kind)}
    )
