"""A published case as its file holds it: printed rows, what was published, and what each check may differ by.

The tables were transcribed by others from the reports that each file names; quote a figure only with that
caveat. Every file says how far its checks may differ and why.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.kinds import PeriodLength
from app.engine.quantity import Array
from app.engine.timeline import Timeline

CASES = Path(__file__).parent / "cases"
#: Printed figures are read as binary fractions; nearer than this, relative to them, nothing tells them apart.
RESOLUTION = 1e-12


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures come from, who transcribed them, and what else bears them out."""

    title: str
    table: str
    where_found: str
    transcription: str
    independent_check: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a case file, in the file's unit.

    printed: the figure, or several where the source prints several; 0 where a row is compared with itself.
    tolerance: the largest difference that is explained, and `basis` by what. half_unit: half the last digit
    that the source prints of a headline figure; for other checks it follows from the digits.
    """

    id: str
    printed: tuple[float, ...]
    tolerance: float
    basis: str
    unit: str
    half_unit: float


@dataclass(frozen=True)
class Case:
    """One published case.

    rows: by name, in the printed unit, each `(n_periods,)`; after `moved` with its trials behind.
    n_trials: how many of the moved trials are drawn evenly; those after them are at the ends of the rounding.
    half_widths: of each row, half its last printed digit, `(n_periods,)`; zero for what is exact.
    dates: of dated cash flows, by the name of their row.
    """

    key: str
    name: str
    commodity: str
    stage: str
    currency: str
    source: Source
    convention: str
    caveats: tuple[str, ...]
    periods: tuple[str, ...]
    rows: Mapping[str, Array]
    half_widths: Mapping[str, Array]
    units: Mapping[str, str]
    dates: Mapping[str, tuple[date, ...]]
    published: Mapping[str, Any]
    checks: Mapping[str, Check]
    n_trials: int = 0

    @classmethod
    def load(cls, name: str) -> Case:
        """Read the case file of that name."""
        return _load(name)

    @property
    def tolerance(self) -> Mapping[str, float]:
        """Return the tolerance of every check by its id."""
        return {check.id: check.tolerance for check in self.checks.values()}

    @property
    def n_periods(self) -> int:
        return len(self.periods)

    def timeline(self, production_start: int | None = None) -> Timeline:
        """Return the printed columns as years; the calendar year plays no part at annual discounting."""
        return Timeline(date(2026, 1, 1), (PeriodLength.YEAR,) * self.n_periods, None, production_start)

    def moved(self, rng: np.random.Generator, n_trials: int) -> Case:
        """Return the case with every printed figure moved within its rounding.

        Column 0 is as printed. `n_trials` more are drawn evenly between the ends of the rounding, and half as
        many put every figure at one of its ends, which is where a row reaches furthest. A printed zero is
        taken as none and stays.
        """
        rows = {}
        for key, printed in self.rows.items():
            column = printed.reshape(-1, 1)
            width = np.where(printed == 0, 0.0, self.half_widths[key]).reshape(-1, 1)
            evenly = rng.uniform(-1.0, 1.0, (len(printed), n_trials))
            ends = rng.choice((-1.0, 1.0), (len(printed), n_trials // 2))
            rows[key] = np.hstack([column, column + width * evenly, column + width * ends])
        return replace(self, rows=rows, n_trials=n_trials)


@cache
def _load(name: str) -> Case:
    raw = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    arrays = raw["arrays"]
    source = raw["source"]
    return Case(
        key=raw["id"],
        name=raw["name"],
        commodity=raw.get("commodity", ""),
        stage=raw.get("stage", ""),
        currency=raw["currency"],
        source=Source(
            source["title"],
            source.get("primary_table", ""),
            source["where_found"],
            source["transcription"],
            source["independent_check"],
        ),
        convention=raw["discount"]["convention"],
        caveats=tuple(raw.get("caveats", ())),
        periods=tuple(raw.get("periods", ())),
        rows={key: np.array(array["values"], dtype=np.float64) for key, array in arrays.items()},
        half_widths={key: _half_widths(array) for key, array in arrays.items()},
        units={key: array["unit"] for key, array in arrays.items()},
        dates={key: tuple(map(date.fromisoformat, days)) for key, days in raw.get("dates", {}).items()},
        published=raw["published"],
        checks={check["id"]: _check(check) for check in raw["checks"]},
    )


def _half_widths(array: Mapping[str, Any]) -> Array:
    """Return half the last printed digit of each value of a row."""
    values = np.array(array["values"], dtype=np.float64)
    if "significant_digits" not in array:
        return np.full(values.shape, float(array.get("print_half_width", 0.0)))
    size = np.floor(np.log10(np.where(values == 0, 1.0, np.abs(values))))
    return np.where(values == 0, 0.0, 0.5 * 10 ** (size - array["significant_digits"] + 1))


def _check(raw: Mapping[str, Any]) -> Check:
    published = raw["published"]
    printed = tuple(map(float, published)) if isinstance(published, list) else (float(published),)
    tolerance = float(raw["tol"])
    half_unit = raw.get("printed_half_unit")
    if half_unit is None:
        # A figure cannot be printed more coarsely than its check allows: 0.12 may be exact.
        half_unit = min(tolerance, max(map(half_unit_of, printed)))
    floor = RESOLUTION * max(map(abs, printed))
    return Check(raw["id"], printed, tolerance, raw["tol_basis"], raw["unit"], max(half_unit, floor))


def half_unit_of(value: float) -> float:
    """Return half the last digit that a figure is written with.

    >>> half_unit_of(41.01)
    0.005
    """
    text = repr(value)
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2].rstrip("0")) if "." in mantissa else 0
    return 0.5 * math.pow(10.0, int(exponent or 0) - decimals)
