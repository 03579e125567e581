"""Let a levy be assessed by reporting year where periods are shorter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that the release before leaves at its default: each period by itself, as so far."""
    default = sa.text("false")
    op.add_column("levies", sa.Column("by_year", sa.Boolean(), server_default=default, nullable=False))


def downgrade() -> None:
    """Drop it; each period is charged by itself again."""
    op.drop_column("levies", "by_year")
