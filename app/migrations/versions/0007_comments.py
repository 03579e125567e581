"""Let people talk about a scenario and its lines, and keep what scenarios are worth for lists.

What is deleted with a way back leaves its name and address to others.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
#: What is unique among the rows that are there, by table.
UNIQUE = (
    ("projects", ("slug",)),
    ("scenarios", ("project_id", "slug")),
    ("scenarios", ("project_id", "name")),
)
PEOPLE = ("author_id", "resolved_by", "deleted_by")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), server_default="", nullable=False),
        sa.Column("line", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "former_lines", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("edited_at", TIME, nullable=True),
        sa.Column("resolved_at", TIME, nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("deleted_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 4000", name="body_has_bounds"),
        sa.CheckConstraint("(part = '') = (line = '')", name="line_in_part"),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name="fk_comments_scenario_id", ondelete="CASCADE"
        ),
        *(sa.ForeignKeyConstraint([who], ["users.id"], name=f"fk_comments_{who}") for who in PEOPLE),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
    )
    op.create_index("ix_comments_scenario_id_part_line", "comments", ["scenario_id", "part", "line"])
    for who in PEOPLE:
        op.create_index(f"ix_comments_{who}", "comments", [who])
    op.create_table(
        "comment_mentions",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("handle <> ''", name="handle_given"),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name="fk_comment_mentions_comment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_comment_mentions_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name="pk_comment_mentions"),
    )
    op.create_index("ix_comment_mentions_user_id", "comment_mentions", ["user_id"])
    op.create_table(
        "scenario_values",
        sa.Column("scenario_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("kpis", postgresql.JSONB(), nullable=False),
        sa.Column("ties_out", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("npv", "irr", "payback")),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("jsonb_typeof(kpis) = 'array'", name="kpis_are_list"),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name="fk_scenario_values_scenario_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scenario_id", name="pk_scenario_values"),
    )
    op.create_index("ix_scenarios_project_id", "scenarios", ["project_id"])
    for table, columns in UNIQUE:
        name = f"uq_{table}_{'_'.join(columns)}"
        op.drop_constraint(name, table)
        there = sa.text("deleted_at IS NULL")
        op.create_index(name, table, list(columns), unique=True, postgresql_where=there)


def downgrade() -> None:
    """Drop them; what was said is gone. What was deleted gives way where its name or address was taken."""
    op.execute("UPDATE projects SET slug = slug || '-deleted-' || id WHERE deleted_at IS NOT NULL")
    op.execute(
        "UPDATE scenarios SET slug = slug || '-deleted-' || id, name = name || ' (deleted ' || id || ')'"
        " WHERE deleted_at IS NOT NULL"
    )
    for table, columns in UNIQUE:
        name = f"uq_{table}_{'_'.join(columns)}"
        op.drop_index(name, table)
        op.create_unique_constraint(name, table, list(columns))
    op.drop_index("ix_scenarios_project_id", "scenarios")
    for table in ("scenario_values", "comment_mentions", "comments"):
        op.drop_table(table)
