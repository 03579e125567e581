"""One's own account in the browser: who one is, how pages are written, the password, one's sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import Conflict, InvalidInput, Problem, TooMany
from app.features.account.browsers import in_words
from app.models import Password, SignIn, User
from app.people import accounts, audit, passwords, provider, sign_ins, throttle, vouching
from app.people.entering import Entered
from app.people.identity import Identity
from app.settings import get_settings
from app.web.access import PersonDep
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.entrance import visitor, welcome
from app.web.flash import redirect
from app.web.forms import Form
from app.web.locales import LOCALES, NUMBER_FORMATS, zones
from app.web.lookups import Key
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window, paged
from app.web.templating import THEMES, page

router = APIRouter(prefix="/account", include_in_schema=False)
FIELDS = ("name", "locale", "time_zone", "theme", "number_format")
#: A day that shows which of its numbers is the month.
SAMPLE_DAY = date(2026, 12, 31)
LANGUAGES = sorted(
    ((locale.tag, f"{locale.name}: {SAMPLE_DAY:{locale.date}}") for locale in LOCALES.values()),
    key=lambda pair: pair[1],
)
NUMBERS = [(key, example) for key, (_, _, example) in NUMBER_FORMATS.items()]
THEME_WORDS = [(theme, theme.capitalize()) for theme in THEMES]
ZONES = [(name, name.replace("_", " ")) for name in sorted(zones()) if "/" in name]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The page: two forms and a list."""

    email: str
    profile: Form
    password: Form
    sign_ins: Sequence[tuple[SignIn, str]]
    pagination: Pagination
    provider: str
    connected: bool
    here: int | None
    locales: Sequence[tuple[str, str]]
    zones: Sequence[tuple[str, str]]
    themes: Sequence[tuple[str, str]]
    numbers: Sequence[tuple[str, str]]
    shortest: int = passwords.SHORTEST


@router.get("", name="account")
def show(request: Request, session: SessionDep, person: PersonDep, window: WindowDep) -> Response:
    """Show one's own account."""
    return _page(request, session, person, window=window)


@router.post("", name="save_account")
def save(request: Request, session: SessionDep, person: PersonDep, form: FormDep) -> Response:
    """Store name and preferences, or show the form again with what is wrong."""
    user = accounts.find(session, person.user_id)
    wanted = _read(form)
    version = form.version()
    if form.problems:
        return _page(request, session, person, profile=form, status=422)
    if version != user.version:
        raise Conflict(
            "Your account was changed while you were editing it.",
            theirs={name: getattr(user, name) for name in FIELDS},
            yours=wanted,
        )
    fields = [name for name in FIELDS if getattr(user, name) != wanted[name]]
    if fields:
        # A name stands beside what its owner did before, so the one before has to be found somewhere.
        before = user.name if "name" in fields else ""
        audit.record(
            session, "profile_changed", subject="user", subject_id=user.id, fields=fields, name_before=before
        )
    for name, value in wanted.items():
        setattr(user, name, value)
    session.flush()
    response = redirect(request, request.app.url_path_for("account"), "Account saved.")
    response.delete_cookie("theme", path="/")
    return response


@router.post("/password", name="change_password")
def change_password(request: Request, session: SessionDep, person: PersonDep, form: FormDep) -> Response:
    """Set another password, sign every other browser out and give this one a new secret."""
    try:
        _require_current(session, person, form["current"])
        accounts.refuse_weak(form["password"], form["repeated"], person.name, person.email)
    except InvalidInput as error:
        form.adopt(error)
        return _page(request, session, person, password=form, status=422)
    accounts.set_password(session, person.user_id, passwords.hashed(form["password"]))
    came = visitor(request)
    begun = sign_ins.begin(session, person.user_id, address=came.address, browser=came.browser)
    words = "Password changed. Every other browser is signed out."
    return welcome(
        redirect(request, request.app.url_path_for("account"), words), Entered(person.user_id, begun)
    )


@router.post("/sign-ins/{sign_in_id}/end", name="end_sign_in")
def end_sign_in(
    request: Request, session: SessionDep, person: PersonDep, sign_in_id: Key, _form: FormDep
) -> Response:
    """End one sign-in of one's own."""
    sign_ins.end(session, person.user_id, sign_in_id)
    return redirect(request, request.app.url_path_for("account"), "That browser is signed out.")


@router.post("/sign-ins/end-others", name="end_other_sign_ins")
def end_others(request: Request, session: SessionDep, person: PersonDep, _form: FormDep) -> Response:
    """End all but the sign-in of this browser."""
    ended = sign_ins.end_all(session, person.user_id, but=person.sign_in_id)
    audit.record(session, "signed_out", subject="user", subject_id=person.user_id, others=ended)
    return redirect(request, request.app.url_path_for("account"), f"{ended} other sign-ins ended.")


def _read(form: Form) -> dict[str, str]:
    return {
        "name": form.text("name", longest=accounts.LONGEST_NAME),
        "locale": form.one_of("locale", dict(LANGUAGES), required=False),
        "time_zone": form.one_of("time_zone", dict(ZONES), required=False),
        "theme": form.one_of("theme", THEMES, required=False),
        "number_format": form.one_of("number_format", NUMBER_FORMATS, required=False),
    }


def _require_current(session: Session, person: Identity, typed: str) -> None:
    """Raise `InvalidInput` unless whoever sits there knows the password; guesses are limited."""
    if not throttle.allow(session, f"password {person.user_id}", throttle.PER_ACCOUNT):
        raise TooMany("Too many attempts. Try again in a few minutes.", throttle.PER_ACCOUNT.seconds)
    known = session.scalar(select(Password.hash).where(Password.user_id == person.user_id))
    if known is not None and not passwords.verified(typed, known)[0]:
        raise InvalidInput([Problem("current", "", "your password as it is now")])


def _page(
    request: Request,
    session: Session,
    person: Identity,
    *,
    window: Window | None = None,
    profile: Form | None = None,
    password: Form | None = None,
    status: int = 200,
) -> Response:
    user: User = accounts.find(session, person.user_id)
    stored = Form.of(version=user.version, **{name: getattr(user, name) for name in FIELDS})
    found = sign_ins.of_person(session, person.user_id)
    shown, pagination = paged(found, window or Window(), request.app.url_path_for("account"))
    data = AccountPage(
        user.email,
        profile or stored,
        password or Form(),
        [(item, in_words(item.browser)) for item in shown],
        pagination,
        get_settings().oidc_name if provider.available() else "",
        provider.available() and vouching.connected(session, person.user_id),
        person.sign_in_id,
        LANGUAGES,
        ZONES,
        THEME_WORDS,
        NUMBERS,
    )
    return page(request, "account/show.html", data, crumbs=(Crumb("Account"),), status=status)
