"""Limits on guessing: they hold for the guesser and not for the rightful person."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from app import db
from app.errors import TooMany
from app.models import AuditEvent, Throttle, User
from app.people import passwords, throttle
from app.people.entering import Entered, Visitor, enter as enter_with
from app.people.throttle import Limit, allow
from tests import persons
from tests.people.conftest import enter

FEW = Limit(3, 60)


def test_a_limit_holds_and_time_gives_back(session: Session) -> None:
    assert [allow(session, "key", FEW) for _ in range(5)] == [True, True, True, False, False]
    session.execute(update(Throttle).values(full_at=Throttle.full_at - text("interval '20 s'")))
    assert [allow(session, "key", FEW) for _ in range(2)] == [True, False]


def test_keys_do_not_share_a_limit(session: Session) -> None:
    for _ in range(4):
        allow(session, "key", FEW)
    assert allow(session, "another", FEW)


def test_forgiving_begins_anew_and_tidies_up(session: Session) -> None:
    for key in ("key", "old"):
        allow(session, key, FEW)
    session.execute(
        update(Throttle).where(Throttle.key == "old").values(full_at=text("now() - interval '2 hours'"))
    )
    throttle.forgive(session, "key")
    assert session.scalars(select(Throttle.key)).all() == []


def test_processes_that_ask_at_once_share_the_limit(own_database: Engine) -> None:
    def ask(_: int) -> bool:
        with db.transaction() as session:
            return allow(session, "key", FEW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(40))) == FEW.attempts


def test_a_refused_attempt_locks_and_writes_nothing(own_database: Engine) -> None:
    """Else a flood at one key would queue up for its row, each with a connection of the pool in hand."""
    with db.transaction() as session:
        assert [allow(session, "key", FEW) for _ in range(FEW.attempts)] == [True] * FEW.attempts
    with db.transaction() as session:
        assert not allow(session, "key", FEW)
        assert session.scalar(text("SELECT pg_current_xact_id_if_assigned()")) is None
        with db.transaction() as other:
            other.execute(text("SET LOCAL lock_timeout = '1s'"))
            other.execute(update(Throttle).values(full_at=Throttle.full_at))


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count what reaches Argon2, in place of its cost."""
    seen: list[str] = []

    def verify(password: str, known: str) -> tuple[bool, None]:
        seen.append(password)
        return password == persons.PASSWORD, None

    monkeypatch.setattr(passwords._hasher, "verify_and_update", verify)
    return seen


def test_guesses_at_one_account(stranger: TestClient, ada: User, session: Session, hashes: list[str]) -> None:
    answers = [enter(stranger, ada.email, f"guess number {number} of many") for number in range(15)]
    assert len(hashes) == throttle.PER_ACCOUNT.attempts
    noted = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert noted == ["sign_in_failed"] * 10 + ["sign_in_refused"], "a flood does not fill the record"
    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 5
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Too many attempts" in answers[-1].text


def test_the_answer_does_not_tell_whether_the_account_exists(
    stranger: TestClient, ada: User, hashes: list[str]
) -> None:
    for email in (ada.email, "nobody@mine.example"):
        codes = [enter(stranger, email, "a guess of some length").status_code for _ in range(12)]
        assert codes == [422] * 10 + [429] * 2


def test_a_browser_that_was_here_before_gets_in_while_others_guess(
    app: FastAPI, stranger: TestClient, ada: User, hashes: list[str]
) -> None:
    assert enter(stranger, ada.email).status_code == 303
    with persons.browser(app) as guesser:
        for number in range(12):
            last = enter(guesser, ada.email, f"guess number {number} of many")
        assert last.status_code == 429
        assert enter(guesser, ada.email).status_code == 429, "not even with the right password"
    assert enter(stranger, ada.email).status_code == 303


def test_the_mark_of_another_account_buys_nothing(
    app: FastAPI, stranger: TestClient, ada: User, session: Session, hashes: list[str]
) -> None:
    assert enter(stranger, ada.email).status_code == 303
    victim = persons.person(session, password=persons.PASSWORD)
    codes = [enter(stranger, victim.email, f"guess {number} of many").status_code for number in range(12)]
    assert codes[-1] == 429


def test_accounts_guessed_from_one_network(stranger: TestClient, hashes: list[str]) -> None:
    for number in range(40):
        last = enter(stranger, f"person{number}@mine.example", "a guess of some length")
    assert len(hashes) == throttle.PER_NETWORK.attempts
    assert last.status_code == 429


@pytest.mark.parametrize(
    ("attack", "reached"),
    [
        ("one account, one network", throttle.PER_ACCOUNT.attempts),
        ("one account, many networks", throttle.PER_ACCOUNT.attempts),
        ("many accounts, one network", throttle.PER_NETWORK.attempts),
    ],
)
@pytest.mark.usefixtures("app")
def test_what_reaches_argon2_is_what_the_limits_say(
    ada: User, hashes: list[str], attack: str, reached: int
) -> None:
    """The measurement of `benchmarks/guessing.py`, small and without a clock; the rightful person gets in."""
    open_transaction = db.get_transactions()
    accounts, networks = ("one account" not in attack), ("many networks" in attack)
    for number in range(50):
        email = f"person{number}@mine.example" if accounts else ada.email
        visitor = Visitor(f"10.0.{number}.1" if networks else "203.0.113.9")
        with suppress(TooMany):
            enter_with(open_transaction, email, f"guess number {number}", visitor)
    assert len(hashes) == reached
    elsewhere, marked = Visitor("198.51.100.2"), Visitor("198.51.100.1", device="mark", known_as=ada.id)
    own = elsewhere if accounts else marked
    assert isinstance(enter_with(open_transaction, ada.email, persons.PASSWORD, own), Entered)


@pytest.mark.usefixtures("app")
def test_what_is_refused_takes_nothing_from_everybody(ada: User, hashes: list[str]) -> None:
    """Guesses at one account from everywhere use up that account's allowance, and not the whole house's."""
    open_transaction = db.get_transactions()
    for number in range(30):
        with suppress(TooMany):
            enter_with(open_transaction, ada.email, "a guess of some length", Visitor(f"10.0.{number}.1"))
    with open_transaction() as session:
        left = session.scalar(
            select(Throttle.full_at - func.clock_timestamp()).where(Throttle.key == "everywhere")
        )
    assert left is not None
    assert left.total_seconds() <= throttle.EVERYWHERE.step * throttle.PER_ACCOUNT.attempts


def test_hashing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask, two hash, a few wait, and the others are told to come back."""
    inside, most = 0, 0
    lock, go_on = threading.Lock(), threading.Event()

    def verify(_password: str, _known: str) -> tuple[bool, None]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        go_on.wait(10)
        with lock:
            inside -= 1
        return False, None

    monkeypatch.setattr(passwords._hasher, "verify_and_update", verify)

    def ask(_: int) -> bool:
        try:
            passwords.verified("guess", "known")
        except TooMany:
            go_on.set()
            return False
        return True

    with ThreadPoolExecutor(40) as pool:
        answered = sum(pool.map(ask, range(40)))
    assert most <= passwords.AT_ONCE
    assert answered >= passwords.AT_ONCE + passwords.WAITING


@pytest.mark.usefixtures("full_strength")
def test_an_old_hash_is_replaced_at_the_next_sign_in(
    stranger: TestClient, ada: User, session: Session
) -> None:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    from app.models import Password

    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1),)).hash(persons.PASSWORD)
    session.execute(update(Password).values(hash=weak))
    assert enter(stranger, ada.email).status_code == 303
    assert "m=65536,t=3" in session.scalars(select(Password.hash)).one()


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("eleven char", "at least 12"),
        ("x" * 257, "at most 256"),
        ("abababababababab", "repeats"),
        ("1234567890123456", "repeats"),
        ("lanternlantern", "repeats"),
        ("qwertyuiopasdf", "repeats"),
        ("grace digs a deep pit", "your name"),
        ("GHOPPER digs the pit", "your name"),
        ("calminer is a fine tool", "this program"),
    ],
)
def test_a_weak_password_is_told_why(password: str, words: str) -> None:
    found = passwords.weaknesses(password, "Grace Hopper", "ghopper@mine.example")
    assert any(words in each for each in found), found


@pytest.mark.parametrize(
    "password", ["nine plain lanterns", "Tr0ub4dor&3xyq", "übermäßig lange Wörter", "k8#vQ2!mZx9p"]
)
def test_a_good_password_is_taken(password: str) -> None:
    assert passwords.weaknesses(password, "Grace Hopper", "ghopper@mine.example") == []
