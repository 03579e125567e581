"""The indicators of many scenarios at once: kept in the database, computed anew only where inputs changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.engine.kpis import Kpi
from app.engine.version import ENGINE_VERSION
from app.errors import InvalidInput
from app.models import ScenarioValue
from app.valuation.evaluate import evaluate_scenario
from app.valuation.stamp import stamps

#: The indicators that lists show.
KEPT = ("npv_after_tax", "npv_pre_tax", "irr_after_tax", "payback")
#: How many scenarios a list values anew in one request; the others wait for the next one.
MOST_VALUED = 4
#: Columns to sort by, each the first of its indicators that has a value.
SORTED = {"npv": ("npv_after_tax", "npv_pre_tax"), "irr": ("irr_after_tax",), "payback": ("payback",)}


@dataclass(frozen=True, slots=True)
class Value:
    """What a scenario is worth; no indicators where its inputs do not add up to a value."""

    kpis: tuple[Kpi, ...]
    ties_out: bool


def kept_values(
    session: Session, scenario_ids: Collection[int], most: int = MOST_VALUED
) -> Mapping[int, Value]:
    """Return the present value of some scenarios; those still to be valued are left out."""
    if not scenario_ids:
        return {}
    present = {key: f"{ENGINE_VERSION} {stamp}" for key, stamp in stamps(session, scenario_ids).items()}
    statement = select(ScenarioValue).where(ScenarioValue.scenario_id.in_(present))
    found = {
        row.scenario_id: Value(tuple(map(_kpi, row.kpis)), row.ties_out)
        for row in session.scalars(statement)
        if row.stamp == present[row.scenario_id]
    }
    # In the order of their keys, so that two requests never wait for each other.
    for key in sorted(present.keys() - found.keys())[:most]:
        found[key] = _valued(session, key)
        _keep(session, key, present[key], found[key])
    return found


def _valued(session: Session, scenario_id: int) -> Value:
    try:
        valuation = evaluate_scenario(session, scenario_id)
    except InvalidInput:
        return Value((), ties_out=True)
    return Value(tuple(kpi for kpi in valuation.kpis if kpi.key in KEPT), not valuation.problems)


def _keep(session: Session, scenario_id: int, stamp: str, value: Value) -> None:
    numbers = {kpi.key: number for kpi in value.kpis if (number := _number(kpi)) is not None}
    row = {
        "stamp": stamp,
        "kpis": [_written(kpi) for kpi in value.kpis],
        "ties_out": value.ties_out,
        **{
            column: next((numbers[key] for key in keys if key in numbers), None)
            for column, keys in SORTED.items()
        },
    }
    statement = insert(ScenarioValue).values(scenario_id=scenario_id, **row)
    session.execute(
        statement.on_conflict_do_update(index_elements=["scenario_id"], set_=row | {"at": func.now()})
    )


def _number(kpi: Kpi) -> float | None:
    value = float(kpi.value[0])
    return value if np.isfinite(value) else None


def _written(kpi: Kpi) -> dict[str, Any]:
    return {
        "key": kpi.key,
        "label": kpi.label,
        "value": _number(kpi),
        "unit": kpi.unit,
        "convention": kpi.convention,
        "rows": list(kpi.rows),
        "reason": int(kpi.reasons[0]),
        "tied_out": kpi.tied_out,
        "per": kpi.per,
    }


def _kpi(written: Mapping[str, Any]) -> Kpi:
    value = np.nan if written["value"] is None else written["value"]
    return Kpi(
        written["key"],
        written["label"],
        np.array([value], dtype=np.float64),
        written["unit"],
        written["convention"],
        tuple(written["rows"]),
        np.array([written["reason"]], dtype=np.uint8),
        written["tied_out"],
        written["per"],
    )
