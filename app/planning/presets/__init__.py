"""Fiscal terms of some jurisdictions as data files, each with sources, date and what it leaves out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.errors import NotFound

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Source:
    """Where terms were read. date: of the text, as far as it is known; url: empty where none is known."""

    title: str
    publisher: str
    date: str
    url: str


@dataclass(frozen=True, slots=True)
class PresetRow:
    """One row of terms. metals: the row is for each of these that the scenario sells, and for no other."""

    part: str
    values: Mapping[str, Any]
    metals: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """The terms of one jurisdiction. as_of: the day from which they are believed to hold."""

    key: str
    name: str
    country: str
    as_of: str
    text: str
    rows: Sequence[PresetRow]
    sources: Sequence[Source]
    left_out: Sequence[str]


@lru_cache(maxsize=1)
def presets() -> Mapping[str, Preset]:
    """Return every preset by its key, in the order of their names."""
    found = [_read(path) for path in FOLDER.glob("*.json")]
    return MappingProxyType({preset.key: preset for preset in sorted(found, key=lambda each: each.name)})


def find_preset(key: str) -> Preset:
    """Return the preset of that key; raises `NotFound`."""
    if key not in presets():
        raise NotFound("fiscal preset", key)
    return presets()[key]


def _read(path: Path) -> Preset:
    held = json.loads(path.read_text(encoding="utf-8"))
    rows = [PresetRow(row["part"], row["values"], tuple(row.get("metals", ()))) for row in held.pop("rows")]
    sources = [Source(**source) for source in held.pop("sources")]
    return Preset(key=path.stem, rows=rows, sources=sources, **held)
