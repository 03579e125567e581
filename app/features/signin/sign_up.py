"""Opening an account oneself, where the operator allows it: by a link that is mailed to the address."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.errors import NotFound
from app.people import accounts, letters, throttle
from app.settings import get_settings
from app.web.deps import FormDep, SessionDep, TransactionsDep
from app.web.entrance import visitor
from app.web.flash import Tone, redirect
from app.web.forms import Form
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(prefix="/sign-up", include_in_schema=False)
SENT = "A message is on its way to this address. Go on with the link in it."


@dataclass(frozen=True, slots=True)
class SignUpPage:
    """The form. domains: where addresses have to be, in words; empty where any does."""

    form: Form
    domains: str


@router.get("", name="sign_up")
def show(request: Request) -> Response:
    """Show the form, where people may open accounts."""
    _refuse_where_closed()
    return _page(request, Form())


@router.post("")
def ask(request: Request, session: SessionDep, form: FormDep, open_transaction: TransactionsDep) -> Response:
    """Mail a link to the address; the answer is the same whether it has an account or not."""
    _refuse_where_closed()
    domains = _domains()
    name, email, network = form["name"].strip(), form["email"].strip(), visitor(request).address
    form.problems.extend(accounts.misspelt(name, email))
    if domains and email.rpartition("@")[2].lower() not in domains and not form.error("email"):
        form.refuse("email", f"an address at {_in_words(domains)}")
    if form.problems:
        return _page(request, form, 422)
    if not throttle.allow_letter(session, network, email):
        form.refuse("email", throttle.LETTERS_REFUSED)
        return _page(request, form, 429)
    response = redirect(request, request.app.url_path_for("sign_in"), SENT, Tone.INFO)
    response.background = BackgroundTask(letters.sign_up, open_transaction, name, email, network)
    return response


def _domains() -> list[str]:
    return [domain.lower() for domain in get_settings().sign_up_domains.split(",") if domain]


def _in_words(domains: list[str]) -> str:
    return " or ".join((", ".join(domains[:-1]), domains[-1])) if len(domains) > 1 else "".join(domains)


def _refuse_where_closed() -> None:
    """Raise `NotFound` unless the operator lets people open accounts."""
    if not get_settings().sign_up:
        raise NotFound("page", "at which to open an account; ask an administrator for an invitation")


def _page(request: Request, form: Form, status: int = 200) -> Response:
    crumbs = (Crumb("Open an account"),)
    data = SignUpPage(form, _in_words(_domains()))
    return page(request, "signin/sign_up.html", data, crumbs=crumbs, status=status)
