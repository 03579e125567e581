from __future__ import annotations

import re

from sqlalchemy import Connection, text

from app.models import Base
from app.models.base import Choice

LONGEST_NAME = 63

TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
WITHOUT_KEY = f"""
    SELECT relname FROM pg_class WHERE oid IN (SELECT oid FROM pg_class WHERE relname IN ({TABLES}))
    AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'p')
"""
# A composite reference is looked up by its first column, the scenario, whose rows are few.
WITHOUT_INDEX = """
    SELECT conrelid::regclass::text || '.' || conname
    FROM pg_constraint AS reference
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    AND NOT EXISTS (
        SELECT FROM pg_index
        WHERE indrelid = reference.conrelid AND indkey[0] = reference.conkey[1] AND indpred IS NULL
    )
"""
CHECKS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace
"""


def test_every_table_has_a_primary_key(connection: Connection) -> None:
    assert connection.scalars(text(WITHOUT_KEY)).all() == []


def test_every_foreign_key_has_an_index(connection: Connection) -> None:
    found = connection.scalars(text(WITHOUT_INDEX)).all()
    assert [name for name in found if not name.startswith("procrastinate_")] == []


def test_the_database_has_the_tables_of_the_models_and_the_queue(connection: Connection) -> None:
    found = set(connection.scalars(text(TABLES)))
    ours = {name for name in found if not name.startswith("procrastinate_")}
    assert ours - {"alembic_version"} == set(Base.metadata.tables)
    assert "procrastinate_jobs" in found


def test_enumerations_allow_the_words_of_their_kinds(connection: Connection) -> None:
    checks = {(table, name): rule for table, name, rule in connection.execute(text(CHECKS))}
    seen = 0
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Choice):
                rule = checks[table.name, f"ck_{table.name}_{column.name}_allowed"]
                assert set(re.findall(r"'([^']*)'", rule)) == set(column.type.kind), (
                    f"{table.name}.{column.name}: a changed enumeration needs a revision"
                )
                seen += 1
    assert seen > 40


def test_every_check_of_the_models_is_in_the_database(connection: Connection) -> None:
    """Autogenerate does not compare CHECK constraints, so this does."""
    found = {(table, name) for table, name, _ in connection.execute(text(CHECKS))}
    wanted = {
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert wanted <= found
    assert {pair for pair in found if not pair[0].startswith("procrastinate_")} == wanted


def test_names_are_short_enough_to_be_kept_whole() -> None:
    for table in Base.metadata.tables.values():
        names = [table.name, *table.columns.keys()]
        names += [str(thing.name) for thing in (*table.constraints, *table.indexes)]
        assert [name for name in names if len(name) > LONGEST_NAME] == []
