"""Keep every revision of a scenario, and let projects and scenarios be deleted with a way back.

Revisions are append-only: a trigger refuses UPDATE and TRUNCATE, and DELETE unless it comes from the deletion
of the scenario itself.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrations.api import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = "'found', 'created', 'edited', 'restored', 'branched', 'approved', 'reopened', 'archived'"
GUARD = """
CREATE FUNCTION keep_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER scenario_revisions_rows_append_only
    BEFORE UPDATE OR DELETE ON scenario_revisions
    FOR EACH ROW EXECUTE FUNCTION keep_revision();
CREATE TRIGGER scenario_revisions_append_only
    BEFORE TRUNCATE ON scenario_revisions
    FOR EACH STATEMENT EXECUTE FUNCTION keep_revision();
"""


def upgrade() -> None:
    """Create the table of revisions with its guard, and the days of deletion."""
    op.create_table(
        "scenario_revisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("origin", sa.Text(), server_default="", nullable=False),
        sa.Column("changes", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("number > 0", name="number_positive"),
        sa.CheckConstraint("jsonb_typeof(changes) = 'array'", name="changes_are_list"),
        sa.CheckConstraint("jsonb_typeof(document) = 'object'", name="document_is_object"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind_allowed"),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_scenario_revisions_actor_id"),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name="fk_scenario_revisions_scenario_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_scenario_revisions"),
        sa.UniqueConstraint("scenario_id", "number", name="uq_scenario_revisions_scenario_id_number"),
    )
    op.create_index("ix_scenario_revisions_actor_id", "scenario_revisions", ["actor_id"])
    run_script(op.get_bind(), GUARD)
    for table in ("projects", "scenarios"):
        op.add_column(table, sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        op.create_index(f"ix_{table}_deleted_at", table, ["deleted_at"])


def downgrade() -> None:
    """Drop both again; what was deleted with a way back goes for good."""
    for table in ("scenarios", "projects"):
        gone = sa.table(table, sa.column("deleted_at"))
        op.execute(sa.delete(gone).where(gone.c.deleted_at.is_not(None)))
        op.drop_index(f"ix_{table}_deleted_at", table)
        op.drop_column(table, "deleted_at")
    op.drop_table("scenario_revisions")
    op.execute("DROP FUNCTION keep_revision()")
