"""Differences as a page shows them: in the words of the forms, rows by period as the periods that changed."""

from __future__ import annotations

from dataclasses import dataclass

from app.planning.difference import BELOW, Difference
from app.planning.parts import Kind
from app.planning.told import part_at, row_said, said
from app.planning.words import changed_periods, pair_in_words


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """One line of the table of changes. periods: how many of a row differ, 0 where it is no row."""

    place: str
    before: str
    after: str
    periods: int


def shown(difference: Difference) -> ShownDifference:
    """Return a difference as its line."""
    place = difference.place
    before, after = pair_in_words(difference.before, difference.after)
    found = part_at(place)
    if found is not None:
        part, field = found
        if field is None:
            before, after = (
                row_said(part, side) if isinstance(side, dict) else words
                for side, words in ((difference.before, before), (difference.after, after))
            )
        else:
            place = BELOW.join([*place.split(BELOW)[:-1], field.words])
            if part.kind(field.name) is Kind.CHOICE:
                before, after = (
                    said(part, field.name, side) for side in (difference.before, difference.after)
                )
    return ShownDifference(place, before, after, len(changed_periods(difference.before, difference.after)))
