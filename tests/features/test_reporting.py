"""A list of results in, its figures out; what is no list of numbers is refused with its place named."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np
import pytest
import scipy
from fastapi.testclient import TestClient

from app.engine.simulation.summary import summarise
from tests.features.conftest import SAME_ORIGIN

SUMMARY = "/api/reporting/summary"
VALUES = [10.0, -4.0, 7.5, 22.0, 3.0, 3.0, 18.25, -11.0, 6.0, 9.0, 15.0, 1.0]


def figures(client: TestClient, results: list[Any]) -> dict[str, float]:
    answer = client.post(SUMMARY, json=results, headers=SAME_ORIGIN)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_figures_are_those_of_the_standard_library_and_numpy(client: TestClient) -> None:
    found = figures(client, [{"iteration": index, "result": value} for index, value in enumerate(VALUES)])
    assert found["count"] == 12
    assert (found["min"], found["max"]) == (-11.0, 22.0)
    assert found["mean"] == pytest.approx(statistics.fmean(VALUES))
    assert found["median"] == statistics.median(VALUES)
    assert found["variance"] == pytest.approx(statistics.pvariance(VALUES))
    assert found["std_dev"] == pytest.approx(statistics.pstdev(VALUES))
    for level in (5, 10, 25, 75, 90, 95):
        assert found[f"percentile_{level}"] == pytest.approx(np.percentile(VALUES, level))
    assert found["value_at_risk_95"] == found["percentile_5"]
    assert found["expected_shortfall_95"] == -11.0
    assert figures(client, VALUES) == found


def test_a_large_normal_sample_has_the_tail_of_a_normal() -> None:
    values = scipy.stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000, loc=50, scale=20)
    found = summarise(values.tolist())
    edge = scipy.stats.norm.ppf(0.05)
    assert found.value_at_risk_95 == pytest.approx(50 + 20 * edge, abs=0.01)
    assert found.expected_shortfall_95 == pytest.approx(50 - 20 * scipy.stats.norm.pdf(edge) / 0.05, abs=0.02)
    assert found.std_dev == pytest.approx(20, rel=1e-3)


def test_one_result_is_all_its_figures(client: TestClient) -> None:
    found = figures(client, [4.5])
    assert (found.pop("count"), found.pop("std_dev"), found.pop("variance")) == (1, 0, 0)
    assert set(found.values()) == {4.5}


def test_the_order_of_results_does_not_matter(client: TestClient) -> None:
    assert figures(client, VALUES) == figures(client, VALUES[::-1])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", "results"),
        ('["12"]', "results[0]"),
        ("[1, null]", "results[1]"),
        ("[1, true]", "results[1]"),
        ("[NaN]", "results[0]"),
        ("[1, Infinity]", "results[1]"),
        ("[1e300]", "results[0]"),
        ("[1" + "0" * 400 + "]", "results[0]"),
        ('[{"result": "high"}]', "results[0].result"),
        ('[{"outcome": 1}]', "results[0].result"),
        ('[{"result": 1}, {"result": null}]', "results[1].result"),
        ("[[1, 2]]", "results[0]"),
        ('{"result": 1}', "body"),
        ("7", "body"),
        ("null", "body"),
        ("", "body"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused(client: TestClient, body: str, field: str) -> None:
    headers = SAME_ORIGIN | {"Content-Type": "application/json"}
    answer = client.post(SUMMARY, content=body, headers=headers)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["errors"]] == [field]


def test_a_list_of_nonsense_is_not_answered_with_a_book(client: TestClient) -> None:
    answer = client.post(SUMMARY, json=["x"] * 5000, headers=SAME_ORIGIN)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 20
