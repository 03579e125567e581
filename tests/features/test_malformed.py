"""A hundred requests that cannot be simulated, through the doors: each refused with its field named."""

from __future__ import annotations

import json
import re
from math import inf, nan
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Parameter, Scenario, SimulationRun
from tests.features.conftest import GOLD, SAME_ORIGIN, given

RUNS = f"/api{GOLD}/runs"
PRICE = f"/api{GOLD}/parameters/gold_price"
JSON = SAME_ORIGIN | {"Content-Type": "application/json"}

#: What to change in a run, and the field that the answer names.
RUN: list[tuple[dict[str, Any], str]] = [
    *(({"trials": value}, "trials") for value in (0, 1, -5, 1.5, "many", None, True, [1000], nan)),
    *(({"seed": value}, "seed") for value in (-1, 2**63, 1.5, "x", nan, True, [7])),
    *(({"sampler": value}, "sampler") for value in ("halton", "", None, 3)),
    *(({"replicates": value}, "replicates") for value in (0, -1, 65, 2.5, 600, "all")),
    *(({"stop_at": value}, "stop_at") for value in (0, -0.1, 1, 2, nan, inf, "1 %")),
    *(({"tail": value}, "tail") for value in (0, -0.1, 0.6, 1, nan, "5 %", None)),
    *(({"percentiles": value}, "percentiles") for value in ([], "P50", None, [0.01] * 100)),
    *(({"percentiles": [value]}, "percentiles[0]") for value in (0, 1, -0.5, 50)),
    *(({"percentiles": [value]}, "percentiles.0") for value in (nan, "P50", None)),
    ({"percentiles": [0.5, 0.5]}, "percentiles[1]"),
    ({"percentiles": [0.9, 0.1]}, "percentiles[1]"),
    ({"thresholds": {"luck": [1]}}, "thresholds[luck]"),
    ({"thresholds": {"npv_after_tax": [nan]}}, "thresholds.npv_after_tax.0"),
    ({"thresholds": {"npv_after_tax": ["zero"]}}, "thresholds.npv_after_tax.0"),
    ({"thresholds": {"npv_after_tax": 0}}, "thresholds.npv_after_tax"),
    ({"thresholds": [0]}, "thresholds"),
    ({"iterations": 100}, "iterations"),
]
#: A distribution of the gold price, and the number that the answer names.
DISTRIBUTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("uniform", {"min": 2, "max": 1}, "max"),
    ("uniform", {"min": 1, "max": 1}, "max"),
    ("uniform", {"max": 1}, "min"),
    ("uniform", {"min": nan, "max": 1}, "min"),
    ("uniform", {"min": 0, "max": inf}, "max"),
    ("uniform", {"min": 0, "max": "ten"}, "max"),
    ("uniform", {"min": 0, "max": None}, "max"),
    ("uniform", {"min": 0, "max": [1, 2]}, "max"),
    ("uniform", {"min": 0, "max": 1, "mean": 0.5}, "mean"),
    ("triangular", {"min": 1, "mode": 4, "max": 3}, "mode"),
    ("triangular", {"min": 1, "mode": 0, "max": 3}, "mode"),
    ("triangular", {"min": 1, "mode": 2, "max": 0.5}, "max"),
    ("triangular", {"min": 1, "max": 3}, "mode"),
    ("triangular_p10_p90", {"p10": 2, "mode": 2, "p90": 1}, "p90"),
    ("triangular_p10_p90", {"p10": 1, "mode": 4, "p90": 3}, "mode"),
    ("pert", {"min": 1, "mode": 4, "max": 3}, "mode"),
    ("pert", {"min": 1, "mode": 2, "max": 3, "shape": 0}, "shape"),
    ("pert", {"min": 1, "mode": 2, "max": 3, "shape": -4}, "shape"),
    ("normal", {"mean": 1, "sd": -1}, "sd"),
    ("normal", {"mean": 1, "sd": 0}, "sd"),
    ("normal", {"mean": nan, "sd": 1}, "mean"),
    ("truncated_normal", {"mean": 0, "sd": -1, "min": -1, "max": 1}, "sd"),
    ("truncated_normal", {"mean": 0, "sd": 1, "min": 1, "max": -1}, "max"),
    ("truncated_normal", {"mean": 0, "sd": 1, "min": 50, "max": 60}, "min"),
    ("lognormal", {"mean": -1, "sd": 1}, "mean"),
    ("lognormal", {"mean": 1, "sd": 0}, "sd"),
    ("lognormal_p10_p90", {"p10": 0, "p90": 1}, "p10"),
    ("lognormal_p10_p90", {"p10": 2, "p90": 1}, "p90"),
    ("beta", {"alpha": 0, "beta": 1}, "alpha"),
    ("beta", {"alpha": 1, "beta": -1}, "beta"),
    ("beta", {"alpha": 1, "beta": 1, "min": 2}, "max"),
    ("gamma", {"shape": 0, "scale": 1}, "shape"),
    ("gamma", {"shape": 1, "scale": -1}, "scale"),
    ("weibull", {"shape": -1, "scale": 1}, "shape"),
    ("weibull", {"shape": 1, "scale": 0}, "scale"),
    ("discrete", {"values": [1, 2], "weights": [0.5, 0.6]}, "weights"),
    ("discrete", {"values": [1, 2], "weights": [1]}, "weights"),
    ("discrete", {"values": [1, 2], "weights": [1.5, -0.5]}, "weights"),
    ("discrete", {"values": [], "weights": [1]}, "values"),
    ("discrete", {"values": [1, nan], "weights": [0.5, 0.5]}, "values"),
    ("discrete", {"values": 1, "weights": [1]}, "values"),
    ("empirical", {"values": [1]}, "values"),
    ("empirical", {"values": [inf, 1]}, "values"),
    ("cumulative", {"values": [2, 1], "weights": [0, 1]}, "values"),
    ("cumulative", {"values": [1, 2], "weights": [0.1, 1]}, "weights"),
    ("cumulative", {"values": [1, 2, 3], "weights": [0, 0.6, 0.5]}, "weights"),
    ("fixed", {}, "value"),
]
#: What else may be wrong with how a distribution is used.
USES: list[tuple[dict[str, Any], str]] = [
    ({"family": "cauchy"}, "uncertainty.family"),
    ({"effect": "divide"}, "uncertainty.effect"),
    ({"draw": "weekly"}, "uncertainty.draw"),
    ({"autocorrelation": 1.5}, "uncertainty.autocorrelation"),
    ({"autocorrelation": nan}, "uncertainty.autocorrelation"),
    ({"luck": 1}, "uncertainty.luck"),
]
#: A form of a run, and the field that its error summary leads to.
FORMS: list[tuple[dict[str, str], str]] = [
    *(({"trials": text}, "trials") for text in ("", "1", "0", "-5", "1.5", "1e9", "many", "1,000,000,000")),
    *(({"seed": text}, "seed") for text in ("-1", "seven", "1.5")),
    ({"sampler": "halton"}, "sampler"),
    *(({"percentiles": text}, "percentiles") for text in ("0 50", "50 100", "90 10", "50 50", "P50", "nan")),
    *(({"tail": text}, "tail") for text in ("0", "-5", "60", "five", "nan")),
    *(({"stop_at": text}, "stop_at") for text in ("0", "-1", "100", "1 t", "inf")),
    *(({"threshold.npv_after_tax": text}, "threshold.npv_after_tax") for text in ("zero", "1 nan", "inf")),
]


def fields(client: TestClient, method: str, address: str, body: dict[str, Any]) -> list[str]:
    """Send a body as it is, NaN included, and return the fields that the refusal names."""
    answer = client.request(method, address, content=json.dumps(body), headers=JSON)
    assert answer.status_code == 422, answer.text
    assert all(problem["allowed"] for problem in answer.json()["errors"])
    return [problem["field"] for problem in answer.json()["errors"]]


def test_there_are_more_than_a_hundred() -> None:
    assert len(RUN) + len(DISTRIBUTIONS) + len(USES) > 100


def test_runs(client: TestClient, gold: Scenario, session: Session, subtests: pytest.Subtests) -> None:
    for changes, field in RUN:
        with subtests.test(changes=changes):
            named = fields(client, "POST", RUNS, {"trials": 1000, "seed": 1} | changes)
            assert [name for name in named if name == field or name.startswith(f"{field}.")], named
    assert session.scalar(select(func.count(SimulationRun.id))) == 0


def test_a_billion_trials_are_more_than_this_installation_accepts(client: TestClient, gold: Scenario) -> None:
    assert client.post(RUNS, json={"trials": 10**9}, headers=SAME_ORIGIN).status_code == 413


def test_distributions(
    client: TestClient, gold: Scenario, session: Session, subtests: pytest.Subtests
) -> None:
    body = client.get(PRICE).json()
    for family, numbers, name in DISTRIBUTIONS:
        with subtests.test(family=family, numbers=numbers):
            uncertainty = {"family": family, "distribution": numbers}
            sent = {"version": body["version"], "values": body["values"], "uncertainty": uncertainty}
            named = fields(client, "PUT", PRICE, sent)
            assert [each for each in named if f"distribution.{name}" in each], named
    for changes, field in USES:
        with subtests.test(changes=changes):
            sent = {
                "version": body["version"],
                "values": body["values"],
                "uncertainty": body["uncertainty"] | changes,
            }
            assert field in fields(client, "PUT", PRICE, sent)
    assert client.get(PRICE).json() == body


def test_what_the_scenario_holds_is_refused_before_a_run(
    client: TestClient, gold: Scenario, session: Session, subtests: pytest.Subtests
) -> None:
    """Rows that came by another way than the form are looked at again."""
    parameter = session.scalars(
        select(Parameter).where(Parameter.scenario_id == gold.id, Parameter.name == "gold_price")
    ).one()
    # JSON in the database holds no NaN and no infinity.
    storable = [each for each in DISTRIBUTIONS if not re.search("NaN|Infinity", json.dumps(each[1]))]
    for family, numbers, name in storable[::3]:
        with subtests.test(family=family, numbers=numbers):
            parameter.family, parameter.distribution, parameter.active = family, numbers, True
            session.flush()
            named = fields(client, "POST", RUNS, {"trials": 1000, "seed": 1})
            assert [each for each in named if each.startswith(f"parameter 'gold_price', {name}")], named
    assert session.scalar(select(func.count(SimulationRun.id))) == 0


def test_forms(client: TestClient, gold: Scenario, session: Session, subtests: pytest.Subtests) -> None:
    page = f"{GOLD}/simulations"
    form = {**given(client, page), "trials": "1000", "sampler": "sobol", "seed": "1"}
    for changes, field in FORMS:
        with subtests.test(changes=changes):
            answer = client.post(page, data=form | changes, headers=SAME_ORIGIN)
            assert answer.status_code == 422
            assert f'href="#{field}"' in answer.text
            assert f'id="{field}"' in answer.text
    assert session.scalar(select(func.count(SimulationRun.id))) == 0
