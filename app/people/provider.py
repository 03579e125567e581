"""Signing in through an identity provider: OpenID Connect, code flow with PKCE, state and nonce.

The provider's word counts after its signature, issuer, audience, time and nonce were checked, and then only
for the subject it names: addresses change hands, subjects do not.
"""

from __future__ import annotations

import hmac
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from app.engine.kinds import RoleName
from app.errors import NotAllowed, Unavailable
from app.people.mail import address_of
from app.settings import Settings, get_settings

BACK = "/sign-in/provider/back"
SCOPE = "openid profile email"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SECONDS = 10
#: How long what the provider says of itself is believed without asking again [s].
FRESH_SECONDS = 600
REFUSED = "The identity provider's answer could not be verified, so nobody was signed in. Begin again."

_metadata: dict[str, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True, slots=True)
class Begun:
    """What this browser has to bring back, and where it goes meanwhile."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for. email: empty unless it says that it checked the address."""

    issuer: str
    subject: str
    name: str
    email: str
    role: RoleName | None


def available() -> bool:
    """Say whether people may sign in through a provider."""
    settings = get_settings()
    return bool(settings.oidc_issuer and settings.oidc_client_id and settings.public_url)


def begin() -> Begun:
    """Return where to send the browser; raises `Unavailable` when the provider does not answer."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    with httpx2.Client(timeout=SECONDS, verify=_trusted()) as http:
        client = _client(http, get_settings())
        address, _ = client.create_authorization_url(
            _describes_itself(http)["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
        )
    return Begun(address, state, nonce, verifier)


def finish(query: Mapping[str, str], state: str, nonce: str, verifier: str) -> Vouched:
    """Return whom the provider vouches for; raises `NotAllowed`, `Unavailable` when it does not answer."""
    if not hmac.compare_digest(query.get("state", "").encode(), state.encode()) or "code" not in query:
        raise NotAllowed(REFUSED)
    settings = get_settings()
    with httpx2.Client(timeout=SECONDS, verify=_trusted()) as http:
        about = _describes_itself(http)
        try:
            token = _client(http, settings).fetch_token(
                about["token_endpoint"],
                grant_type="authorization_code",
                code=query["code"],
                code_verifier=verifier,
                client_id=settings.oidc_client_id,
                auth=_proof(settings),
            )
            keys = KeySet.import_key_set(KeySetSerialization(keys=_fetched(http, about["jwks_uri"])["keys"]))
            claims = _verified(str(token.get("id_token", "")), keys, nonce, settings)
        except httpx2.HTTPError as error:
            raise Unavailable(f"the identity provider: {error}") from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            raise NotAllowed(REFUSED) from error
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    name = str(claims.get("name") or claims.get("preferred_username") or email.partition("@")[0])
    return Vouched(settings.oidc_issuer, str(claims["sub"]), name, email, mapped_role(claims))


def mapped_role(claims: Mapping[str, Any]) -> RoleName | None:
    """Return the highest role that the claims give, by the settings."""
    settings = get_settings()
    pairs = [pair.split("=") for pair in settings.oidc_roles.split(",") if pair]
    held = claims.get(settings.oidc_roles_claim, [])
    values = {held} if isinstance(held, str) else set(map(str, held)) if isinstance(held, list) else set()
    given = {RoleName(role) for value, role in pairs if value in values}
    return next((role for role in reversed(RoleName) if role in given), None)


def _verified(id_token: str, keys: KeySet, nonce: str, settings: Settings) -> dict[str, Any]:
    claims = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    rules.validate(claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != settings.oidc_client_id:
        raise ValueError("the token was made for somebody else")
    return claims


@cache
def _trusted() -> ssl.SSLContext:
    """Return the authorities that this process trusts; to read them all takes longer than the rest."""
    return httpx2.create_ssl_context()


def _client(http: httpx2.Client, settings: Settings) -> OAuth2Client:
    return OAuth2Client(
        http,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value() or None,
        scope=SCOPE,
        redirect_uri=address_of(BACK),
        code_challenge_method="S256",
    )


def _proof(settings: Settings) -> httpx2.Auth:
    """Return how CalMiner proves itself to the provider: by its secret, else by PKCE alone."""
    secret = settings.oidc_client_secret.get_secret_value()
    if not secret:
        return httpx2.Auth()
    return httpx2.BasicAuth(quote_plus(settings.oidc_client_id), quote_plus(secret))


def _describes_itself(http: httpx2.Client) -> dict[str, Any]:
    """Return what the provider says of itself, from its well-known address; raises `Unavailable`."""
    issuer = get_settings().oidc_issuer
    asked, known = _metadata.get(issuer, (0.0, {}))
    if known and time.monotonic() - asked < FRESH_SECONDS:
        return known
    try:
        known = _fetched(http, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    except (httpx2.HTTPError, ValueError) as error:
        raise Unavailable(f"the identity provider {issuer}: {error}") from error
    if known.get("issuer") != issuer:
        raise Unavailable(f"the identity provider calls itself {known.get('issuer')}, not {issuer}")
    _metadata[issuer] = (time.monotonic(), known)
    return known


def _fetched(http: httpx2.Client, address: str) -> dict[str, Any]:
    answer = http.get(address)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("an object was expected")
    return found
