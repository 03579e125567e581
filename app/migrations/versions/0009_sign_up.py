"""Let people ask for an account of their own: a link that knows whom it is for before they exist."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHECK = "ck_one_time_links_purpose_allowed"
BEFORE = "purpose IN ('first_administrator', 'invitation', 'reset')"
AFTER = "purpose IN ('first_administrator', 'invitation', 'reset', 'sign_up')"


def upgrade() -> None:
    """Add two columns that the release before leaves at their defaults, and allow one more purpose."""
    for name in ("name", "email"):
        op.add_column("one_time_links", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.drop_constraint(op.f(CHECK), "one_time_links")
    op.create_check_constraint(op.f(CHECK), "one_time_links", AFTER)


def downgrade() -> None:
    """Drop them; whoever has not followed their link asks an administrator for an invitation."""
    op.execute("DELETE FROM one_time_links WHERE purpose = 'sign_up'")
    op.drop_constraint(op.f(CHECK), "one_time_links")
    op.create_check_constraint(op.f(CHECK), "one_time_links", BEFORE)
    for name in ("name", "email"):
        op.drop_column("one_time_links", name)
