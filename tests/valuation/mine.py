"""A small mine that has one of everything, as a project document."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sqlalchemy.orm import Session

from app.models import Scenario
from app.seed.document import load_project


def one(value: Any, unit: str, driver: str | None = None) -> dict[str, Any]:
    """Return an entered quantity as a document writes it."""
    quantity = {"value": value, "unit": unit}
    return quantity | ({"driver": driver} if driver else {})


PARAMETERS = [
    {
        "name": "gold_price",
        "base": one(2000, "¤/oz"),
        "family": "triangular",
        "distribution": {"min": 1800, "mode": 2000, "max": 2500},
    },
    {
        "name": "copper_price",
        "base": one([4.0, 4.0, 3.5, 3.5], "¤/lb"),
        "currency": "CAD",
        "process": "gbm",
        "distribution": {"volatility": 0.2, "drift": 0.0},
    },
    {"name": "diesel", "base": one(1.2, "¤/L")},
    {
        "name": "hard_rock",
        "base": one(110, "%"),
        "family": "uniform",
        "distribution": {"min": 0.9, "max": 1.2},
        "effect": "multiply",
    },
    {"name": "delivered_diesel", "base": one(1.05, "1", "diesel")},
]

SCENARIO: dict[str, Any] = {
    "slug": "base",
    "name": "Base case",
    "is_base": True,
    "start": "2027-01-01",
    "periods": [{"length": "year", "count": 4}],
    "production_start": 1,
    "terms": {
        "discount_rate": one(8, "%"),
        "inflation": one(2, "%"),
        "finance_rate": one(7, "%"),
        "convention": "end",
        "royalty_in_c1": True,
        "write_off": 3,
    },
    "parameters": PARAMETERS,
    "correlations": [{"first": "gold_price", "second": "copper_price", "rho": 0.5}],
    "rates": [{"currency": "CAD", "as_of": "2026-06-30", "rate": one(0.75, "1"), "source": "central bank"}],
    "sources": [
        {
            "name": "North pit",
            "ore": one([0, 1000, 1200, 800], "kt"),
            "waste": one([500, 3000, 2500, 900], "kt"),
            "reserve": one(3.1, "Mt"),
            "metals": [{"metal": "Au", "grade": one(1.5, "g/t")}, {"metal": "Cu", "grade": one(0.8, "%")}],
        }
    ],
    "stockpiles": [
        {
            "name": "ROM pad",
            "source": "North pit",
            "opening": one(10, "kt"),
            "metals": [{"metal": "Au", "opening_grade": one(0.03, "oz/st")}],
        }
    ],
    "processes": [
        {
            "name": "Mill",
            "metals": [
                {"metal": "Au", "recovery": one(90, "%")},
                {
                    "metal": "Cu",
                    "recovery_curve": {"x": [0.2, 1.0], "x_unit": "%", "y": [80, 92], "y_unit": "%"},
                },
            ],
            "feeds": [{"stockpile": "ROM pad", "ore": one([0, 900, 1100, 900], "kt")}],
        }
    ],
    "products": [
        {
            "name": "Concentrate",
            "concentrate_metal": "Cu",
            "concentrate_grade": one(25, "%"),
            "moisture": one(8, "%"),
            "treatment": one(80, "¤/dmt"),
            "freight": one(100, "¤/wmt"),
            "recovered_share": one(100, "%"),
            "metals": [
                {
                    "metal": "Cu",
                    "price": one(1, "1", "copper_price"),
                    "price_currency": "CAD",
                    "payable": one(96.5, "%"),
                    "deduction": one(1, "%"),
                    "deduction_kind": "unit",
                    "refining": one(0.08, "¤/lb"),
                },
                {
                    "metal": "Au",
                    "price": one(1, "1", "gold_price"),
                    "payable": one(96, "%"),
                    "by_product": True,
                    "participation_share": one(10, "%"),
                    "participation_basis": one(1900, "¤/oz"),
                    "streams": [
                        {
                            "name": "Royal",
                            "share": one(20, "%"),
                            "steps": {"x": [90, "infinite"], "x_unit": "koz", "y": [20, 60], "y_unit": "%"},
                        }
                    ],
                },
            ],
            "penalties": [
                {
                    "element": "As",
                    "assay": one(0.35, "%"),
                    "threshold": one(0.2, "%"),
                    "step": one(0.1, "%"),
                    "rate": one(2.5, "¤/dmt"),
                }
            ],
            "processes": [{"process": "Mill"}],
        }
    ],
    "costs": [
        {
            "name": "Mining",
            "category": "mining",
            "basis": "per_t_moved",
            "rate": one(2.1, "¤/t", "hard_rock"),
        },
        {
            "name": "Camp",
            "category": "site_admin",
            "basis": "per_year",
            "rate": one(3, "M¤/a"),
            "currency": "CAD",
        },
        {
            "name": "Plant",
            "category": "processing",
            "basis": "per_t_processed",
            "rate": one(11, "¤/st"),
            "first": 1,
            "ramp": {"value": [120, 110], "unit": "%"},
        },
        {"name": "Insurance", "category": "corporate", "basis": "pct_revenue", "rate": one(0.5, "%")},
    ],
    "consumption": [
        {
            "name": "Diesel",
            "unit": "L",
            "basis": "per_t_moved",
            "rate": one(0.6, "L/t"),
            "price": one(1, "1", "delivered_diesel"),
        },
        {
            "name": "Lime",
            "unit": "t",
            "basis": "per_t_processed",
            "rate": one(1.5, "kg/t"),
            "price": one(200, "¤/t"),
        },
        {
            "name": "Balls",
            "unit": "ball",
            "basis": "per_t_processed",
            "rate": one(0.2, "ball/t"),
            "price": one(3, "¤/ball"),
        },
    ],
    "equipment": [
        {
            "name": "Truck",
            "basis": "per_t_moved",
            "hours": one(0.002, "h/t"),
            "units": one(4, "units"),
            "price": one(3, "M¤"),
            "life": 30000,
            "availability": one(85, "%"),
            "hourly_cost": one(150, "¤/h"),
            "rebuild_interval": one(12000, "h"),
            "rebuild_cost": one(400, "k¤"),
            "salvage": one(10, "%"),
            "depreciation": "Plant and mine",
        }
    ],
    "maintenance": [
        {
            "name": "Service",
            "equipment": "Truck",
            "interval": 500,
            "cost": one(5, "k¤"),
            "downtime": one(1, "d"),
        }
    ],
    "capital": [
        {
            "name": "Plant",
            "kind": "initial",
            "amount": one(120, "M¤"),
            "schedule": {"value": [70, 30, 0, 0], "unit": "%"},
            "contingency_method": "percentage",
            "contingency": one(15, "%"),
            "depreciation": "Plant and mine",
            "escalation": one(3, "%"),
        },
        {"name": "Tailings", "kind": "sustaining", "amount": one([0, 2, 2, 1], "M¤"), "currency": "CAD"},
    ],
    "closures": [{"name": "Closure", "spend": one([0, 0, 0, 6], "M¤"), "funding": "spend"}],
    "levies": [
        {"name": "NSR royalty", "base": "nsr", "rate": one(2, "%")},
        {"name": "Haulage duty", "base": "t_mined", "kind": "unit", "rate": one(0.4, "¤/t"), "order": 1},
        {
            "name": "Copper royalty",
            "base": "gross_revenue",
            "kind": "sliding_price",
            "price_of": "Cu",
            "steps": {"x": [3, 5], "x_unit": "¤/lb", "y": [1, 3], "y_unit": "%"},
            "order": 2,
        },
    ],
    "depreciation": [{"name": "Plant and mine", "method": "straight_line", "life": one(3, "a")}],
    "income_tax": {"rate": one(27, "%"), "loss_rule": "carry_forward", "loss_expiry": one(20, "a")},
    "working_capital": {"receivable_days": one(30, "d"), "payable_days": one(45, "d")},
    "entered_rows": [{"line": "salvage", "row": one([0, 0, 0, 2], "M¤"), "currency": "CAD"}],
}

DOCUMENT: dict[str, Any] = {
    "format": "calminer-project/1",
    "project": {"slug": "small-mine", "name": "Small mine", "currency": "USD"},
    "scenarios": [SCENARIO],
}


def document(**changes: Any) -> dict[str, Any]:
    """Return the document with some of the scenario's parts replaced, or left out where they are None."""
    parts = {key: part for key, part in (SCENARIO | changes).items() if part is not None}
    return deepcopy(DOCUMENT | {"scenarios": [parts]})


def small_mine(session: Session, **changes: Any) -> Scenario:
    """Return the scenario, stored."""
    return load_project(session, document(**changes)).scenarios[0]
