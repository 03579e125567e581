"""A form that came back because of who sent it: signed out meanwhile, or signed in anew since it was opened.

Nothing is kept on the server. The page that says so holds what was typed, and sends it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request

from app.errors import CalMinerError, NotSignedIn, StaleForm
from app.web import csrf

TYPED = "application/x-www-form-urlencoded"
#: A form with one of these is not repeated.
SECRETS = frozenset({"password", "repeated", "current", "code", "secret", "token"})
SIGNED_OUT = (
    "Nothing was saved, and nothing is lost: this page holds what you typed. "
    "Sign in in a new tab, come back here and send it again."
)
ANEW = (
    "You signed in after you had opened this form, so nothing was saved yet. This page holds what you typed."
)
TEXTS = {NotSignedIn: ("You are signed out", SIGNED_OUT), StaleForm: ("Send this now?", ANEW)}


@dataclass(frozen=True, slots=True)
class HeldForm:
    """What was typed and where it goes. fields: name and text, in order. signed_out: sign in first."""

    title: str
    detail: str
    address: str
    fields: list[tuple[str, str]]
    signed_out: bool

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a reader knows again: no empty fields, no versions of rows."""
        return [(name, text) for name, text in self.fields if text.strip() and name != "version"]


async def held_form(request: Request, error: CalMinerError) -> HeldForm | None:
    """Return the form of a page that was refused for one of these reasons, or None where it is another's.

    Only what the browser vouches for is repeated: no page of another site can send `same-origin`.
    """
    kind = next((kind for kind in TEXTS if isinstance(error, kind)), None)
    content = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    own = request.headers.get("sec-fetch-site") == "same-origin"
    navigates = request.headers.get("sec-fetch-dest", "document") == "document"
    if kind is None or request.method != "POST" or content != TYPED or not own or not navigates:
        return None
    sent = error.sent if isinstance(error, StaleForm) else await request.form()
    fields = _texts(sent)
    if not fields or SECRETS & {name for name, _ in fields}:
        return None
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    title, detail = TEXTS[kind]
    return HeldForm(title, detail, address, fields, kind is NotSignedIn)


def _texts(sent: FormData) -> list[tuple[str, str]]:
    return [(name, text) for name, text in sent.multi_items() if isinstance(text, str) and name != csrf.FIELD]
