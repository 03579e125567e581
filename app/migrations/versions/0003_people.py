"""Let people sign in.

Adds how a person wants pages written, their password's hash, the browsers they are signed in with, one-time
links, API tokens, the state of throttles, and private projects.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PREFERENCES = ("locale", "time_zone", "theme", "number_format")
PURPOSES = "purpose IN ('first_administrator', 'invitation', 'reset')"
SCOPES = "scopes <@ ARRAY['read', 'write', 'run', 'admin'] AND cardinality(scopes) > 0"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add columns with a default and new tables; the release before goes on without them."""
    for name in PREFERENCES:
        op.add_column("users", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("projects", sa.Column("private", sa.Boolean(), server_default="false", nullable=False))
    op.create_index("ix_projects_private", "projects", ["id"], postgresql_where=sa.text("private"))
    op.create_table(
        "passwords",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], "fk_passwords_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_passwords"),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("full_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_throttles"),
    )
    op.create_index("ix_throttles_full_at", "throttles", ["full_at"])
    _of_a_person(
        "sign_ins",
        sa.Column("seen_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("browser", sa.Text(), server_default="", nullable=False),
    )
    _of_a_person(
        "one_time_links",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], "fk_one_time_links_created_by", ondelete="SET NULL"
        ),
        sa.CheckConstraint(PURPOSES, name=op.f("ck_one_time_links_purpose_allowed")),
        needs_person=False,
    )
    op.create_index("ix_one_time_links_created_by", "one_time_links", ["created_by"])
    _of_a_person(
        "api_tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beginning", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.CheckConstraint(SCOPES, name=op.f("ck_api_tokens_scopes_allowed")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_api_tokens_name_given")),
    )


def _of_a_person(table: str, *columns: sa.schema.SchemaItem, needs_person: bool = True) -> None:
    """Create a table of secrets that belong to people and end."""
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=not needs_person),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], f"fk_{table}_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("token_digest", name=f"uq_{table}_token_digest"),
    )
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def downgrade() -> None:
    """Nobody can sign in to the release before; private projects are deleted from nobody, they open up."""
    for table in ("api_tokens", "one_time_links", "sign_ins", "throttles", "passwords"):
        op.drop_table(table)
    op.drop_column("projects", "private")
    for name in PREFERENCES:
        op.drop_column("users", name)
