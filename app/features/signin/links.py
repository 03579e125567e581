"""The page behind a one-time link: the first administrator, an invitation, a new password."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import RoleName
from app.errors import InvalidInput
from app.models import LinkPurpose, OneTimeLink
from app.people import accounts, audit, links, passwords, second_factor, sign_ins
from app.people.entering import Entered
from app.settings import get_settings
from app.web.deps import FormDep, SessionDep
from app.web.entrance import visitor, welcome
from app.web.flash import redirect
from app.web.forms import Form
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(prefix=links.PATH.rstrip("/"), include_in_schema=False)
TITLES = {
    LinkPurpose.FIRST_ADMINISTRATOR: "Begin with CalMiner",
    LinkPurpose.INVITATION: "Welcome to CalMiner",
    LinkPurpose.RESET: "Choose a new password",
    LinkPurpose.SIGN_UP: "Open your account",
}


@dataclass(frozen=True, slots=True)
class LinkPage:
    """The form. email: whose password it sets; empty for the first administrator, who gives one."""

    form: Form
    title: str
    email: str
    shortest: int = passwords.SHORTEST


@router.get("/{secret}", name="one_time_link")
def show(request: Request, session: SessionDep, secret: str) -> Response:
    """Show the form; looking at it does not use the link up."""
    link = links.find(session, secret)
    return _form_page(request, session, link, Form()) if link else _gone(request)


@router.post("/{secret}")
def use(request: Request, session: SessionDep, secret: str, form: FormDep) -> Response:
    """Set the password and sign in; the link ends with it."""
    link = links.find(session, secret)
    if link is None:
        return _gone(request)
    try:
        name, email = _who(session, link, form)
        accounts.refuse_weak(form["password"], form["repeated"], name, email)
    except InvalidInput as error:
        form.adopt(error)
        return _form_page(request, session, link, form, status=422)
    fresh_hash = passwords.hashed(form["password"])
    if not links.consume(session, link.id):
        return _gone(request)
    user_id = link.user_id or _made(session, link.purpose, name, email)
    accounts.set_password(session, user_id, fresh_hash)
    audit.record(
        session, "link_used", actor_id=user_id, subject="user", subject_id=user_id, purpose=link.purpose
    )
    if second_factor.required(session, user_id):
        words = "Password set. Sign in with it and your second factor."
        return redirect(request, request.app.url_path_for("sign_in"), words)
    came = visitor(request)
    begun = sign_ins.begin(
        session, user_id, address=came.address, browser=came.browser, replaces=came.replaces
    )
    response = redirect(request, request.app.url_path_for("dashboard"), f"Welcome, {name}.")
    return welcome(response, Entered(user_id, begun))


def _made(session: Session, purpose: LinkPurpose, name: str, email: str) -> int:
    """Make the account of a link that knows none: the first administrator's, or of somebody who signed up."""
    if purpose is LinkPurpose.FIRST_ADMINISTRATOR:
        return accounts.create(session, name=name, email=email, roles=(RoleName.ADMINISTRATOR,)).id
    given = get_settings().sign_up_role
    roles = () if given == "none" else (RoleName(given),)
    person = accounts.create(session, name=name, email=email, roles=roles)
    audit.record(
        session, "signed_up", actor_id=person.id, subject="user", subject_id=person.id, roles=sorted(roles)
    )
    return person.id


def _who(session: Session, link: OneTimeLink, form: Form) -> tuple[str, str]:
    """Return name and address of whom the link is for; raises `InvalidInput`."""
    if link.user_id is not None:
        person = accounts.find(session, link.user_id)
        return person.name, person.email
    if link.email:
        return link.name, link.email
    accounts.checked(session, form["name"], form["email"])
    return form["name"].strip(), form["email"].strip()


def _form_page(
    request: Request, session: Session, link: OneTimeLink, form: Form, status: int = 200
) -> Response:
    email = accounts.find(session, link.user_id).email if link.user_id else link.email
    title = TITLES[link.purpose]
    data = LinkPage(form, title, email)
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return page(request, "signin/link.html", data, crumbs=(Crumb(title),), status=status, headers=headers)


def _gone(request: Request) -> Response:
    return page(request, "signin/link_gone.html", crumbs=(Crumb("This link has ended"),), status=404)
