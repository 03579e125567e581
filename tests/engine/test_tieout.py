from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine.cashflow import CashFlow
from app.engine.context import Context
from app.engine.evaluate import evaluate
from app.engine.fiscal import assess
from app.engine.inputs import DepreciationClass, Fiscal, MineInputs, OreSource
from app.engine.kinds import DepreciationMethod
from app.engine.operate import operate
from app.engine.tieout import Statement, tie_out
from tests.engine.mines import bare, copper_mine, gold_mine


def statement(inputs: MineInputs, flow: CashFlow, **lines: np.ndarray) -> Statement:
    """Return a statement in which some lines were tampered with."""
    ctx = Context.of(inputs)
    operating = operate(ctx)
    changed = {key.replace("__", "."): row for key, row in lines.items()}
    return Statement(
        ctx, operating, assess(ctx, operating), dict(flow.lines) | changed, flow.discount_factors
    )


@pytest.mark.parametrize("mine", [gold_mine(), copper_mine(), bare()])
def test_a_sound_mine_ties(mine: MineInputs) -> None:
    assert evaluate(mine).problems == ()


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("opex__mining", "opex"),
        ("refining", "offsite"),
        ("royalties", "ebitda"),
        ("levy__royalty", "levies"),
        ("income_tax", "after_tax_cash_flow"),
        ("salvage", "pre_tax_cash_flow"),
        ("revenue__Au", "revenue"),
        ("capital__initial", "capital"),
    ],
)
def test_a_line_that_was_changed_alone_is_found(line: str, total: str) -> None:
    mine = gold_mine()
    flow = evaluate(mine)
    row = flow[line.replace("__", ".")] + np.arange(8.0).reshape(-1, 1)
    fields = {problem.field: problem.value for problem in tie_out(statement(mine, flow, **{line: row}))}
    assert fields[f"tie_out.lines_add.{total}"] == "2027"


def test_working_capital_that_does_not_come_back_is_found() -> None:
    change = [0, 0, 10.0, 0, 0, 0, 0, -7.0]
    problems = evaluate(gold_mine(entered={"working_capital_change": change})).problems
    assert [(problem.field, problem.value) for problem in problems] == [("tie_out.working_capital", "2033")]
    assert "; 3 is left" in problems[0].allowed


def test_working_capital_printed_to_a_digit_passes() -> None:
    change = [0, 9.6, 0, 0, 0, 0, 0, -9.7]
    assert evaluate(gold_mine(entered={"working_capital_change": change})).problems == ()


def test_depreciation_beyond_its_base_is_found() -> None:
    fiscal = Fiscal(depreciation=(DepreciationClass("plant", DepreciationMethod.IMMEDIATE),))
    problems = evaluate(gold_mine(fiscal=fiscal, entered={"depreciation.plant": 3e7})).problems
    assert [problem.field for problem in problems] == ["tie_out.depreciation.plant"]


def test_a_missing_number_is_found_with_its_period() -> None:
    problems = evaluate(bare(3, entered={"revenue": [1.0, np.nan, 1.0]})).problems
    assert ("tie_out.finite.revenue", "2027") in [(problem.field, problem.value) for problem in problems]


def test_an_exchange_rate_of_nothing_is_found() -> None:
    problems = evaluate(bare(2, fx={"EUR": [1.1, 0.0]})).problems
    assert [(problem.field, problem.value) for problem in problems] == [("tie_out.fx.EUR", "2027")]


@pytest.mark.parametrize(
    ("factors", "where", "what"),
    [
        ([1, 0.9, 0.95, 0.8, 0.7, 0.6, 0.5, 0.4], "2028", "later money"),
        ([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0], "2033", "a positive number"),
    ],
)
def test_discount_factors_that_make_no_sense_are_found(factors: list[float], where: str, what: str) -> None:
    mine = gold_mine()
    wrong = replace(statement(mine, evaluate(mine)), factors=np.array(factors, dtype=float).reshape(-1, 1))
    (problem,) = tie_out(wrong)
    assert (problem.field, problem.value) == ("tie_out.discounting", where)
    assert what in problem.allowed


def test_one_bad_trial_is_enough() -> None:
    mine = gold_mine(sources=(OreSource("pit", gold_mine().sources[0].ore, reserve=6e6),))
    drivers = {"tonnage_factor": np.array([[1.0, 1.2]])}
    flow = evaluate(mine, drivers)
    (warning,) = flow.warnings
    assert (warning.field, warning.value, flow.problems) == ("reserves.pit", "2033", ())
    assert evaluate(mine, drivers, check=False).warnings == ()
