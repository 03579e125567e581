"""People in the browser, for administrators: invite, roles, deactivate, hand over a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import RoleName
from app.errors import InvalidInput
from app.models import LinkPurpose, User
from app.people import accounts, audit, letters, links, mail, second_factor
from app.people.policy import ROLE_LABELS
from app.web.access import PersonDep
from app.web.deps import FormDep, SessionDep, TransactionsDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import Key
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window, paged
from app.web.templating import page

router = APIRouter(prefix="/people", include_in_schema=False)
NO_ROLE = "Only where a project has them as a member"


@dataclass(frozen=True, slots=True)
class Handover:
    """A link that was made a moment ago, shown this once; `mailed` when it goes out by mail as well."""

    name: str
    address: str
    mailed: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The list and the form that invites."""

    people: Sequence[tuple[User, str]]
    pagination: Pagination
    form: Form
    roles: Sequence[tuple[str, str]]
    handover: Handover | None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person."""

    person: User
    form: Form
    roles: Sequence[tuple[str, str]]
    handover: Handover | None
    second_factor: bool


def find(session: SessionDep, user_id: Key) -> User:
    """Return the person that the URL names; raises `NotFound`."""
    return accounts.find(session, user_id)


UserDep = Annotated[User, Depends(find, scope="function")]


@router.get("", name="people")
def index(request: Request, session: SessionDep, window: WindowDep) -> Response:
    """List everybody."""
    return _list_page(request, session, Form.of(role=RoleName.VIEWER), window=window)


@router.post("", name="invite")
def invite(
    request: Request,
    session: SessionDep,
    by: PersonDep,
    form: FormDep,
    open_transaction: TransactionsDep,
) -> Response:
    """Add a person and show the link at which they choose a password."""
    name, email, roles = form["name"], form["email"], _roles(form)
    try:
        form.refuse_if_wrong()
        person, path = accounts.invite(session, name=name, email=email, roles=roles, by=by.user_id)
    except InvalidInput as error:
        form.adopt(error)
        return _list_page(request, session, form, status=422)
    handover = Handover(person.name, _absolute(request, path), mail.available())
    response = _list_page(request, session, Form.of(role=RoleName.VIEWER), handover=handover, status=201)
    if handover.mailed:
        response.background = BackgroundTask(letters.invitation, open_transaction, person.id, path, by.name)
    return response


@router.get("/{user_id}", name="person")
def show(request: Request, session: SessionDep, person: UserDep) -> Response:
    """Show one person and what they may do."""
    return _person_page(request, session, person, _stored(person))


@router.post("/{user_id}", name="save_person")
def save(request: Request, session: SessionDep, person: UserDep, form: FormDep) -> Response:
    """Set role and whether the person may sign in; a change signs them out everywhere."""
    roles, version = _roles(form), form.version()
    if form.problems:
        return _person_page(request, session, person, form, status=422)
    accounts.change(session, person, version=version, active=form.flag("active"), roles=roles)
    return redirect(request, request.app.url_path_for("people"), f"{person.name} saved.")


@router.post("/{user_id}/link", name="make_link")
def make_link(
    request: Request, session: SessionDep, by: PersonDep, person: UserDep, _form: FormDep
) -> Response:
    """Show a new one-time link for a person who cannot sign in; what they had goes on until it is used."""
    path = links.issue(session, LinkPurpose.RESET, user_id=person.id, created_by=by.user_id)
    audit.record(session, "link_made", subject="user", subject_id=person.id)
    handover = Handover(person.name, _absolute(request, path), mailed=False)
    return _person_page(request, session, person, _stored(person), handover=handover, status=201)


@router.post("/{user_id}/second-factor/remove", name="remove_second_factor")
def remove_second_factor(request: Request, session: SessionDep, person: UserDep, _form: FormDep) -> Response:
    """Switch off the second factor of somebody who lost it."""
    second_factor.remove(session, person)
    words = f"{person.name} signs in with the password alone now."
    return redirect(request, request.app.url_path_for("person", user_id=person.id), words)


def _roles(form: Form) -> tuple[RoleName, ...]:
    chosen = form.one_of("role", [*RoleName], required=False)
    return (RoleName(chosen),) if chosen in [*RoleName] else ()


def _stored(person: User) -> Form:
    return Form.of(role=accounts.general_role(person), active=person.active, version=person.version)


def _absolute(request: Request, path: str) -> str:
    """The address to hand over: as the operator gave it, else as this administrator reached CalMiner."""
    known = mail.address_of(path)
    return known if known != path else f"{request.url.scheme}://{request.url.netloc}{path}"


def _list_page(
    request: Request,
    session: Session,
    form: Form,
    *,
    window: Window | None = None,
    handover: Handover | None = None,
    status: int = 200,
) -> Response:
    rows = [(person, _words(accounts.general_role(person))) for person in accounts.everybody(session)]
    shown, pagination = paged(rows, window or Window(), request.url.path)
    data = PeoplePage(shown, pagination, form, _choices(), handover)
    headers = {"Cache-Control": "no-store"}
    return page(request, "people/list.html", data, crumbs=(Crumb("People"),), status=status, headers=headers)


def _person_page(
    request: Request,
    session: Session,
    person: User,
    form: Form,
    *,
    handover: Handover | None = None,
    status: int = 200,
) -> Response:
    data = PersonPage(person, form, _choices(), handover, second_factor.required(session, person.id))
    crumbs = (Crumb("People", request.app.url_path_for("people")), Crumb(person.name))
    headers = {"Cache-Control": "no-store"}
    return page(request, "people/show.html", data, crumbs=crumbs, status=status, headers=headers)


def _choices() -> list[tuple[str, str]]:
    return [("", NO_ROLE), *((role.value, words) for role, words in ROLE_LABELS.items())]


def _words(role: RoleName | None) -> str:
    return ROLE_LABELS[role].partition(":")[0] if role else NO_ROLE
