"""Who asks, and may they? Every route of the application begins with `authorize`.

`authorize` settles what concerns the whole installation. Where an address names a project, the lookup that
finds it settles it there, because a person's role may be another one in that project: such lookups carry
`settles_project`, and `authorize` leaves the question to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.db import get_session
from app.errors import NotAllowed, NotSignedIn
from app.models import Project
from app.people import asking
from app.people.identity import Identity, identity as current
from app.people.policy import POLICY, WORDS, Permission, route_key
from app.people.visibility import see_as
from app.web import context
from app.web.cookies import bearer_token, sign_in_secret
from app.web.locales import personal_locale, zone

Lookup = TypeVar("Lookup", bound=Callable[..., Any])
_settling: set[Callable[..., Any]] = set()


def settles_project(lookup: Lookup) -> Lookup:
    """Mark a lookup that asks `Access.require` about the project it found."""
    _settling.add(lookup)
    return lookup


@dataclass(frozen=True, slots=True)
class Access:
    """What the route in hand asks of its caller, and who the caller is."""

    permission: Permission
    identity: Identity | None

    @property
    def person(self) -> Identity:
        """Whoever is signed in; raises `NotSignedIn`."""
        if self.identity is None:
            raise NotSignedIn("Sign in first.")
        return self.identity

    def require(self, project: Project | None = None) -> None:
        """Raise `NotAllowed` unless the caller may, anywhere or in this project."""
        if not self.person.may(self.permission, project):
            where = f" in “{project.name}”" if project else ""
            raise NotAllowed(f"Your role does not let you {WORDS[self.permission]}{where}.")


def who_asks(
    request: Request, session: Annotated[Session, Depends(get_session, scope="function")]
) -> Identity | None:
    """Return who sent this request; routes that are open to everybody never ask the database."""
    if permission_of(request) is Permission.PUBLIC:
        return None
    token, secret = bearer_token(request), sign_in_secret(request)
    found = None
    if token is not None:
        found = asking.by_token(session, token)
    elif secret:
        found = asking.by_sign_in(session, secret)
    if found is not None:
        see_as(session, found)
    return found


async def authorize(request: Request, asks: Annotated[Identity | None, Depends(who_asks)]) -> Access:
    """Refuse whoever may not use this route; what follows is written for whoever may.

    Asynchronous, because what it puts into the context has to reach the route and the page.
    """
    access = Access(permission_of(request), asks)
    if access.permission is Permission.PUBLIC:
        return access
    current.set(access.person)
    preferences = access.person.preferences
    context.locale.set(personal_locale(preferences.locale, preferences.number_format, context.locale.get()))
    context.time_zone.set(zone(preferences.time_zone))
    if not settled_by_lookup(request.scope["route"].dependant):
        access.require()
    return access


AccessDep = Annotated[Access, Depends(authorize)]


def signed_in(access: AccessDep) -> Identity:
    """Return the person who is signed in."""
    return access.person


#: The person who asks; for routes that keep whose act it was.
PersonDep = Annotated[Identity, Depends(signed_in)]


def permission_of(request: Request) -> Permission:
    """Return what the route in hand asks; raises `NotAllowed` where the policy does not know it."""
    key = route_key(request.scope["route"].endpoint)
    if key not in POLICY:
        raise NotAllowed(f"The policy has no line for {key}, so nobody may use it.")
    return POLICY[key]


def settled_by_lookup(dependant: Dependant) -> bool:
    """Say whether a lookup among what a route depends on settles the question for a project."""
    return dependant.call in _settling or any(map(settled_by_lookup, dependant.dependencies))
