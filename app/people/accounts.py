"""People's accounts: invite, change roles, deactivate, set a password."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from app.engine.kinds import RoleName
from app.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from app.models import LinkPurpose, Password, ProjectMember, User, UserRole
from app.people import audit, links, passwords, sign_ins, tokens

LONGEST_NAME = 100
LONGEST_EMAIL = 254
EMAIL = re.compile(r"[^@\s\x00-\x1f,;:<>()\[\]\"\\]+@[^@\s\x00-\x1f,;:<>()\[\]\"\\]+")


def find(session: Session, user_id: int) -> User:
    """Return a person with their roles; raises `NotFound`."""
    person = session.get(User, user_id, options=[selectinload(User.roles)])
    if person is None:
        raise NotFound("person", user_id)
    return person


def find_by_email(session: Session, email: str) -> User | None:
    """Return the person with this address, whatever its capitals."""
    return session.scalars(select(User).where(func.lower(User.email) == email.strip().lower())).one_or_none()


def everybody(session: Session) -> Sequence[User]:
    """Return all people with their roles, those who may sign in first."""
    statement = select(User).options(selectinload(User.roles))
    return session.scalars(statement.order_by(User.active.desc(), func.lower(User.name), User.id)).all()


def general_role(person: User) -> RoleName | None:
    """Return the highest role that a person has everywhere, if any."""
    held = {item.role for item in person.roles}
    return next((role for role in reversed(RoleName) if role in held), None)


def misspelt(name: str, email: str) -> list[Problem]:
    """Return what keeps anybody from being called so."""
    problems = []
    if not 0 < len(name.strip()) <= LONGEST_NAME or "\0" in name:
        problems.append(Problem("name", name, f"1 to {LONGEST_NAME} characters"))
    if not EMAIL.fullmatch(email.strip()) or len(email) > LONGEST_EMAIL:
        problems.append(Problem("email", email, "an address such as ada@example.com"))
    return problems


def checked(session: Session, name: str, email: str) -> None:
    """Raise `InvalidInput` unless a new person may be called so."""
    problems = misspelt(name, email)
    if not any(problem.field == "email" for problem in problems) and find_by_email(session, email):
        problems.append(Problem("email", email, "another address: there is an account with this one"))
    if problems:
        raise InvalidInput(problems)


def create(session: Session, *, name: str, email: str, roles: Collection[RoleName]) -> User:
    """Add a person without a password; raises `InvalidInput`."""
    checked(session, name, email)
    person = User(name=name.strip(), email=email.strip(), roles=[UserRole(role=role) for role in roles])
    session.add(person)
    session.flush()
    return person


def invite(
    session: Session, *, name: str, email: str, roles: Collection[RoleName], by: int
) -> tuple[User, str]:
    """Add a person and return the path at which they choose a password; raises `InvalidInput`."""
    person = create(session, name=name, email=email, roles=roles)
    audit.record(session, "invited", subject="user", subject_id=person.id, roles=sorted(roles))
    return person, links.issue(session, LinkPurpose.INVITATION, user_id=person.id, created_by=by)


def change(
    session: Session, person: User, *, version: int, active: bool, roles: Collection[RoleName]
) -> None:
    """Set what a person may do; whoever may do something else than before signs in anew.

    Raises `Conflict` when somebody was faster, and `NotAllowed` when nobody would be left to manage people.
    """
    before = frozenset(item.role for item in person.roles)
    if version != person.version:
        raise Conflict(
            f"“{person.name}” was changed while you were editing.",
            theirs={"Active": person.active, "Roles": ", ".join(sorted(before))},
            yours={"Active": active, "Roles": ", ".join(sorted(roles))},
        )
    if before == frozenset(roles) and active == person.active:
        return
    session.execute(delete(UserRole).where(UserRole.user_id == person.id))
    session.add_all(UserRole(user_id=person.id, role=role) for role in roles)
    person.active = active
    person.updated_at = func.now()
    session.flush()
    session.refresh(person, ["roles", "updated_at", "version"])
    if not links.has_administrator(session):
        raise NotAllowed("Somebody has to be left who can manage people. Make another administrator first.")
    sign_ins.end_all(session, person.id)
    if not active:
        tokens.revoke_all(session, person.id)
        links.withdraw(session, person.id)
    audit.record(
        session, "rights_changed", subject="user", subject_id=person.id, active=active, roles=sorted(roles)
    )


def set_password(session: Session, user_id: int, fresh_hash: str, *, keep: int | None = None) -> None:
    """Store a new hash and end every link and every sign-in but the one to keep."""
    put_hash(session, user_id, fresh_hash)
    links.withdraw(session, user_id)
    sign_ins.end_all(session, user_id, but=keep)
    audit.record(session, "password_changed", actor_id=user_id, subject="user", subject_id=user_id)


def put_hash(session: Session, user_id: int, fresh_hash: str) -> None:
    """Store a hash in place of the one before."""
    statement = insert(Password).values(user_id=user_id, hash=fresh_hash)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"hash": fresh_hash, "changed_at": func.now()}
        )
    )


def refuse_weak(password: str, repeated: str, *personal: str) -> None:
    """Raise `InvalidInput` that says what is wrong with a new password."""
    problems = [Problem("password", "", weakness) for weakness in passwords.weaknesses(password, *personal)]
    if password != repeated:
        problems.append(Problem("repeated", "", "the same password again"))
    if problems:
        raise InvalidInput(problems)


def members(session: Session, project_id: int) -> Sequence[tuple[User, RoleName]]:
    """Return who has a role in a project, by name."""
    statement = (
        select(User, ProjectMember.role)
        .join(ProjectMember, ProjectMember.user_id == User.id)
        .where(ProjectMember.project_id == project_id)
        .order_by(func.lower(User.name), User.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def set_member(
    session: Session, project_id: int, user_id: int, role: RoleName | None, *, but: int | None = None
) -> None:
    """Give a person a role in a project, or none; whoever may do something else than before signs in anew.

    but: a sign-in that goes on all the same. Raises `NotAllowed` for administrator, a role of the whole
    installation.
    """
    if role is RoleName.ADMINISTRATOR:
        raise NotAllowed("Administrators are administrators of the whole installation.")
    if session.scalar(_role_in(project_id, user_id)) == role:
        return
    if role is None:
        session.execute(
            delete(ProjectMember).where(
                ProjectMember.project_id == project_id, ProjectMember.user_id == user_id
            )
        )
    else:
        statement = insert(ProjectMember).values(project_id=project_id, user_id=user_id, role=role)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["project_id", "user_id"], set_={"role": role, "updated_at": func.now()}
            )
        )
    sign_ins.end_all(session, user_id, but=but)
    audit.record(
        session, "member_changed", subject="project", subject_id=project_id, user=user_id, role=role or "none"
    )


def _role_in(project_id: int, user_id: int) -> Select[RoleName]:
    return select(ProjectMember.role).where(
        ProjectMember.project_id == project_id, ProjectMember.user_id == user_id
    )
