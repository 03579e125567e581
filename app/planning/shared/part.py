"""How a part is described whose rows belong to no scenario."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Select, inspect, select

from app.models.base import Base
from app.planning.parts import ONLY, Part

PLAIN_SIGN = re.compile(r"[A-Za-z0-9.-]")
SPELT_SIGN = re.compile(r"~([0-9A-F]{2,5})~")


@dataclass(frozen=True, slots=True)
class Shared(Part):
    """Rows that belong to no scenario, and are found by a query instead of a path.

    order: the columns that a list goes by. owner: the part whose row goes with those that name it in the
    first of `parents`. active: rows that are not active are kept but no longer offered. only: there is one
    row, which is never added or removed.
    """

    order: tuple[str, ...] = ("name",)
    owner: str = ""
    active: bool = False
    only: bool = False

    @property
    def single(self) -> bool:
        """Whether there is one row."""
        return self.only

    @property
    def identity(self) -> str:
        """The column that names a row in addresses: its code where it has one, else its key."""
        return str(inspect(self.model).primary_key[0].key)

    def key_of(self, row: Base) -> str:
        """Return what names a row in addresses: of a code the signs that an address has, others as `~2F~`."""
        if self.only:
            return ONLY
        return "".join(
            sign if PLAIN_SIGN.fullmatch(sign) else f"~{ord(sign):02X}~"
            for sign in str(getattr(row, self.identity))
        )

    def code_of(self, key: str) -> str:
        """Return the code behind what stands in an address."""
        return SPELT_SIGN.sub(lambda found: chr(int(found[1], 16)), key)

    def query(self) -> Select[Base]:
        """Return the query for all rows in their order."""
        return select(self.model).order_by(*(getattr(self.model, column) for column in self.order))
