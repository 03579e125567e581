"""Let a levy say which other levies lower what it is charged on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHECK = "ck_levies_deducts_allowed"
ALLOWED = "deducts IN ('as_base', 'none', 'lower_order')"


def upgrade() -> None:
    """Add a column that the release before leaves at its default: as the base says, what was so far."""
    op.add_column("levies", sa.Column("deducts", sa.Text(), server_default="as_base", nullable=False))
    op.create_check_constraint(op.f(CHECK), "levies", ALLOWED)


def downgrade() -> None:
    """Drop it; every levy is charged as its base says again."""
    op.drop_constraint(op.f(CHECK), "levies")
    op.drop_column("levies", "deducts")
