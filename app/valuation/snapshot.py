"""The inputs of a run as JSON and back, exactly, so that it can be replayed after its scenario has changed.

Plain JSON stands for itself. What JSON cannot say carries a tag under `"is"`: a dataclass and its fields, an
enumeration and its value, a mapping as pairs (a database may reorder the keys of an object, and the order of
drivers means something), an array, a date, and the floats that a database would hand back as something else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import TypeAlias

import numpy as np

from app.engine import inputs as mine, kinds
from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.quantity import Array, Driven
from app.engine.timeline import Timeline
from app.errors import InvalidInput, Problem

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

#: Raised when the form of a snapshot changes; older forms are then still read.
FORMAT = 1

DATACLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (Driven, Timeline, *(getattr(mine, name) for name in mine.__all__))
    if isinstance(kind, type)
}
ENUMERATIONS: dict[str, type[StrEnum]] = {
    name: kind
    for name, kind in vars(kinds).items()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
}


def to_json(part: MineInputs | SimulationSpec) -> dict[str, Json]:
    """Return the stored form of a run's inputs, or of what it was asked to run.

    Raises `TypeError` for a value of a kind that no input holds.
    """
    return {"format": FORMAT, "value": encode(part)}


def inputs_from(document: Mapping[str, Json]) -> MineInputs:
    """Return the inputs behind a stored form; raises `InvalidInput` when this version does not read it."""
    value = _value(document)
    if not isinstance(value, MineInputs):
        raise _unreadable(type(value).__name__, "the inputs of a mine are expected here")
    return value


def spec_from(document: Mapping[str, Json]) -> SimulationSpec:
    """Return what to run, from its stored form; raises `InvalidInput` when this version does not read it."""
    value = _value(document)
    if not isinstance(value, SimulationSpec):
        raise _unreadable(type(value).__name__, "what to run is expected here")
    return value


def _value(document: Mapping[str, Json]) -> object:
    if document.get("format") != FORMAT:
        raise _unreadable(document.get("format"), f"this version reads format {FORMAT}")
    return decode(document.get("value"))


def fingerprint(inputs: Mapping[str, Json], spec: Mapping[str, Json]) -> str:
    """Return the sha256 of what the scenario decides: its inputs, what is uncertain and how it moves.

    Takes stored forms. Trials, seed and sampler belong to the run: two runs of one state of a scenario have
    one fingerprint.
    """
    match spec:
        case {"value": {"fields": {"uncertain": uncertain, "paths": paths, "correlation": correlation}}}:
            return digest(_short([dict(inputs), uncertain, paths, correlation]))
    raise _unreadable(spec.get("format"), f"this version reads format {FORMAT}")


def _short(document: Json) -> Json:
    """Return a stored form without the fields that are at their default.

    A version that adds a field to an input then finds the runs of the one before still current.
    """
    match document:
        case list():
            return [_short(item) for item in document]
        case {"is": str(name), "fields": dict(parts)} if name in DATACLASSES:
            usual = _defaults(name)
            kept = [part for part in parts if part not in usual or usual[part] != parts[part]]
            return {"is": name, "fields": {part: _short(parts[part]) for part in kept}}
        case dict():
            return {key: _short(value) for key, value in document.items()}
    return document


@lru_cache(maxsize=128)
def _defaults(name: str) -> Mapping[str, Json]:
    """Return the stored form of every default of a dataclass."""
    found: dict[str, Json] = {}
    for field in fields(DATACLASSES[name]):
        if field.default is not MISSING:
            found[field.name] = encode(field.default)
        elif field.default_factory is not MISSING:
            found[field.name] = encode(field.default_factory())
    return found


def digest(document: Json) -> str:
    """Return the sha256 of a JSON document, independent of the order of keys in its objects."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def encode(value: object) -> Json:
    """Return `value` as JSON; raises `TypeError` for a kind that no input holds."""
    match value:
        case StrEnum():
            return {"is": type(value).__name__, "value": value.value}
        case None | bool() | int() | str():
            return value
        case float():
            return _encode_float(float(value))
        case tuple() | list():
            return [encode(item) for item in value]
        case date():
            return {"is": "date", "value": value.isoformat()}
        case np.ndarray():
            rows = [encode(float(item)) for item in value.ravel()]
            return {"is": "array", "shape": list(value.shape), "values": rows}
        case Mapping():
            return {"is": "mapping", "pairs": [[encode(key), encode(item)] for key, item in value.items()]}
    if is_dataclass(value) and type(value).__name__ in DATACLASSES:
        parts = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, "fields": parts}
    raise TypeError(f"a snapshot cannot hold {type(value).__name__}: {value!r}")


def _encode_float(value: float) -> Json:
    """Return a number where JSON and PostgreSQL's jsonb keep it a float to the last bit, else its text."""
    text = repr(value)
    if not isfinite(value) or "e" in text or text == "-0.0":
        return {"is": "float", "value": text}
    return value


def decode(document: Json) -> object:
    """Return the value that `encode` was given; sequences come back as tuples.

    Raises `InvalidInput` for a tag or a field that this version does not know.
    """
    if isinstance(document, list):
        return tuple(decode(item) for item in document)
    if isinstance(document, dict):
        return _decode_tagged(document)
    return document


def _decode_tagged(document: dict[str, Json]) -> object:
    match document:
        case {"is": "float", "value": str(text)}:
            return float(text)
        case {"is": "date", "value": str(text)}:
            return date.fromisoformat(text)
        case {"is": "array", "shape": list(shape), "values": list(values)}:
            return _decode_array(shape, values)
        case {"is": "mapping", "pairs": list(pairs)}:
            return {decode(key): decode(item) for key, item in map(_pair, pairs)}
        case {"is": str(name), "value": str(text)} if name in ENUMERATIONS:
            return ENUMERATIONS[name](text)
        case {"is": str(name), "fields": dict(parts)} if name in DATACLASSES:
            return _build(DATACLASSES[name], parts)
    raise _unreadable(document.get("is"), "it was written by another version of CalMiner")


def _decode_array(shape: list[Json], values: list[Json]) -> Array:
    sizes = [size for size in shape if isinstance(size, int)]
    return np.array([decode(value) for value in values], dtype=np.float64).reshape(sizes)


def _pair(pair: Json) -> tuple[Json, Json]:
    match pair:
        case [key, item]:
            return key, item
    raise _unreadable(pair, "a mapping is stored as pairs")


def _build(kind: type, parts: dict[str, Json]) -> object:
    strange = set(parts) - {field.name for field in fields(kind)}
    if strange:
        raise _unreadable(f"{kind.__name__}.{min(strange)}", "it was written by another version of CalMiner")
    return kind(**{name: decode(part) for name, part in parts.items()})


def _unreadable(value: object, reason: str) -> InvalidInput:
    return InvalidInput([Problem("snapshot", value, reason)])
