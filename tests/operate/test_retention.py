"""What thinning out may delete, for any history of good, unproven and damaged sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, strategies as st

from app.operate.backup.retention import RECENT, Keep, may_go
from app.operate.backup.sets import BackupSet

START = datetime(2026, 1, 1, tzinfo=UTC)
STATES = ("proven", "not verified", "damaged")


def one(hours: int, state: str) -> BackupSet:
    identifier = f"{START + timedelta(hours=hours):%Y%m%dT%H%M%SZ}"
    reasons = ("the dump is missing",) if state == "damaged" else ()
    proof = None if state == "not verified" else {"manifest": ""}
    return BackupSet(identifier, Path(identifier), None, reasons, proof)


HISTORIES = st.dictionaries(st.integers(0, 24 * 800), st.sampled_from(STATES), max_size=60).map(
    lambda found: [one(hours, state) for hours, state in sorted(found.items())]
)
KEEPS = st.builds(Keep, st.integers(0, 10), st.integers(0, 6), st.integers(0, 14))


@given(HISTORIES, KEEPS)
def test_the_newest_proven_set_stays_and_only_proven_ones_go(sets: list[BackupSet], keep: Keep) -> None:
    gone = may_go(sets, keep)
    proven = [one for one in sets if one.proven]
    assert all(one.proven for one in gone)
    assert not proven or proven[-1] not in gone


@given(HISTORIES, KEEPS)
def test_damaged_sets_change_nothing_for_the_others(sets: list[BackupSet], keep: Keep) -> None:
    assert may_go(sets, keep) == may_go([one for one in sets if one.proven], keep)


@given(HISTORIES, KEEPS)
def test_thinning_out_twice_is_thinning_out_once(sets: list[BackupSet], keep: Keep) -> None:
    gone = may_go(sets, keep)
    assert may_go([one for one in sets if one not in gone], keep) == []


@given(HISTORIES, KEEPS)
def test_so_many_stay_at_most(sets: list[BackupSet], keep: Keep) -> None:
    proven = [one for one in sets if one.proven]
    gone = may_go(sets, keep)
    older = [one for one in proven if proven[-1].made_at - one.made_at >= RECENT]
    assert len(older) - len(gone) <= keep.days + keep.weeks + keep.months
    assert set(map(id, gone)) <= set(map(id, older))


def test_a_year_of_nightly_backups() -> None:
    """A set may be the last of its day, its week and its month at once."""
    year = [one(24 * day, "proven") for day in range(365)]
    gone = may_go(year, Keep(7, 5, 12))
    stay = [one.identifier[:8] for one in year if one not in gone]
    assert stay[-7:] == [f"202612{day}" for day in range(25, 32)]
    assert stay[:3] == ["20260131", "20260228", "20260331"]
