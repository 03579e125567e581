"""A zinc-lead-silver mine that sells two concentrates of one mill, against the same in plain NumPy.

Each metal goes into both concentrates by shares of its own; lead in the zinc concentrate earns nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from app.seed.document import load_project
from app.valuation.evaluate import evaluate_scenario
from tests.everything import quantity

ORE = np.array([0.8e6, 1.0e6, 1.0e6, 0.6e6])
SILVER = np.array([140.0, 130.0, 110.0, 95.0])
POUNDS, GRAMS = 2204.62262185, 31.1034768


def metal(symbol: str, share: float, price: float, unit: str, payable: float, **more: Any) -> dict[str, Any]:
    terms = {"price": quantity(price, unit), "payable": quantity(payable, "%")}
    return {"metal": symbol, "recovered_share": quantity(share, "%"), **terms, **more}


def less(units: float, unit: str, kind: str) -> dict[str, Any]:
    return {"deduction": quantity(units, unit), "deduction_kind": kind}


def concentrate(
    name: str, of: str, grade: float, treatment: float, *metals: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": name,
        "concentrate_metal": of,
        "concentrate_grade": quantity(grade, "%"),
        "moisture": quantity(9, "%"),
        "treatment": quantity(treatment, "¤/t"),
        "freight": quantity(95, "¤/t"),
        "metals": list(metals),
    }


def document() -> dict[str, Any]:
    """Return four years of one mill; silver is in the feed by year."""
    lead = concentrate(
        "Lead concentrate",
        "Pb",
        62,
        120,
        metal("Pb", 94, 0.95, "¤/lb", 95, **less(3, "%", "unit")),
        metal("Ag", 78, 28, "¤/oz", 95, **less(50, "g/t", "unit"), refining=quantity(1.2, "¤/oz")),
    )
    zinc = concentrate(
        "Zinc concentrate",
        "Zn",
        52,
        210,
        metal("Zn", 97, 1.25, "¤/lb", 85, **less(8, "%", "unit")),
        metal("Ag", 14, 28, "¤/oz", 70, **less(93, "g/t", "absolute")),
    )
    feed = [
        {"metal": "Zn", "grade": quantity(7.2, "%"), "recovery": quantity(90, "%")},
        {"metal": "Pb", "grade": quantity(3.1, "%"), "recovery": quantity(88, "%")},
        {"metal": "Ag", "grade": quantity(SILVER.tolist(), "g/t"), "recovery": quantity(84, "%")},
    ]
    mill = {"name": "Mill", "ore": quantity((ORE / 1e3).tolist(), "kt"), "metals": feed}
    scenario = {
        "slug": "base",
        "name": "Base",
        "is_base": True,
        "start": "2027-01-01",
        "periods": [{"length": "year", "count": len(ORE)}],
        "terms": {"discount_rate": quantity(8, "%")},
        "processes": [mill],
        "products": [lead, zinc],
    }
    project = {"slug": "polymetallic", "name": "Polymetallic", "currency": "USD"}
    return {"format": "calminer-project/1", "project": project, "scenarios": [scenario]}


def by_hand() -> dict[str, np.ndarray[Any, Any]]:
    """Return the rows of the statement, written from the terms; masses in tonnes."""
    zinc, lead, silver = ORE * 0.072 * 0.90, ORE * 0.031 * 0.88, ORE * SILVER * 0.84 / 1e6
    lead_mass, zinc_mass = 0.94 * lead / 0.62, 0.97 * zinc / 0.52
    paid_lead = lead_mass * min(0.62 * 0.95, 0.62 - 0.03)
    paid_zinc = zinc_mass * min(0.52 * 0.85, 0.52 - 0.08)
    assay = 0.78 * silver / lead_mass
    silver_in_lead = lead_mass * np.minimum(assay * 0.95, assay - 50e-6)
    assay = 0.14 * silver / zinc_mass
    silver_in_zinc = zinc_mass * np.maximum(0.70 * (assay - 93e-6), 0.0)
    ounces = (silver_in_lead + silver_in_zinc) * 1e6 / GRAMS
    revenue = paid_lead * POUNDS * 0.95 + paid_zinc * POUNDS * 1.25 + ounces * 28
    treatment = lead_mass * 120 + zinc_mass * 210
    freight = (lead_mass + zinc_mass) / 0.91 * 95
    refining = silver_in_lead * 1e6 / GRAMS * 1.2
    return {
        "recovered.Ag": silver,
        "concentrate.Lead concentrate": lead_mass,
        "concentrate.Zinc concentrate": zinc_mass,
        "payable.Pb": paid_lead,
        "payable.Zn": paid_zinc,
        "payable.Ag": silver_in_lead + silver_in_zinc,
        "revenue": revenue,
        "treatment": treatment,
        "freight": freight,
        "refining": refining,
        "nsr": revenue - treatment - freight - refining,
    }


def test_every_row_agrees(session: Session) -> None:
    made = load_project(session, document())
    found = evaluate_scenario(session, made.scenarios[0].id)
    assert found.problems == ()
    rows = by_hand()
    assert {*rows} <= {*found.cash_flow.lines}
    for key, row in rows.items():
        assert found.cash_flow[key].ravel() == pytest.approx(row, rel=1e-9), key
    # Both silver terms bite somewhere, or the comparison would say less than it seems to.
    assert 0 < rows["payable.Ag"][0] < 0.92 * rows["recovered.Ag"][0]
