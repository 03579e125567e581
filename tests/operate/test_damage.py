"""A hundred damaged backups: each is reported, and no good one is ever deleted because of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.operate.backup import cycle, verify as verification
from app.operate.backup.errors import Damaged, NoBackup
from app.operate.backup.make import Vault
from app.operate.backup.manifest import DUMP, MAGIC, MANIFEST, Dump, Manifest
from app.operate.backup.restore import restore
from app.operate.backup.sets import PROOF
from app.operate.backup.verify import verify

SEED = 20260102
FIRST = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

Damage = Callable[[Path], None]


def shortened(keep: float) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / DUMP
        path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])

    return damage


def flipped(name: str, at: float, bit: int) -> Damage:
    def damage(folder: Path) -> None:
        text = bytearray((folder / name).read_bytes())
        text[int(at * len(text))] ^= 1 << bit
        (folder / name).write_bytes(text)

    return damage


def blanked(at: float) -> Damage:
    """A stretch of the dump reads as zeros, as after a power cut; longer than what nobody would miss."""

    def damage(folder: Path) -> None:
        text = bytearray((folder / DUMP).read_bytes())
        begin = int(at * len(text))
        text[begin : begin + 512] = bytes(len(text[begin : begin + 512]))
        (folder / DUMP).write_bytes(text)

    return damage


def missing(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def believed(damage: Damage) -> Damage:
    """Damage the dump before it is hashed: the manifest agrees with it, and only a restore can tell."""

    def lie(folder: Path) -> None:
        manifest = Manifest.read(folder)
        damage(folder)
        replace(manifest, dump=Dump.of(folder / DUMP)).write(folder)

    return lie


def of_archive_version(major: int) -> Damage:
    """The dump says that a pg_dump of another age wrote it: the bytes after the magic are its version."""

    def damage(folder: Path) -> None:
        text = bytearray((folder / DUMP).read_bytes())
        text[5] = major
        (folder / DUMP).write_bytes(text)

    return believed(damage)


def with_census(**changes: object) -> Damage:
    """The manifest is of another database than the dump."""

    def damage(folder: Path) -> None:
        manifest = Manifest.read(folder)
        replace(manifest, census=replace(manifest.census, **changes)).write(folder)  # type: ignore[arg-type]

    return damage


def with_format(number: int) -> Damage:
    def damage(folder: Path) -> None:
        body = json.loads((folder / MANIFEST).read_text())
        body["format"] = number
        (folder / MANIFEST).write_text(json.dumps(body))

    return damage


def holding(text: bytes) -> Damage:
    return believed(lambda folder: (folder / DUMP).write_bytes(text) and None)


def seen_by_looking() -> Iterator[Damage]:
    """Damages that reading the bytes finds."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    yield from (shortened(keep) for keep in (0.0, *rng.random(23)))
    yield from (flipped(DUMP, at, int(rng.integers(8))) for at in (0.0, *rng.random(23)))
    yield from (flipped(MANIFEST, at, int(rng.integers(8))) for at in rng.random(20))
    yield from (missing(DUMP), missing(MANIFEST), with_format(0), with_format(2))


def seen_by_restoring() -> Iterator[Damage]:
    """Damages that only a restore finds, because the manifest agrees with the dump."""
    rng = np.random.Generator(np.random.PCG64(SEED + 1))
    yield from (believed(shortened(keep)) for keep in (0.3, 0.99, *rng.uniform(0.3, 1, 8)))
    yield from (of_archive_version(major) for major in (0, 2, 9, 99, 255))
    yield from (believed(blanked(at)) for at in (0.85, 0.9, 0.95))
    yield from (with_census(major=major) for major in (19, 99))
    yield from (with_census(revision="0000"), with_census(revision=None), with_census(tables={}))
    yield from (with_census(sequences={"public.absent": 1}), with_census(objects={}))
    yield from (holding(MAGIC), holding(MAGIC + bytes(1000)), holding(MAGIC + b"PK" * 1000))


LOOKING, RESTORING = tuple(seen_by_looking()), tuple(seen_by_restoring())


def copied(vault: Vault, good: str, number: int) -> str:
    """Copy a good set, manifest and mark included, as the one of another day."""
    identifier = f"{FIRST + timedelta(days=number):%Y%m%dT%H%M%SZ}"
    folder = vault.store.sets / identifier
    shutil.copytree(vault.store.folder(good), folder)
    replace(Manifest.read(folder), identifier=identifier).write(folder)
    vault.store.prove(identifier, seconds=1.0)
    return identifier


def refused(vault: Vault, identifier: str) -> bool:
    try:
        verify(vault, identifier)
    except Damaged as error:
        return error.identifier == identifier
    return False


def report_all(vault: Vault, looking: Sequence[Damage], restoring: Sequence[Damage]) -> None:
    """Damage copies of a good set, each in its way; each must be reported, and thinning out touch nothing."""
    good = cycle.run_round(vault, "0.1.0", FIRST).proof.identifier
    damages = [*looking, *restoring]
    damaged = [copied(vault, good, number) for number in range(1, len(damages) + 1)]
    for number, (identifier, damage) in enumerate(zip(damaged, damages, strict=True)):
        damage(vault.store.folder(identifier))
        assert refused(vault, identifier), number
        assert not vault.store.look(identifier).proven
    assert not vault.scratch.exists(verification.SCRATCH_NAME)
    with vault.lock():
        thinned = cycle.thin_out(vault)
    assert thinned.deleted == ()
    assert [one.identifier for one in thinned.damaged] == damaged[: len(looking)]
    assert vault.store.identifiers() == [good, *damaged]
    with vault.lock():
        assert verify(vault, good).identifier == good


def test_damaged_sets_are_reported_and_no_good_one_is_deleted(little: Vault) -> None:
    report_all(little, LOOKING, RESTORING[::7])


@pytest.mark.container
def test_a_hundred_damaged_sets(vault: Vault) -> None:
    assert len(LOOKING) + len(RESTORING) == 100
    report_all(vault, LOOKING, RESTORING)


def test_a_damaged_set_is_never_restored(little: Vault) -> None:
    good = cycle.run_round(little, "0.1.0", FIRST).proof.identifier
    liar = copied(little, good, 1)
    believed(shortened(0.9))(little.store.folder(liar))
    broken = copied(little, good, 2)
    shortened(0.5)(little.store.folder(broken))
    before = little.live.census(little.settings.database_name)
    for identifier in (liar, broken):
        with little.lock(), pytest.raises(Damaged, match=identifier):
            restore(little, identifier)
    assert little.live.census(little.settings.database_name).tables == before.tables
    assert little.live.names_like(f"{little.settings.database_name}_") == []


def test_a_damaged_newest_set_is_passed_over_for_the_newest_proven_one(little: Vault) -> None:
    good = cycle.run_round(little, "0.1.0", FIRST).proof.identifier
    shortened(0.5)(little.store.folder(copied(little, good, 1)))
    with little.lock():
        assert restore(little).identifier == good


def test_a_mark_holds_for_what_was_proven(little: Vault) -> None:
    """A mark copied from another set proves nothing."""
    good = cycle.run_round(little, "0.1.0", FIRST).proof.identifier
    other = copied(little, good, 1)
    believed(shortened(0.9))(little.store.folder(other))
    shutil.copy(little.store.folder(good) / PROOF, little.store.folder(other) / PROOF)
    assert little.store.look(other).state == "not verified"


def test_without_any_set_there_is_nothing_to_restore(little: Vault) -> None:
    with little.lock(), pytest.raises(NoBackup, match="scripts/calminer backup"):
        restore(little)
    with pytest.raises(NoBackup, match="There is no backup"):
        little.store.folder("../../etc")
