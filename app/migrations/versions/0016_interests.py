"""Let the state and partners hold shares of a mine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "interests"
TIME = sa.DateTime(timezone=True)
CARRIES = "carry IN ('none', 'to_production', 'always')"


def upgrade() -> None:
    """Create the table, which the release before does not know: all of a mine is its owner's there."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("share_values", postgresql.ARRAY(sa.Double(), dimensions=1), nullable=False),
        sa.Column("share_unit", sa.Text(), nullable=False),
        sa.Column("share_driver", sa.Text(), nullable=True),
        sa.Column("carry", sa.Text(), server_default="none", nullable=False),
        sa.Column("recovery_value", sa.Double(), nullable=True),
        sa.Column("recovery_unit", sa.Text(), nullable=True),
        sa.Column("uplift_value", sa.Double(), nullable=True),
        sa.Column("uplift_unit", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint("scenario_id", "name", name=op.f("uq_interests_scenario_id_name")),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name=op.f("fk_interests_scenario_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id", "share_driver"],
            ["parameters.scenario_id", "parameters.name"],
            name=op.f("fk_interests_scenario_id_share_driver"),
            onupdate="CASCADE",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_interests_name_given")),
        sa.CheckConstraint(CARRIES, name=op.f("ck_interests_carry_allowed")),
        sa.CheckConstraint(driven("share"), name=op.f("ck_interests_share_entered")),
        sa.CheckConstraint(single("recovery"), name=op.f("ck_interests_recovery_entered")),
        sa.CheckConstraint(single("uplift"), name=op.f("ck_interests_uplift_entered")),
    )


def downgrade() -> None:
    """Drop it; what others hold is the owner's again."""
    op.drop_table(TABLE)


def driven(name: str) -> str:
    """Return the rule of numbers with a unit that may follow a parameter: at least one, all finite."""
    values, unit = f"{name}_values", f"{name}_unit"
    return (
        f"(num_nonnulls({values}, {unit}) IN (0, 2) AND {unit} <> '' AND cardinality({values}) > 0"
        f" AND array_position({values}, NULL) IS NULL AND 'NaN' <> ALL ({values})"
        f" AND 'Infinity' <> ALL ({values}) AND '-Infinity' <> ALL ({values}))"
        f" AND ({name}_driver IS NULL OR {values} IS NOT NULL)"
    )


def single(name: str) -> str:
    """Return the rule of a number with a unit: both or neither, and finite."""
    value, unit = f"{name}_value", f"{name}_unit"
    return (
        f"num_nonnulls({value}, {unit}) IN (0, 2) AND {unit} <> ''"
        f" AND {value} NOT IN ('NaN', 'Infinity', '-Infinity')"
    )
