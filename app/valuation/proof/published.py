"""Which figure answers which check of which case: the registry that the proof runs through.

A mine with a `physicals` entry is built from tonnes, metal and cost lines as far as its source prints them;
the other entries take a total from print, so that a later step is seen without the rounding of the earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import numpy as np

from app.engine.quantity import Array
from app.engine.units import to_base
from app.valuation.proof.buenavista import (
    buenavista,
    buenavista_after_tax,
    buenavista_from_totals,
    buenavista_placed,
    buenavista_whole_life,
)
from app.valuation.proof.evidence import Evidence, Figure, Row, Runs, irr, kpi, line
from app.valuation.proof.mines import (
    berg,
    diamba_sud,
    diamba_sud_as_sold,
    fenn_gib,
    los_ricos,
    vizcachitas,
    whistler,
)
from app.valuation.proof.rows import Build, printed_cash_flow, printed_tax, with_entered, without_entered
from app.valuation.proof.sugarcane import sugarcane_solved

AFTER, BEFORE = "after_tax_cash_flow", "pre_tax_cash_flow"
POUND, OUNCE = 1 / float(to_base(1.0, "lb")), 1 / float(to_base(1.0, "oz"))
"""Per tonne: an indicator in money per tonne, divided by one of these, is per pound or per ounce."""

FROM_TABLE = "from the printed cash flow"


@dataclass(frozen=True, slots=True)
class Published:
    """What is computed of a case.

    mines: the ways in which it is evaluated. evidence: by the id of the check that it answers.
    left_out: checks that the engine has no part in, and why.
    """

    mines: Mapping[str, Build]
    evidence: Mapping[str, Evidence]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def tied_out(self) -> tuple[Build, ...]:
        """Return the mines built from physicals, whose lines must tie out."""
        return tuple(build for name, build in self.mines.items() if name == "physicals")


def tax_bridge(unit: float = 1e6) -> Row:
    """Return the row after tax from the printed row before tax and the printed tax."""
    label = "Cash flow after tax, from printed cash flow before tax and tax"
    return Row(label, "post", line(AFTER, "taxed", unit))


BERG = Published(
    {
        "physicals": berg,
        "table": printed_cash_flow(berg, 1e6),
        "taxed": printed_tax(berg, 1e6, "tax_cash", -1),
    },
    {
        "npv_post_8pct_mid": Figure(f"NPV after tax, {FROM_TABLE}", kpi("npv_after_tax", "table", 1e6)),
        "npv_pre_8pct_mid": Figure(f"NPV before tax, {FROM_TABLE}", kpi("npv_pre_tax", "table", 1e6)),
        "irr_post": irr("after", FROM_TABLE, "table"),
        "irr_pre": irr("before", FROM_TABLE, "table"),
        "tax_bridge": tax_bridge(),
        "physicals_to_cf_pre_max": Row(
            "Cash flow before tax, from payable metal", "pre", line(BEFORE, "physicals")
        ),
        "physicals_to_npv_pre": Figure(
            "NPV before tax, from payable metal", kpi("npv_pre_tax", "physicals", 1e6)
        ),
        "c1_co_product": Figure(
            "C1 co-product cash cost, royalty included",
            kpi("cash_cost_co_product", "physicals", POUND / 0.73),
        ),
    },
)
VIZCACHITAS = Published(
    {
        "physicals": vizcachitas,
        "payable derived": without_entered(vizcachitas, "payable.Cu"),
        "table": printed_cash_flow(vizcachitas, 1e3),
        "taxed": printed_tax(vizcachitas, 1e3, "income_tax"),
    },
    {
        "npv_post_8pct_mid": Figure(f"NPV after tax, {FROM_TABLE}", kpi("npv_after_tax", "table", 1e3)),
        "npv_pre_8pct_mid": Figure(f"NPV before tax, {FROM_TABLE}", kpi("npv_pre_tax", "table", 1e3)),
        "irr_post": irr("after", FROM_TABLE, "table"),
        "irr_pre": irr("before", FROM_TABLE, "table"),
        "physicals_to_cf_post_max": Row(
            "Cash flow after tax, from payable metal", "post", line(AFTER, "physicals", 1e3)
        ),
        "physicals_to_npv_post": Figure(
            "NPV after tax, from payable metal", kpi("npv_after_tax", "physicals", 1e3)
        ),
        "tax_bridge": tax_bridge(1e3),
        "payable_cu": Row(
            "Payable share of copper, from metal in product",
            "cu_payable",
            line("payable.Cu", "payable derived", 1.0),
            over="cu_in_product",
        ),
    },
)
LOS_RICOS = Published(
    {
        "physicals": los_ricos,
        "table": printed_cash_flow(los_ricos, 1e6),
        "taxed": printed_tax(los_ricos, 1e6, "tax"),
    },
    {
        "npv_post_5pct_t0": Figure(f"NPV after tax, {FROM_TABLE}", kpi("npv_after_tax", "table", 1e6)),
        "npv_pre_5pct_t0": Figure(f"NPV before tax, {FROM_TABLE}", kpi("npv_pre_tax", "table", 1e6)),
        "irr_post": irr("after", FROM_TABLE, "table"),
        "irr_pre": irr("before", FROM_TABLE, "table"),
        "payback": Figure(f"Payback from first production, {FROM_TABLE}", kpi("payback", "table")),
        "physicals_to_cf_pre_max": Row(
            "Cash flow before tax, from payable metal", "pre", line(BEFORE, "physicals")
        ),
        "physicals_to_npv_pre": Figure(
            "NPV before tax, from payable metal", kpi("npv_pre_tax", "physicals", 1e6)
        ),
        "tax_bridge": tax_bridge(),
    },
)
WHISTLER = Published(
    {
        "physicals": whistler,
        "table": printed_cash_flow(whistler, 1e6),
        "taxed": printed_tax(whistler, 1e6, "tax"),
    },
    {
        "npv_post_5pct_mid_lines": Figure(
            "NPV after tax, from payable metal", kpi("npv_after_tax", "physicals", 1e6)
        ),
        "npv_post_from_printed_cf": Figure(
            f"NPV after tax, {FROM_TABLE}", kpi("npv_after_tax", "table", 1e6)
        ),
        "irr_post": irr("after", FROM_TABLE, "table"),
        "irr_pre": irr("before", FROM_TABLE, "table"),
        "nsr_royalty_each_year": Row("NSR royalty of 3 %", "royalty", line("levy.royalty", "physicals")),
        "lines_to_cf_pre_max": Row(
            "Cash flow before tax, from payable metal", "pre", line(BEFORE, "physicals")
        ),
        "tax_bridge": tax_bridge(),
        "cash_cost_by_product": Figure(
            "Cash cost less by-products, royalty included", kpi("cash_cost_by_product", "physicals", OUNCE)
        ),
        "aisc_by_product": Figure("AISC, closure included", kpi("aisc", "physicals", OUNCE)),
    },
)
DIAMBA_SUD = Published(
    {
        "physicals": diamba_sud,
        "as sold": diamba_sud_as_sold,
        "table": printed_cash_flow(diamba_sud, 1e6),
    },
    {
        "npv_pre_5pct_t0": Figure(f"NPV before tax, {FROM_TABLE}", kpi("npv_pre_tax", "table", 1e6)),
        "irr_pre": irr("before", FROM_TABLE, "table"),
        "tonnes_grade_recovery_to_revenue": Row(
            "Revenue, from tonnes, grade and recovery", "revenue", line("revenue", "physicals")
        ),
        "physicals_to_npv_pre": Figure(
            "NPV before tax, from tonnes, grade and recovery", kpi("npv_pre_tax", "physicals", 1e6)
        ),
        "royalty_each_year": Row("Royalty of 3 %", "royalty", line("levy.royalty", "as sold")),
        "lines_to_cf_max": Row("Cash flow before tax, from printed revenue", "pre", line(BEFORE, "as sold")),
        "cash_cost": Figure("Cash cost without royalty", kpi("c1", "as sold", OUNCE)),
    },
)
FENN_GIB = Published(
    {
        "physicals": fenn_gib,
        "ounces": with_entered(fenn_gib, {"recovered.Au": ("recovered_koz", float(to_base(1.0, "koz")))}),
        "revenue": with_entered(fenn_gib, {"revenue": ("revenue", 1e6)}),
        "table": printed_cash_flow(fenn_gib, 1e6),
        "taxed": printed_tax(fenn_gib, 1e6, "tax"),
    },
    {
        "tonnes_grade_recovery_to_oz": Row(
            "Gold recovered, from tonnes, grade and recovery",
            "recovered_koz",
            line("recovered.Au", "physicals", float(to_base(1.0, "koz"))),
        ),
        "oz_to_revenue": Row("Revenue, from printed ounces", "revenue", line("revenue", "ounces")),
        "lines_to_cf": Row("Cash flow before tax, from printed revenue", "pre", line(BEFORE, "revenue")),
        "physicals_to_cf": Row(
            "Cash flow before tax, from tonnes, grade and recovery", "pre", line(BEFORE, "physicals")
        ),
        "tax_bridge": tax_bridge(),
        "cash_cost": Figure(
            "Cash cost, royalty included", kpi("cash_cost_by_product", "ounces", OUNCE * 1.35)
        ),
        "irr_post": irr("after", FROM_TABLE, "table"),
    },
)


def net_earnings(runs: Runs) -> Array:
    """Return what is left of EBITDA after depreciation and tax."""
    flow = runs["solved"].flow
    return np.asarray(flow["ebitda"] - flow["depreciation"] - flow["income_tax"])


def solved_ebitda(runs: Runs) -> Array:
    """Return the EBITDA of any year of operation."""
    return np.asarray(runs["solved"].flow["ebitda"][-1])


SUGARCANE = Published(
    {
        "solved": sugarcane_solved,
        "table": with_entered(sugarcane_solved, {AFTER: ("cash_flow", 1.0)}),
    },
    {
        "npv_from_printed_rows": Figure(f"NPV, {FROM_TABLE}", kpi("npv_after_tax", "table"), "MM$"),
        "discount_factors": Row(
            "Discount factor over the printed one",
            "discount_factor",
            lambda runs: runs["solved"].flow.discount_factors,
            over="discount_factor",
        ),
        "macrs_depreciation": Row(
            "MACRS depreciation", "dep", line("depreciation", "solved", 1.0), slice(2, None)
        ),
        "ebitda_is_41": Figure("EBITDA that gives the printed NPV", solved_ebitda),
        "net_earnings_rows": Row("Net earnings", "net_earnings", net_earnings, slice(2, None)),
        "cash_flow_rows": Row("Cash flow after tax", "cash_flow", line(AFTER, "solved", 1.0)),
        "irr": irr("after", "with that EBITDA", "solved"),
        "npv": Figure("NPV, by construction of the EBITDA", kpi("npv_after_tax", "solved"), "MM$"),
    },
)


def printed_opex(runs: Runs) -> Array:
    """Return the report's operating cost, which holds off-site cost and accretion."""
    flow = runs["physicals"].flow
    return np.asarray((flow["opex"] + flow["offsite"] + flow["accretion"]) / 1e6)


def before_accretion(runs: Runs) -> Array:
    """Return the report's row before tax: less accretion, which it adds back only after tax."""
    flow = runs["totals"].flow
    return np.asarray((flow[BEFORE] - flow["accretion_added_back"]) / 1e6)


def bracketed(key: str, runs: Runs) -> Array:
    """Return whether the printed NPV lies between the first and the last year for every five-year total."""
    ends = [runs[mine].kpi(key)[0] / 1e6 for mine in ("first year", "last year")]
    printed = runs.case.published[key.replace("after", "post")]
    return np.array([float(min(ends) <= printed <= max(ends))])


FIRST_ELEVEN = slice(0, 11)
BUENAVISTA = Published(
    {
        "physicals": buenavista,
        "totals": buenavista_from_totals,
        "after tax": buenavista_after_tax,
        "whole life": buenavista_whole_life,
        "first year": partial(buenavista_placed, year=0),
        "last year": partial(buenavista_placed, year=4),
    },
    {
        "npv_post_10pct_t0_even": Figure(
            "NPV after tax, five-year totals spread evenly", kpi("npv_after_tax", "whole life", 1e6)
        ),
        "npv_pre_10pct_t0_even": Figure(
            "NPV before tax, five-year totals spread evenly", kpi("npv_pre_tax", "whole life", 1e6)
        ),
        "npv_post_inside_bracket": Figure(
            "NPV after tax lies between totals in the first and in the last year",
            partial(bracketed, "npv_after_tax"),
            "1 is yes",
        ),
        "npv_pre_inside_bracket": Figure(
            "NPV before tax lies between totals in the first and in the last year",
            partial(bracketed, "npv_pre_tax"),
            "1 is yes",
        ),
        "revenue_sum": Row("Revenue, from three metals", "revenue", line("revenue", "physicals")),
        "opex_sum": Row("Operating cost, from its lines", "opex", printed_opex),
        "ebitda": Row("EBITDA", "ebitda", line("ebitda", "totals")),
        "income_tax_2025_2035": Row(
            "Income tax with the duty credited", "income_tax", line("income_tax", "totals"), FIRST_ELEVEN
        ),
        "pre_to_post_2025_2035": Row(
            "Cash flow after tax, through duty, profit share and tax",
            "post",
            line(AFTER, "after tax"),
            FIRST_ELEVEN,
        ),
        "pre_cash_flow": Row("Cash flow before tax, from printed totals", "pre", before_accretion),
    },
    {"sens_base": "It compares two figures of the report with each other."},
)

#: Case file → what is computed of it, in the order in which the proof shows them.
PUBLISHED: Mapping[str, Published] = MappingProxyType(
    {
        "02_vizcachitas_pfs_2023": VIZCACHITAS,
        "09_diamba_sud_fs_2026": DIAMBA_SUD,
        "01_berg_pfs_2026": BERG,
        "05_los_ricos_south_fs_2025": LOS_RICOS,
        "07_whistler_pea_2026": WHISTLER,
        "p1_fenn_gib_pfs_2025": FENN_GIB,
        "p0_buenavista_trs_2025": BUENAVISTA,
        "12_biosteam_sugarcane_tea": SUGARCANE,
    }
)
