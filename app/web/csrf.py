"""The form token: proof that a form was rendered by CalMiner for the browser that sends it back.

The token is a keyed hash of the browser's binding: the secret of its sign-in, and before anybody has signed
in a random cookie. `SameOrigin` stands in front of this and turns away requests that other sites start.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.errors import StaleForm
from app.settings import get_settings
from app.web.cookies import sign_in_secret

COOKIE = "calminer_form"
FIELD = "csrf_token"
HEADER = "x-csrf-token"
BINDING_BYTES = 32


def binding(request: Request) -> str:
    """Return what this browser's tokens are bound to: its sign-in, else what is chosen on the first visit."""
    secret = sign_in_secret(request)
    if secret:
        return f"sign-in:{secret}"
    known = request.cookies.get(COOKIE, "")
    if len(known) >= BINDING_BYTES:
        return known
    if not hasattr(request.state, "csrf_binding"):
        request.state.csrf_binding = secrets.token_urlsafe(BINDING_BYTES)
    return str(request.state.csrf_binding)


def token(request: Request) -> str:
    """Return the token to put into a form rendered for this request."""
    key = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(key, b"calminer.form:" + binding(request).encode(), hashlib.sha256).hexdigest()


def remember(request: Request, response: Response) -> None:
    """Set the binding cookie when this request chose a new one."""
    chosen = getattr(request.state, "csrf_binding", None)
    if chosen:
        response.set_cookie(
            COOKIE, chosen, httponly=True, samesite="lax", path="/", secure=request.url.scheme == "https"
        )


def check(request: Request, sent: FormData) -> None:
    """Raise `StaleForm` unless the form, or the token header, holds the token of this browser."""
    given = str(sent.get(FIELD) or "") or request.headers.get(HEADER, "")
    bound = COOKIE in request.cookies or bool(sign_in_secret(request))
    known = bound and hmac.compare_digest(token(request).encode(), given.encode())
    if not known:
        raise StaleForm("This form is no longer valid. Go back, reload the page and send it again.", sent)
