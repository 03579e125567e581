"""The lines of the project list with what each base scenario is worth, and the filters of its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from app.features.projects.queries import ProjectRow, Wanted
from app.valuation.kept import Value, kept_values
from app.web.access import PersonDep
from app.web.figures import Figure, figures


@dataclass(frozen=True, slots=True)
class ValuedProject:
    """One line. value: of the base scenario, None where there is none or it waits to be valued."""

    row: ProjectRow
    value: Value | None

    @property
    def waits(self) -> bool:
        """Whether there is a base scenario whose value is not known yet."""
        return bool(self.row.base) and self.value is None

    def figure(self, *keys: str) -> Figure | None:
        """Return the first of some indicators that has a value, else the first that is there."""
        found = (
            figures([kpi for kpi in self.value.kpis if kpi.key in keys], self.row.currency)
            if self.value
            else []
        )
        return next((each for each in found if each.value is not None), found[0] if found else None)


def valued(session: Session, rows: Sequence[ProjectRow]) -> list[ValuedProject]:
    """Return lines with their values, a few of them computed now."""
    values = kept_values(session, [row.base for row in rows if row.base])
    return [ValuedProject(row, values.get(row.base)) for row in rows]


def wanted(
    person: PersonDep,
    q: Annotated[str, Query(max_length=200, description="Part of a name, commodity, country or text.")] = "",
    commodity: Annotated[str, Query(max_length=4000, description="Exactly this one.")] = "",
    archived: Annotated[bool, Query(description="Archived ones too.")] = False,
    private: Annotated[bool, Query(description="Only private ones.")] = False,
    mine: Annotated[bool, Query(description="Only those that you are a member of.")] = False,
) -> Wanted:
    """Read the filters from the address."""
    return Wanted(q.strip(), commodity.strip(), archived, private, person.user_id if mine else 0)


WantedDep = Annotated[Wanted, Depends(wanted)]


def in_address(asked: Wanted) -> dict[str, str]:
    """Return filters as the address carries them."""
    flags = {"archived": asked.archived, "private": asked.private, "mine": bool(asked.member)}
    texts = {"q": asked.search, "commodity": asked.commodity}
    return {name: text for name, text in texts.items() if text} | {
        name: "true" for name, flag in flags.items() if flag
    }
