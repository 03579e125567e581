"""Edit what the installation shares; keep price decks, smelter's terms and the defaults of new scenarios."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from app.migrations.api import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
NEW = (
    "scenario_defaults",
    "smelter_penalties",
    "smelter_metals",
    "smelter_terms",
    "deck_prices",
    "price_decks",
)


def upgrade() -> None:
    """Add versions, the tables, and the row of defaults."""
    run_script(op.get_bind(), (SQL / "0008_settings.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Drop them; what scenarios took over from decks, terms and defaults is theirs and stays."""
    for table in NEW:
        op.drop_table(table)
    op.drop_column("cost_headings", "version")
    op.drop_column("cost_headings", "active")
    op.drop_column("measurement_units", "version")
    op.drop_constraint(op.f("ck_currencies_decimals_in_range"), "currencies")
    op.drop_column("currencies", "version")
