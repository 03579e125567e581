"""One's own API tokens in the browser; only there, so that a token cannot make another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput
from app.models import ApiToken, TokenScope
from app.people import tokens
from app.people.identity import Identity
from app.web.access import PersonDep
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import Key
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window, paged
from app.web.templating import page

router = APIRouter(prefix="/account/tokens", include_in_schema=False)
SCOPE_WORDS = {
    TokenScope.READ: "Read projects and results",
    TokenScope.WRITE: "Change projects and scenarios",
    TokenScope.RUN: "Run simulations",
    TokenScope.ADMIN: "Manage people and settings",
}
LIFETIMES = {"30": "30 days", "90": "90 days", "366": "One year"}


@dataclass(frozen=True, slots=True)
class TokensPage:
    """The list and the form. secret: of a token that was made a moment ago, shown this once."""

    form: Form
    tokens: Sequence[ApiToken]
    pagination: Pagination
    now: datetime
    scopes: Mapping[TokenScope, str]
    lifetimes: Sequence[tuple[str, str]]
    secret: str = ""


@router.get("", name="api_tokens")
def show(request: Request, session: SessionDep, person: PersonDep, window: WindowDep) -> Response:
    """Show one's tokens."""
    return _page(request, session, person, Form.of(days="90", read=True), window=window)


@router.post("")
def create(request: Request, session: SessionDep, person: PersonDep, form: FormDep) -> Response:
    """Make a token and show its secret in this answer, which no cache keeps."""
    name = form.text("name", longest=tokens.LONGEST_NAME)
    days = form.one_of("days", LIFETIMES)
    scopes = [scope for scope in TokenScope if form.flag(scope)]
    try:
        form.refuse_if_wrong()
        _, secret = tokens.create(session, person.user_id, name=name, scopes=scopes, days=int(days))
    except InvalidInput as error:
        form.adopt(error)
        return _page(request, session, person, form, status=422)
    return _page(request, session, person, Form.of(days="90", read=True), secret=secret, status=201)


@router.post("/{token_id}/revoke", name="revoke_token")
def revoke(
    request: Request, session: SessionDep, person: PersonDep, token_id: Key, _form: FormDep
) -> Response:
    """End a token of one's own."""
    name = tokens.revoke(session, person.user_id, token_id)
    return redirect(request, request.app.url_path_for("api_tokens"), f"“{name}” no longer opens anything.")


def _page(
    request: Request,
    session: Session,
    person: Identity,
    form: Form,
    *,
    window: Window | None = None,
    secret: str = "",
    status: int = 200,
) -> Response:
    found = tokens.of_person(session, person.user_id)
    shown, pagination = paged(found, window or Window(), request.url.path)
    data = TokensPage(
        form, shown, pagination, datetime.now(UTC), SCOPE_WORDS, list(LIFETIMES.items()), secret
    )
    crumbs = (Crumb("Account", request.app.url_path_for("account")), Crumb("API tokens"))
    headers = {"Cache-Control": "no-store"}
    return page(request, "account/tokens.html", data, crumbs=crumbs, status=status, headers=headers)
