"""A project document that puts at least one row into every table of a scenario."""

from __future__ import annotations

from typing import Any


def quantity(value: Any, unit: str, driver: str | None = None) -> dict[str, Any]:
    """Return a quantity as documents write it."""
    return {"value": value, "unit": unit} | ({"driver": driver} if driver else {})


def points(x: list[Any], x_unit: str, y: list[float], y_unit: str) -> dict[str, Any]:
    """Return a curve as documents write it."""
    return {"x": x, "x_unit": x_unit, "y": y, "y_unit": y_unit}


def document(slug: str = "everything") -> dict[str, Any]:
    """Return a project with one scenario that uses every part of the model."""
    project = {"slug": slug, "name": f"Project {slug}", "currency": "USD"}
    return {"format": "calminer-project/1", "project": project, "scenarios": [scenario()]}


def scenario() -> dict[str, Any]:
    """Return a scenario of three years that uses every part of the model."""
    return {
        "slug": "base",
        "name": "Base",
        "is_base": True,
        "start": "2026-01-01",
        "valuation": "2026-07-01",
        "periods": [{"length": "month", "count": 12}, {"length": "year", "count": 2}],
        "terms": {
            "discount_rate": quantity(8, "%"),
            "finance_rate": quantity(7.5, "%"),
            "inflation": quantity(2, "%", "grade_factor"),
        },
        "parameters": parameters(),
        "correlations": [{"first": "gold_price", "second": "diesel_price", "rho": 0.3}],
        "rates": [{"currency": "CAD", "as_of": "2026-01-01", "rate": quantity(0.73, "1"), "source": "bank"}],
        "entered_rows": [{"line": "income_tax", "row": quantity([0, 1.5, 2], "M¤"), "currency": "CAD"}],
        **physicals(),
        **sales(),
        **costs(),
        **fiscal(),
    }


def parameters() -> list[dict[str, Any]]:
    """Return a certain driver, an uncertain one and a price path."""
    return [
        {"name": "grade_factor", "base": quantity(1, "1")},
        {
            "name": "gold_price",
            "label": "Gold price",
            "base": quantity([3500, 3400, 3300], "¤/oz", "grade_factor"),
            "currency": "USD",
            "family": "pert",
            "distribution": {"min": 0.8, "mode": 1, "max": 1.3},
            "effect": "multiply",
            "draw": "period",
            "autocorrelation": 0.5,
        },
        {
            "name": "diesel_price",
            "base": quantity(1.1, "¤/L"),
            "process": "schwartz",
            "distribution": {"speed": 0.5, "volatility": 0.3},
            "active": False,
        },
    ]


def physicals() -> dict[str, Any]:
    """Return rock, where it waits and where it is processed."""
    return {
        "sources": [
            {
                "name": "Pit",
                "ore": quantity([0.1, 2.2, 3.3], "Mt"),
                "waste": quantity(5, "Mt"),
                "reserve": quantity(30, "Mt"),
                "metals": [{"metal": "Au", "grade": quantity(2.67, "g/t", "grade_factor")}],
            }
        ],
        "stockpiles": [
            {
                "name": "Low grade",
                "source": "Pit",
                "opening": quantity(100, "kt"),
                "metals": [{"metal": "Au", "opening_grade": quantity(0.6, "g/t")}],
            }
        ],
        "processes": [
            {
                "name": "Mill",
                "metals": [
                    {
                        "metal": "Au",
                        "recovery_curve": points([0.5, 3], "g/t", [80, 94], "%"),
                        "release": quantity([75, 25], "%"),
                        "earlier": quantity([4, 1, 0], "koz"),
                    }
                ],
                "feeds": [
                    {"source": "Pit", "ore": quantity(2, "Mt")},
                    {"stockpile": "Low grade", "ore": quantity(100, "kt")},
                ],
            }
        ],
    }


def sales() -> dict[str, Any]:
    """Return a concentrate with everything that a smelter may ask."""
    metal = {
        "metal": "Au",
        "recovered_share": quantity(95, "%"),
        "price": quantity(1, "1", "gold_price"),
        "payable": quantity(97, "%"),
        "deduction": quantity(1, "g/t"),
        "deduction_kind": "unit",
        "participation_share": quantity(10, "%"),
        "participation_basis": quantity(3000, "¤/oz"),
        "streams": [
            {
                "name": "Streamer",
                "share": quantity(10, "%"),
                "steps": points([90, "infinite"], "koz", [20, 60], "%"),
            }
        ],
    }
    return {
        "products": [
            {
                "name": "Concentrate",
                "concentrate_metal": "Au",
                "concentrate_grade": quantity(60, "g/t"),
                "treatment": quantity(80, "¤/t"),
                "currency": "CAD",
                "metals": [metal],
                "penalties": [
                    {
                        "element": "As",
                        "assay": quantity(0.35, "%"),
                        "threshold": quantity(0.2, "%"),
                        "step": quantity(0.1, "%"),
                        "rate": quantity(2.5, "¤/t"),
                    }
                ],
                "processes": [{"process": "Mill"}],
            }
        ]
    }


def costs() -> dict[str, Any]:
    """Return what it costs to build, run, maintain and close."""
    return {
        "costs": [
            {
                "name": "Mining",
                "category": "mining",
                "heading": "load-haul",
                "basis": "per_t_moved",
                "rate": quantity(2.5, "¤/t"),
                "ramp": quantity([120, 110], "%"),
                "first": 0,
                "last": 2,
                "escalation": quantity(1, "%"),
            }
        ],
        "consumption": [
            {
                "name": "Diesel",
                "unit": "L",
                "basis": "per_t_moved",
                "rate": quantity(0.7, "L/t"),
                "price": quantity(1, "1", "diesel_price"),
            }
        ],
        "capital": [
            {
                "name": "Plant",
                "kind": "initial",
                "heading": "process-plant",
                "amount": quantity(100, "M¤"),
                "schedule": quantity([40, 60], "%"),
                "contingency": quantity(15, "%"),
                "contingency_method": "percentage",
                "depreciation": "Plant",
            }
        ],
        "closures": [{"name": "Closure", "spend": quantity([0, 0, 9], "M¤")}],
        "equipment": [
            {
                "name": "Trucks",
                "hours": quantity(20000, "h"),
                "units": quantity(4, "1"),
                "availability": quantity(85, "%"),
                "salvage": quantity(10, "%"),
                "depreciation": "Plant",
            }
        ],
        "maintenance": [
            {"name": "Service", "equipment": "Trucks", "interval": 500, "cost": quantity(20, "k¤")}
        ],
        "maintenance_log": [
            {"day": "2026-02-03", "equipment": "Trucks", "plan": "Service", "cost": quantity(21, "k¤")}
        ],
    }


def fiscal() -> dict[str, Any]:
    """Return what the state and the working capital take."""
    return {
        "levies": [
            {
                "name": "Royalty",
                "base": "gross_revenue",
                "kind": "sliding_price",
                "of": "Au",
                "steps": points([1500, 2500], "¤/oz", [2.5, 5], "%"),
            },
            {
                "name": "Mining tax",
                "base": "ebit",
                "rate": quantity(10, "%"),
                "order": 1,
                "credited": "Royalty",
                "uplift": quantity(5, "%"),
                "by_year": True,
                "allowance_least": quantity(15, "%"),
                "allowance_most": quantity(65, "%"),
            },
        ],
        "depreciation": [
            {"name": "Plant", "method": "straight_line", "life": quantity(10, "a")},
            {
                "name": "Plant, mining tax",
                "method": "pool",
                "factor": 0.15,
                "levy": "Mining tax",
                "cost_of": "Plant",
                "allowance": quantity(8, "%"),
            },
        ],
        "income_tax": {"rate": quantity(30, "%"), "loss_expiry": quantity(7, "a")},
        "depletion": {"rate": quantity(15, "%"), "cost_class": "Plant"},
        "working_capital": {"receivable_days": quantity(30, "d")},
        "interests": [
            {
                "name": "State",
                "share": quantity([10, 10, 15], "%"),
                "carry": "to_production",
                "recovery": quantity(80, "%"),
                "uplift": quantity(5, "%"),
            }
        ],
    }
