"""What every table shares: naming conventions, keys, time stamps, versions and checked enumerations.

The database deletes what belongs to a deleted row (`passive_deletes="all"` on every relationship); a part is
deleted with `session.delete(part)`, never by taking it out of its list.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column

from app.models.entered import constrain_entered

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Choice(TypeDecorator[StrEnum]):
    """An enumeration stored as its text; the table carries a CHECK with the allowed words."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        self.kind = kind
        super().__init__()

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """Return the word; a word that is not in the enumeration raises `ValueError` here already."""
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Return the member."""
        return None if value is None else self.kind(value)


def choice(kind: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """Return a column for one word of an enumeration."""
    default = options.pop("default", None)
    if default is not None:
        options |= {"default": default, "server_default": str(default)}
    return mapped_column(Choice(kind), **options)


def flag(default: bool = False) -> MappedColumn[bool]:
    """Return a yes/no column that is never empty."""
    return mapped_column(default=default, server_default=text(str(default).lower()))


def share_check(column: str, name: str | None = None) -> CheckConstraint:
    """Return a CHECK that a bare number lies between 0 and 1."""
    return CheckConstraint(f"{column} BETWEEN 0 AND 1", name=name or f"{column}_is_share")


class Base(DeclarativeBase):
    """Every table; enumerations and entered quantities bring their own checks and driver references."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        float: Double,
        int: BigInteger,
    }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            constrain_choices(table)
            constrain_entered(table)


def constrain_choices(table: Table) -> None:
    """Add a CHECK for each enumeration column."""
    for column in table.columns:
        if isinstance(column.type, Choice):
            words = ", ".join(f"'{word}'" for word in column.type.kind)
            check = CheckConstraint(f"{column.name} IN ({words})", name=f"{column.name}_allowed")
            table.append_constraint(check)


class Identified:
    """A row with a key of its own."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-20)


class Stamped:
    """When a row was made and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), sort_order=91
    )


class Versioned:
    """A row that people edit: an update of a version that is gone raises `StaleDataError`."""

    version: Mapped[int] = mapped_column(default=1, server_default=text("1"), sort_order=92)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Edited(Identified, Stamped, Versioned):
    """A row with its own key that people edit."""


class InScenario:
    """A row that belongs to exactly one scenario and goes with it."""

    @declared_attr
    @classmethod
    def scenario_id(cls) -> Mapped[int]:
        """Return the key of the scenario that owns the row."""
        return mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), sort_order=-10)


class Part(Edited, InScenario):
    """A named part of a scenario; other parts refer to it by that name, as the engine does."""

    name: Mapped[str] = mapped_column(sort_order=-9)
    note: Mapped[str] = mapped_column(default="", server_default="", sort_order=80)
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"), sort_order=81)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (*part_args(), *cls.checks())

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return constraints and indexes of this table alone."""
        return ()


def part_args() -> tuple[Any, ...]:
    """Return what makes a name usable as a reference: not empty, and once per scenario."""
    return (UniqueConstraint("scenario_id", "name"), CheckConstraint("name <> ''", name="name_given"))


def by_name(
    columns: str | tuple[str, ...],
    target: str,
    *,
    key: tuple[str, ...] = ("name",),
    ondelete: str | None = None,
) -> ForeignKeyConstraint:
    """Return a reference to another part of the same scenario by its name; renaming it renames the reference.

    Without `ondelete` a part that is referred to cannot be deleted on its own, but goes with its scenario.
    Deferrable, so that an import may insert in any order inside one transaction.
    """
    own = (columns,) if isinstance(columns, str) else columns
    return ForeignKeyConstraint(
        ["scenario_id", *own],
        [f"{target}.scenario_id", *(f"{target}.{column}" for column in key)],
        onupdate="CASCADE",
        ondelete=ondelete,
        deferrable=True,
        initially="IMMEDIATE",
    )
