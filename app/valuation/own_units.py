"""The units that an installation has beside the built-in ones, known to whatever the request reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import ARRAY, Select, Text, all_, literal, select
from sqlalchemy.orm import Session

from app.models import MeasurementUnit
from app.models.reference import UnitKind
from app.valuation.units import BUILT_IN, Dimension, Measure, is_built_in, own_units

KNOWN = "valuation.own_units"
#: Base unit of each kind that an installation may add units of; money units are made with `¤`.
BASE_OF: Mapping[UnitKind, str] = {
    UnitKind.MASS: "t",
    UnitKind.TIME: "h",
    UnitKind.SPAN: "a",
    UnitKind.VOLUME: "m3",
    UnitKind.ENERGY: "kWh",
    UnitKind.GRADE: "1",
    UnitKind.SHARE: "1",
}


def know_own_units(session: Session) -> None:
    """Let units of this installation be read from here on in this request; asks the database once."""
    if KNOWN not in session.info:
        session.info[KNOWN] = {
            code: Measure(factor, 1.0, _dimension(kind))
            for code, kind, factor in session.execute(_statement())
            if kind in BASE_OF and not is_built_in(code)
        }
    own_units.set(session.info[KNOWN])


@lru_cache(maxsize=1)
def _statement() -> Select[str, UnitKind, float]:
    # One list, not a value for each unit: these would be written into the statement every time it is asked.
    built_in = all_(literal(sorted(BUILT_IN), ARRAY(Text)))
    return select(MeasurementUnit.code, MeasurementUnit.kind, MeasurementUnit.factor).where(
        MeasurementUnit.code != built_in, MeasurementUnit.code.not_like("%/%")
    )


def forget_own_units(session: Session) -> None:
    """Ask the database anew, after units were changed."""
    session.info.pop(KNOWN, None)
    know_own_units(session)


def _dimension(kind: UnitKind) -> Dimension:
    base = BASE_OF[kind]
    return () if base == "1" else ((base, 1),)
