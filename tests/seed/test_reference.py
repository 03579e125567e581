from __future__ import annotations

import pytest
from sqlalchemy import Connection, delete, select, update

from app.engine.units import UNITS
from app.models import Currency, MeasurementUnit, SeedEntry
from app.models.reference import UnitKind
from app.seed import reference
from app.seed.reference import SEEDS, Seed, missing, plant, rows
from app.valuation.units import measure

CURRENCIES = next(seed for seed in SEEDS if seed.model is Currency)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_the_template_holds_every_row_of_the_file(connection: Connection, seed: Seed) -> None:
    keys = {str(key) for key in connection.scalars(select(seed.table.c[seed.key]))}
    assert keys == {str(row[seed.key]) for row in rows(seed)}
    assert len(rows(seed)) == len(keys)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_second_time_adds_nothing(connection: Connection, seed: Seed) -> None:
    assert missing(connection, seed) == []
    assert plant(connection, seed) == []


def test_edits_are_kept(connection: Connection) -> None:
    connection.execute(update(Currency).where(Currency.code == "USD").values(name="Greenback"))
    plant(connection, CURRENCIES)
    assert connection.scalar(select(Currency.name).where(Currency.code == "USD")) == "Greenback"


def test_what_was_deleted_stays_deleted(connection: Connection) -> None:
    connection.execute(delete(Currency).where(Currency.code == "JPY"))
    assert plant(connection, CURRENCIES) == []
    assert connection.scalar(select(Currency.code).where(Currency.code == "JPY")) is None


def test_a_row_that_a_later_version_brings_is_added(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [*rows(CURRENCIES), {"code": "XTS", "name": "test", "symbol": "X"}]
    monkeypatch.setattr(reference, "rows", lambda _: more)
    assert [row["code"] for row in missing(connection, CURRENCIES)] == ["XTS"]
    assert plant(connection, CURRENCIES) == ["XTS"]
    assert connection.scalar(select(Currency.decimals).where(Currency.code == "XTS")) == 2


def test_a_row_that_people_made_first_is_theirs(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute(
        Currency.__table__.insert().values(code="XTS", name="ours", symbol="X")  # type: ignore[attr-defined]
    )
    more = [*rows(CURRENCIES), {"code": "XTS", "name": "test", "symbol": "X"}]
    monkeypatch.setattr(reference, "rows", lambda _: more)
    assert plant(connection, CURRENCIES) == []
    connection.execute(delete(Currency).where(Currency.code == "XTS"))
    assert plant(connection, CURRENCIES) == []


def test_the_ledger_knows_every_row(connection: Connection) -> None:
    known = connection.execute(select(SeedEntry.seed, SeedEntry.key)).all()
    assert set(known) >= {(seed.name, str(row[seed.key])) for seed in SEEDS for row in rows(seed)}


def test_factors_of_units_are_those_that_values_are_converted_with(connection: Connection) -> None:
    units = connection.execute(
        select(MeasurementUnit.code, MeasurementUnit.kind, MeasurementUnit.factor)
    ).all()
    for code, kind, factor in units:
        assert factor == pytest.approx(measure(code).to_base(1.0), rel=1e-15), code
        if code in UNITS and kind is not UnitKind.SHARE:
            assert factor == UNITS[code].factor


def test_units_of_one_kind_measure_the_same(connection: Connection) -> None:
    for kind in UnitKind:
        found = select(MeasurementUnit.code).where(MeasurementUnit.kind == kind)
        assert len({measure(code).dimension for code in connection.scalars(found)}) == 1, kind
