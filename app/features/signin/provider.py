"""Signing in through an identity provider, and connecting one's account with one there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.errors import NotFound
from app.people import asking, provider, vouching
from app.people.entering import let_in
from app.web.access import PersonDep
from app.web.cookies import (
    forget_provider_trip,
    provider_trip,
    remember_provider_trip,
    sign_in_secret,
)
from app.web.deps import SessionDep
from app.web.entrance import local_path, visitor, welcome
from app.web.flash import Tone, redirect

router = APIRouter(include_in_schema=False)


@router.get("/sign-in/provider", name="provider_sign_in")
def begin(next: Annotated[str, Query(max_length=2000)] = "/") -> Response:  # noqa: A002
    """Send the browser to the provider."""
    return _send(local_path(next), None)


@router.get("/account/provider", name="provider_connect")
def connect(person: PersonDep) -> Response:
    """Send the browser to the provider, to connect one's account with one there."""
    return _send("/account", person.user_id)


@router.get(provider.BACK, name="provider_back")
def finish(request: Request, session: SessionDep) -> Response:
    """Sign in, or connect, whomever the provider vouches for."""
    trip = provider_trip(request)
    if trip is None or "error" in request.query_params:
        words = "Signing in there did not come to an end. Begin again."
        return redirect(request, request.app.url_path_for("sign_in"), words, Tone.WARNING)
    vouched = provider.finish(request.query_params, trip.state, trip.nonce, trip.verifier)
    if trip.connects is not None:
        here = asking.by_sign_in(session, sign_in_secret(request))
        if here is None or here.user_id != trip.connects:
            return redirect(request, request.app.url_path_for("sign_in"))
        vouching.connect(session, trip.connects, vouched)
        response: Response = redirect(request, trip.there, "Your accounts are connected.")
    else:
        user_id = vouching.account_of(session, vouched)
        entered = let_in(session, user_id, visitor(request), how="provider")
        response = welcome(redirect(request, trip.there), entered)
    forget_provider_trip(response)
    return response


def _send(there: str, connects: int | None) -> Response:
    if not provider.available():
        raise NotFound("identity provider", "of this installation")
    begun = provider.begin()
    response = RedirectResponse(begun.address, status_code=303)
    remember_provider_trip(response, begun.state, begun.nonce, begun.verifier, there, connects)
    return response
