"""A mine of four years whose every figure can be worked out on paper."""

from __future__ import annotations

from typing import Any

from tests.everything import quantity as q


def hand() -> dict[str, Any]:
    """Return the mine as a project document."""
    scenario = {
        "slug": "base",
        "name": "Base",
        "is_base": True,
        "start": "2027-01-01",
        "periods": [{"length": "year", "count": 4}],
        "terms": {"discount_rate": q(8, "%")},
        **rock(),
        **costs(),
        **fleet(),
        "levies": [{"name": "State royalty", "base": "gross_revenue", "rate": q(3, "%")}],
        "income_tax": {"rate": q(30, "%")},
        "working_capital": {"receivable_days": q(30, "d")},
    }
    project = {"slug": "hand", "name": "By hand", "currency": "USD"}
    return {"format": "calminer-project/1", "project": project, "scenarios": [scenario]}


def rock() -> dict[str, Any]:
    """Return 6 Mt of ore at 1 % copper, half a million tonnes beyond the reserve, sold in a concentrate."""
    ore = q([1000, 2000, 2000, 1000], "kt")
    source = {"name": "Pit", "ore": ore, "waste": q([3000, 4000, 2000, 1000], "kt")}
    copper = {"metal": "Cu", "price": q(8000, "¤/t"), "payable": q(96, "%")}
    concentrate = {"concentrate_metal": "Cu", "concentrate_grade": q(25, "%")}
    metals = [{"metal": "Cu", "recovery": q(90, "%")}]
    return {
        "sources": [
            {**source, "reserve": q(5.5, "Mt"), "metals": [{"metal": "Cu", "grade": q(1, "%")}]},
        ],
        "processes": [{"name": "Mill", "metals": metals, "feeds": [{"source": "Pit", "ore": ore}]}],
        "products": [{"name": "Concentrate", **concentrate, "metals": [copper]}],
    }


def costs() -> dict[str, Any]:
    """Return cost lines by tonne, with power and diesel."""
    by_ore, by_rock = {"basis": "per_t_processed"}, {"basis": "per_t_moved"}
    mining = {"name": "Mining", "category": "mining", **by_rock, "rate": q(2, "¤/t")}
    power = {"name": "Power", "unit": "kWh", "rate": q(20, "kWh/t"), "price": q(0.1, "¤/kWh")}
    diesel = {"name": "Diesel", "unit": "L", "rate": q(0.5, "L/t"), "price": q(1.2, "¤/L")}
    return {
        "costs": [
            {**mining, "escalation": q(0, "%")},
            {"name": "Milling", "category": "processing", **by_ore, "rate": q(10, "¤/t")},
        ],
        "consumption": [
            {**power, **by_ore, "category": "consumption"},
            {**diesel, **by_rock, "category": "consumption"},
        ],
    }


def fleet() -> dict[str, Any]:
    """Return two trucks that are too few in two years, their maintenance, and what was logged of it."""
    trucks = {"name": "Trucks", "hours": q([12000, 20000, 20000, 12000], "h"), "units": q(2, "1")}
    service = {"name": "Service", "equipment": "Trucks", "interval": 1000, "cost": q(5, "k¤")}
    inspection = {"name": "Inspection", "equipment": "Trucks", "interval": 365, "interval_unit": "days"}
    done = {"day": "2027-03-05", "equipment": "Trucks", "plan": "Service", "units": 3}
    return {
        "equipment": [
            {
                **trucks,
                "price": q(3, "M¤"),
                "life": 15000,
                "availability": q(80, "%"),
                "utilisation": q(100, "%"),
                "hourly_cost": q(150, "¤/h"),
            }
        ],
        "maintenance": [{**service, "downtime": q(8, "h")}, {**inspection, "cost": q(1, "k¤")}],
        "maintenance_log": [
            {**done, "cost": q(18, "k¤"), "downtime": q(30, "h")},
            {"day": "2027-06-01", "equipment": "Trucks", "units": 1, "cost": q(7, "k¤"), "note": "Tyre"},
        ],
    }
