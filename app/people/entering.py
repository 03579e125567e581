"""Signing in with a password, built so that guessing costs the guesser and nobody else.

Attempts are counted before anything is hashed: in a transaction of its own, because a transaction that waits
for a hash would hold its row, and with it everybody who comes from the same place. A browser that signed in
here before carries a device mark and has an allowance of its own, so guesses from elsewhere cannot lock its
owner out.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Transactions
from app.errors import TooMany
from app.models import Password, User
from app.people import accounts, audit, passwords, second_factor, sign_ins, throttle

logger = logging.getLogger(__name__)
REFUSED = "Too many attempts. Wait a few minutes and try again, or ask an administrator for a link."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where an attempt comes from. known_as: the account that its device mark names, if it has one.

    device: the mark itself. replaces: the secret of the sign-in that the browser had before.
    """

    address: str
    browser: str = ""
    device: str = ""
    known_as: int | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody signed in; `secret` is for their cookie."""

    user_id: int
    secret: str


@dataclass(frozen=True, slots=True)
class Halfway:
    """Somebody gave the right password and has to show a second factor now."""

    user_id: int


def enter(
    open_transaction: Transactions, email: str, password: str, visitor: Visitor
) -> Entered | Halfway | None:
    """Sign somebody in; None when account and password do not go together, whatever the reason.

    Raises `TooMany` when a limit is reached or too many hashes wait, before anything is hashed.
    """
    with open_transaction() as session:
        account = _account(session, email)
        keys = _count(session, email, visitor, account[0] if account else None)
        if not keys:
            _note_refusal(session, account[0] if account else None, visitor)
    if not keys:
        logger.warning("Sign-in refused by a limit, from %s", visitor.address)
        raise TooMany(REFUSED, throttle.PER_ACCOUNT.seconds)
    right, fresh_hash = passwords.verified(password, account[1] if account else None)
    with open_transaction() as session:
        if account is None or not right or not _still_active(session, account[0]):
            _note_failure(session, account[0] if account else None, visitor)
            return None
        user_id = account[0]
        if fresh_hash:
            accounts.put_hash(session, user_id, fresh_hash)
        throttle.forgive(session, *keys)
        if second_factor.required(session, user_id):
            return Halfway(user_id)
        return let_in(session, user_id, visitor)


def finish(open_transaction: Transactions, user_id: int, code: str, visitor: Visitor) -> Entered | None:
    """Sign in whoever got halfway and shows a second factor; None for a wrong code. Raises `TooMany`."""
    with open_transaction() as session:
        if not throttle.allow(session, f"second factor {user_id}", throttle.PER_SECOND_FACTOR):
            raise TooMany(REFUSED, throttle.PER_SECOND_FACTOR.seconds)
    with open_transaction() as session:
        if not _still_active(session, user_id) or not second_factor.check(session, user_id, code):
            _note_failure(session, user_id, visitor)
            return None
        return let_in(session, user_id, visitor)


def let_in(session: Session, user_id: int, visitor: Visitor, how: str = "password") -> Entered:
    """Begin a sign-in for somebody who has proved who they are."""
    audit.record(
        session,
        "signed_in",
        actor_id=user_id,
        subject="user",
        subject_id=user_id,
        address=visitor.address,
        how=how,
    )
    secret = sign_ins.begin(
        session, user_id, address=visitor.address, browser=visitor.browser, replaces=visitor.replaces
    )
    return Entered(user_id, secret)


def _account(session: Session, email: str) -> tuple[int, str] | None:
    row = session.execute(
        select(User.id, Password.hash)
        .join(Password, Password.user_id == User.id)
        .where(func.lower(User.email) == email.strip().lower(), User.active)
    ).one_or_none()
    return (row.id, row.hash) if row else None


def _count(session: Session, email: str, visitor: Visitor, user_id: int | None) -> tuple[str, ...]:
    """Count the attempt; return the keys that a success forgives, none when a limit is reached."""
    if user_id is not None and visitor.known_as == user_id:
        device = f"device:{hashlib.sha256(visitor.device.encode()).hexdigest()}"
        return (device,) if throttle.allow(session, device, throttle.PER_DEVICE) else ()
    account = throttle.account_key(email)
    limits = (
        (throttle.network_key(visitor.address), throttle.PER_NETWORK),
        (account, throttle.PER_ACCOUNT),
        # Last: what the others refuse takes nothing from everybody's allowance.
        ("everywhere", throttle.EVERYWHERE),
    )
    return (account,) if all(throttle.allow(session, key, limit) for key, limit in limits) else ()


def _note_refusal(session: Session, user_id: int | None, visitor: Visitor) -> None:
    """Note the first of the attempts that a limit refuses; a flood of them must not fill the record."""
    if throttle.allow(session, f"noted {throttle.network_key(visitor.address)}", throttle.NOTED):
        audit.record(
            session,
            "sign_in_refused",
            subject="user" if user_id else "",
            subject_id=user_id or "",
            address=visitor.address,
        )


def _still_active(session: Session, user_id: int) -> bool:
    return bool(session.scalar(select(User.active).where(User.id == user_id)))


def _note_failure(session: Session, user_id: int | None, visitor: Visitor) -> None:
    """What was typed as the address is not kept: people type their password there."""
    audit.record(
        session,
        "sign_in_failed",
        subject="user" if user_id else "",
        subject_id=user_id or "",
        address=visitor.address,
    )
