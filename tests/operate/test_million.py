"""A million rows: made, restored, compared, and how long that takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from app.operate.backup import cycle
from app.operate.backup.make import Vault
from app.operate.backup.restore import restore

ROWS = 1_000_000


@pytest.mark.container
def test_a_million_rows(vault: Vault, own_database: Engine, say: Callable[[str], None]) -> None:
    with own_database.begin() as connection:
        connection.execute(text("CREATE TABLE many (id bigint PRIMARY KEY, value float8, said text)"))
        connection.execute(
            text(f"INSERT INTO many SELECT n, n / 7.0, md5(n::text) FROM generate_series(1, {ROWS}) n")
        )
    own_database.dispose()
    done = cycle.run_round(vault, "0.1.0")
    assert done.proof.rows > ROWS
    with vault.lock():
        back = restore(vault)
    assert back.rows == done.proof.rows
    say(
        f"{ROWS} rows: {done.bytes >> 20} MiB in {done.seconds} s, verified in {done.proof.seconds} s, "
        f"restored in {back.seconds} s"
    )
