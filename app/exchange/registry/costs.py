"""Sheets of what it costs to run, build, maintain and close."""

from __future__ import annotations

from app import models
from app.exchange.registry.sales import MONEY
from app.exchange.registry.sheet import Sheet

NOTE = ("note", "Where it comes from.")
WINDOW = (
    ("first", "Number of the first period, from 0; empty is the first of all."),
    ("last", "Number of the last period, from 0; empty is the last of all."),
)

COSTS = Sheet(
    "Costs",
    models.CostLine,
    ("costs",),
    "Operating cost: a rate times its basis.",
    ("name",),
    (
        ("name", "Of the line."),
        ("category", "Which cost it is."),
        ("heading", "Where reports group it."),
        ("basis", "What the rate is multiplied with."),
        ("of", "Only this source, process, product, metal or fleet; empty is all."),
        ("rate", "Money for one unit of the basis."),
        ("ramp", "Factors on the first active periods."),
        ("included_in_nsr", "Whether an off-site line is subtracted before NSR royalties."),
        *WINDOW,
        *MONEY,
        NOTE,
    ),
)
CONSUMPTION = Sheet(
    "Consumption",
    models.ConsumptionLine,
    ("consumption",),
    "Physical use times unit price: diesel, power, reagents.",
    ("name",),
    (
        ("name", "Of the resource."),
        ("unit", "That it is counted in, such as L."),
        ("category", "Which cost it is."),
        ("basis", "What the rate is multiplied with."),
        ("of", "Only this source, process, product, metal or fleet; empty is all."),
        ("rate", "Resource for one unit of the basis."),
        ("price", "Money for one unit of the resource."),
        ("ramp", "Factors on the first active periods."),
        *WINDOW,
        *MONEY,
        NOTE,
    ),
)
EQUIPMENT = Sheet(
    "Equipment",
    models.EquipmentClass,
    ("equipment",),
    "Fleets: hours, units, lives, rebuilds.",
    ("name",),
    (
        ("name", "Of the fleet."),
        ("hours", "Of the whole fleet, for one unit of the basis."),
        ("units", "Held in each period."),
        ("basis", "What the hours are multiplied with."),
        ("of", "Only this source, process, product, metal or fleet; empty is all."),
        ("price", "Of a unit."),
        ("life", "Of a unit; empty never ends."),
        ("life_unit", "Of the life."),
        ("availability", "Of calendar hours."),
        ("utilisation", "Of available hours."),
        ("hourly_cost", "Of an operating hour."),
        ("rebuild_interval", "Operating hours between rebuilds."),
        ("rebuild_cost", "Of a rebuild."),
        ("salvage", "Share of the price received on replacement."),
        ("max_replaced", "Most units replaced in a period."),
        ("purchased", "Whether the first units are bought."),
        ("depreciation", "A depreciation class; empty is never depreciated."),
        *MONEY,
        NOTE,
    ),
)
MAINTENANCE = Sheet(
    "Maintenance",
    models.MaintenancePlan,
    ("maintenance",),
    "Planned work on each unit of a fleet.",
    ("name",),
    (
        ("name", "Of the work."),
        ("equipment", "A fleet."),
        ("interval", "Between two times."),
        ("interval_unit", "Of the interval."),
        ("cost", "Of one time."),
        ("downtime", "Of one time."),
        *MONEY,
        NOTE,
    ),
)
MAINTENANCE_LOG = Sheet(
    "Maintenance log",
    models.MaintenanceEntry,
    ("maintenance_log",),
    "Work that was done on a day.",
    (),
    (
        ("day", "When."),
        ("equipment", "A fleet."),
        ("plan", "The maintenance that it fulfils; empty is unplanned."),
        ("units", "How many units of the fleet."),
        ("cost", "What it cost."),
        ("currency", "Empty is the project's."),
        ("downtime", "How long they stood."),
        ("note", "What was done."),
    ),
)
CAPITAL = Sheet(
    "Capital",
    models.CapitalItem,
    ("capital",),
    "What it costs to build, to expand and to sustain.",
    ("name",),
    (
        ("name", "Of the item."),
        ("kind", "Initial, expansion, sustaining or replacement."),
        ("heading", "Where reports group it."),
        ("amount", "By period, or a total that a schedule spreads."),
        ("schedule", "Shares of the total by period."),
        ("contingency", "On the amount."),
        ("contingency_method", "How the contingency is stated."),
        ("depreciation", "A depreciation class; empty is never depreciated."),
        ("salvage", "Received at the end."),
        *MONEY,
        NOTE,
    ),
)
CLOSURES = Sheet(
    "Closures",
    models.Closure,
    ("closures",),
    "Rehabilitation, and how it is set aside until then.",
    ("name",),
    (
        ("name", "Of the work."),
        ("spend", "What is spent when."),
        ("funding", "How it is set aside."),
        ("rate", "Of interest or premium, a year."),
        ("deductible", "Whether it is deducted from tax."),
        ("first", "Number of the period in which a bond is posted, from 0."),
        *MONEY,
        NOTE,
    ),
)
