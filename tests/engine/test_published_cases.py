"""Published cash-flow tables through `evaluate`: every year and every NPV within the printed rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.engine.cashflow import CashFlow
from app.engine.checks import check
from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs, Terms
from app.engine.kinds import DiscountConvention
from app.engine.units import to_base
from app.valuation.proof.buenavista import buenavista
from app.valuation.proof.case import Case
from app.valuation.proof.mines import (
    berg,
    diamba_sud,
    diamba_sud_as_sold,
    fenn_gib,
    los_ricos,
    vizcachitas,
    whistler,
)
from app.valuation.proof.sugarcane import sugarcane


def worst(ours: np.ndarray, printed: np.ndarray, factor: float = 1e6) -> float:
    """Return the largest difference from a printed row, in the table's money."""
    return float(np.max(np.abs(ours.ravel() / factor - printed)))


def npv(flow: CashFlow, key: str, factor: float = 1e6) -> float:
    return float(flow.discounted(key).sum() / factor)


def test_diamba_sud_from_tonnes_grade_and_recovery() -> None:
    case = Case.load("09_diamba_sud_fs_2026")
    flow = evaluate(diamba_sud(case))
    assert worst(flow["revenue"], case.rows["revenue"]) <= case.tolerance["tonnes_grade_recovery_to_revenue"]
    assert npv(flow, "pre_tax_cash_flow") == pytest.approx(
        case.published["npv_pre_tax"], abs=case.tolerance["physicals_to_npv_pre"]
    )
    assert flow.problems == ()


def test_diamba_sud_royalty_and_cash_flow_from_printed_revenue() -> None:
    case = Case.load("09_diamba_sud_fs_2026")
    flow = evaluate(diamba_sud_as_sold(case))
    assert worst(flow["levy.royalty"], case.rows["royalty"]) <= case.tolerance["royalty_each_year"]
    assert worst(flow["pre_tax_cash_flow"], case.rows["pre"]) <= case.tolerance["lines_to_cf_max"]
    assert "revenue" in flow.entered
    assert flow.problems == ()


def test_vizcachitas_from_payable_metal_to_both_cash_flows() -> None:
    case = Case.load("02_vizcachitas_pfs_2023")
    flow = evaluate(vizcachitas(case))
    tolerance = case.tolerance["physicals_to_cf_post_max"]
    assert worst(flow["after_tax_cash_flow"], case.rows["post"], 1e3) <= tolerance
    assert worst(flow["pre_tax_cash_flow"], case.rows["pre"], 1e3) <= tolerance
    for kind in ("pre", "post"):
        key = {"pre": "pre_tax_cash_flow", "post": "after_tax_cash_flow"}[kind]
        assert npv(flow, key, 1e3) == pytest.approx(
            case.published[f"npv_{kind}_tax"], abs=case.tolerance["physicals_to_npv_post"]
        )
    assert flow.problems == ()


def test_vizcachitas_payable_copper_from_metal_in_product() -> None:
    case = Case.load("02_vizcachitas_pfs_2023")
    inputs = vizcachitas(case)
    entered = {key: row for key, row in inputs.entered.items() if key != "payable.Cu"}
    flow = evaluate(replace(inputs, entered=entered))
    produced = case.rows["cu_in_product"]
    printed = case.rows["cu_payable"] / np.where(produced == 0, 1, produced)
    ours = flow["payable.Cu"].ravel() / np.where(produced == 0, 1, produced)
    assert np.max(np.abs(ours - printed)) <= case.tolerance["payable_cu"]


def test_wrong_convention_moves_npv_by_the_exact_factor() -> None:
    case = Case.load("02_vizcachitas_pfs_2023")
    inputs = vizcachitas(case)
    values = {
        convention: npv(
            evaluate(replace(inputs, terms=Terms(0.08, convention))),
            "after_tax_cash_flow",
        )
        for convention in (DiscountConvention.START, DiscountConvention.MID, DiscountConvention.END)
    }
    half = 1.08**0.5
    assert values[DiscountConvention.START] == pytest.approx(values[DiscountConvention.MID] * half, rel=1e-12)
    assert values[DiscountConvention.MID] == pytest.approx(values[DiscountConvention.END] * half, rel=1e-12)


def test_berg_from_payable_metal_in_another_currency() -> None:
    case = Case.load("01_berg_pfs_2026")
    flow = evaluate(berg(case))
    rounding = case.tolerance["physicals_to_cf_pre_max"]
    assert worst(flow["pre_tax_cash_flow"], case.rows["pre"]) <= rounding
    assert worst(flow["after_tax_cash_flow"], case.rows["post"]) <= rounding + case.tolerance["tax_bridge"]
    assert npv(flow, "pre_tax_cash_flow") == pytest.approx(
        case.published["npv_pre_tax"], abs=case.tolerance["physicals_to_npv_pre"]
    )
    assert flow.problems == ()


def test_los_ricos_from_payable_metal_with_salvage_and_release() -> None:
    case = Case.load("05_los_ricos_south_fs_2025")
    flow = evaluate(los_ricos(case))
    assert worst(flow["pre_tax_cash_flow"], case.rows["pre"]) <= case.tolerance["physicals_to_cf_pre_max"]
    assert npv(flow, "pre_tax_cash_flow") == pytest.approx(
        case.published["npv_pre_tax"], abs=case.tolerance["physicals_to_npv_pre"]
    )
    assert npv(flow, "after_tax_cash_flow") == pytest.approx(
        case.published["npv_post_tax"], abs=case.tolerance["physicals_to_npv_pre"]
    )
    assert flow.problems == ()


def test_whistler_with_four_offsite_lines_and_a_royalty_every_year() -> None:
    case = Case.load("07_whistler_pea_2026")
    flow = evaluate(whistler(case))
    assert worst(flow["levy.royalty"], case.rows["royalty"]) <= case.tolerance["nsr_royalty_each_year"]
    assert worst(flow["pre_tax_cash_flow"], case.rows["pre"]) <= case.tolerance["lines_to_cf_pre_max"]
    assert npv(flow, "after_tax_cash_flow") == pytest.approx(
        case.published["npv_post_tax"], abs=case.tolerance["npv_post_5pct_mid_lines"]
    )
    assert flow.problems == ()


def test_fenn_gib_from_tonnes_and_grade_to_cash_flow() -> None:
    case = Case.load("p1_fenn_gib_pfs_2025")
    flow = evaluate(fenn_gib(case))
    ounces = flow["recovered.Au"].ravel() / to_base(1.0, "koz")
    assert (
        np.max(np.abs(ounces - case.rows["recovered_koz"])) <= case.tolerance["tonnes_grade_recovery_to_oz"]
    )
    assert worst(flow["pre_tax_cash_flow"], case.rows["pre"]) <= case.tolerance["physicals_to_cf"]
    assert flow.problems == ()


def test_fenn_gib_revenue_from_printed_ounces() -> None:
    case = Case.load("p1_fenn_gib_pfs_2025")
    inputs = fenn_gib(case)
    entered = {**inputs.entered, "recovered.Au": to_base(case.rows["recovered_koz"], "koz")}
    flow = evaluate(replace(inputs, entered=entered))
    assert worst(flow["revenue"], case.rows["revenue"]) <= case.tolerance["oz_to_revenue"]
    bridge = flow["pre_tax_cash_flow"] - flow["income_tax"] - flow["after_tax_cash_flow"]
    assert np.max(np.abs(bridge)) == 0.0


def test_sugarcane_plant_with_macrs_and_lost_losses() -> None:
    case = Case.load("12_biosteam_sugarcane_tea")
    flow = evaluate(sugarcane(case, 41.0))
    slope = npv(evaluate(sugarcane(case, 42.0)), "after_tax_cash_flow", 1) - npv(
        flow, "after_tax_cash_flow", 1
    )
    ebitda = 41.0 + (case.published["npv_usd"] / 1e6 - npv(flow, "after_tax_cash_flow", 1)) / slope
    assert ebitda == pytest.approx(41.01, abs=case.tolerance["ebitda_is_41"])
    flow = evaluate(sugarcane(case, ebitda))
    assert worst(flow["after_tax_cash_flow"], case.rows["cash_flow"], 1) <= case.tolerance["cash_flow_rows"]
    assert worst(flow["depreciation"], case.rows["dep"], 1) <= case.tolerance["macrs_depreciation"]
    earned = flow["ebitda"] - flow["depreciation"] - flow["income_tax"]
    assert worst(earned[2:], case.rows["net_earnings"][2:], 1) <= case.tolerance["net_earnings_rows"]
    factors = flow.discount_factors.ravel() / case.rows["discount_factor"] - 1
    assert np.max(np.abs(factors)) <= case.tolerance["discount_factors"]
    assert flow.discount_exponents.ravel()[:3] == pytest.approx([-1, 0, 1])


def test_buenavista_fiscal_stack_year_by_year() -> None:
    case = Case.load("p0_buenavista_trs_2025")
    flow = evaluate(buenavista(case))
    printed = {name: row[:21] for name, row in case.rows.items()}
    assert worst(flow["revenue"], printed["revenue"]) <= case.tolerance["revenue_sum"]
    assert worst(flow["ebitda"], printed["ebitda"]) <= case.tolerance["opex_sum"]
    years = slice(0, 11)
    assert (
        worst(flow["income_tax"][years], printed["income_tax"][years])
        <= case.tolerance["income_tax_2025_2035"]
    )
    # The report subtracts accretion from its pre-tax row and adds it back only after tax.
    pre = flow["pre_tax_cash_flow"] - flow["accretion_added_back"]
    assert worst(pre, printed["pre"]) <= case.tolerance["pre_cash_flow"] + case.tolerance["opex_sum"]
    assert worst(flow["after_tax_cash_flow"][years], printed["post"][years]) <= (
        case.tolerance["pre_to_post_2025_2035"] + case.tolerance["opex_sum"]
    )


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("01_berg_pfs_2026", berg),
        ("02_vizcachitas_pfs_2023", vizcachitas),
        ("05_los_ricos_south_fs_2025", los_ricos),
        ("07_whistler_pea_2026", whistler),
        ("09_diamba_sud_fs_2026", diamba_sud),
        ("p0_buenavista_trs_2025", buenavista),
        ("p1_fenn_gib_pfs_2025", fenn_gib),
    ],
)
def test_published_inputs_pass_the_checks(name: str, build: Callable[[Case], MineInputs]) -> None:
    assert check(build(Case.load(name))) == ()
