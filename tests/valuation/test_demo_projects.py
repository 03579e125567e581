"""The demo projects, from their documents through the database, give what their sources printed.

The figures and their tolerances are those of the published cases; each file names its source and its caveats.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.seed.demo import documents
from app.seed.document import load_project
from app.valuation.evaluate import Valuation, evaluate_scenario
from app.valuation.proof.case import CASES

OUNCES = 1e6 / 31.1034768  # per tonne


@dataclass(frozen=True)
class Case:
    """What a source printed."""

    arrays: dict[str, NDArray[np.float64]]
    tolerance: dict[str, float]
    published: dict[str, float]

    @classmethod
    def of(cls, name: str) -> Case:
        read: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text())
        return cls(
            {key: np.array(row["values"], dtype=np.float64) for key, row in read["arrays"].items()},
            {check["id"]: float(check["tol"]) for check in read["checks"]},
            {key: float(value) for key, value in read["published"].items()},
        )


def valued(session: Session, slug: str) -> Valuation:
    document = next(each for each in documents().values() if each["project"]["slug"] == slug)
    scenario = load_project(session, document).scenarios[0]
    session.expunge_all()
    return evaluate_scenario(session, scenario.id)


def line(valuation: Valuation, key: str) -> NDArray[np.float64]:
    return np.array(valuation.statement.row(key).values)


def indicator(valuation: Valuation, key: str) -> float:
    return float(next(kpi for kpi in valuation.kpis if kpi.key == key).value[0])


@pytest.fixture
def diamba_sud(session: Session) -> Valuation:
    return valued(session, "diamba-sud")


@pytest.fixture
def vizcachitas(session: Session) -> Valuation:
    return valued(session, "vizcachitas")


def test_diamba_sud_revenue_each_year_from_tonnes_grade_and_recovery(diamba_sud: Valuation) -> None:
    case = Case.of("09_diamba_sud_fs_2026")
    gap = np.abs(line(diamba_sud, "revenue") / 1e6 - case.arrays["revenue"])
    assert gap.max() <= case.tolerance["tonnes_grade_recovery_to_revenue"]
    ounces = case.arrays["ore_t"] * case.arrays["grade"] * case.arrays["recovery_pct"] / 100 / 31.1034768
    assert np.allclose(line(diamba_sud, "recovered.Au") * OUNCES, ounces, rtol=1e-12)


def test_diamba_sud_costs_and_cash_flow_each_year(diamba_sud: Valuation) -> None:
    case = Case.of("09_diamba_sud_fs_2026")
    site = sum(case.arrays[name] for name in ("mining", "processing", "ga"))
    assert np.allclose(line(diamba_sud, "opex") / 1e6, site, atol=1e-9)
    for key, name in (
        ("capital.initial", "capex"),
        ("capital.sustaining", "sustaining"),
        ("closure", "closure"),
    ):
        assert np.allclose(line(diamba_sud, key) / 1e6, case.arrays[name], atol=1e-9)
    royalties = case.arrays["royalty"] + case.arrays["social_fund"]
    # The printed levies are rounded to a million each, on a revenue that differs by its own tolerance.
    slack = 2 * 0.53 + 0.035 * case.tolerance["tonnes_grade_recovery_to_revenue"]
    assert np.abs(line(diamba_sud, "royalties") / 1e6 - royalties).max() <= slack
    gap = np.abs(line(diamba_sud, "pre_tax_cash_flow") / 1e6 - case.arrays["pre"])
    assert gap.max() <= case.tolerance["lines_to_cf_max"] + case.tolerance["tonnes_grade_recovery_to_revenue"]


def test_diamba_sud_npv_and_irr(diamba_sud: Valuation) -> None:
    case = Case.of("09_diamba_sud_fs_2026")
    npv = indicator(diamba_sud, "npv_pre_tax") / 1e6
    assert abs(npv - case.published["npv_pre_tax"]) <= case.tolerance["physicals_to_npv_pre"]
    irr = indicator(diamba_sud, "irr_pre_tax")
    assert abs(irr - case.published["irr_pre_tax"]) <= case.tolerance["irr_pre"]


def test_vizcachitas_metal_and_cash_flow_each_year(vizcachitas: Valuation) -> None:
    case = Case.of("02_vizcachitas_pfs_2023")
    copper = line(vizcachitas, "payable.Cu")
    producing = case.arrays["cu_in_product"] > 0
    share = copper[producing] / case.arrays["cu_in_product"][producing]
    assert np.abs(share - 0.965).max() <= case.tolerance["payable_cu"]
    gap = np.abs(line(vizcachitas, "after_tax_cash_flow") / 1e3 - case.arrays["post"])
    assert gap.max() <= case.tolerance["physicals_to_cf_post_max"]
    site = sum(case.arrays[name] for name in ("mining", "rehandle", "processing", "surface", "ga"))
    assert np.allclose(line(vizcachitas, "opex") / 1e3, site, atol=1e-6)


def test_vizcachitas_npv_and_irr(vizcachitas: Valuation) -> None:
    case = Case.of("02_vizcachitas_pfs_2023")
    slack = case.tolerance["physicals_to_npv_post"]
    for key, name in (("npv_after_tax", "npv_post_tax"), ("npv_pre_tax", "npv_pre_tax")):
        assert abs(indicator(vizcachitas, key) / 1e3 - case.published[name]) <= slack
    irr = indicator(vizcachitas, "irr_after_tax")
    assert abs(irr - case.published["irr_post_tax"]) <= case.tolerance["irr_post"]
    irr = indicator(vizcachitas, "irr_pre_tax")
    assert abs(irr - case.published["irr_pre_tax"]) <= case.tolerance["irr_pre"]


@pytest.mark.parametrize("slug", ["diamba-sud", "vizcachitas"])
def test_a_demo_project_ties_out(session: Session, slug: str) -> None:
    assert valued(session, slug).problems == ()
