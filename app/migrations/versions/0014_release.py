"""Let a metal come out of a process later than its ore goes in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "process_metals"
CHECK = f"ck_{TABLE}_release_entered"
RULE = (
    "num_nonnulls(release_values, release_unit) IN (0, 2) AND release_unit <> ''"
    " AND cardinality(release_values) > 0 AND array_position(release_values, NULL) IS NULL"
    " AND 'NaN' <> ALL (release_values) AND 'Infinity' <> ALL (release_values)"
    " AND '-Infinity' <> ALL (release_values)"
)


def upgrade() -> None:
    """Add columns that the release before leaves empty: at once, what was so far."""
    op.add_column(TABLE, sa.Column("release_values", sa.ARRAY(sa.Double(), dimensions=1)))
    op.add_column(TABLE, sa.Column("release_unit", sa.Text()))
    op.create_check_constraint(op.f(CHECK), TABLE, RULE)


def downgrade() -> None:
    """Drop them; every metal comes out at once again."""
    op.drop_constraint(op.f(CHECK), TABLE)
    op.drop_column(TABLE, "release_values")
    op.drop_column(TABLE, "release_unit")
