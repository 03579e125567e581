"""Passwords: what makes one good enough, and their Argon2id hashes.

Each hash takes 64 MiB for a moment, so only a few run at once and only a few may wait: a flood of guesses
finds the door busy instead of the memory gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import TooMany

SHORTEST, LONGEST = 12, 256
FEWEST_SURPRISES = 8
LEAST_PERSONAL = 4
KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1234567890")

MEMORY_KIB = 65536
PASSES = 3
LANES = 4
#: How many hashes run at once, and how many may wait for their turn: 128 MiB at the most.
AT_ONCE, WAITING = 2, 8
BUSY_SECONDS = 2

_hasher = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES),))
_running = BoundedSemaphore(AT_ONCE)
_places = BoundedSemaphore(AT_ONCE + WAITING)


def weaknesses(password: str, *personal: str) -> list[str]:
    """Return what is wrong with a new password, each as what to do; `personal` is what others know."""
    found = []
    if len(password) < SHORTEST:
        found.append(f"at least {SHORTEST} characters; this has {len(password)}")
    elif len(password) > LONGEST:
        found.append(f"at most {LONGEST} characters; this has {len(password)}")
    elif surprises(password) < FEWEST_SURPRISES:
        found.append("fewer repeats and rows of keys: it is guessed as easily as a much shorter one")
    lowered = password.lower()
    words = {part for text in personal for part in (text.lower(), *text.lower().split("@")[0].split())}
    if any(word in lowered for word in words if len(word) >= LEAST_PERSONAL):
        found.append("nothing of your name or e-mail address")
    if "calminer" in lowered:
        found.append("not the name of this program")
    return found


def surprises(password: str) -> int:
    """Return how many characters do not follow from the ones before.

    >>> surprises("aaaaaaaaaaaa"), surprises("abcdefgh1234"), surprises("passwordpassword")
    (1, 2, 6)
    """
    lowered = password.lower()
    period = (lowered + lowered).find(lowered, 1)
    once = lowered[:period]
    return sum(not _follows(previous, sign) for previous, sign in zip(" " + once, once, strict=False))


def _follows(previous: str, sign: str) -> bool:
    if abs(ord(sign) - ord(previous)) <= 1:
        return True
    return any(previous + sign in row or sign + previous in row for row in KEYBOARD_ROWS)


def hashed(password: str) -> str:
    """Return the hash to store; raises `TooMany` when too many wait already."""
    with _turn():
        return _hasher.hash(password)


def verified(password: str, known: str | None) -> tuple[bool, str | None]:
    """Say whether a password is the one that was hashed, and return a new hash where the old one is weak.

    Without a known hash it takes just as long and says no. Raises `TooMany` when too many wait already.
    """
    with _turn():
        right, fresh = _hasher.verify_and_update(password[:LONGEST], known or nobodys_hash())
    return right and known is not None, fresh if known else None


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """Return the hash that guesses at unknown accounts are compared with."""
    return _hasher.hash("nobody has this password")


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise TooMany("Too many people are signing in at this moment. Try again shortly.", BUSY_SECONDS)
    try:
        with _running:
            yield
    finally:
        _places.release()
