"""What CalMiner writes to people: invitations, new passwords, accounts that they asked for.

Whoever types an address into an open page is answered before anything is looked up, so neither the words nor
the time of the answer tell whether there is an account. What follows here runs after the answer.
"""

from __future__ import annotations

from app.db import Transactions
from app.models import LinkPurpose
from app.people import accounts, audit, links, mail

RESET = """\
Hello {name},

somebody, probably you, asked for a new password for CalMiner. Choose one here within 24 hours:

{address}

If it was not you, nothing has to be done.
"""
INVITATION = """\
Hello {name},

{by} invites you to CalMiner. Choose your password here within 7 days:

{address}
"""
SIGN_UP = """\
Hello {name},

somebody, probably you, asked for an account at CalMiner with this address. Open it here within 24 hours:

{address}

If it was not you, nothing has to be done.
"""
ALREADY = """\
Hello {name},

somebody, probably you, asked for an account at CalMiner with this address. You have one already. Sign in at

{sign_in}

or, if you do not know your password, choose a new one at

{forgotten}

If it was not you, nothing has to be done.
"""


def reset(open_transaction: Transactions, email: str, network: str) -> None:
    """Mail a link for a new password to whoever has an account with this address.

    network: where it was asked for, for the record, which does not keep what was typed.
    """
    with open_transaction() as session:
        person = accounts.find_by_email(session, email)
        if person is None or not person.active:
            audit.record(session, "link_asked", address=network)
            return
        path = links.issue(session, LinkPurpose.RESET, user_id=person.id)
        audit.record(session, "link_mailed", subject="user", subject_id=person.id, address=network)
        user_id, to = person.id, person.email
        text = RESET.format(name=person.name, address=mail.address_of(path))
    _send(open_transaction, to, "A new password for CalMiner", text, user_id)


def invitation(open_transaction: Transactions, user_id: int, path: str, by: str) -> None:
    """Mail an invitation that was made a moment ago."""
    with open_transaction() as session:
        person = accounts.find(session, user_id)
        to, name = person.email, person.name
    text = INVITATION.format(name=name, by=by, address=mail.address_of(path))
    _send(open_transaction, to, "Your invitation to CalMiner", text, user_id)


def sign_up(open_transaction: Transactions, name: str, email: str, network: str) -> None:
    """Mail a link at which an account is opened; whoever has one already is told so, and nobody else.

    network: where it was asked for, for the record, which does not keep what was typed.
    """
    with open_transaction() as session:
        person = accounts.find_by_email(session, email)
        if person is None:
            path = links.issue(session, LinkPurpose.SIGN_UP, name=name, email=email)
            audit.record(session, "sign_up_asked", address=network)
            user_id, to = None, email
            text = SIGN_UP.format(name=name, address=mail.address_of(path))
        else:
            audit.record(session, "sign_up_asked", subject="user", subject_id=person.id, address=network)
            if not person.active:
                return
            user_id, to = person.id, person.email
            ways = {"sign_in": mail.address_of("/sign-in"), "forgotten": mail.address_of("/forgotten")}
            text = ALREADY.format(name=person.name, **ways)
    _send(open_transaction, to, "Your account at CalMiner", text, user_id)


def _send(open_transaction: Transactions, to: str, subject: str, text: str, user_id: int | None) -> None:
    """Send a letter; one that did not leave is a line in the record, for administrators to see."""
    whom = f"person {user_id}" if user_id is not None else "somebody new"
    if mail.send(to, subject, text, whom):
        return
    with open_transaction() as session:
        audit.record(
            session,
            "mail_failed",
            subject="user" if user_id else "",
            subject_id=user_id or "",
            letter=subject,
        )
