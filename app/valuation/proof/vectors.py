"""The vector sets: cash flows with known rates of return, dated or not, and the IRS depreciation tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import numpy as np

from app.engine.evaluate import evaluate
from app.engine.inputs import CapitalItem, DepreciationClass, Fiscal, MineInputs, Terms
from app.engine.kinds import CapitalKind, DepreciationMethod, PeriodLength
from app.engine.quantity import Array
from app.engine.returns import irr_all, mirr, npv, xirr, xnfv, xnpv
from app.engine.timeline import Timeline
from app.valuation.proof.case import Case, Check
from app.valuation.proof.claim import Claim, figure_point, row_point

Answer = Callable[[Case], float | Sequence[float]]


def irrs(name: str) -> Callable[[Case], tuple[float, ...]]:
    """Return every IRR of a row."""
    return lambda case: irr_all(case.rows[name]).rates


def primary(name: str) -> Answer:
    """Return the IRR of a row that the engine reports."""
    return lambda case: irr_all(case.rows[name]).primary


def lowest(name: str) -> Answer:
    """Return the lowest IRR of a row."""
    return lambda case: min(irrs(name)(case))


def highest(name: str) -> Answer:
    """Return the highest IRR of a row."""
    return lambda case: max(irrs(name)(case))


def value(name: str, rate: float, first: int = 0) -> Answer:
    """Return the NPV of a row whose first flow falls `first` periods from now."""
    return lambda case: float(npv(case.rows[name], rate, np.arange(len(case.rows[name])) + first)[0])


def modified(name: str, finance: float, reinvest: float) -> Answer:
    """Return the MIRR of a row."""
    return lambda case: float(mirr(case.rows[name], finance, reinvest)[0][0])


def dated(case: Case, name: str) -> tuple[list[date], list[float]]:
    """Return the days and flows of a dated row."""
    return list(case.dates[name]), [float(flow) for flow in case.rows[name]]


def dated_irr(name: str, day_count: str = "actual/365") -> Answer:
    """Return the IRR of a dated row."""
    return lambda case: xirr(*dated(case, name), day_count=day_count).primary


ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "a": primary("a"),
        "b_negative": primary("b"),
        "c": primary("c"),
        "d_two_roots": primary("d"),
        "e": primary("e"),
        "f_multiple": primary("f"),
        "g_trailing_zeros": primary("g"),
        "h": primary("h"),
        "i": primary("i"),
        "j": primary("j"),
        "k_long": primary("k"),
        "l_gh44": primary("l"),
        "l_gh44_second_root": lowest("l"),
        "m_gh39": primary("m"),
        "m_gh39_second_root": lowest("m"),
        "n_two_roots": highest("n"),
        "n_low_root": lowest("n"),
        "oil_pump": irrs("o"),
        "strip_mine_npv10": value("p", 0.10),
        "strip_mine_npv20": value("p", 0.20),
        "strip_mine_mirr10": modified("p", 0.10, 0.10),
        "strip_mine_mirr20": modified("p", 0.20, 0.20),
        "mirr_q": modified("q", 0.08, 0.055),
        "mirr_r": modified("r", 0.10, 0.12),
        "mirr_s": modified("s", 0.05, 0.06),
        "npv_start0": value("i", 0.08),
        "npv_start1": value("i", 0.08, 1),
        "npv_np": value("u", 0.05),
        "unordered_xirr": dated_irr("un"),
        "unordered_xnpv10": lambda case: xnpv(0.10, *dated(case, "un")),
        "neg99": dated_irr("neg99"),
        "neg993_roots": lambda case: max(xirr(*dated(case, "neg993")).rates),
        "neg99999": dated_irr("neg99999"),
        "leading_trailing_zeros": dated_irr("ze"),
        "xnfv": lambda case: xnfv(0.025, *dated(case, "fv")),
        "mathworks_act365": dated_irr("ml"),
        "mathworks_act360": dated_irr("ml", "actual/360"),
    }
)
"""Check of the IRR, MIRR and dated sets → what the engine makes of its row."""


def answered(case: Case, check: Check) -> Claim:
    """Return the claim of one vector, several points where several rates are printed."""
    ours = np.atleast_1d(ANSWERS[check.id](case))
    label = LABELS[check.id]
    points = tuple(
        row_point(printed, ours[i : i + 1], 0, check.half_unit, f"rate {i + 1}" if len(ours) > 1 else "")
        for i, printed in enumerate(check.printed)
    )
    unit = "money" if "NPV" in label or "XNFV" in label else "fraction"
    return Claim(check, label, unit, points, rounded=False)


LABELS: Mapping[str, str] = MappingProxyType(
    {
        **{name: f"IRR of vector {name}" for name in "aceij"},
        "b_negative": "IRR of vector b, which is negative",
        "d_two_roots": "IRR of vector d, of two the nearest to zero",
        "f_multiple": "IRR of vector f, of several",
        "g_trailing_zeros": "IRR of vector f with zeros behind it",
        "h": "IRR of vector h, far below zero",
        "k_long": "IRR of vector k, of 21 periods",
        "l_gh44": "IRR of vector l",
        "l_gh44_second_root": "Second IRR of vector l, near -100 %",
        "m_gh39": "IRR of vector m",
        "m_gh39_second_root": "Second IRR of vector m, nearer to zero and wrong",
        "n_two_roots": "Higher IRR of vector n",
        "n_low_root": "Lower IRR of vector n, printed cut off",
        "oil_pump": "Both IRRs of the oil pump",
        "strip_mine_npv10": "NPV of the strip mine at 10 %",
        "strip_mine_npv20": "NPV of the strip mine at 20 %",
        "strip_mine_mirr10": "MIRR of the strip mine at 10 %",
        "strip_mine_mirr20": "MIRR of the strip mine at 20 %",
        "mirr_q": "MIRR of vector q",
        "mirr_r": "MIRR of vector r",
        "mirr_s": "MIRR of vector s",
        "npv_start0": "NPV of vector i, first flow undiscounted",
        "npv_start1": "NPV of vector i, first flow after one period",
        "npv_np": "NPV of vector u",
        "unordered_xirr": "XIRR of flows out of order",
        "unordered_xnpv10": "XNPV of flows out of order at 10 %",
        "neg99": "XIRR below -99 %",
        "neg993_roots": "XIRR near -99.4 %, the highest of several",
        "neg99999": "XIRR below -99.99 %",
        "leading_trailing_zeros": "XIRR with zeros at both ends",
        "xnfv": "XNFV at 2.5 %",
        "mathworks_act365": "XIRR by actual/365",
        "mathworks_act360": "XIRR by actual/360",
    }
)


def macrs_percentages(life: int) -> Array:
    """Return depreciation in percent of a plant that costs 100 and produces from its first year on."""
    years = life + 1
    mine = MineInputs(
        Timeline.regular(date(2026, 1, 1), PeriodLength.YEAR, years),
        Terms(0.0),
        capital=(CapitalItem("plant", CapitalKind.INITIAL, 100.0, (1.0,), depreciation="macrs"),),
        fiscal=Fiscal(depreciation=(DepreciationClass("macrs", DepreciationMethod.MACRS, life=life),)),
        entered={"revenue": np.full(years, 100.0)},
    )
    return evaluate(mine)["depreciation"][:, 0]


def tabulated(case: Case, check: Check) -> Claim:
    """Return the claim of one IRS table: its sum, or every percentage that follows from the rule."""
    what, _, row = check.id.partition("_")
    life = int(row.removeprefix("m"))
    ours, printed = macrs_percentages(life), case.rows[row]
    if what == "sum":
        point = figure_point(check.printed[0], np.array([ours.sum()]), 0, check.half_unit)
        return Claim(check, f"Sum of the {life}-year table", "% of basis", (point,), rounded=False)
    points = tuple(
        row_point(printed[year], ours[year : year + 1], 0, case.half_widths[row][year], f"year {year + 1}")
        for year in range(len(printed))
    )
    return Claim(check, f"The {life}-year table, from the rule", "% of basis", points, rounded=False)


#: Vector set → how one of its checks is claimed.
VECTORS: Mapping[str, Callable[[Case, Check], Claim]] = MappingProxyType(
    {
        "13_irr_mirr_reference_set": answered,
        "14_xirr_dated_reference_set": answered,
        "15_macrs_half_year_tables": tabulated,
    }
)
