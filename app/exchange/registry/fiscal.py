"""Sheets of what the state, the royalty holder and the working capital take."""

from __future__ import annotations

from app import models
from app.exchange.registry.costs import NOTE, WINDOW
from app.exchange.registry.sales import MONEY
from app.exchange.registry.sheet import Sheet

LEVIES = Sheet(
    "Levies",
    models.Levy,
    ("levies",),
    "Royalties, mining taxes, duties and profit shares.",
    ("name",),
    (
        ("name", "Of the levy."),
        ("base", "What it is taken of."),
        ("kind", "How it is reckoned."),
        ("rate", "A share, or money for a unit."),
        ("of", "Only this product or metal; empty is all."),
        ("price_of", "The metal or product whose price slides the rate."),
        ("order", "Levies of a lower number are taken first."),
        ("deducts", "Which levies taken before lower what it is taken of."),
        ("treatment", "How it meets income tax."),
        ("before_tax", "Whether it is shown before tax."),
        ("carry_forward", "Whether a negative base is carried forward."),
        ("capital_first", "Whether capital is recovered first."),
        ("steps", "Rates by price, or by the lower edge of a bracket."),
        ("tier_method", "Whether a bracket's rate is for its part or for all."),
        ("quadratic", "Factor on the squared profit."),
        ("cap", "Highest rate."),
        ("floor", "Lowest rate."),
        ("credit", "Share credited against tax."),
        ("minus", "Allowance taken off the base."),
        ("credited", "The levy taken before that is set against it."),
        ("uplift", "Growth per year of what is carried forward."),
        ("allowance_least", "Least share of the profit that is allowed on cost."),
        ("allowance_most", "Greatest share of it; empty is all."),
        *WINDOW,
        *MONEY,
        NOTE,
    ),
)
DEPRECIATION = Sheet(
    "Depreciation",
    models.DepreciationClass,
    ("depreciation",),
    "How each class of capital is written down.",
    ("name",),
    (
        ("name", "Capital and equipment name it."),
        ("method", "How it is written down."),
        ("life", "Over how many years."),
        ("factor", "Of a declining balance."),
        ("half_year", "Whether the first year counts by half."),
        ("salvage", "Share that is never written down."),
        ("start", "When spent, or when in service."),
        ("at_closure", "What becomes of the rest."),
        ("units", "What units of production are counted by."),
        ("opening", "Balance at the start."),
        ("opening_life", "Years left of that balance."),
        ("first_year", "Share of a year that the first one counts."),
        ("reserves", "Units of production over the life."),
        ("levy", "The levy in whose books it stands; empty is income tax."),
        ("cost_of", "The class whose cost it takes there."),
        ("allowance", "Share of that cost, each year, off the profit."),
        NOTE,
    ),
)
INCOME_TAX = Sheet(
    "Income tax",
    models.IncomeTaxTerms,
    ("income_tax",),
    "Tax on income. One row for each scenario.",
    (),
    (
        ("rate", "Of tax."),
        ("minimum", "Least tax, of revenue."),
        ("credits", "Taken off the tax."),
        ("lag", "Periods until it is paid."),
        ("salvage_taxed", "Whether salvage is income."),
        ("by_year", "Whether months and quarters are assessed together with their reporting year."),
        ("loss_rule", "What becomes of a loss."),
        ("loss_cap", "Share of income that losses may meet, from 0 to 1."),
        ("loss_expiry", "How long a loss lasts; empty is without limit."),
        ("loss_carry_back", "How far back a loss reaches."),
        ("loss_opening", "Losses at the start."),
        *MONEY,
        NOTE,
    ),
    one=True,
)
DEPLETION = Sheet(
    "Depletion",
    models.Depletion,
    ("depletion",),
    "Percentage depletion. One row for each scenario.",
    (),
    (
        ("rate", "Of the base."),
        ("cap", "Share of income, from 0 to 1."),
        ("cost_class", "The depreciation class that it replaces where larger."),
        ("base", "What it is taken of."),
    ),
    one=True,
)
WORKING_CAPITAL = Sheet(
    "Working capital",
    models.WorkingCapitalTerms,
    ("working_capital",),
    "Days of revenue and cost tied up. One row for each scenario.",
    (),
    (
        ("receivable_days", "Of revenue."),
        ("inventory_days", "Of cost."),
        ("payable_days", "Of cost."),
        ("days_in_year", "That a year is taken to have."),
        ("release", "Number of the period of release, from 0; empty is the last."),
        ("offsite_in_cost", "Whether off-site cost counts as cost."),
        ("opening", "Tied up at the start."),
    ),
    one=True,
)
