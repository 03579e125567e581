"""The proof of the engine on its pages and as JSON."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from app.valuation.proof import proof

KEYS = [proved.case.key for proved in proof()]


def test_it_works(client: TestClient) -> None:
    page = client.get("/proof")
    assert page.status_code == 200
    for proved in proof():
        assert f'href="/proof/{proved.case.key}"' in page.text
    assert re.search(r'href="/proof"[^>]* aria-current="page"', page.text)


@pytest.mark.parametrize("key", KEYS)
def test_a_case_shows_its_claims_its_rows_and_its_source(client: TestClient, key: str) -> None:
    page = client.get(f"/proof/{key}").text
    proved = next(each for each in proof() if each.case.key == key)
    assert page.count('<section class="section"') == 2 + sum(claim.is_row for claim in proved.claims)
    assert "Transcription:" in page
    for claim in proved.claims:
        assert claim.verdict.value.capitalize() in page
        if claim.is_row:
            assert f'href="#{claim.check.id}"' in page
            assert f'id="{claim.check.id}"' in page


def test_what_rounding_cannot_explain_is_marked(client: TestClient) -> None:
    assert "2037 beyond rounding" in client.get("/proof/diamba_sud_fs_2026").text
    text = client.get("/proof/buenavista_trs_2025").text
    assert "do not tie out" in text
    assert "<li>Working capital, 2045: it must close to zero by then;" in text
    assert "beyond rounding" not in client.get("/proof/berg_pfs_2026").text


def test_the_api_holds_what_the_page_shows(client: TestClient) -> None:
    cases = {case["key"]: case for case in client.get("/api/proof").json()}
    assert list(cases) == KEYS
    assert all(case["claims_by_verdict"]["outside"] == 0 for case in cases.values())
    berg = client.get("/api/proof/berg_pfs_2026").json()
    assert berg == cases["berg_pfs_2026"]
    npv = next(claim for claim in berg["claims"] if claim["check"] == "npv_post_8pct_mid")
    assert npv["verdict"] == "to the printed digit"
    assert npv["worst"]["printed"] == 4592
    assert npv["worst"]["ours"] == pytest.approx(4592, abs=0.5)
    assert npv["rows"] == []


@pytest.mark.parametrize("address", ["/proof/no_such_mine", "/api/proof/no_such_mine"])
def test_unknown_case(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404
