"""Signing in and out, and asking for a link when the password is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.errors import TooMany
from app.people import letters, mail, provider, sign_ins, throttle
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


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form; `next` is where it leads. provider: what the other way in is called, if there is one.

    sign_up: whether people may open an account themselves.
    """

    form: Form
    next: str
    provider: str
    sign_up: bool


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
def send_link(
    request: Request, session: SessionDep, form: FormDep, open_transaction: TransactionsDep
) -> Response:
    """Mail a link to whoever has an account; the answer is the same for everybody."""
    email = form.text("email", longest=LONGEST_EMAIL)
    status = 422
    network = visitor(request).address
    if not form.problems and not throttle.allow_letter(session, network, email):
        form.refuse("email", throttle.LETTERS_REFUSED)
        status = 429
    if form.problems or not mail.available():
        data = ForgottenPage(form, mail.available())
        return page(
            request, "signin/forgotten.html", data, crumbs=(Crumb("Forgotten password"),), status=status
        )
    words = "If there is an account with this address, a link is on its way to it."
    response = redirect(request, request.app.url_path_for("sign_in"), words, Tone.INFO)
    response.background = BackgroundTask(letters.reset, open_transaction, email, network)
    return response


def _page(
    request: Request, form: Form, there: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    settings = get_settings()
    way_round = settings.oidc_name if provider.available() else ""
    data = SignInPage(form, local_path(there), way_round, settings.sign_up)
    crumbs = (Crumb("Sign in"),)
    return page(request, "signin/sign_in.html", data, crumbs=crumbs, status=status, headers=headers)
