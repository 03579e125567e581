"""A project for its members alone, or for everybody with a role."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import Project
from app.people import accounts, audit
from app.people.identity import Identity


def set_private(session: Session, project: Project, private: bool, by: Identity | None) -> None:
    """Hide a project from everybody but its members, or show it again; whoever hides it stays a member.

    They could do all of that before, so the browser in which they do it stays signed in.
    """
    project.private = private
    if private and by is not None and not by.administrates:
        accounts.set_member(session, project.id, by.user_id, RoleName.PROJECT_MANAGER, but=by.sign_in_id)
    audit.record(session, "privacy_changed", subject="project", subject_id=project.id, private=private)
