"""Who works on a project: its members, and whether anybody else may know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import RoleName
from app.models import Project, User
from app.people import accounts, privacy, sign_ins
from app.people.entering import Entered
from app.people.identity import Identity
from app.people.policy import ROLE_LABELS
from app.web.access import PersonDep
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.entrance import visitor, welcome
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import Key, ProjectDep
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window, paged
from app.web.templating import page

router = APIRouter(prefix="/projects/{project_slug}/people", include_in_schema=False)
ROLES = {role.value: words for role, words in ROLE_LABELS.items() if role is not RoleName.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class MembersPage:
    """The list, the form that adds, and the switch."""

    project: Project
    members: Sequence[tuple[User, str]]
    pagination: Pagination
    form: Form
    roles: Sequence[tuple[str, str]]
    candidates: Sequence[tuple[str, str]]


@router.get("", name="members")
def show(request: Request, session: SessionDep, project: ProjectDep, window: WindowDep) -> Response:
    """Show who works on the project."""
    return _page(request, session, project, Form.of(role=RoleName.VIEWER), window=window)


@router.post("", name="save_member")
def save(
    request: Request, session: SessionDep, project: ProjectDep, by: PersonDep, form: FormDep
) -> Response:
    """Give a person a role in the project, in place of the one they had."""
    people = dict(_candidates(session))
    chosen, role = form.one_of("person", people), form.one_of("role", ROLES)
    if form.problems:
        return _page(request, session, project, form, status=422)
    accounts.set_member(session, project.id, int(chosen), RoleName(role))
    response = redirect(request, _home(request, project), f"{people[chosen]} saved.")
    return _still_signed_in(request, session, by, response)


@router.post("/{user_id}/remove", name="remove_member")
def remove(
    request: Request,
    session: SessionDep,
    project: ProjectDep,
    by: PersonDep,
    user_id: Key,
    _form: FormDep,
) -> Response:
    """Take a person's role in the project away."""
    person = accounts.find(session, user_id)
    role = {member.id: role for member, role in accounts.members(session, project.id)}.get(user_id)
    accounts.set_member(session, project.id, user_id, None)
    words = f"{person.name} was taken off the project."
    if role is not None:
        words += f" To undo this, add them below as {ROLES[role].partition(':')[0].lower()}."
    response = redirect(request, _home(request, project), words)
    return _still_signed_in(request, session, by, response)


@router.post("/private", name="set_private")
def set_private(
    request: Request, session: SessionDep, project: ProjectDep, person: PersonDep, form: FormDep
) -> Response:
    """Hide the project from everybody but its members, or show it again; whoever hides it stays a member."""
    privacy.set_private(session, project, form.flag("private"), person)
    words = (
        "Only its members see this project."
        if project.private
        else "Everybody with a role sees this project."
    )
    return _still_signed_in(request, session, person, redirect(request, _home(request, project), words))


def _still_signed_in(request: Request, session: Session, person: Identity, response: Response) -> Response:
    """Give whoever changed their own rights a new sign-in in place of the one that ended with the change."""
    if person.sign_in_id is None or sign_ins.exists(session, person.sign_in_id):
        return response
    came = visitor(request)
    begun = sign_ins.begin(session, person.user_id, address=came.address, browser=came.browser)
    return welcome(response, Entered(person.user_id, begun))


def _home(request: Request, project: Project) -> str:
    return str(request.app.url_path_for("members", project_slug=project.slug))


def _candidates(session: Session) -> list[tuple[str, str]]:
    statement = select(User.id, User.name, User.email).where(User.active).order_by(func.lower(User.name))
    return [(str(row.id), f"{row.name} ({row.email})") for row in session.execute(statement)]


def _page(
    request: Request,
    session: Session,
    project: Project,
    form: Form,
    status: int = 200,
    window: Window | None = None,
) -> Response:
    found = [
        (person, ROLES[role].partition(":")[0]) for person, role in accounts.members(session, project.id)
    ]
    shown, pagination = paged(found, window or Window(), _home(request, project))
    data = MembersPage(project, shown, pagination, form, list(ROLES.items()), _candidates(session))
    crumbs = (
        Crumb("Projects", request.app.url_path_for("projects")),
        Crumb(project.name, request.app.url_path_for("project", project_slug=project.slug)),
        Crumb("People"),
    )
    return page(request, "members/show.html", data, crumbs=crumbs, status=status)
