"""A history pasted, the families that fit it ranked, one of them adopted; and each way to fail."""

from __future__ import annotations

import re

import numpy as np
import pytest
import scipy
from fastapi.testclient import TestClient
from hypothesis import given, strategies as st
from sqlalchemy.orm import Session

from app.engine.kinds import DistributionFamily, ScenarioStatus
from app.errors import InvalidInput
from app.features.parameters.fitting import fitted
from app.features.parameters.histories import observations
from app.models import Scenario
from tests.features.conftest import GOLD, SAME_ORIGIN, Post

PAGE = f"{GOLD}/parameters/gold_price/fit"
API = f"/api{GOLD}/parameters/gold_price/fit"


def history(count: int = 400) -> list[float]:
    """Gold prices that are lognormal, to four decimals as a spreadsheet has them."""
    return [
        round(float(x), 4) for x in scipy.stats.lognorm(0.3, scale=2000).ppf((np.arange(count) + 0.5) / count)
    ]


def test_the_api_ranks_what_fits(client: TestClient, gold: Scenario) -> None:
    found = client.post(API, json={"values": history()}, headers=SAME_ORIGIN).json()
    assert found[0]["family"] == "lognormal"
    assert [each["aic"] for each in found] == sorted(each["aic"] for each in found)
    oracle = scipy.stats.kstest(history(), scipy.stats.lognorm(0.3, scale=2000).cdf)
    assert found[0]["kolmogorov_smirnov"] == pytest.approx(oracle.statistic, abs=0.005)
    assert found[0]["anderson_darling"] < 0.1
    assert found[0]["spread"]["p90"] == pytest.approx(scipy.stats.lognorm(0.3, scale=2000).ppf(0.9), rel=0.01)
    assert client.get(f"/api{GOLD}/parameters/gold_price").json()["version"] == 1


def test_a_fit_is_adopted_from_its_page(client: TestClient, post: Post, gold: Scenario) -> None:
    pasted = "\n".join(f"{value:,.4f}" for value in history())
    page = post(PAGE, history=pasted)
    assert page.status_code == 200
    for words in ("What fits", "Lognormal", "Kolmogorov–Smirnov", "Anderson–Darling", "Adopt Lognormal"):
        assert words in page.text
    form = next(each for each in page.text.split("<form")[2:] if 'value="lognormal"' in each)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    address = re.search(r'action="([^"]+)"', form)
    assert address
    assert client.post(address[1], data=fields, headers=SAME_ORIGIN).status_code == 303
    stored = client.get(f"/api{GOLD}/parameters/gold_price").json()
    best = client.post(API, json={"values": history()}, headers=SAME_ORIGIN).json()[0]
    assert stored["uncertainty"]["family"] == "lognormal"
    assert stored["uncertainty"]["distribution"] == pytest.approx(best["parameters"], rel=1e-12)
    assert stored["version"] == 2
    lost = client.post(address[1], data=fields, headers=SAME_ORIGIN)
    assert lost.status_code == 409


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("1\t2\t3", "1\t2\t3"),
        ("1 200\n1 300", "1 200\n1 300"),
        ("Price\n1,200.5\n1,300", "1,200.5\n1,300"),
        ("Date\tPrice\n2020-01-01\t1,200\n2020-02-01\t1,300", "1,200\n1,300"),
        ("2020;1200;fix\n2021;1300;fix", "1200\n1300"),
        ('Date,Price\n2020-01-01,1200.5\n2020-02-01,"1300"', "1200.5\n1300"),
        ("Jan 2020,1200\nFeb 2020,1300", "1200\n1300"),
        ("31.12.2020,1200\n31.01.2021,1300", "1200\n1300"),
        ("1,200\n1,300", "1,200\n1,300"),
        ("1 200,5\n1 300,2", "1 200,5\n1 300,2"),
        ("1.200,5\n1.300,2", "1.200,5\n1.300,2"),
        ("a\tb\nc\td", "a\tb\nc\td"),
    ],
)
def test_of_a_table_the_last_column_of_numbers_is_the_history(pasted: str, expected: str) -> None:
    assert observations(pasted) == expected


def test_the_parameter_leads_to_its_fit(client: TestClient, gold: Scenario) -> None:
    assert f'href="{PAGE}"' in client.get(f"{GOLD}/parameters/gold_price").text
    assert "Adopt" not in client.get(PAGE).text


def test_a_locked_scenario_offers_nothing_to_adopt(
    client: TestClient, post: Post, gold: Scenario, session: Session
) -> None:
    gold.status = ScenarioStatus.APPROVED
    session.flush()
    page = post(PAGE, history=" ".join(map(str, history(20))))
    assert "What fits" in page.text
    assert "Adopt Lognormal" not in page.text


@pytest.mark.parametrize(
    "typed", ["", "1 2 3 4", "5 5 5 5 5 5", "1 2 3 x 5", "1 2 3 4 1e200", "1 2 3 4 nan", "1 " * 10_001]
)
def test_a_history_that_says_nothing_comes_back(post: Post, gold: Scenario, typed: str) -> None:
    answer = post(PAGE, history=typed)
    assert answer.status_code == 422
    assert 'href="#history"' in answer.text
    assert typed.strip() in answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"values": []}', "values"),
        ('{"values": [1, 2, 3, 4]}', "values"),
        ('{"values": [7, 7, 7, 7, 7]}', "values"),
        ('{"values": [1, 2, 3, 4, NaN]}', "values.4"),
        ('{"values": [1, 2, 3, 4, 1e200]}', "values[4]"),
        ('{"values": [1, 2, 3, 4, "high"]}', "values.4"),
        ('{"values": 5}', "values"),
        ('{"history": [1, 2, 3, 4, 5]}', "values"),
    ],
)
def test_the_api_names_what_is_wrong(client: TestClient, gold: Scenario, body: str, field: str) -> None:
    headers = SAME_ORIGIN | {"Content-Type": "application/json"}
    answer = client.post(API, content=body, headers=headers)
    assert answer.status_code == 422
    assert field in [problem["field"] for problem in answer.json()["errors"]]


@given(st.lists(st.floats(-1e100, 1e100), min_size=5, max_size=12))
def test_any_history_is_fitted_or_refused(values: list[float]) -> None:
    try:
        found = fitted(values)
    except InvalidInput:
        return
    for each in found:
        assert each.fit.family in DistributionFamily
        assert 0 <= each.fit.kolmogorov_smirnov <= 1
        assert each.spread.p10 <= each.spread.p90
