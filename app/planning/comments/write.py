"""Saying something, changing it, taking it back, and calling it settled."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn, Problem
from app.models import Comment, CommentMention, Scenario
from app.models.comment import LONGEST_COMMENT
from app.people import audit
from app.people.identity import Identity, identity, may
from app.people.policy import Permission
from app.planning.comments.handles import called, handles
from app.planning.comments.places import Place, check_place


def find_comment(session: Session, scenario: Scenario, key: int) -> Comment:
    """Return a comment of a scenario; one that was deleted only to whoever deleted it. Raises `NotFound`."""
    statement = select(Comment).where(Comment.id == key, Comment.scenario_id == scenario.id)
    found = session.scalars(statement).one_or_none()
    if found is None or (found.deleted_at is not None and found.deleted_by != _asking().user_id):
        raise NotFound("comment", key)
    return found


def write(session: Session, scenario: Scenario, place: Place, text: str) -> Comment:
    """Add a comment and tell those whom it calls; raises `InvalidInput`, `NotAllowed`."""
    refuse_archived(scenario)
    body = _checked(text)
    check_place(session, scenario, place)
    made = Comment(
        scenario_id=scenario.id, part=place.part, line=place.line, author_id=_asking().user_id, body=body
    )
    session.add(made)
    session.flush()
    _call(session, scenario, made)
    return made


def change(session: Session, scenario: Scenario, comment: Comment, text: str, version: int) -> None:
    """Give one's own comment another text; whom it newly calls is told, whom it no longer calls is not."""
    refuse_archived(scenario)
    _refuse_deleted(comment)
    if comment.author_id != _asking().user_id:
        raise NotAllowed("Only whoever wrote a comment can change it.")
    body = _checked(text)
    if version != comment.version:
        raise Conflict(
            "This comment was changed while you were editing it.",
            theirs={"Comment": comment.body},
            yours={"Comment": body},
        )
    if body != comment.body:
        comment.body, comment.edited_at = body, datetime.now(UTC)
        session.flush()
        _call(session, scenario, comment)


def resolve(session: Session, scenario: Scenario, comment: Comment, resolved: bool) -> None:
    """Call a comment settled, or open it again."""
    refuse_archived(scenario)
    _refuse_deleted(comment)
    comment.resolved_at = datetime.now(UTC) if resolved else None
    comment.resolved_by = _asking().user_id if resolved else None
    session.flush()


def delete(session: Session, scenario: Scenario, comment: Comment) -> None:
    """Take a comment out of sight, one's own or any in a project that one manages; `bring_back` undoes it."""
    refuse_archived(scenario)
    _refuse_deleted(comment)
    person = _asking()
    if comment.author_id != person.user_id and not may(Permission.MANAGE, scenario.project):
        raise NotAllowed("Only whoever wrote a comment, or manages the project, can delete it.")
    comment.deleted_at, comment.deleted_by = datetime.now(UTC), person.user_id
    session.flush()
    audit.record(session, "comment_deleted", subject="comment", subject_id=comment.id, user=comment.author_id)


def bring_back(session: Session, scenario: Scenario, comment: Comment) -> None:
    """Undo a deletion by oneself."""
    refuse_archived(scenario)
    if comment.deleted_at is None:
        raise NotAllowed("This comment is not deleted.")
    comment.deleted_at = comment.deleted_by = None
    session.flush()
    audit.record(session, "comment_restored", subject="comment", subject_id=comment.id)


def refuse_archived(scenario: Scenario) -> None:
    """Raise `NotAllowed` where nothing is discussed any more; an approved scenario may still be."""
    if is_archived(scenario):
        raise NotAllowed(f"“{scenario.name}” is archived, so nothing is said about it. Restore it first.")


def is_archived(scenario: Scenario) -> bool:
    """Say whether the scenario or its project is archived."""
    return scenario.status is ScenarioStatus.ARCHIVED or scenario.project.archived_at is not None


def _checked(text: str) -> str:
    body = text.replace("\r\n", "\n").strip()
    if not body:
        raise InvalidInput([Problem("text", text, "fill this in")])
    if len(body) > LONGEST_COMMENT:
        allowed = f"at most {LONGEST_COMMENT} characters"
        raise InvalidInput([Problem("text", f"{len(body)} characters", allowed)])
    return body


def _call(session: Session, scenario: Scenario, comment: Comment) -> None:
    """Bring the mentions of a comment to what its text calls; whoever knew already is not told again."""
    people = called(comment.body, handles(session, scenario.project))
    statement = select(CommentMention).where(CommentMention.comment_id == comment.id)
    held = {mention.user_id: mention for mention in session.scalars(statement)}
    for gone in held.keys() - {person.user_id for person in people}:
        session.delete(held[gone])
    for person in people:
        if person.user_id in held:
            held[person.user_id].handle = person.handle
        else:
            own = person.user_id == comment.author_id
            session.add(
                CommentMention(
                    comment_id=comment.id,
                    user_id=person.user_id,
                    handle=person.handle,
                    read_at=datetime.now(UTC) if own else None,
                )
            )
    session.flush()


def _refuse_deleted(comment: Comment) -> None:
    if comment.deleted_at is not None:
        raise NotAllowed("This comment is deleted. Bring it back first.")


def _asking() -> Identity:
    person = identity.get()
    if person is None:
        raise NotSignedIn("Sign in first.")
    return person
