"""One's own second factor in the browser: switch it on, renew recovery codes, switch it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import segno
from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, NotFound, Problem, TooMany
from app.people import accounts, second_factor, sign_ins, throttle
from app.people.identity import Identity
from app.web.access import PersonDep
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(prefix="/account/second-factor", include_in_schema=False)
PICTURE_SCALE = 5


@dataclass(frozen=True, slots=True)
class SecondFactorPage:
    """Where it stands. secret: waits for its first code; codes: recovery codes, shown this once."""

    form: Form
    on: bool
    secret: str
    codes: Sequence[str]


@router.get("", name="own_second_factor")
def show(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Show whether it is on."""
    return _page(request, session, person, Form())


@router.get("/picture.svg", name="second_factor_picture")
def picture(session: SessionDep, person: PersonDep) -> Response:
    """Return the secret that waits for its first code as a picture for an authenticator's camera."""
    secret = second_factor.waiting_secret(session, person.user_id)
    if secret is None:
        raise NotFound("picture", "of a secret that is in use")
    drawn = BytesIO()
    code = segno.make(second_factor.address(secret, person.email), error="m")
    code.save(drawn, kind="svg", scale=PICTURE_SCALE, border=4, light="white", dark="black", nl=False)
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.post("/begin", name="begin_second_factor")
def begin(request: Request, session: SessionDep, person: PersonDep, _form: FormDep) -> Response:
    """Make a secret for the authenticator; nothing is asked of it before it gave a code."""
    second_factor.begin(session, person.user_id)
    return redirect(request, request.app.url_path_for("own_second_factor"))


@router.post("/confirm", name="confirm_second_factor")
def confirm(request: Request, session: SessionDep, person: PersonDep, form: FormDep) -> Response:
    """Switch it on with the first code, show recovery codes, and sign every other browser out."""
    try:
        _limit(session, person)
        codes = second_factor.confirm(session, person.user_id, form["code"])
    except InvalidInput as error:
        form.adopt(error)
        return _page(request, session, person, form, status=422)
    sign_ins.end_all(session, person.user_id, but=person.sign_in_id)
    return _page(request, session, person, Form(), codes=codes, status=201)


@router.post("/renew", name="renew_recovery_codes")
def renew(request: Request, session: SessionDep, person: PersonDep, form: FormDep) -> Response:
    """Replace the recovery codes."""
    try:
        _require_code(session, person, form)
    except InvalidInput as error:
        form.adopt(error)
        return _page(request, session, person, form, status=422)
    codes = second_factor.renew_recovery_codes(session, person.user_id)
    return _page(request, session, person, Form(), codes=codes, status=201)


@router.post("/off", name="second_factor_off")
def switch_off(request: Request, session: SessionDep, person: PersonDep, form: FormDep) -> Response:
    """Switch it off, with a code as proof that it is its owner who does."""
    try:
        _require_code(session, person, form)
    except InvalidInput as error:
        form.adopt(error)
        return _page(request, session, person, form, status=422)
    second_factor.remove(session, accounts.find(session, person.user_id))
    return redirect(request, request.app.url_path_for("own_second_factor"), "The second factor is off.")


def _require_code(session: Session, person: Identity, form: Form) -> None:
    _limit(session, person)
    if not second_factor.check(session, person.user_id, form["code"]):
        raise InvalidInput([Problem("code", "", second_factor.WRONG)])


def _limit(session: Session, person: Identity) -> None:
    if not throttle.allow(session, f"second factor {person.user_id}", throttle.PER_SECOND_FACTOR):
        raise TooMany("Too many attempts. Wait a few minutes.", throttle.PER_SECOND_FACTOR.seconds)


def _page(
    request: Request,
    session: Session,
    person: Identity,
    form: Form,
    *,
    codes: Sequence[str] = (),
    status: int = 200,
) -> Response:
    on = second_factor.required(session, person.user_id)
    secret = "" if on else second_factor.waiting_secret(session, person.user_id) or ""
    data = SecondFactorPage(form, on, secret, codes)
    crumbs = (Crumb("Account", request.app.url_path_for("account")), Crumb("Second factor"))
    headers = {"Cache-Control": "no-store"}
    return page(request, "account/second.html", data, crumbs=crumbs, status=status, headers=headers)
