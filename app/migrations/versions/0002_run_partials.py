"""Keep the statistics of a run's trials so far while it goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an empty column, which takes no time whatever the number of runs."""
    op.add_column("simulation_runs", sa.Column("partial", postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Drop it; nothing in it outlives the end of a run."""
    op.drop_column("simulation_runs", "partial")
