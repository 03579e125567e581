"""People as JSON, for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel, ConfigDict, Field

from app.engine.kinds import RoleName
from app.models import User
from app.people import accounts, letters, mail
from app.web.access import PersonDep
from app.web.deps import SessionDep, TransactionsDep
from app.web.lookups import Key

router = APIRouter(prefix="/api/people", tags=["people"])


class PersonBody(BaseModel):
    """Whom to invite."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=accounts.LONGEST_NAME)]
    email: Annotated[str, Field(min_length=3, max_length=accounts.LONGEST_EMAIL)]
    role: RoleName | None = None


class PersonChange(BaseModel):
    """What a person may do from now on, and the version that the edit started from."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1)]
    role: RoleName | None
    active: bool


class PersonOut(BaseModel):
    """A person. role: everywhere; null for members of projects only."""

    id: int
    name: str
    email: str
    role: RoleName | None
    active: bool
    created_at: datetime
    version: int


class InvitedOut(PersonOut):
    """A new person and the one-time link at which they choose a password. mailed: it goes out by mail too."""

    link: str
    mailed: bool


@router.get("", summary="List people")
def index(session: SessionDep) -> list[PersonOut]:
    """Return everybody, deactivated people last."""
    return [PersonOut(**_facts(person)) for person in accounts.everybody(session)]


@router.post("", status_code=201, summary="Invite a person")
def invite(
    session: SessionDep,
    by: PersonDep,
    body: PersonBody,
    open_transaction: TransactionsDep,
    after: BackgroundTasks,
) -> InvitedOut:
    """Add a person; the link is in this answer alone."""
    roles = (body.role,) if body.role else ()
    person, path = accounts.invite(session, name=body.name, email=body.email, roles=roles, by=by.user_id)
    mailed = mail.available()
    if mailed:
        after.add_task(letters.invitation, open_transaction, person.id, path, by.name)
    return InvitedOut(**_facts(person), link=mail.address_of(path), mailed=mailed)


@router.get("/{user_id}", summary="Show a person")
def show(session: SessionDep, user_id: Key) -> PersonOut:
    """Return one person."""
    return PersonOut(**_facts(accounts.find(session, user_id)))


@router.put("/{user_id}", summary="Change what a person may do")
def update(session: SessionDep, user_id: Key, body: PersonChange) -> PersonOut:
    """Set role and whether they may sign in; 409 when the version is no longer the current one."""
    person = accounts.find(session, user_id)
    roles = (body.role,) if body.role else ()
    accounts.change(session, person, version=body.version, active=body.active, roles=roles)
    return PersonOut(**_facts(person))


def _facts(person: User) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role": accounts.general_role(person),
        "active": person.active,
        "created_at": person.created_at,
        "version": person.version,
    }
