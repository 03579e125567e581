"""Let the rate of a levy be that of the step which a price reaches."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = "ck_levies_kind_allowed"
NUMBERS = "ck_levies_kind_has_numbers"


def upgrade() -> None:
    """Allow one more kind, with steps; the release before knows no such rows and reads all others."""
    allow("'rate', 'unit', 'sliding_price', 'stepped_price', 'tiered', 'profit_quadratic'")
    with_steps("'sliding_price', 'stepped_price', 'tiered'")


def downgrade() -> None:
    """Let such rates slide between their steps: the row and its numbers stay."""
    op.execute("UPDATE levies SET kind = 'sliding_price' WHERE kind = 'stepped_price'")
    allow("'rate', 'unit', 'sliding_price', 'tiered', 'profit_quadratic'")
    with_steps("'sliding_price', 'tiered'")


def allow(kinds: str) -> None:
    """Set the kinds that the table takes."""
    op.drop_constraint(op.f(KINDS), "levies")
    op.create_check_constraint(op.f(KINDS), "levies", f"kind IN ({kinds})")


def with_steps(kinds: str) -> None:
    """Set the kinds that have steps instead of a rate."""
    op.drop_constraint(op.f(NUMBERS), "levies")
    rule = f"CASE WHEN kind IN ({kinds}) THEN steps_x IS NOT NULL ELSE rate_values IS NOT NULL END"
    op.create_check_constraint(op.f(NUMBERS), "levies", rule)
