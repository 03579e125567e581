"""Limits on attempts, kept in PostgreSQL so that they hold however many processes serve.

Each key has one row: the time at which its allowance is full again. An attempt moves that time on by one
step, and is refused when it would lie further ahead than the allowance. One statement, so no race; it looks
before it writes, so a flood of attempts at a key that is used up locks no row and waits for no disk.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts at once, and so many again in each `seconds`."""

    attempts: int
    seconds: int

    @property
    def step(self) -> float:
        """How long one attempt takes to be forgotten [s]."""
        return self.seconds / self.attempts


PER_ACCOUNT = Limit(10, 15 * 60)
PER_DEVICE = Limit(10, 15 * 60)
PER_NETWORK = Limit(30, 15 * 60)
EVERYWHERE = Limit(600, 15 * 60)
NOTED = Limit(1, 15 * 60)
PER_SECOND_FACTOR = Limit(5, 5 * 60)
PER_LETTER = Limit(5, 60 * 60)
LETTERS_EVERYWHERE = Limit(200, 60 * 60)
LETTERS_REFUSED = "Too many letters were asked for. Try again in an hour, or ask an administrator for a link."


def allow(session: Session, key: str, limit: Limit) -> bool:
    """Count an attempt; say whether it is within the limit. A refused attempt is not counted."""
    now = func.clock_timestamp()
    step = func.make_interval(0, 0, 0, 0, 0, 0, literal(limit.step))
    allowance = func.make_interval(0, 0, 0, 0, 0, 0, literal(float(limit.seconds)))
    moved = func.greatest(Throttle.full_at, now) + step
    used_up = select(Throttle.key).where(Throttle.key == key, Throttle.full_at + step > now + allowance)
    first = select(literal(key), now + step).where(~used_up.exists())
    statement = insert(Throttle).from_select(["key", "full_at"], first)
    counted = statement.on_conflict_do_update(
        index_elements=["key"], set_={"full_at": moved}, where=moved <= now + allowance
    )
    return session.execute(counted.returning(Throttle.key)).first() is not None


def allow_letter(session: Session, address: str, email: str) -> bool:
    """Count a letter that somebody from this address asks for, to somebody at that e-mail address."""
    limits = (
        (f"letters {network_key(address)}", PER_LETTER),
        (f"letters {account_key(email)}", PER_LETTER),
        ("letters everywhere", LETTERS_EVERYWHERE),
    )
    return all(allow(session, key, limit) for key, limit in limits)


def forgive(session: Session, *keys: str) -> None:
    """Forget the attempts under these keys, and whatever else was forgotten by time alone."""
    session.execute(delete(Throttle).where(Throttle.key.in_(keys)))
    session.execute(delete(Throttle).where(Throttle.full_at < func.now() - text("interval '1 hour'")))


def account_key(email: str) -> str:
    """Return the key of an account, known or not; what was typed is not kept."""
    return "account:" + hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()


def network_key(address: str) -> str:
    """Return the key of where a request came from: one IPv4 address, or the /64 that one IPv6 site has.

    >>> network_key("2001:db8:1:2:3::4"), network_key("203.0.113.9"), network_key("::ffff:203.0.113.9")
    ('network:2001:db8:1:2::/64', 'network:203.0.113.9', 'network:203.0.113.9')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "network:unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return f"network:{parsed.ipv4_mapped}"
        return f"network:{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return f"network:{parsed}"
