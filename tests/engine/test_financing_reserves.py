"""Reserve accounts: hand vectors, and money that only moves in time."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.financing import Financing, MaintenanceReserve, check, finance
from app.engine.financing.kinds import DebtSizing
from tests.engine.mines import flat, years
from tests.engine.test_financing import project, terms

SPEND = [0.0, 0.0, 0.0, 0.0, 0.0, 60.0, 0.0, 30.0]


def reserved(ahead: int, **more: object) -> Financing:
    return terms(maintenance_reserve=MaintenanceReserve(SPEND, ahead), **more)


def test_an_overhaul_is_saved_for_in_equal_parts() -> None:
    result = finance(project(), reserved(3))
    assert flat(result["reserve_cash"]) == [0, 0, -20, -20, -30, 50, -10, 30]
    assert flat(result["reserve_balance"]) == [0, 0, 20, 40, 70, 20, 30, 0]
    plain = finance(project(), terms())
    moved = result["cfads"] - plain["cfads"]
    assert flat(moved[2:7]) == flat(result["reserve_cash"][2:7])


def test_saving_begins_with_operation_at_the_earliest() -> None:
    result = finance(project(), reserved(99))
    assert flat(result["reserve_cash"])[:2] == [0, 0]
    assert flat(result["reserve_cash"])[2] == pytest.approx(-60 / 3 - 30 / 5)
    assert result["reserve_balance"][-1] == pytest.approx(0, abs=1e-12)
    at_once = terms(maintenance_reserve=MaintenanceReserve([0, 0, 60.0, 0, 0, 0, 0, 0], 3))
    assert flat(finance(project(), at_once)["reserve_cash"]) == [0.0] * 8


def test_a_reserve_moves_money_in_time_and_makes_none() -> None:
    for ahead in (1, 2, 5):
        row = finance(project(), reserved(ahead))["reserve_cash"]
        assert row.sum() == pytest.approx(0, abs=1e-12)
        assert (np.add.accumulate(row) <= 1e-12).all()


def test_debt_that_the_cover_sizes_sees_the_reserve() -> None:
    with_reserve = finance(project(), reserved(2, gearing=1.0, sizing=DebtSizing.DSCR))
    without = finance(project(), terms(gearing=1.0, sizing=DebtSizing.DSCR))
    assert with_reserve.debt[0] < without.debt[0]
    assert flat(with_reserve["dscr"][2:7]) == pytest.approx([1.3] * 5, rel=1e-11)


def test_the_owners_keep_the_next_service_and_get_it_back() -> None:
    plain, kept = finance(project(), terms()), finance(project(), terms(service_reserve=2))
    service = flat(plain["debt_service"])
    assert flat(kept["service_reserve"]) == pytest.approx(
        [0, *(sum(service[period + 1 : period + 3]) for period in range(1, 8))]
    )
    assert kept["service_reserve"][-1] == 0
    difference = kept["equity_cash_flow"] - plain["equity_cash_flow"]
    assert difference.sum() == pytest.approx(0, abs=1e-9)
    assert difference[1] < 0
    assert kept.levered_irr[0] < plain.levered_irr[0]
    assert flat(kept["dscr"][2:7]) == flat(plain["dscr"][2:7])


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("maintenance_reserve.spend", terms(maintenance_reserve=MaintenanceReserve([1.0, 2.0], 2))),
        ("maintenance_reserve.spend", terms(maintenance_reserve=MaintenanceReserve([-1.0] * 8, 2))),
        ("maintenance_reserve.ahead", terms(maintenance_reserve=MaintenanceReserve(SPEND, 0))),
        ("service_reserve", terms(service_reserve=-1)),
        ("service_reserve", terms(service_reserve=9)),
    ],
)
def test_a_bad_reserve_is_named(field: str, given: Financing) -> None:
    assert [problem.field for problem in check(given, years(8))] == [field]
