"""Let a metal come out of a process over several periods, and go into products by shares of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

#: Shares, by table; the second may follow a parameter.
RELEASE = ("process_metals", "release")
SHARE = ("product_metals", "recovered_share")
DRIVER = "recovered_share_driver"


def upgrade() -> None:
    """Add columns that the release before leaves empty: at once, by the product's share, what was so far."""
    for table, name in (RELEASE, SHARE):
        op.add_column(table, sa.Column(f"{name}_values", sa.ARRAY(sa.Double(), dimensions=1)))
        op.add_column(table, sa.Column(f"{name}_unit", sa.Text()))
    table, name = SHARE
    op.add_column(table, sa.Column(DRIVER, sa.Text()))
    op.create_foreign_key(
        op.f(f"fk_{table}_scenario_id_{DRIVER}"),
        table,
        "parameters",
        ["scenario_id", DRIVER],
        ["scenario_id", "name"],
        onupdate="CASCADE",
        deferrable=True,
        initially="IMMEDIATE",
    )
    driven = f"({entered(name)}) AND ({DRIVER} IS NULL OR {name}_values IS NOT NULL)"
    op.create_check_constraint(op.f(f"ck_{table}_{name}_entered"), table, driven)
    table, name = RELEASE
    op.create_check_constraint(op.f(f"ck_{table}_{name}_entered"), table, entered(name))


def downgrade() -> None:
    """Drop them: every metal comes out at once, and goes into a product by the share of the product.

    Where products shared a metal by shares of its own, the scenario says that they take more than there is.
    """
    op.drop_constraint(op.f(f"fk_{SHARE[0]}_scenario_id_{DRIVER}"), SHARE[0])
    op.drop_column(SHARE[0], DRIVER)
    for table, name in (SHARE, RELEASE):
        op.drop_column(table, f"{name}_values")
        op.drop_column(table, f"{name}_unit")


def entered(name: str) -> str:
    """Return the rule of numbers with a unit: both or neither, at least one, all finite."""
    values, unit = f"{name}_values", f"{name}_unit"
    return (
        f"num_nonnulls({values}, {unit}) IN (0, 2) AND {unit} <> '' AND cardinality({values}) > 0"
        f" AND array_position({values}, NULL) IS NULL AND 'NaN' <> ALL ({values})"
        f" AND 'Infinity' <> ALL ({values}) AND '-Infinity' <> ALL ({values})"
    )
