"""Fiscal terms of some countries, ready for `Fiscal` and to be changed. Each names what was read."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.inputs.fiscal import IncomeTax, Levy, Losses
from app.engine.inputs.money import Money
from app.engine.kinds import LevyBase, LevyKind, MoneyBasis
from app.engine.units import TONNES_PER_TROY_OUNCE

# Prices [A$/t] between which Queensland's rate rises from 2.5 % to 5 %.
QUEENSLAND_PRICES: Mapping[str, tuple[float, float]] = {
    "copper": (3_600.0, 9_200.0),
    "nickel": (12_500.0, 38_100.0),
    "lead": (1_100.0, 2_500.0),
    "zinc": (1_900.0, 4_400.0),
    "gold": (600.0 / TONNES_PER_TROY_OUNCE, 890.0 / TONNES_PER_TROY_OUNCE),
}
# Discount where the metal is produced in the state; gold has none.
QUEENSLAND_DISCOUNTS: Mapping[str, float] = {"copper": 0.20, "nickel": 0.20, "lead": 0.25, "zinc": 0.35}


def mexico(
    duty: float = 0.075, profit_share: float = 0.10, rate: float = 0.30
) -> tuple[tuple[Levy, ...], IncomeTax]:
    """Return Mexico's mining duty, profit share (PTU) and income tax.

    duty of EBITDA, then PTU of (EBITDA - depreciation - duty), then
    `max(0, rate · (EBITDA - depreciation - duty - PTU) - rate · duty)` with losses carried forward.
    Source: Buenavista del Cobre technical report summary, 11 February 2025, section 19 (read in a
    transcription); the report itself notes 7.5 % although the statutory duty has changed since.
    """
    levies = (
        Levy("mining duty", LevyBase.EBITDA, duty, order=1, before_tax=False, credit=rate),
        Levy("profit share", LevyBase.EBIT, profit_share, order=2, before_tax=False),
    )
    return levies, IncomeTax(rate=rate)


def tasmania(rebate: float = 0.0) -> Levy:
    """Return Tasmania's royalty: `1.9 % · N + 0.4 · P² / N`, at most 5.35 % of net sales N.

    rebate: fraction, up to 0.2, for metal produced in the state. P is NSR less site cost and N is NSR; losses
    are not carried forward. Net sales below A$100,000 a year pay no profit part there, which is not modelled.
    Sources: Mineral Resources Tasmania, "Royalties" (read: 1.9 %, 5.35 %, rebate, no carry-forward); the
    quadratic form in Geoscience Australia's Bluecap, Functions/Royalties.py (read) and S.R. 2001 no. 113
    (read: exponential rate 0.40).
    """
    kept = 1.0 - rebate
    return Levy(
        "Tasmanian royalty",
        LevyBase.NSR,
        0.019 * kept,
        LevyKind.PROFIT_QUADRATIC,
        quadratic=0.4 * kept,
        cap=0.0535 * kept,
    )


def queensland(name: str, metal: str = "", *, processed_in_state: bool = False, currency: str = "") -> Levy:
    """Return Queensland's royalty on one metal: 2.5 % to 5 % of its NSR, rising with its price.

    name: a key of `QUEENSLAND_PRICES`; metal: as the scenario calls it, "" is the same; currency: code of the
    Australian dollar, "" where it is the scenario's own. Thresholds are money of the day. The official rate
    moves in steps of 0.02 percentage points and a first part of the value is free of royalty; neither is
    modelled.
    Sources: Queensland Revenue Office, "Mineral royalty rates" and "Processing discount for mining royalty",
    19 July 2024 (read: 2.5 % to 5 %, discounts); price thresholds in Geoscience Australia's Bluecap,
    Functions/Royalties.py (read; its discount for lead, 35 %, differs from the office's 25 % used here).
    """
    low, high = QUEENSLAND_PRICES[name]
    kept = 1.0 - (QUEENSLAND_DISCOUNTS.get(name, 0.0) if processed_in_state else 0.0)
    return Levy(
        f"Queensland royalty on {name}",
        LevyBase.NSR,
        0.0,
        LevyKind.SLIDING_PRICE,
        of=metal or name,
        steps=((low, 0.025 * kept), (high, 0.05 * kept)),
        money=Money(currency=currency, basis=MoneyBasis.NOMINAL),
    )


def united_states(rate: float = 0.21) -> IncomeTax:
    """Return the federal income tax: 21 %, losses carried forward against 80 % of income.

    Source: shares as commonly stated for losses after 2017; 26 U.S.C. 11(b) and 172 were not read.
    """
    return IncomeTax(rate=rate, losses=Losses(cap=0.8))
