"""Signing in and out, and asking for a link when the password is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from starlette.requests import Request
from starlette.responses import Response

from app.errors import TooMany
from app.models import LinkPurpose
from app.people import accounts, audit, links, mail, provider, sign_ins, throttle
from app.people.entering import Halfway, enter as enter_with_password
from app.settings import get_settings
from app.web.access import PersonDep
from app.web.cookies import forget_sign_in, remember_halfway
from app.web.deps import FormDep, SessionDep, TransactionsDep
from app.web.entrance import local_path, visitor, welcome
from app.web.flash import Tone, redirect
from app.web.forms import Form
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(include_in_schema=False)
WRONG = "E-mail address and password do not go together"
LONGEST_EMAIL, LONGEST_PASSWORD = 254, 1000
MAIL_TEXT = """\
Hello {name},

somebody, probably you, asked for a new password for CalMiner. Choose one here within 24 hours:

{address}

If it was not you, nothing has to be done.
"""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form; `next` is where it leads. provider: what the other way in is called, if there is one."""

    form: Form
    next: str
    provider: str


@dataclass(frozen=True, slots=True)
class ForgottenPage:
    """The form, where mail can be sent; else whom to ask."""

    form: Form
    by_mail: bool


@router.get("/sign-in", name="sign_in")
def show(request: Request, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:  # noqa: A002
    """Show the sign-in form."""
    return _page(request, Form(), next)


@router.post("/sign-in")
def enter(request: Request, form: FormDep, open_transaction: TransactionsDep) -> Response:
    """Sign in, or show the form again, which never says what of the two was wrong."""
    there = local_path(form["next"])
    email = form.text("email", longest=LONGEST_EMAIL)
    if not form["password"] or len(form["password"]) > LONGEST_PASSWORD:
        form.refuse("password", "your password")
    if form.problems:
        return _page(request, form, there, status=422)
    try:
        entered = enter_with_password(open_transaction, email, form["password"], visitor(request))
    except TooMany as error:
        form.refuse("email", str(error))
        return _page(request, form, there, 429, {"Retry-After": str(error.seconds)})
    if entered is None:
        form.refuse("email", WRONG)
        return _page(request, form, there, status=422)
    if isinstance(entered, Halfway):
        response = redirect(request, request.app.url_path_for("second_factor"))
        remember_halfway(response, entered.user_id, there)
        return response
    return welcome(redirect(request, there), entered)


@router.post("/sign-out", name="sign_out")
def leave(request: Request, session: SessionDep, person: PersonDep, _form: FormDep) -> Response:
    """End the sign-in of this browser."""
    if person.sign_in_id is not None:
        sign_ins.end(session, person.user_id, person.sign_in_id)
    response = redirect(request, request.app.url_path_for("sign_in"), "You are signed out.")
    forget_sign_in(response)
    return response


@router.get("/forgotten", name="forgotten")
def forgotten(request: Request) -> Response:
    """Show how to get to a new password."""
    crumbs = (Crumb("Forgotten password"),)
    return page(request, "signin/forgotten.html", ForgottenPage(Form(), mail.available()), crumbs=crumbs)


@router.post("/forgotten")
def send_link(request: Request, session: SessionDep, form: FormDep, after: BackgroundTasks) -> Response:
    """Mail a link to whoever has an account; the answer is the same for everybody."""
    email = form.text("email", longest=LONGEST_EMAIL)
    if form.problems:
        data = ForgottenPage(form, mail.available())
        return page(request, "signin/forgotten.html", data, crumbs=(Crumb("Forgotten password"),), status=422)
    keys = (throttle.network_key(visitor(request).address), throttle.account_key(email))
    allowed = all(throttle.allow(session, f"link {key}", throttle.PER_LINK_REQUEST) for key in keys)
    person = accounts.find_by_email(session, email) if allowed and mail.available() else None
    if person is not None and person.active:
        path = links.issue(session, LinkPurpose.RESET, user_id=person.id)
        audit.record(session, "link_mailed", subject="user", subject_id=person.id)
        text = MAIL_TEXT.format(name=person.name, address=mail.address_of(path))
        after.add_task(mail.send, person.email, "A new password for CalMiner", text)
    words = "If there is an account with this address, a link is on its way to it."
    response = redirect(request, request.app.url_path_for("sign_in"), words, Tone.INFO)
    response.background = after
    return response


def _page(
    request: Request, form: Form, there: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    data = SignInPage(form, local_path(there), get_settings().oidc_name if provider.available() else "")
    crumbs = (Crumb("Sign in"),)
    return page(request, "signin/sign_in.html", data, crumbs=crumbs, status=status, headers=headers)
