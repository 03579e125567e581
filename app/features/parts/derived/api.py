"""What follows from the inputs of a tab, as JSON."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from app.features.parts.derived.tabs import derive
from app.valuation.evaluate import evaluate_scenario
from app.valuation.load import load_scenario
from app.web.deps import SessionDep
from app.web.lookups import ScenarioDep

router = APIRouter(
    prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/derived", tags=["scenarios"]
)


class NoticeOut(BaseModel):
    """Something that a planner should know."""

    title: str
    text: str


class DerivedRowOut(BaseModel):
    """One quantity by column, in its unit. total: None where adding means nothing."""

    key: str
    label: str
    unit: str
    values: list[float | None]
    total: float | None


class DerivedTableOut(BaseModel):
    """Rows by period or by year."""

    key: str
    title: str
    columns: list[str]
    rows: list[DerivedRowOut]


class DerivedListOut(BaseModel):
    """Things with a few facts each, as the headings name them."""

    key: str
    title: str
    headings: list[str]
    rows: list[list[str | float | None]]


class DerivedTieOutOut(BaseModel):
    """What does not tie out and is entered on the tab: what it is about, where, what should be."""

    about: str
    period: str
    allowed: str


class DerivedOut(BaseModel):
    """Everything that a tab shows beside what was entered."""

    tie_outs: list[DerivedTieOutOut]
    notices: list[NoticeOut]
    tables: list[DerivedTableOut]
    lists: list[DerivedListOut]


@router.get("/{tab}", summary="Show what follows from the inputs of a tab")
def show(session: SessionDep, scenario: ScenarioDep, tab: str) -> DerivedOut:
    """Return the derived rows, totals and warnings of a tab that has any, such as production or fiscal."""
    full = load_scenario(session, scenario.id)
    found = derive(tab, evaluate_scenario(session, scenario.id, full), full)
    return DerivedOut(
        tie_outs=[
            DerivedTieOutOut(about=each.about, period=each.period, allowed=each.allowed)
            for each in found.tie_outs
        ],
        notices=[NoticeOut(title=notice.title, text=notice.text) for notice in found.notices],
        tables=[
            DerivedTableOut(
                key=table.key,
                title=table.title,
                columns=list(table.columns),
                rows=[
                    DerivedRowOut(
                        key=row.key,
                        label=row.label,
                        unit=row.unit,
                        values=list(row.values),
                        total=row.total,
                    )
                    for row in table.rows
                ],
            )
            for table in found.tables
        ],
        lists=[
            DerivedListOut(
                key=each.key,
                title=each.title,
                headings=list(each.headings),
                rows=[list(row) for row in each.rows],
            )
            for each in found.lists
        ],
    )
