"""Guess passwords: how many guesses reach Argon2, what they cost, and whether the rightful person gets in.

    python -m benchmarks.guessing

Makes a throw-away PostgreSQL in `.calminer`, and removes it.
"""

from __future__ import annotations

import logging
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import delete

from app import db, embedded
from app.engine.kinds import RoleName
from app.errors import TooMany
from app.migrations import api
from app.models import Throttle
from app.people import accounts, passwords
from app.people.entering import Entered, Visitor, enter
from app.settings import get_settings

HOME = Path(__file__).resolve().parent.parent / ".calminer" / "guessing"
EMAIL = "ada@mine.example"
RIGHT = "nine plain lanterns over the pit"
GUESSES = 10_000
PAIRS = 60


def main() -> None:
    """Print a line for each measurement."""
    logging.disable(logging.WARNING)
    with _installation() as user_id:
        own = Visitor("198.51.100.1", device="mark", known_as=user_id)
        for title, attempt in (
            ("guesses at one account from one network", _one_account),
            ("guesses at one account, each from another network", _one_account_many_networks),
            ("accounts guessed from one network", _many_accounts),
        ):
            hashes, seconds, peak = _attacked(attempt)
            rightful = isinstance(enter(db.transaction, EMAIL, RIGHT, own), Entered)
            print(
                f"{GUESSES:,} {title}: {hashes} reached Argon2, {seconds:.0f} s, "
                f"peak {peak:.0f} MiB, the rightful person gets in: {'yes' if rightful else 'no'}"
            )
            _forget_limits()
        known, unknown = _medians()
        print(
            f"Median of {PAIRS} refusals: known account {known * 1e3:.1f} ms, "
            f"unknown {unknown * 1e3:.1f} ms, {abs(known - unknown) / unknown:.1%} apart"
        )


def _one_account(number: int) -> tuple[str, Visitor]:
    return EMAIL, Visitor("203.0.113.9", browser=str(number))


def _one_account_many_networks(number: int) -> tuple[str, Visitor]:
    return EMAIL, Visitor(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")


def _many_accounts(number: int) -> tuple[str, Visitor]:
    return f"person{number}@mine.example", Visitor("203.0.113.9")


def _attacked(attempt: Callable[[int], tuple[str, Visitor]]) -> tuple[int, float, float]:
    """Return how many guesses were hashed, how long all took [s], and the memory at its peak [MiB]."""
    process, hashes, peak = psutil.Process(), 0, 0
    begin = time.monotonic()
    for number in range(GUESSES):
        email, visitor = attempt(number)
        try:
            enter(db.transaction, email, f"guess number {number}", visitor)
            hashes += 1
        except TooMany:
            pass
        if number % 100 == 0:
            peak = max(peak, process.memory_info().rss)
    return hashes, time.monotonic() - begin, peak / 1024**2


def _medians() -> tuple[float, float]:
    """Return the median times of refusing a known and an unknown account, measured in turn [s]."""
    times: dict[str, list[float]] = {EMAIL: [], "nobody@mine.example": []}
    for number in range(PAIRS):
        for email, taken in times.items():
            _forget_limits()
            begin = time.perf_counter()
            enter(db.transaction, email, f"guess number {number}", Visitor("203.0.113.9"))
            taken.append(time.perf_counter() - begin)
    known, unknown = (statistics.median(taken) for taken in times.values())
    return known, unknown


def _forget_limits() -> None:
    with db.transaction() as session:
        session.execute(delete(Throttle))


@contextmanager
def _installation() -> Iterator[int]:
    """Give the key of Ada, in an installation of her own."""
    try:
        os.environ.update(embedded.ensure_running(HOME, throw_away=True).environment())
        get_settings.cache_clear()
        with api.setup_lock(db.get_engine()):
            api.upgrade(db.get_engine())
        fresh = passwords.hashed(RIGHT)
        with db.transaction() as session:
            ada = accounts.create(session, name="Ada", email=EMAIL, roles=(RoleName.ANALYST,))
            accounts.put_hash(session, ada.id, fresh)
        yield ada.id
    finally:
        db.get_engine().dispose()
        embedded.remove(HOME)


if __name__ == "__main__":
    main()
