"""Signing in through an identity provider: a real one, run in this process on the loopback address."""

from __future__ import annotations

import base64
import hashlib
import warnings
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from authlib.deprecate import AuthlibDeprecationWarning
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import ExternalIdentity, User
from app.people import accounts, provider
from app.settings import get_settings
from app.web.cookies import PROVIDER
from tests import persons
from tests.conftest import ClientAs

with warnings.catch_warnings():
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    import oidc_provider_mock

pytestmark = [
    # The provider's own, in its thread; CalMiner's code is checked by every other test.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning"),
]
ADA = "subject-of-ada"
CLIENT = "calminer"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that knows Ada, who is in the group of planners."""
    claims = {
        "email": "ada@mine.example",
        "email_verified": True,
        "name": "Ada Moreno",
        "groups": ["planners", "readers"],
    }
    stranger = {"email": "eve@evil.example", "email_verified": False, "name": "Eve"}
    people = [
        oidc_provider_mock.User(sub=ADA, claims=claims),
        oidc_provider_mock.User(sub="eve", claims=stranger),
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def configured(issuer: str, engine: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CALMINER_OIDC_ISSUER", issuer)
    monkeypatch.setenv("CALMINER_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("CALMINER_OIDC_CLIENT_SECRET", "not much of a secret")
    monkeypatch.setenv("CALMINER_PUBLIC_URL", "https://testserver")
    get_settings.cache_clear()
    provider._metadata.clear()
    yield
    get_settings.cache_clear()


def there_and_back(client: TestClient, *, subject: str = ADA, start: str = "/sign-in/provider") -> str:
    """Go to the provider, sign in there, and return the address that it sends the browser back to."""
    address = client.get(start).headers["location"]
    answer = httpx2.post(address, data={"sub": subject}, follow_redirects=False)
    assert answer.status_code in {302, 303}, answer.text
    back = urlsplit(answer.headers["location"])
    assert (back.netloc, back.path) == ("testserver", provider.BACK)
    return f"{back.path}?{back.query}"


def known(session: Session, issuer: str, role: RoleName | None = RoleName.VIEWER) -> User:
    person = persons.person(session, role)
    session.add(ExternalIdentity(user_id=person.id, issuer=issuer, subject=ADA))
    session.flush()
    return person


def test_it_works(stranger: TestClient, session: Session, issuer: str) -> None:
    person = known(session, issuer)
    assert "Sign in through your organisation" in stranger.get("/sign-in").text
    done = stranger.get(there_and_back(stranger, start="/sign-in/provider?next=/projects"))
    assert done.headers["location"] == "/projects"
    assert person.name in stranger.get("/projects").text


def test_the_request_carries_state_nonce_and_challenge(stranger: TestClient) -> None:
    from app.web.signing import unsign

    asked = parse_qs(urlsplit(stranger.get("/sign-in/provider").headers["location"]).query)
    trip = unsign("provider", stranger.cookies[f"__Host-{PROVIDER}"], 60)
    assert isinstance(trip, list)
    state, nonce, verifier = trip[:3]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert asked["state"] == [state]
    assert asked["nonce"] == [nonce]
    assert (asked["code_challenge"], asked["code_challenge_method"]) == ([challenge], ["S256"])
    assert (asked["response_type"], asked["scope"]) == (["code"], ["openid profile email"])


def test_the_way_back_counts_once_and_in_its_own_browser(
    stranger: TestClient, client_as: ClientAs, session: Session, issuer: str
) -> None:
    known(session, issuer)
    back = there_and_back(stranger)
    other = client_as(RoleName.VIEWER)
    other.cookies.clear()
    assert other.get(back).headers["location"] == "/sign-in", "without the cookie of the way there"
    there_and_back(other)
    assert other.get(back).status_code == 403, "with the cookie of another trip"
    assert stranger.get(back).headers["location"] == "/"
    stranger.cookies.delete("__Host-calminer_session")
    assert stranger.get(back).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("field", "value"), [("state", "x"), ("code", "made-up"), ("state", ""), ("code", "")]
)
def test_an_answer_that_was_changed(
    stranger: TestClient, session: Session, issuer: str, field: str, value: str
) -> None:
    known(session, issuer)
    parts = {name: values[0] for name, values in parse_qs(urlsplit(there_and_back(stranger)).query).items()}
    answer = stranger.get(provider.BACK, params=parts | {field: value})
    assert answer.status_code == 403
    assert "__Host-calminer_session" not in stranger.cookies


@pytest.mark.parametrize("change", ["nonce", "audience", "issuer", "signature"])
def test_a_token_that_is_not_meant_for_this_request(
    stranger: TestClient, session: Session, issuer: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(session, issuer)
    back = there_and_back(stranger)
    real = provider._verified
    other = get_settings().model_copy(
        update={"oidc_client_id": "another"} if change == "audience" else {"oidc_issuer": "https://x"}
    )

    def verified(token: str, keys: object, nonce: str, settings: object) -> object:
        if change == "signature":
            token = token[:-10] + ("A" * 10)
        wrong_nonce = "x" if change == "nonce" else nonce
        return real(token, keys, wrong_nonce, other if change in {"audience", "issuer"} else settings)

    monkeypatch.setattr(provider, "_verified", verified)
    assert stranger.get(back).status_code == 403


def test_nobody_without_an_account_gets_one(stranger: TestClient, session: Session) -> None:
    persons.person(session).email = "ada@mine.example"
    session.flush()
    answer = stranger.get(there_and_back(stranger))
    assert answer.status_code == 403
    assert "No account here is connected" in answer.text
    assert session.scalar(select(func.count(ExternalIdentity.id))) == 0


@pytest.mark.parametrize(("subject", "status"), [(ADA, 303), ("eve", 403)])
def test_signing_up_where_it_is_allowed(
    stranger: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch, subject: str, status: int
) -> None:
    monkeypatch.setenv("CALMINER_OIDC_SIGN_UP", "true")
    get_settings.cache_clear()
    assert stranger.get(there_and_back(stranger, subject=subject)).status_code == status
    found = session.scalars(select(User.email).join(ExternalIdentity)).all()
    assert found == (["ada@mine.example"] if status == 303 else [])


@pytest.mark.parametrize(
    ("mapping", "role"),
    [
        ("planners=analyst,chiefs=administrator", RoleName.ANALYST),
        ("readers=viewer,planners=project_manager", RoleName.PROJECT_MANAGER),
        ("nobody=administrator", None),
        ("", RoleName.VIEWER),
    ],
)
def test_the_provider_gives_roles(
    stranger: TestClient,
    session: Session,
    issuer: str,
    monkeypatch: pytest.MonkeyPatch,
    mapping: str,
    role: RoleName | None,
) -> None:
    person = known(session, issuer)
    monkeypatch.setenv("CALMINER_OIDC_ROLES", mapping)
    get_settings.cache_clear()
    assert stranger.get(there_and_back(stranger)).status_code == 303
    session.expire_all()
    assert accounts.general_role(accounts.find(session, person.id)) is role


def test_the_last_administrator_stays_one(
    stranger: TestClient, session: Session, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = known(session, issuer, RoleName.ADMINISTRATOR)
    monkeypatch.setenv("CALMINER_OIDC_ROLES", "planners=viewer")
    get_settings.cache_clear()
    assert stranger.get(there_and_back(stranger)).status_code == 303
    session.expire_all()
    assert accounts.general_role(accounts.find(session, person.id)) is RoleName.ADMINISTRATOR


def test_a_deactivated_person_stays_out(stranger: TestClient, session: Session, issuer: str) -> None:
    known(session, issuer).active = False
    session.flush()
    assert stranger.get(there_and_back(stranger)).status_code == 403


def test_connecting_ones_account(
    client_as: ClientAs, stranger: TestClient, session: Session, ada: User
) -> None:
    client = client_as(user=ada)
    assert client.get(there_and_back(client, start="/account/provider")).headers["location"] == "/account"
    assert "Connected" in client.get("/account").text
    assert stranger.get(there_and_back(stranger)).headers["location"] == "/"
    other = client_as(RoleName.VIEWER)
    refused = other.get(there_and_back(other, start="/account/provider"))
    assert refused.status_code == 403, "one account there belongs to one here"


def test_a_provider_that_is_away(stranger: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALMINER_OIDC_ISSUER", "http://127.0.0.1:1")
    get_settings.cache_clear()
    assert stranger.get("/sign-in/provider").status_code == 503
    assert stranger.get("/sign-in").status_code == 200


def test_without_a_provider_there_is_no_such_way(
    stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALMINER_OIDC_ISSUER", "")
    get_settings.cache_clear()
    assert stranger.get("/sign-in/provider").status_code == 404
    assert "Sign in through" not in stranger.get("/sign-in").text
