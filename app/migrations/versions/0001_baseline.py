"""Create the whole model and the job queue.

The tables are in `sql/0001_baseline.sql`, as PostgreSQL will have them. The queue is Procrastinate's own
schema, as the locked version of the library writes it; a library update that changes it comes with a revision
of its own.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

from app.migrations.api import run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create every table, then the queue."""
    run_script(op.get_bind(), (SQL / "0001_baseline.sql").read_text(encoding="utf-8"))
    run_script(op.get_bind(), SchemaManager.get_schema())


def downgrade() -> None:
    """Drop the queue, then every table; the schema itself stays, because it may not be ours."""
    run_script(op.get_bind(), (SQL / "0001_baseline_down.sql").read_text(encoding="utf-8"))
