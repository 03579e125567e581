"""Each rule of the tables refuses what it should; the row that it is tried on is a good one otherwise."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.models import Scenario, SimulationRun, User

REFUSED = [
    ("projects", "slug = 'Not Plain'", "slug_is_plain"),
    ("projects", "slug = ''", "slug_is_plain"),
    ("projects", "currency = 'XXX'", "fk_projects_currency"),
    ("scenarios", "name = ''", "name_given"),
    ("scenarios", "status = 'ready'", "status_allowed"),
    ("scenarios", "periods = '[]'", "periods_are_runs"),
    ("scenarios", "periods = '{}'", "periods_are_runs"),
    ("scenarios", """periods = '[{"length": "week", "count": 3}]'""", "periods_are_runs"),
    ("scenarios", """periods = '[{"length": "year", "count": 0}]'""", "periods_are_runs"),
    ("scenarios", """periods = '[{"length": "year", "count": 1.5}]'""", "periods_are_runs"),
    ("scenarios", """periods = '[{"length": "year"}]'""", "periods_are_runs"),
    ("scenarios", """periods = '[{"length": "year", "count": "3"}]'""", "periods_are_runs"),
    ("scenarios", """periods = '[[{"length": "year", "count": 3}]]'""", "periods_are_runs"),
    ("scenarios", "periods = '[3]'", "periods_are_runs"),
    ("scenarios", "production_start = -1", "production_start_is_index"),
    ("scenarios", "copula_degrees = 0", "copula_degrees_positive"),
    ("valuation_terms", "convention = 'noon'", "convention_allowed"),
    ("valuation_terms", "discount_offset = 'Infinity'", "discount_offset_finite"),
    ("valuation_terms", "discount_rate_values = NULL, discount_rate_unit = NULL", "not-null"),
    ("parameters", "name = 'Gold price'", "name_is_identifier"),
    ("parameters", "family = 'pert', process = 'gbm'", "one_kind_of_uncertainty"),
    ("parameters", "autocorrelation = 1.1", "autocorrelation_in_range"),
    ("parameters", "distribution = '[]'", "distribution_is_object"),
    ("parameter_correlations", "rho = -1.01", "rho_in_range"),
    ("parameter_correlations", "second = first", "two_parameters"),
    ("scenario_rates", "currency = 'XXX'", "fk_scenario_rates_currency"),
    ("ore_source_metals", "metal = ''", "metal_given"),
    ("stockpiles", "source = 'Nowhere'", "fk_stockpiles_scenario_id_source"),
    ("process_feeds", "source = 'Pit', stockpile = 'Low grade'", "one_origin"),
    ("process_feeds", "source = NULL, stockpile = NULL", "one_origin"),
    ("process_metals", "recovery_values = '{90}', recovery_unit = '%'", "one_recovery"),
    ("products", "concentrate_metal = NULL", "concentrate_is_whole"),
    ("products", "concentrate_grade_values = NULL, concentrate_grade_unit = NULL", "concentrate_is_whole"),
    ("products", "lag = -1", "lag_not_negative"),
    (
        "product_metals",
        "participation_basis_values = NULL, participation_basis_unit = NULL",
        "participation_is_",
    ),
    ("product_metals", "deduction_kind = 'all'", "deduction_kind_allowed"),
    ("penalties", "step_value = 0", "step_positive"),
    ("cost_lines", "basis = 'per_moon'", "basis_allowed"),
    ("cost_lines", "first = 3", "window_ordered"),
    ("cost_lines", "first = -1", "first_is_index"),
    ("cost_lines", "heading = 'nothing'", "fk_cost_lines_heading"),
    ("consumption_lines", "unit = ''", "unit_given"),
    ("capital_items", "contingency_method = 'none'", "contingency_has_method"),
    ("capital_items", "contingency_values = NULL, contingency_unit = NULL", "contingency_has_method"),
    ("capital_items", "depreciation = 'Nothing'", "fk_capital_items_scenario_id_depreciation"),
    ("closures", "first = -1", "first_is_index"),
    ("equipment_classes", "availability_values = '{101}'", "availability_is_share"),
    ("equipment_classes", "availability_values = '{-1}'", "availability_is_share"),
    ("equipment_classes", "availability_values = '{1.2}', availability_unit = '1'", "availability_is_share"),
    ("equipment_classes", "life = 0", "life_positive"),
    ("equipment_classes", "max_replaced = 0", "max_replaced_positive"),
    ("maintenance_plans", "interval = 0", "interval_positive"),
    ("maintenance_plans", "equipment = 'Nothing'", "fk_maintenance_plans_scenario_id_equipment"),
    ("maintenance_entries", "cost_value = -1", "cost_not_negative"),
    ("levies", "kind = 'rate'", "kind_has_numbers"),
    (
        "levies",
        "steps_x = NULL, steps_x_unit = NULL, steps_y = NULL, steps_y_unit = NULL",
        "kind_has_numbers",
    ),
    ("depreciation_classes", "factor = 0", "factor_positive"),
    ("income_tax_terms", "loss_cap = 1.1", "loss_cap_is_share"),
    ("income_tax_terms", "lag = -1", "lag_not_negative"),
    ("depletion", "cap = -0.1", "cap_is_share"),
    ("depletion", "cost_class = 'Nothing'", "fk_depletion_scenario_id_cost_class"),
    ("working_capital_terms", "days_in_year = 0", "days_in_year_positive"),
    ("currencies", "code = 'usd'", "code_is_iso"),
    ("measurement_units", "factor = 0", "factor_is_positive"),
    ("cost_headings", "category = NULL", "category_where_operating"),
]


@pytest.mark.parametrize(("table", "assignment", "rule"), REFUSED)
def test_refused(session: Session, scenario: Scenario, table: str, assignment: str, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        session.execute(text(f"UPDATE {table} SET {assignment}"))


def test_one_name_once_in_a_scenario(session: Session, scenario: Scenario) -> None:
    with pytest.raises(IntegrityError, match="uq_cost_lines_scenario_id_name"):
        session.execute(
            text(
                "INSERT INTO cost_lines (scenario_id, name, category, basis, rate_values, rate_unit)"
                " SELECT scenario_id, name, category, basis, rate_values, rate_unit FROM cost_lines"
            )
        )


def test_a_pair_is_correlated_once_in_either_order(session: Session, scenario: Scenario) -> None:
    with pytest.raises(IntegrityError, match="uq_parameter_correlations_pair"):
        session.execute(
            text(
                "INSERT INTO parameter_correlations (scenario_id, first, second, rho)"
                " SELECT scenario_id, second, first, rho FROM parameter_correlations"
            )
        )


def test_one_base_in_a_project(session: Session, scenario: Scenario) -> None:
    session.add(
        Scenario(
            project=scenario.project,
            slug="two",
            name="Two",
            is_base=True,
            start=scenario.start,
            periods=scenario.periods,
        )
    )
    with pytest.raises(IntegrityError, match="uq_scenarios_base"):
        session.flush()


def test_one_account_for_an_address_in_any_case(session: Session) -> None:
    session.add_all([User(email="a@mine.example", name="A"), User(email="A@Mine.example", name="B")])
    with pytest.raises(IntegrityError, match="uq_users_email"):
        session.flush()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"trials": 0}, "trials_positive"),
        ({"seed": -1}, "seed_not_negative"),
        ({"progress_done": 1}, "progress_in_range"),
        ({"status": "running"}, "started"),
        ({"status": "cancelled"}, "finished"),
        ({"error": "what?"}, "failure_has_reason"),
        ({"attempt": -1}, "attempt_not_negative"),
    ],
)
def test_a_run_is_in_order(
    session: Session, scenario: Scenario, changes: dict[str, object], rule: str
) -> None:
    good = {"seed": 1, "trials": 10, "spec": {}, "inputs": {}, "engine_version": "0.1.0"}
    session.add(SimulationRun(scenario_id=scenario.id, **(good | changes)))
    with pytest.raises(IntegrityError, match=f"ck_simulation_runs_{rule}"):
        session.flush()


def test_a_lost_race_is_noticed(session: Session, scenario: Scenario) -> None:
    line = scenario.costs[0]
    session.execute(text("UPDATE cost_lines SET version = version + 1"))
    line.note = "mine"
    with pytest.raises(StaleDataError):
        session.flush()


def test_a_word_outside_the_enumeration_does_not_reach_the_database(scenario: Scenario) -> None:
    scenario.costs[0].category = "fun"
    with pytest.raises(Exception, match="not a valid CostCategory"):
        Session.object_session(scenario).flush()


def test_deleting_a_project_takes_everything_along(session: Session, scenario: Scenario) -> None:
    session.delete(scenario.project)
    session.flush()
    for table in ("scenarios", "parameters", "streams", "process_feeds", "entered_rows"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_reference_data_in_use_cannot_be_deleted(session: Session, scenario: Scenario) -> None:
    with pytest.raises(IntegrityError, match="fk_projects_currency"):
        session.execute(text("DELETE FROM currencies WHERE code = 'USD'"))
