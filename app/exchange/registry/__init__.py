"""Every sheet and column of the files, as visible literals: JSON, workbooks, bundles, templates and the
reference page follow from them.
"""

from __future__ import annotations

from app.exchange.registry import costs, fiscal, physicals, plan, sales
from app.exchange.registry.sheet import ELSEWHERE, Field, Kind, Sheet

PROJECT = plan.PROJECT
SCENARIOS = plan.SCENARIOS
#: The parts of a scenario, each after the parts that it names.
PARTS: tuple[Sheet, ...] = (
    plan.TERMS,
    plan.PARAMETERS,
    plan.CORRELATIONS,
    plan.RATES,
    physicals.SOURCES,
    physicals.SOURCE_GRADES,
    physicals.STOCKPILES,
    physicals.STOCKPILE_GRADES,
    physicals.PROCESSES,
    physicals.RECOVERIES,
    physicals.FEEDS,
    sales.PRODUCTS,
    sales.PRODUCT_METALS,
    sales.STREAMS,
    sales.PENALTIES,
    sales.PRODUCT_PROCESSES,
    costs.COSTS,
    costs.CONSUMPTION,
    costs.EQUIPMENT,
    costs.MAINTENANCE,
    costs.MAINTENANCE_LOG,
    costs.CAPITAL,
    costs.CLOSURES,
    fiscal.LEVIES,
    fiscal.DEPRECIATION,
    fiscal.INCOME_TAX,
    fiscal.DEPLETION,
    fiscal.WORKING_CAPITAL,
    fiscal.INTERESTS,
    plan.ENTERED_ROWS,
)
SHEETS: tuple[Sheet, ...] = (PROJECT, SCENARIOS, *PARTS)
BY_TITLE = {sheet.title: sheet for sheet in SHEETS}
BY_PATH = {sheet.path: sheet for sheet in PARTS}
BY_TABLE = {str(sheet.model.__tablename__): sheet for sheet in SHEETS}


def children(path: tuple[str, ...]) -> tuple[Sheet, ...]:
    """Return the sheets whose rows belong to a row at `path`, () for a scenario."""
    return tuple(sheet for sheet in PARTS if sheet.path[:-1] == path)


__all__ = [
    "BY_PATH",
    "BY_TABLE",
    "BY_TITLE",
    "ELSEWHERE",
    "PARTS",
    "PROJECT",
    "SCENARIOS",
    "SHEETS",
    "Field",
    "Kind",
    "Sheet",
    "children",
]
