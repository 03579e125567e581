"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Sequence

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem
from app.models import RecoveryCode, SecondFactor, User
from app.people import audit
from app.people.sealing import seal, unseal
from app.people.secrets import digest

ISSUER = "CalMiner"
PURPOSE = "second factor"
STEP_SECONDS = 30
#: Clocks differ: the code before and the code after count too.
DRIFT_STEPS = 1
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
WRONG = "a code that your authenticator shows now, or a recovery code that was not used"


def required(session: Session, user_id: int) -> bool:
    """Say whether a person has to show a second factor."""
    statement = select(SecondFactor.user_id).where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    )
    return session.scalar(statement) is not None


def begin(session: Session, user_id: int) -> None:
    """Make a new secret that waits for its first code; one that is in use already stays."""
    statement = insert(SecondFactor).values(user_id=user_id, secret=seal(PURPOSE, pyotp.random_base32()))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"secret": statement.excluded.secret},
            where=SecondFactor.confirmed_at.is_(None),
        )
    )


def waiting_secret(session: Session, user_id: int) -> str | None:
    """Return the secret that waits for its first code, to be shown; never one that is in use."""
    sealed = session.scalar(
        select(SecondFactor.secret).where(
            SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_(None)
        )
    )
    return unseal(PURPOSE, sealed) if sealed else None


def address(secret: str, person: str) -> str:
    """Return the `otpauth:` address that authenticators read from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name=ISSUER)


def confirm(session: Session, user_id: int, code: str) -> Sequence[str]:
    """Switch the second factor on with its first code; return recovery codes, to be shown this once."""
    if required(session, user_id) or not _accepts(session, user_id, code):
        raise InvalidInput([Problem("code", "", "the code that your authenticator shows now")])
    session.execute(
        update(SecondFactor).where(SecondFactor.user_id == user_id).values(confirmed_at=func.now())
    )
    audit.record(session, "second_factor_on", subject="user", subject_id=user_id)
    return renew_recovery_codes(session, user_id)


def renew_recovery_codes(session: Session, user_id: int) -> Sequence[str]:
    """Replace a person's recovery codes and return the new ones, of 80 random bits each."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [_readable(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user_id, token_digest=digest(_plain(code))) for code in codes)
    audit.record(session, "recovery_codes_made", subject="user", subject_id=user_id)
    session.flush()
    return codes


def check(session: Session, user_id: int, code: str) -> bool:
    """Say whether a code counts, and take it out of use: neither kind counts twice."""
    plain = _plain(code)
    if plain.isdigit():
        return required(session, user_id) and _accepts(session, user_id, plain)
    used = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.token_digest == digest(plain))
        .returning(RecoveryCode.id)
    ).first()
    if used is not None:
        audit.record(session, "recovery_code_used", actor_id=user_id, subject="user", subject_id=user_id)
    return used is not None


def remove(session: Session, person: User) -> None:
    """Switch a person's second factor off."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == person.id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    audit.record(session, "second_factor_off", subject="user", subject_id=person.id)


def _accepts(session: Session, user_id: int, code: str) -> bool:
    sealed = session.scalar(select(SecondFactor.secret).where(SecondFactor.user_id == user_id))
    secret = unseal(PURPOSE, sealed) if sealed else None
    if secret is None:
        return False
    now = int(time.time()) // STEP_SECONDS
    generator = pyotp.TOTP(secret)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(_plain(code), generator.at(step * STEP_SECONDS)):
            return _first_use(session, user_id, step)
    return False


def _first_use(session: Session, user_id: int, step: int) -> bool:
    moved = update(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
    found = session.execute(moved.values(last_step=step).returning(SecondFactor.user_id)).first()
    return found is not None


def _readable(random: bytes) -> str:
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()
