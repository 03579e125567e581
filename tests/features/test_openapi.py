"""Every operation of the OpenAPI document with generated requests: no 500, no answer but the described."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.exchange.drafts import upload
from app.models import Scenario, TokenScope
from app.people import tokens
from tests import persons
from tests.exchange import roads
from tests.valuation import mine

pytestmark = pytest.mark.fuzz

EXAMPLES = 12
CHECKED = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


@pytest.fixture
def known(session: Session, gold: Scenario) -> dict[str, object]:
    """Path parameters that lead somewhere."""
    draft = upload(session, "a.zip", roads.bundle(roads.stored(session, mine.document())))
    return {
        "project_slug": "diamba-sud",
        "scenario_slug": gold.slug,
        "name": "gold_price",
        "key": draft.key,
    }


@pytest.fixture
def bearer(session: Session) -> dict[str, str]:
    """The headers of a program that may do everything, so that requests get past the door."""
    owner = persons.person(session, RoleName.ADMINISTRATOR)
    _, secret = tokens.create(session, owner.id, name="everything", scopes=[*TokenScope], days=1)
    session.flush()
    return {"Authorization": f"Bearer {secret}"}


def test_every_operation_answers_as_documented(
    app: FastAPI, known: dict[str, object], bearer: dict[str, str]
) -> None:
    # Not at the head: the suite without this test does not load the tool.
    import schemathesis

    # The address of the document is for those who are signed in with a browser.
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.app = app
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 20
    # What deletes comes last, so that there is something to ask for before.
    for operation in sorted(operations, key=lambda each: each.method == "delete"):
        exercise(operation, known, bearer)


def exercise(operation: Any, known: dict[str, object], headers: dict[str, str]) -> None:
    """Send requests as generated, and the same to a place that exists."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    checked = [not_a_server_error, *(getattr(checks, name) for name in CHECKED)]

    @settings(max_examples=EXAMPLES, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        answer = case.call_and_validate(checks=checked, headers=headers)
        assert answer.status_code != 401
        found = {name: known[name] for name in case.path_parameters if name in known}
        if found:
            case.path_parameters.update(found)
            case.call_and_validate(checks=checked, headers=headers)

    send()
