"""Let a mining tax keep books of its own, allow a share of cost, and have another levy set against it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LEVIES, CLASSES = "levies", "depreciation_classes"
#: Numbers with a unit, by table.
SINGLES = (
    (LEVIES, "uplift"),
    (LEVIES, "allowance_least"),
    (LEVIES, "allowance_most"),
    (CLASSES, "allowance"),
)
#: Names of other rows of the scenario, by table, with the table that has them.
NAMES = ((LEVIES, "credited", LEVIES), (CLASSES, "levy", LEVIES), (CLASSES, "cost_of", CLASSES))
TAKES_A_COST = "ck_depreciation_classes_levy_takes_a_cost"


def upgrade() -> None:
    """Add columns that the release before leaves empty: one set of books and no credit, what was so far."""
    for table, name in SINGLES:
        op.add_column(table, sa.Column(f"{name}_value", sa.Double()))
        op.add_column(table, sa.Column(f"{name}_unit", sa.Text()))
        op.create_check_constraint(op.f(f"ck_{table}_{name}_entered"), table, entered(name))
    for table, name, target in NAMES:
        op.add_column(table, sa.Column(name, sa.Text()))
        op.create_foreign_key(
            op.f(f"fk_{table}_scenario_id_{name}"),
            table,
            target,
            ["scenario_id", name],
            ["scenario_id", "name"],
            onupdate="CASCADE",
            deferrable=True,
            initially="IMMEDIATE",
        )
    op.create_check_constraint(op.f(TAKES_A_COST), CLASSES, "(levy IS NULL) = (cost_of IS NULL)")


def downgrade() -> None:
    """Drop them. Classes in the books of a levy stay and write nothing down: no capital is theirs."""
    op.execute(
        "UPDATE depreciation_classes SET opening_value = NULL, opening_unit = NULL WHERE levy IS NOT NULL"
    )
    op.drop_constraint(op.f(TAKES_A_COST), CLASSES)
    for table, name, _ in NAMES:
        op.drop_constraint(op.f(f"fk_{table}_scenario_id_{name}"), table)
        op.drop_column(table, name)
    for table, name in SINGLES:
        op.drop_constraint(op.f(f"ck_{table}_{name}_entered"), table)
        op.drop_column(table, f"{name}_value")
        op.drop_column(table, f"{name}_unit")


def entered(name: str) -> str:
    """Return the rule of a number with a unit: both or neither, and finite."""
    value, unit = f"{name}_value", f"{name}_unit"
    return (
        f"num_nonnulls({value}, {unit}) IN (0, 2) AND {unit} <> ''"
        f" AND {value} NOT IN ('NaN', 'Infinity', '-Infinity')"
    )
