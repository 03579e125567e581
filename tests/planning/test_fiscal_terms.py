"""Fiscal presets: every file is whole, sourced and applicable, with the figures of the engine's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from app.engine.fiscal.presets import QUEENSLAND_PRICES, queensland, tasmania
from app.engine.units import UNITS
from app.errors import InvalidInput, NotFound
from app.models import Scenario
from app.planning.edit import RowChange, save
from app.planning.fiscal_terms import terms_of
from app.planning.history import Because, latest_number
from app.planning.parts import PARTS
from app.planning.presets import find_preset, presets
from app.valuation.evaluate import Valuation, evaluate_scenario
from app.valuation.load import load_scenario
from app.valuation.units import measure
from tests.thorough import some


def applied(session: Session, scenario: Scenario, key: str, **choices: bool) -> Valuation:
    terms = terms_of(load_scenario(session, scenario.id), find_preset(key), **choices)
    save(session, scenario, terms.changes, Because(key))
    session.expire_all()
    return evaluate_scenario(session, scenario.id)


def with_australian_dollars(session: Session, scenario: Scenario) -> None:
    rate = {"currency": "AUD", "as_of": "2026-01-01", "rate": {"value": 0.65, "unit": "1"}, "source": "bank"}
    save(session, scenario, [RowChange("rates", values=rate)], Because("rate"))


@pytest.mark.parametrize("key", presets())
def test_a_preset_is_whole_and_says_where_it_was_read(key: str) -> None:
    preset = find_preset(key)
    assert preset.sources
    assert preset.left_out
    assert all(source.title and source.publisher and source.date for source in preset.sources)
    assert all(source.url == "" or source.url.startswith("http") for source in preset.sources)
    assert [row for row in preset.rows if row.part == "income_tax"]
    for row in preset.rows:
        assert not set(row.values) - {field.name for field in PARTS[row.part].fields}


@pytest.mark.parametrize("key", some([*presets()]))
def test_a_preset_gives_every_demo_a_value_in_one_revision(
    session: Session, gold: Scenario, copper: Scenario, key: str
) -> None:
    for scenario in (gold, copper):
        with_australian_dollars(session, scenario)
        before = latest_number(session, scenario.id)
        valuation = applied(session, scenario, key, uncover=True)
        assert latest_number(session, scenario.id) - before <= 1
        flow = valuation.cash_flow
        assert flow["income_tax"].sum() > 0
        assert flow["royalties"].sum() + flow["mining_taxes"].sum() > 0
        assert not [problem for problem in valuation.problems if "levy" in problem.field]


def test_the_terms_a_study_was_made_with_change_nothing(session: Session, gold: Scenario) -> None:
    before = evaluate_scenario(session, gold.id).cash_flow["after_tax_cash_flow"].copy()
    after = applied(session, gold, "senegal").cash_flow["after_tax_cash_flow"]
    assert after == pytest.approx(before)


def test_british_columbia_by_hand(session: Session, gold: Scenario) -> None:
    """Capital and losses come first for 13 %, of which the 2 % paid so far are taken off."""
    flow = applied(session, gold, "british-columbia", uncover=True).cash_flow
    proceeds = (flow["nsr"] - flow["opex"]).ravel()
    current = 0.02 * np.maximum(proceeds, 0)
    assert flow["levy.Net current proceeds tax"].ravel() == pytest.approx(current)
    pool, credit, due = 0.0, 0.0, []
    for earned, spent, paid in zip(proceeds, flow["capital"].ravel(), current, strict=True):
        pool, credit = pool + spent, credit + paid
        left = max(earned, 0.0) - min(pool, max(earned, 0.0))
        pool = pool - min(pool, max(earned, 0.0)) + max(-earned, 0.0)
        tax = 0.13 * left
        due.append(tax - min(credit, tax))
        credit -= min(credit, tax)
    assert flow["levy.Net revenue tax"].ravel() == pytest.approx(due)
    assert sum(due) > 0


def test_books_of_a_levy_go_with_it(session: Session, gold: Scenario) -> None:
    applied(session, gold, "ontario")
    assert gold.depreciation
    cost_of = gold.depreciation[0].name
    own = {
        "name": "Mining tax",
        "method": "straight_line",
        "life": {"value": 3, "unit": "a"},
        "levy": "Ontario mining tax",
        "cost_of": cost_of,
    }
    save(session, gold, [RowChange("depreciation", values=own)], Because("books"))
    applied(session, gold, "ontario")
    assert "Mining tax" in {row.name for row in gold.depreciation}
    applied(session, gold, "ghana")
    assert "Mining tax" not in {row.name for row in gold.depreciation}


def test_the_state_has_its_share_once(session: Session, gold: Scenario) -> None:
    flow = applied(session, gold, "ghana").cash_flow
    assert flow["interest.State"] == pytest.approx(0.1 * np.maximum(flow["after_tax_cash_flow"], 0))
    session.expire_all()
    applied(session, gold, "burkina-faso-gold")
    assert [(each.name, each.share.values) for each in gold.interests] == [("State", (15.0,))]


def test_ghana_by_hand(session: Session, gold: Scenario) -> None:
    flow = applied(session, gold, "ghana").cash_flow
    assert flow["royalties"] == pytest.approx(0.05 * flow["revenue"])
    income = flow["taxable_income"].ravel()
    assert flow["tax_charged"].sum() <= 0.35 * income[income > 0].sum() * (1 + 1e-9)
    session.expire_all()
    assert {levy.name for levy in gold.levies} == {"Mineral royalty"}
    assert "Mining assets" in {row.name for row in gold.depreciation}
    assert gold.income_tax is not None
    assert gold.income_tax.loss_expiry is not None


def test_levies_are_kept_where_that_was_asked_for(session: Session, gold: Scenario) -> None:
    applied(session, gold, "ghana", keep_levies=True)
    session.expire_all()
    assert {levy.name for levy in gold.levies} == {"State royalty", "Social fund", "Mineral royalty"}
    # A second time under the same name it is the same row.
    applied(session, gold, "ghana", keep_levies=True)
    session.expire_all()
    assert len(gold.levies) == 3


def test_what_a_preset_leaves_out_of_a_row_falls_back(session: Session, gold: Scenario) -> None:
    levy = next(row for row in gold.levies if row.name == "State royalty")
    change = RowChange("levies", str(levy.id), levy.version, {"first": 3, "cap": {"value": 1, "unit": "%"}})
    save(session, gold, [change], Because("narrowed"))
    applied(session, gold, "senegal")
    session.expire_all()
    row = next(row for row in gold.levies if row.name == "State royalty")
    assert (row.first, row.cap) == (None, None)


def test_nevada_takes_five_percent_of_net_proceeds_and_shelters_four_fifths(
    session: Session, gold: Scenario
) -> None:
    flow = applied(session, gold, "nevada").cash_flow
    base = flow["ebitda"] - flow["depreciation"] - flow["written_off"]
    assert flow["mining_taxes"] == pytest.approx(0.05 * base.clip(min=0), rel=1e-6)
    used, income = flow["losses_used"].ravel(), flow["taxable_income"].ravel()
    assert (used <= 0.8 * income.clip(min=0) + 1e-6).all()


def test_mexico_charges_precious_metals_by_name(session: Session, gold: Scenario, copper: Scenario) -> None:
    terms = terms_of(gold, find_preset("mexico"))
    names = {
        change.values["name"] for change in terms.changes if change.part == "levies" and not change.remove
    }
    assert names == {"Extraordinary mining duty, Au", "Special mining duty", "Profit sharing (PTU)"}
    there = terms_of(copper, find_preset("mexico"))
    assert "Extraordinary mining duty, Ag" in {change.values.get("name") for change in there.changes}
    assert "Extraordinary mining duty, Cu" not in {change.values.get("name") for change in there.changes}


def test_queensland_needs_its_currency(session: Session, gold: Scenario) -> None:
    with pytest.raises(InvalidInput, match="AUD"):
        applied(session, gold, "queensland")
    with_australian_dollars(session, gold)
    flow = applied(session, gold, "queensland").cash_flow
    # Gold is far above A$ 890 an ounce, so the rate is 5 % of its NSR.
    assert flow["royalties"] == pytest.approx(0.05 * flow["nsr"])


def steps(row: Any) -> list[tuple[float, float]]:
    curve = row.values["steps"]
    x, y = measure(curve["x_unit"]), measure(curve["y_unit"])
    return [(x.to_base(a), y.to_base(b)) for a, b in zip(curve["x"], curve["y"], strict=True)]


def test_the_files_say_what_the_engines_own_presets_say() -> None:
    symbols = {"copper": "Cu", "nickel": "Ni", "lead": "Pb", "zinc": "Zn", "gold": "Au"}
    rows = {row.metals[0]: row for row in find_preset("queensland").rows if row.metals}
    for name in QUEENSLAND_PRICES:
        found, wanted = np.array(steps(rows[symbols[name]])), np.array(queensland(name).steps)
        assert found == pytest.approx(wanted)
    (levy,) = (row.values for row in find_preset("tasmania").rows if row.part == "levies")
    engine = tasmania()
    read = {key: levy[key]["value"] * UNITS["%"].factor for key in ("rate", "quadratic", "cap")}
    assert read == pytest.approx({"rate": engine.rate, "quadratic": engine.quadratic, "cap": engine.cap})
    assert (levy["base"], levy["kind"]) == (engine.base, engine.kind)


def test_an_unknown_preset() -> None:
    with pytest.raises(NotFound):
        find_preset("atlantis")
