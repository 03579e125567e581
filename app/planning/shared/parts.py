"""Every part that the whole installation shares, described as the parts of a scenario are.

A new shared table adds its entry here; lists, forms, API, record and the way back follow from it.
"""

from __future__ import annotations

from app.errors import NotFound
from app.models import (
    CostHeading,
    Currency,
    DeckPrice,
    ExchangeRate,
    MeasurementUnit,
    PriceDeck,
    ScenarioDefaults,
    SmelterMetal,
    SmelterPenalty,
    SmelterTerms,
)
from app.planning.parts import Field
from app.planning.shared.part import Shared

F = Field


CURRENCIES = Shared(
    "currencies",
    "Currencies",
    "currency",
    "currencies",
    Currency,
    (),
    (
        F("code", "ISO code", "Three letters of ISO 4217, such as CLP.", fixed=True),
        F("name"),
        F("symbol", help="As reports write it, such as US$."),
        F("decimals", help="Of its smallest coin."),
        F("active", "Offered", "One that is not offered stays wherever it is used."),
    ),
    naming=("code",),
    help="What money can be entered in. A rate says what one unit was worth in another currency on a day.",
    order=("code",),
    active=True,
)
RATES = Shared(
    "exchange_rates",
    "Exchange rates",
    "exchange rate",
    "currencies",
    ExchangeRate,
    (),
    (
        F("currency", help="Of which one unit is quoted.", fixed=True),
        F("quoted_in", help="The currency that the rate is written in.", fixed=True),
        F("as_of", "Date", "The day of the quotation."),
        F("rate", help="What one unit is worth."),
        F("source", help="Where the rate was read."),
    ),
    naming=("currency", "quoted_in", "as_of"),
    parents=(("currency", "code"),),
    order=("currency", "quoted_in", "as_of"),
)
UNITS = Shared(
    "units",
    "Measurement units",
    "measurement unit",
    "units",
    MeasurementUnit,
    (),
    (
        F("code", "Symbol", "As it stands in a field, such as bcm.", fixed=True),
        F("label", "Name"),
        F("kind", "Measures"),
        F("factor", help="How many tonnes, hours, kWh, m³, or 1 of a fraction, one of it is."),
        F("system"),
        F("position", "Order"),
    ),
    naming=("code",),
    help="What quantities are entered in. Built-in units are fixed, because results depend on their factors.",
    order=("kind", "position", "code"),
)
HEADINGS = Shared(
    "headings",
    "Cost categories",
    "cost category",
    "headings",
    CostHeading,
    (),
    (
        F("code", help="Small letters, digits and hyphens, as files name it.", fixed=True),
        F("label", "Name"),
        F("section", "For"),
        F("category", "Engine category", "Offered for a new operating cost; empty for capital."),
        F("position", "Order", "Lists show small numbers first."),
        F("active", "Offered", "One that is not offered stays wherever it is used."),
    ),
    naming=("label",),
    help="Headings under which reports group cost lines and capital items.",
    order=("section", "position", "code"),
    active=True,
)
DECKS = Shared(
    "decks",
    "Price decks",
    "price deck",
    "decks",
    PriceDeck,
    (),
    (
        F("name"),
        F("as_of", "Date", "The day that the deck was published or agreed on."),
        F("source", help="Where the prices were read."),
        F("first_year", "First year", "The calendar year of the first column."),
        F("years", "Years", "Columns of the deck. The last one holds for every later year."),
        F("money_basis", "Real or nominal"),
        F("active", "Offered", "A deck that is not offered stays in the record of who used it."),
        F("note"),
    ),
    help="Named sets of prices. Applying a deck to a scenario copies its prices there, as one revision.",
    active=True,
)
DECK_PRICES = Shared(
    "deck_prices",
    "Prices",
    "price",
    "decks",
    DeckPrice,
    (),
    (
        F("deck", refers="decks", fixed=True),
        F("commodity", help="As products name the metal, such as Au or Cu."),
        F("currency"),
        F(
            "price",
            help="One number holds for all years; several are one for each year of the deck.",
            schedule=True,
        ),
    ),
    naming=("commodity",),
    parents=(("deck", "name"),),
    order=("deck", "commodity"),
    owner="decks",
)
SMELTERS = Shared(
    "smelters",
    "Smelter terms",
    "set of smelter terms",
    "smelters",
    SmelterTerms,
    (),
    (
        F("name"),
        F("as_of", "Date", "The day of the contract or benchmark."),
        F("source", help="Where the terms were read."),
        F("currency", help="Of every charge. Empty is the scenario's."),
        F("money_basis", "Real or nominal"),
        F("treatment", "Treatment charge", "Per dry tonne of concentrate."),
        F("freight", help="Per wet tonne of concentrate."),
        F("moisture"),
        F("insurance", help="Share of the value."),
        F("losses", "Transit losses"),
        F("provisional", "Provisional payment", "Fraction invoiced at sale."),
        F("lag", help="Periods until the rest is paid."),
        F("active", "Offered", "Terms that are not offered stay in the record of who used them."),
        F("note"),
    ),
    help="What smelters and refiners keep and charge. What a set leaves empty leaves a product as it is.",
    active=True,
)
SMELTER_METALS = Shared(
    "smelter_metals",
    "Payment for metals",
    "payment for a metal",
    "smelters",
    SmelterMetal,
    (),
    (
        F("terms", refers="smelters", fixed=True),
        F("metal"),
        F("payable"),
        F("deduction", "Minimum deduction"),
        F("deduction_kind", "How it bites"),
        F("refining", "Refining charge"),
        F("premium"),
        F("participation_share", "Price participation"),
        F("participation_basis"),
    ),
    naming=("metal",),
    parents=(("terms", "name"),),
    order=("terms", "metal"),
    owner="smelters",
)
SMELTER_PENALTIES = Shared(
    "smelter_penalties",
    "Penalties",
    "penalty",
    "smelters",
    SmelterPenalty,
    (),
    (
        F("terms", refers="smelters", fixed=True),
        F("element", help="Such as As or Bi."),
        F("threshold", help="Below this nothing is charged."),
        F("step", help="The charge is for each of these above the threshold."),
        F("rate"),
        F("method", help="Each begun step, or in proportion."),
    ),
    naming=("element",),
    parents=(("terms", "name"),),
    order=("terms", "element"),
    owner="smelters",
)
DEFAULTS = Shared(
    "defaults",
    "Defaults of new scenarios",
    "set of defaults",
    "defaults",
    ScenarioDefaults,
    (),
    (
        F("currency", help="Offered for a new project."),
        F("length", "Period length"),
        F("count", "Periods"),
        F("discount_rate", help="Per year."),
        F("convention", "Discounting convention", "Where in its period a cash flow falls."),
        F("money", "Real or nominal"),
        F("inflation", help="Per year, of lines without an escalation of their own."),
        F("payback_origin", "Payback counts from"),
        F("pre_production_revenue"),
        F("tax_rate", "Income tax rate", "Empty begins without income tax."),
        F("loss_rule", "Tax losses"),
        F("depreciation_method", "Depreciation", "Of a class called General. Empty begins without one."),
        F("depreciation_life", "Depreciation life"),
        F("trials", "Trials of a run"),
        F("sampler"),
        F("royalty_in_c1", "Royalties in C1"),
        F("closure_in_aisc", "Closure in AISC"),
        F("corporate_in_aisc", "Corporate cost in AISC"),
        F("exploration_in_aisc", "Exploration in AISC"),
    ),
    naming=(),
    help="What a new scenario begins with. Scenarios that are there already keep their own.",
    order=("id",),
    only=True,
)

SHARED: dict[str, Shared] = {
    part.key: part
    for part in (
        CURRENCIES,
        RATES,
        UNITS,
        HEADINGS,
        DECKS,
        DECK_PRICES,
        SMELTERS,
        SMELTER_METALS,
        SMELTER_PENALTIES,
        DEFAULTS,
    )
}


def find_shared(key: str) -> Shared:
    """Return the shared part of that key; raises `NotFound`."""
    if key not in SHARED:
        raise NotFound("setting", key)
    return SHARED[key]


def owned_by(part: Shared) -> list[Shared]:
    """Return the parts whose rows go with a row of this one."""
    return [each for each in SHARED.values() if each.owner == part.key]


__all__ = ["SHARED", "Shared", "find_shared", "owned_by"]
