"""Let income tax be assessed by reporting year where periods are shorter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that the release before leaves at its default: each period by itself, as so far."""
    default = sa.text("false")
    op.add_column(
        "income_tax_terms", sa.Column("by_year", sa.Boolean(), server_default=default, nullable=False)
    )


def downgrade() -> None:
    """Drop it; each period is assessed by itself again."""
    op.drop_column("income_tax_terms", "by_year")
