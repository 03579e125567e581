"""Who a caller is, as JSON."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from app.engine.kinds import RoleName
from app.models import TokenScope
from app.people.policy import Permission
from app.web.access import PersonDep

router = APIRouter(prefix="/api/me", tags=["people"])


class MeOut(BaseModel):
    """The caller. scopes: of the token, null in a browser; permissions: what is open to this call."""

    name: str
    email: str
    roles: list[RoleName]
    scopes: list[TokenScope] | None
    permissions: list[Permission]


@router.get("", summary="Say who the caller is")
def me(person: PersonDep) -> MeOut:
    """Return name, roles and what this call may do."""
    return MeOut(
        name=person.name,
        email=person.email,
        roles=sorted(person.roles),
        scopes=None if person.scopes is None else sorted(person.scopes),
        permissions=[permission for permission in Permission if person.may(permission)],
    )
