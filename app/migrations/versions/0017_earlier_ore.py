"""Let metal come out of ore that was processed before the first period."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "process_metals"
CHECK = "ck_process_metals_earlier_entered"
DRIVEN = "fk_process_metals_scenario_id_earlier_driver"


def upgrade() -> None:
    """Add columns that the release before leaves empty: nothing was under way, as so far."""
    op.add_column(TABLE, sa.Column("earlier_values", sa.ARRAY(sa.Double(), dimensions=1)))
    op.add_column(TABLE, sa.Column("earlier_unit", sa.Text()))
    op.add_column(TABLE, sa.Column("earlier_driver", sa.Text()))
    op.create_foreign_key(
        op.f(DRIVEN),
        TABLE,
        "parameters",
        ["scenario_id", "earlier_driver"],
        ["scenario_id", "name"],
        onupdate="CASCADE",
        deferrable=True,
        initially="IMMEDIATE",
    )
    op.create_check_constraint(
        op.f(CHECK),
        TABLE,
        "(num_nonnulls(earlier_values, earlier_unit) IN (0, 2) AND earlier_unit <> ''"
        " AND cardinality(earlier_values) > 0 AND array_position(earlier_values, NULL) IS NULL"
        " AND 'NaN' <> ALL (earlier_values) AND 'Infinity' <> ALL (earlier_values)"
        " AND '-Infinity' <> ALL (earlier_values))"
        " AND (earlier_driver IS NULL OR earlier_values IS NOT NULL)",
    )


def downgrade() -> None:
    """Drop them; only what is processed from the first period on is recovered."""
    op.drop_constraint(op.f(DRIVEN), TABLE)
    for column in ("earlier_driver", "earlier_unit", "earlier_values"):
        op.drop_column(TABLE, column)
