"""The second step of signing in, for those who have a second factor."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import TooMany
from app.people.entering import finish
from app.people.second_factor import WRONG
from app.web.cookies import forget_halfway, halfway
from app.web.deps import FormDep, TransactionsDep
from app.web.entrance import visitor, welcome
from app.web.flash import Tone, redirect
from app.web.forms import Form
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(prefix="/sign-in/second", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SecondPage:
    """The form."""

    form: Form


@router.get("", name="second_factor")
def show(request: Request) -> Response:
    """Ask for a code."""
    return _page(request, Form()) if halfway(request) else _begin_again(request)


@router.post("")
def enter(request: Request, form: FormDep, open_transaction: TransactionsDep) -> Response:
    """Sign in, or show the form again."""
    known = halfway(request)
    if known is None:
        return _begin_again(request)
    code = form.text("code", longest=60)
    if form.problems:
        return _page(request, form, 422)
    try:
        entered = finish(open_transaction, known[0], code, visitor(request))
    except TooMany as error:
        form.refuse("code", str(error))
        return _page(request, form, 429, {"Retry-After": str(error.seconds)})
    if entered is None:
        form.refuse("code", WRONG)
        return _page(request, form, 422)
    response = welcome(redirect(request, known[1]), entered)
    forget_halfway(response)
    return response


def _begin_again(request: Request) -> Response:
    words = "That took too long. Sign in again."
    return redirect(request, request.app.url_path_for("sign_in"), words, Tone.INFO)


def _page(request: Request, form: Form, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    crumbs = (Crumb("Second factor"),)
    return page(
        request, "signin/second.html", SecondPage(form), crumbs=crumbs, status=status, headers=headers
    )
