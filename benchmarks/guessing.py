"""Guess passwords: how many guesses reach Argon2, what they cost, and whether the rightful person gets in.

    python -m benchmarks.guessing

Makes a throw-away PostgreSQL in `.calminer`, and removes it. The guesses come from as many threads as the web
server has. Takes about two minutes, and ends by itself after six, with what it has by then.
"""

from __future__ import annotations

import logging
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import psutil
from sqlalchemy import delete

from app import db, embedded
from app.engine.kinds import RoleName
from app.errors import TooMany, Unavailable
from app.migrations import api
from app.models import Throttle
from app.people import accounts, passwords
from app.people.entering import Entered, Visitor, enter
from app.settings import get_settings

HOME = Path(__file__).resolve().parent.parent / ".calminer" / "guessing"
EMAIL = "ada@mine.example"
RIGHT = "nine plain lanterns over the pit"
GUESSES = 10_000
#: As many as the server runs requests in.
THREADS = 40
PAIRS = 100
MOST_SECONDS = 120.0
#: Between two visits of the rightful person, so that they keep to the limits themselves.
PAUSE_SECONDS = 5.0
Attempt = Callable[[int], tuple[str, Visitor]]


class Answer(Enum):
    """What became of one attempt."""

    IN = "signed in"
    WRONG = "the password was compared, and wrong"
    LIMIT = "refused by a limit"
    BUSY = "refused because too many waited"


@dataclass
class Attack:
    """What came of many guesses. hashed: reached Argon2; refused: told to come back before that.

    busy: of those, the ones that were refused because too many waited already, not by a limit of guesses.
    """

    hashed: int = 0
    refused: int = 0
    busy: int = 0
    seconds: float = 0.0
    before: float = 0.0
    peak: float = 0.0
    got_in: tuple[int, int] = (0, 0)

    def in_words(self, title: str) -> str:
        """Return one line of the report."""
        again, tries = self.got_in
        return (
            f"{self.hashed + self.refused:,} {title}: {self.hashed} reached Argon2, {self.busy} were refused "
            f"because too many waited, {self.seconds:.0f} s, "
            f"memory {self.before:.0f} MiB before and {self.peak:.0f} MiB at its peak; "
            f"the rightful person got in {again} of {tries} times meanwhile"
        )


def main() -> None:
    """Print a line for each measurement."""
    logging.disable(logging.ERROR)
    with _installation() as user_id:
        marked = Visitor("198.51.100.1", device="mark", known_as=user_id)
        elsewhere = Visitor("198.51.100.2")
        for title, attempt, rightful in (
            ("guesses at one account from one network", _one_account, marked),
            ("guesses at one account, each from another network", _one_account_many_networks, marked),
            ("accounts guessed from one network", _many_accounts, elsewhere),
        ):
            print(_attacked(attempt, rightful).in_words(title), flush=True)
            _forget_limits()
        known, unknown, pairs = _medians()
        print(
            f"Median of {pairs} refusals: known account {known * 1e3:.1f} ms, "
            f"unknown {unknown * 1e3:.1f} ms, {abs(known - unknown) / unknown:.1%} apart"
        )


def _one_account(number: int) -> tuple[str, Visitor]:
    return EMAIL, Visitor("203.0.113.9", browser=str(number))


def _one_account_many_networks(number: int) -> tuple[str, Visitor]:
    return EMAIL, Visitor(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")


def _many_accounts(number: int) -> tuple[str, Visitor]:
    return f"person{number}@mine.example", Visitor("203.0.113.9")


def _attacked(attempt: Attempt, rightful: Visitor) -> Attack:
    """Let every thread guess, and the rightful person sign in now and then meanwhile."""
    found, process, lock = Attack(), psutil.Process(), threading.Lock()
    found.before = found.peak = process.memory_info().rss / 1024**2
    begin = time.monotonic()

    def guess(number: int) -> None:
        if time.monotonic() - begin > MOST_SECONDS:
            return
        email, visitor = attempt(number)
        answer = _tried(email, f"guess number {number}", visitor)
        with lock:
            found.hashed += answer in {Answer.IN, Answer.WRONG}
            found.refused += answer in {Answer.LIMIT, Answer.BUSY}
            found.busy += answer is Answer.BUSY
            found.peak = max(found.peak, process.memory_info().rss / 1024**2)

    with ThreadPoolExecutor(THREADS) as pool:
        guesses = [pool.submit(guess, number) for number in range(GUESSES)]
        while not all(each.done() for each in guesses):
            tries = found.got_in[1] + 1
            right = _tried(EMAIL, RIGHT, rightful) is Answer.IN
            found.got_in = found.got_in[0] + right, tries
            time.sleep(PAUSE_SECONDS)
        for each in guesses:
            each.result()
    found.seconds = time.monotonic() - begin
    return found


def _tried(email: str, password: str, visitor: Visitor) -> Answer:
    """Try to sign in."""
    try:
        entered = enter(db.transaction, email, password, visitor)
    except TooMany as error:
        return Answer.BUSY if error.seconds == passwords.BUSY_SECONDS else Answer.LIMIT
    except Unavailable:
        return Answer.BUSY
    return Answer.IN if isinstance(entered, Entered) else Answer.WRONG


def _medians() -> tuple[float, float, int]:
    """Return the median times of refusing a known and an unknown account [s], in turn, and how many pairs."""
    begun = time.monotonic()
    times: dict[str, list[float]] = {EMAIL: [], "nobody@mine.example": []}
    for number in range(PAIRS):
        if time.monotonic() - begun > MOST_SECONDS:
            break
        # Whoever comes second finds warmer caches, so they take turns at that too.
        for email in list(times)[:: 1 if number % 2 else -1]:
            _forget_limits()
            begin = time.perf_counter()
            enter(db.transaction, email, f"guess number {number}", Visitor("203.0.113.9"))
            times[email].append(time.perf_counter() - begin)
    known, unknown = (statistics.median(taken) for taken in times.values())
    return known, unknown, len(times[EMAIL])


def _forget_limits() -> None:
    with db.transaction() as session:
        session.execute(delete(Throttle))


@contextmanager
def _installation() -> Iterator[int]:
    """Give the key of Ada, in an installation of her own."""
    # What a run that was killed left behind.
    embedded.remove(HOME)
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
