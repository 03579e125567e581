"""How Alembic reaches the database: on the connection it was handed, or on one made from the settings."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from app.db import get_engine
from app.migrations.api import VERSION_TABLE, create_schema
from app.models import Base
from app.models.base import Choice
from app.models.scenario import PeriodRuns
from app.settings import get_settings

#: Tables that live in our schema and are not ours to describe.
FOREIGN_TABLES = ("procrastinate_", VERSION_TABLE)


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Say whether autogenerate should look at a reflected name."""
    return kind != "table" or not str(name).startswith(FOREIGN_TABLES)


def plain_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(item, Choice):
        return "sa.Text()"
    if kind == "type" and isinstance(item, PeriodRuns):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "postgresql.JSONB()"
    return False


def run(connection: Connection) -> None:
    """Run what the command asks for inside one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        include_name=ours,
        render_item=plain_type,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    with get_engine().begin() as own:
        create_schema(own, get_settings().database_schema)
        run(own)
