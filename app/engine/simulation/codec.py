"""Frozen dataclasses and named tuples to plain JSON values and back, by their type hints."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """Return `value` as dictionaries, lists, text, numbers and None."""
    names = _names(cast("type", type(value)))
    if names is not None:
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def from_plain(kind: type[T], plain: Any) -> T:
    """Return what `to_plain` was given, a value of type `kind`.

    Raises `KeyError` for a missing field, `TypeError` for a value of another type.
    """
    return cast("T", _read(kind, plain))


@lru_cache(maxsize=128)
def _names(kind: type) -> tuple[str, ...] | None:
    """Return the fields of a dataclass or a named tuple, None for any other type."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    return kind._fields if issubclass(kind, tuple) and hasattr(kind, "_fields") else None


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, plain: Any) -> object:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (UnionType, Union):
        return None if plain is None else _read(next(a for a in arguments if a is not type(None)), plain)
    if origin is tuple:
        return tuple(_read(arguments[0], item) for item in plain)
    if origin is dict:
        return {key: _read(arguments[1], item) for key, item in plain.items()}
    if _names(kind) is not None:
        hints = _hints(cast("type", kind))
        return kind(**{name: _read(hint, plain[name]) for name, hint in hints.items()})
    if issubclass(kind, Enum):
        return kind(plain)
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, kind):
        raise TypeError(f"{plain!r} is not of type {kind.__name__}")
    return plain
