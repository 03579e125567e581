"""Buenavista del Cobre: the Mexican stack year by year, and 20 years that are printed in fives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from app.engine.inputs import CapitalItem, Closure, Fiscal, IncomeTax, Levy, MineInputs, Terms
from app.engine.kinds import (
    CapitalKind,
    ClosureFunding,
    DiscountConvention,
    LevyBase,
    LevyTreatment,
    PeriodLength,
)
from app.engine.quantity import Array, as_rows
from app.engine.timeline import Timeline
from app.valuation.proof.case import Case
from app.valuation.proof.rows import offsite, site

#: Columns of Buenavista's table that are single years; the other four are totals of five.
ANNUAL = 21
MEXICAN_STACK = (
    Levy(
        "duty",
        LevyBase.EBITDA,
        0.075,
        before_tax=False,
        treatment=LevyTreatment.DEDUCTIBLE,
        credit=0.3,
    ),
    Levy("profit share", LevyBase.EBIT, 0.1, order=1, before_tax=False),
)


def buenavista(case: Case) -> MineInputs:
    """Copper, molybdenum, zinc: duty 7.5 % of EBITDA, profit share 10 %, income tax 30 % with the duty
    credited.

    The 21 annual columns; depreciation is what EBITDA, duty, profit share and printed gross income leave.
    """
    printed = {name: row[:ANNUAL] for name, row in case.rows.items()}
    rows = {name: row * 1e6 for name, row in printed.items()}
    duty = 0.075 * np.maximum(rows["ebitda"], 0)
    gross = rows["gross_income"]
    share = np.maximum(gross, 0) / 9
    return MineInputs(
        Timeline.regular(date(2025, 1, 1), PeriodLength.YEAR, ANNUAL),
        Terms(0.1, DiscountConvention.START),
        costs=(
            *offsite(printed, 1e6, "tcrc_freight"),
            *site(printed, 1e6, "mining", "plants", "ga", "decom"),
        ),
        capital=(CapitalItem("sustaining", CapitalKind.SUSTAINING, rows["capex"]),),
        closures=(Closure(spend=rows["closure"], funding=ClosureFunding.PROVISION),),
        fiscal=Fiscal(levies=MEXICAN_STACK, tax=IncomeTax(rate=0.3), provision_deductible=True),
        entered={
            "revenue.Cu": rows["rev_cu"],
            "revenue.Mo": rows["rev_mo"],
            "revenue.Zn": rows["rev_zn"],
            "accretion": rows["accretion"],
            "depreciation": rows["ebitda"] - duty - share - gross,
            "working_capital_change": rows["wc_increase"],
        },
    )


def buenavista_from_totals(case: Case) -> MineInputs:
    """The same mine from its printed totals of revenue and operating cost, which holds the accretion."""
    mine = buenavista(case)
    rows = {name: case.rows[name][:ANNUAL] * 1e6 for name in ("revenue", "opex", "accretion")}
    operating = {"operating": rows["opex"] - rows["accretion"]}
    metals = ("revenue.Cu", "revenue.Mo", "revenue.Zn")
    entered = {key: row for key, row in mine.entered.items() if key not in metals}
    return replace(
        mine, costs=site(operating, 1.0, "operating"), entered={**entered, "revenue": rows["revenue"]}
    )


def buenavista_after_tax(case: Case) -> MineInputs:
    """The same mine from its printed cash flow before tax, which is less accretion, through the tax stack."""
    mine = buenavista_from_totals(case)
    before = (case.rows["pre"] + case.rows["accretion"])[:ANNUAL] * 1e6
    return replace(mine, entered={**mine.entered, "pre_tax_cash_flow": before})


def buenavista_whole_life(case: Case) -> MineInputs:
    """The printed cash flows of all 41 years, the five-year totals spread as the row `placement` says."""
    tilt = as_rows(case.rows["placement"]) - 1.0
    first, last = np.eye(5)[:, :1], np.eye(5)[:, -1:]
    return _flows(case, (1 - np.abs(tilt)) * 0.2 + np.maximum(tilt, 0) * first + np.maximum(-tilt, 0) * last)


def buenavista_placed(case: Case, year: int) -> MineInputs:
    """The printed cash flows with every five-year total in one of its years, the first being 0."""
    return _flows(case, np.eye(5)[:, year : year + 1])


def _flows(case: Case, share: Array) -> MineInputs:
    """Return the printed cash flows; share: of a five-year total by year, `(5, n_trials | 1)`."""

    def spread(name: str) -> Array:
        row = as_rows(case.rows[name])
        totals = [share * row[column] for column in range(ANNUAL, len(row))]
        parts = np.broadcast_arrays(*totals)
        annual = np.broadcast_to(row[:ANNUAL], (ANNUAL, parts[0].shape[1]))
        return np.concatenate([annual, *parts]) * 1e6

    return MineInputs(
        Timeline.regular(date(2025, 1, 1), PeriodLength.YEAR, ANNUAL + 20),
        Terms(0.1, DiscountConvention.START),
        entered={"pre_tax_cash_flow": spread("pre"), "after_tax_cash_flow": spread("post")},
    )
