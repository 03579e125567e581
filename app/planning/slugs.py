"""The part of an address that stands for a name."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

LONGEST_SLUG = 80
#: Words that stand for a page where a slug could stand.
RESERVED = frozenset({"new"})


def free_slug(
    session: Session,
    column: InstrumentedAttribute[str],
    name: str,
    among: ColumnElement[bool] | None = None,
    fallback: str = "project",
) -> str:
    """Return a slug for `name` that nothing `among` the rows has in `column` yet, and no page either."""
    return free(session, column, slugify(name, fallback), among)


def free(
    session: Session,
    column: InstrumentedAttribute[str],
    wanted: str,
    among: ColumnElement[bool] | None = None,
) -> str:
    """Return the wanted slug, or with a number behind what nothing has yet: nothing that whoever asks must
    not know of either, which the session would leave out.
    """
    session.flush()
    rule = true() if among is None else among
    found = session.connection().scalars(select(column).where(column.startswith(wanted), rule))
    taken = RESERVED.union(found)
    if wanted not in taken:
        return wanted
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in numbered if slug not in taken)


def slugify(name: str, fallback: str = "project") -> str:
    """Return the part of an address that stands for `name`.

    >>> slugify("Los Ricos – Süd")
    'los-ricos-sud'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].rstrip("-") or fallback
