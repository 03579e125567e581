"""Who asks: one person, as one query knows them, with all that decides what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from app.engine.kinds import RoleName
from app.models import Project, TokenScope
from app.people.policy import SCOPES, Permission, permissions

#: Who asks in the request in hand; nobody outside requests and on pages that are open to everybody.
identity: ContextVar[Identity | None] = ContextVar("identity", default=None)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How pages are written for a person; what is empty follows their browser."""

    locale: str = ""
    time_zone: str = ""
    theme: str = ""
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person, or a program with one of their tokens.

    memberships: the role in each project that has this person as a member. private: every private project.
    sign_in_id: their browser's sign-in. scopes: what a token allows; None where no token is in play.
    mentions: how many comments call them that they have not read.
    """

    user_id: int
    name: str
    email: str
    roles: frozenset[RoleName] = frozenset()
    memberships: Mapping[int, RoleName] = field(default_factory=dict)
    private: frozenset[int] = frozenset()
    preferences: Preferences = Preferences()
    sign_in_id: int | None = None
    scopes: frozenset[TokenScope] | None = None
    mentions: int = 0

    @property
    def administrates(self) -> bool:
        """Whether nothing is hidden from this person."""
        return RoleName.ADMINISTRATOR in self.roles

    def may(self, permission: Permission, project: Project | None = None) -> bool:
        """Say whether this person, through this token, may do something: anywhere, or in one project.

        Where no project is named, whoever is a member of any may read and comment: lists show them theirs.
        """
        if self.scopes is not None and not any(permission in SCOPES[scope] for scope in self.scopes):
            return False
        if project is not None:
            return permission in permissions(self.roles_in(project))
        somewhere = permission in {Permission.READ, Permission.COMMENT} and bool(self.memberships)
        return somewhere or permission in permissions(self.roles)

    def roles_in(self, project: Project) -> frozenset[RoleName]:
        """Return the roles that count in a project: its own, and the general ones unless it is private."""
        own = self.memberships.get(project.id)
        general = self.roles if self.administrates or not project.private else frozenset()
        return general | ({own} if own else set())

    @property
    def hidden(self) -> frozenset[int]:
        """The projects that this person must not know of, among those that exist for people with a role."""
        return frozenset() if self.administrates else self.private - self.memberships.keys()

    @property
    def only(self) -> frozenset[int] | None:
        """The only projects that this person sees, when they have no role but as a member; else None."""
        return None if self.roles else frozenset(self.memberships)


def may(permission: str, project: Project | None = None) -> bool:
    """Say whether whoever asks may do something; templates and lookups ask this."""
    asking = identity.get()
    return asking is not None and asking.may(Permission(permission), project)
