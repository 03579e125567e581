"""Runs: start, result, replay, cancel, and each way to fail."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus
from app.engine.version import ENGINE_VERSION
from app.models import Parameter, ParameterCorrelation, Scenario, SimulationResult as ResultRow, SimulationRun
from app.settings import get_settings
from app.valuation import partials, runs
from app.valuation.attempt import beat, finish, take
from tests.features.conftest import GOLD, SAME_ORIGIN, Post
from tests.thorough import some

RUNS = f"/api{GOLD}/runs"
SIMULATIONS = f"{GOLD}/simulations"
SMALL = {"trials": "1,024", "sampler": "sobol", "seed": "7"}


def test_it_works(client: TestClient, post: Post, gold: Scenario) -> None:
    started = post(SIMULATIONS, **SMALL)
    assert started.status_code == 303
    page = client.get(started.headers["location"]).text
    for words in ("NPV after tax", "Probability of loss", "Distribution of NPV", "What moves NPV", "P90"):
        assert words in page
    assert "seed 7" in page
    assert re.search(r'href="/projects"[^>]* aria-current="page"', page), (
        "the sidebar says where a run belongs"
    )
    assert client.get(started.headers["location"]).text.count("data-chart-kind") >= 4
    assert "1,024" in client.get(SIMULATIONS).text


def test_every_output_has_its_page(client: TestClient, gold: Scenario) -> None:
    run = client.post(RUNS, json={"trials": 512, "seed": 1}).json()["id"]
    outputs = client.get(f"/api/runs/{run}/result").json()["outputs"]
    assert {"npv_after_tax", "irr_after_tax", "payback", "aisc"} <= set(outputs)
    for output in some(list(outputs)):
        assert client.get(f"/runs/{run}", params={"output": output}).status_code == 200
    assert client.get(f"/runs/{run}", params={"output": "luck"}).status_code == 404


def test_a_replay_gives_the_same_digits_after_the_scenario_has_changed(
    client: TestClient, post: Post, gold: Scenario, session: Session
) -> None:
    run = client.post(RUNS, json={"trials": 2000, "seed": 11}).json()["id"]
    change = update(Parameter).where(Parameter.scenario_id == gold.id, Parameter.name == "gold_price")
    session.execute(change.values(base_values=(2000.0,)))
    assert "The scenario has changed since this run" in client.get(f"/runs/{run}").text
    again = post(f"/runs/{run}", f"/runs/{run}/replay")
    page = client.get(again.headers["location"]).text
    assert "The replay gave the same digits" in page
    other = int(re.findall(r"/runs/(\d+)", again.headers["location"])[0])
    assert client.get(f"/api/runs/{run}/differences/{other}").json() == {"differences": []}
    fresh = client.post(RUNS, json={"trials": 2000, "seed": 11}, headers=SAME_ORIGIN).json()["id"]
    assert client.get(f"/api/runs/{run}/differences/{fresh}").json()["differences"]


def test_a_replay_of_an_older_engine_s_run_says_what_the_engine_adds(
    client: TestClient, post: Post, gold: Scenario, session: Session
) -> None:
    run = client.post(RUNS, json={"trials": 512, "seed": 11}).json()["id"]
    of_run = ResultRow.run_id == run
    session.execute(delete(ResultRow).where(of_run, ResultRow.output == "outputs.payback_pre_tax"))
    session.expire_all()
    page = client.get(post(f"/runs/{run}", f"/runs/{run}/replay").headers["location"]).text
    assert "The replay gave the same digits" in page
    assert f"Engine {ENGINE_VERSION} adds outputs.payback_pre_tax." in page
    row = session.scalars(select(ResultRow).where(of_run, ResultRow.output == "outputs.aisc")).one()
    row.statistics = {**row.statistics, "minimum": -1.0}
    session.flush()
    page = client.get(post(f"/runs/{run}", f"/runs/{run}/replay").headers["location"]).text
    assert "The replay gave other digits" in page
    assert f"It differs from run {run} in: outputs.aisc." in page


def test_a_run_keeps_what_it_was_made_from(client: TestClient, gold: Scenario) -> None:
    run = client.post(RUNS, json={"trials": 512}).json()
    assert run["seed"] >= 0
    assert run["engine_version"]
    kept = client.get(f"/api/runs/{run['id']}/inputs").json()
    assert kept["inputs"]
    assert kept["spec"]


def test_a_large_run_waits_for_the_worker_and_can_be_cancelled(
    client: TestClient, post: Post, gold: Scenario
) -> None:
    trials = get_settings().inline_trials + 1
    made = client.post(RUNS, json={"trials": trials, "seed": 1})
    run = made.json()["id"]
    assert (made.status_code, made.json()["status"]) == (201, "queued")
    assert made.headers["location"] == f"/api/runs/{run}"
    page = client.get(f"/runs/{run}").text
    assert "Queued" in page
    assert f'data-poll="/runs/{run}/progress"' in page
    assert client.get(f"/api/runs/{run}/result").status_code == 404
    ended = post(f"/runs/{run}", f"/runs/{run}/cancel")
    assert ended.status_code == 303
    assert "This run was cancelled" in client.get(f"/runs/{run}").text
    assert "data-poll-then" in client.get(f"/runs/{run}/progress").text


def test_a_running_run_shows_its_figures_so_far(client: TestClient, gold: Scenario, session: Session) -> None:
    done = client.post(RUNS, json={"trials": 512, "seed": 1}).json()["id"]
    found = runs.result_of(runs.get_run(session, done))
    assert found is not None
    run = client.post(RUNS, json={"trials": get_settings().inline_trials + 1, "seed": 1}).json()["id"]
    assert client.get(f"/api/runs/{run}/partial").status_code == 404
    attempt = take(session, run, stalled_seconds=30)
    assert attempt is not None
    assert "so-far" not in client.get(f"/runs/{run}").text
    beat(session, attempt, 512, partials.to_json(found))
    shown = client.get(f"/api/runs/{run}/partial").json()
    assert shown["trials_done"] == 512
    whole = client.get(f"/api/runs/{done}/result").json()["outputs"]
    for key, output in shown["outputs"].items():
        assert output["mean"] == whole[key]["mean"]
        assert (output["percentiles"], output["undefined"]) == (
            whole[key]["percentiles"],
            whole[key]["undefined"],
        )
    for page in (client.get(f"/runs/{run}").text, client.get(f"/runs/{run}/progress").text):
        assert "After 512 trials" in page
        assert "NPV after tax" in page
        assert "Standard error" in page
    finish(session, attempt, found)
    assert client.get(f"/api/runs/{run}/partial").status_code == 404
    assert "so-far" not in client.get(f"/runs/{run}").text


def test_thresholds_percentiles_and_the_bad_end_are_the_users(
    client: TestClient, post: Post, gold: Scenario
) -> None:
    chosen = {
        "percentiles": "5 10 25 50 75 90 95 99",
        "tail": "10",
        "threshold.npv_after_tax": "500 1,500",
        "threshold.irr_after_tax": "15",
    }
    page = client.get(post(SIMULATIONS, **SMALL | chosen).headers["location"])
    for words in ("Probability below 500 M", "Probability below 1,500 M", "P99", "Inputs in the worst 10"):
        assert words in page.text
    run = int(re.findall(r"Run (\d+)", page.text)[0])
    found = client.get(f"/api/runs/{run}/result").json()["outputs"]
    assert [each["threshold"] for each in found["npv_after_tax"]["below"]] == [500e6, 1500e6]
    assert [each["threshold"] for each in found["irr_after_tax"]["below"]] == [pytest.approx(0.15)]
    assert found["npv_after_tax"]["tail"]["level"] == 0.1
    body = {
        "trials": 1024,
        "seed": 7,
        "percentiles": [0.05, 0.5],
        "thresholds": {"payback": [3.0]},
        "tail": 0.1,
    }
    again = client.post(RUNS, json=body, headers=SAME_ORIGIN).json()["id"]
    same = client.get(f"/api/runs/{again}/result").json()["outputs"]
    assert same["npv_after_tax"]["tail"] == found["npv_after_tax"]["tail"]
    assert [each["level"] for each in same["payback"]["percentiles"]] == [0.05, 0.5]
    assert same["payback"]["below"][0]["error"] is not None


def test_a_run_stops_as_soon_as_its_percentiles_are_known(
    client: TestClient, post: Post, gold: Scenario
) -> None:
    page = client.get(
        post(SIMULATIONS, **SMALL | {"trials": "20,000", "stop_at": "20"}).headers["location"]
    ).text
    assert "8,192 trials" in page
    assert "of 20,000 asked for" in page
    assert "every percentile of NPV after tax within ±20 %, met" in page


def test_the_worst_outcomes_show_their_inputs(client: TestClient, gold: Scenario) -> None:
    run = client.post(RUNS, json={"trials": 2000, "seed": 1}).json()["id"]
    effects = client.get(f"/api/runs/{run}/result").json()["drivers"]["npv_after_tax"]["effects"]
    price = next(effect for effect in effects if effect["driver"] == "gold_price")
    assert price["worst_shift"] < -1
    page = client.get(f"/runs/{run}").text
    section = page[page.index('id="worst"') :]
    assert "The 100 trials with the lowest NPV after tax among the first 2,000" in section
    assert "Gold price" in section
    assert "USD/oz" in section or "× base" in section
    assert "highest Payback" in client.get(f"/runs/{run}", params={"output": "payback"}).text


def test_every_headline_figure_has_its_error(client: TestClient, gold: Scenario) -> None:
    run = client.post(RUNS, json={"trials": 2000, "seed": 1}).json()["id"]
    page = client.get(f"/runs/{run}").text
    assert page.count('class="figure-delta') == 5  # mean, P10, P50, P90, probability of loss
    assert "Probability below zero" in page
    assert "Convergence of NPV after tax" in page


@pytest.mark.parametrize("trials", ["1", "2,000,000"])
def test_one_range_of_trials_is_said_everywhere(post: Post, gold: Scenario, trials: str) -> None:
    page = post(SIMULATIONS, **SMALL | {"trials": trials})
    assert page.status_code == 422
    assert "No run was started." in page.text
    assert "Trials: from 2 to 1,000,000" in page.text.replace("From", "from")


def test_trials_without_a_value_are_counted_with_their_reason(client: TestClient, gold: Scenario) -> None:
    parameter = {"name": "gold_price", "distribution": "uniform", "min": 300, "max": 3000}
    body = {"scenario_id": gold.id, "iterations": 1000, "seed": 1, "parameters": [parameter]}
    run = client.post("/api/simulations/run", json=body, headers=SAME_ORIGIN).json()["run_id"]
    missing = client.get(f"/api/runs/{run}/result").json()["outputs"]["irr_after_tax"]["undefined"]
    assert missing
    page = client.get(f"/runs/{run}", params={"output": "irr_after_tax"}).text
    for reason, number in missing.items():
        assert f"{number:,} of 1,000 trials have no value ({reason})" in page


def test_sobol_indices_are_computed_when_asked_for(
    client: TestClient, gold: Scenario, session: Session
) -> None:
    correlated = client.post(RUNS, json={"trials": 512, "seed": 1}).json()["id"]
    assert "some of these are correlated" in client.get(f"/runs/{correlated}?indices=on").text
    assert client.get(f"/api/runs/{correlated}/sobol-indices").status_code == 422
    session.execute(delete(ParameterCorrelation).where(ParameterCorrelation.scenario_id == gold.id))
    session.expire_all()
    run = client.post(RUNS, json={"trials": 512, "seed": 1}, headers=SAME_ORIGIN).json()["id"]
    assert "Compute Sobol indices" in client.get(f"/runs/{run}").text
    assert "First order" in client.get(f"/runs/{run}?indices=on").text
    found = client.get(f"/api/runs/{run}/sobol-indices").json()
    shares = {each["driver"]: each for each in found["outputs"]["npv_after_tax"]}
    assert 0.9 < sum(each["first"]["value"] for each in shares.values()) < 1.1
    assert all(each["total"]["value"] > each["first"]["value"] - 0.05 for each in shares.values())
    assert found["evaluations"] == found["samples"] * (len(shares) + 2)


def test_a_failed_run_says_why(client: TestClient, gold: Scenario, session: Session) -> None:
    run = client.post(RUNS, json={"trials": get_settings().inline_trials + 1}).json()["id"]
    failed = {
        "status": RunStatus.FAILED,
        "started_at": func.now(),
        "finished_at": func.now(),
        "error": "Too little memory.",
    }
    session.execute(update(SimulationRun).where(SimulationRun.id == run).values(failed))
    page = client.get(f"/runs/{run}").text
    assert "This run failed" in page
    assert "Too little memory." in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"trials": ""}, "trials"),
        ({"trials": "0"}, "trials"),
        ({"trials": "1.5"}, "trials"),
        ({"trials": "1,000,001"}, "trials"),
        ({"sampler": "dice"}, "sampler"),
        ({"seed": "-1"}, "seed"),
        ({"seed": "9223372036854775808"}, "seed"),
        ({"seed": "seven"}, "seed"),
    ],
)
def test_a_bad_form_comes_back_and_starts_nothing(
    post: Post, gold: Scenario, session: Session, changes: dict[str, str], field: str
) -> None:
    answer = post(SIMULATIONS, **SMALL | changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert session.scalar(select(func.count(SimulationRun.id))) == 0


def test_too_many_trials_are_a_limit(client: TestClient, gold: Scenario) -> None:
    answer = client.post(RUNS, json={"trials": get_settings().max_trials + 1})
    assert answer.status_code == 413
    assert "at most" in answer.json()["detail"]


@pytest.mark.parametrize("body", [{"trials": 0}, {"seed": -1}, {"sampler": "dice"}, {"trials": 10, "x": 1}])
def test_the_api_refuses_a_bad_body(client: TestClient, gold: Scenario, body: dict[str, object]) -> None:
    answer = client.post(RUNS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("address", ["/runs/999999", "/api/runs/999999", "/api/runs/999999/result"])
def test_an_unknown_run_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999"])
def test_a_run_number_that_cannot_be_is_not_found_as_a_page(client: TestClient, number: str) -> None:
    assert client.get(f"/runs/{number}").status_code == 404


def test_without_the_form_token_nothing_starts(client: TestClient, gold: Scenario, session: Session) -> None:
    answer = client.post(SIMULATIONS, data=SMALL, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert session.scalar(select(func.count(SimulationRun.id))) == 0


def test_another_site_starts_nothing(client: TestClient, gold: Scenario, session: Session) -> None:
    answer = client.post(RUNS, json={"trials": 10}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert session.scalar(select(func.count(SimulationRun.id))) == 0
