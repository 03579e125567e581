"""Sheets of the project, its scenarios, how they are valued, and what drives them."""

from __future__ import annotations

from app import models
from app.exchange.registry.sheet import Sheet

PROJECT = Sheet(
    "Project",
    models.Project,
    (),
    "The mine, and where its figures come from. One row.",
    ("slug",),
    (
        ("slug", "Its address: small letters, digits and hyphens."),
        ("name", "What people call it."),
        ("description", "What is mined and what is sold."),
        ("commodity", "What it is mined for."),
        ("country", "Where it is."),
        ("location", "Where in the country."),
        ("currency", "Of every result; lines may be entered in others."),
        ("source", "The report that the figures come from."),
        ("source_reference", "Where in it, and where it was read."),
        ("source_caveat", "What to know before quoting a figure."),
        ("private", "Whether only its members see it. An import may hide a project, and never shows one."),
    ),
)
SCENARIOS = Sheet(
    "Scenarios",
    models.Scenario,
    (),
    "A plan each. The sheets that follow name the scenario in their first column.",
    ("slug",),
    (
        ("slug", "Its address: small letters, digits and hyphens."),
        ("name", "What people call it."),
        ("note", "What sets it apart."),
        ("status", "Approved is locked."),
        ("is_base", "What the others are compared with; one in a project."),
        ("start", "First day of the first period."),
        ("periods", "Runs of equal periods from the start."),
        ("valuation", "The day that NPV is stated for; empty is the start."),
        ("production_start", "Number of the first producing period, from 0; empty follows the physicals."),
        ("copula", "How a simulation ties correlated parameters together."),
        ("copula_degrees", "Degrees of freedom of Student's t."),
    ),
)
TERMS = Sheet(
    "Terms",
    models.ValuationTerms,
    ("terms",),
    "How the cash flow is valued and what the unit costs hold. One row for each scenario.",
    (),
    (
        ("discount_rate", "A year."),
        ("convention", "Where in its period a flow is taken to fall."),
        ("discount_offset", "Periods added to every discount exponent."),
        ("money", "Real or nominal."),
        ("inflation", "A year."),
        ("finance_rate", "Of MIRR."),
        ("reinvest_rate", "Of MIRR."),
        ("payback_origin", "From when payback is counted."),
        ("pre_production_revenue", "Shown as revenue, or netted against capital."),
        ("royalty_in_c1", "Whether C1 holds royalties."),
        ("closure_in_aisc", "Whether AISC holds closure."),
        ("corporate_in_aisc", "Whether AISC holds corporate cost."),
        ("exploration_in_aisc", "Whether AISC holds exploration."),
        ("leases_in_aisc", "Whether AISC holds leases."),
        ("streams_as_credit", "Whether streams are a credit."),
        ("pre_commercial_excluded", "Whether unit costs begin with commercial production."),
        ("write_off", "Number of the period in which balances end, from 0; empty is the last."),
        ("provision_deductible", "Whether the closure provision is deducted from tax."),
    ),
    one=True,
)
PARAMETERS = Sheet(
    "Parameters",
    models.Parameter,
    ("parameters",),
    "Named drivers that scale quantities, and how uncertain they are.",
    ("name",),
    (
        ("name", "Small letters, digits and underscores; quantities name it as their driver."),
        ("label", "What people call it."),
        ("base", "Its value."),
        ("currency", "Of a money unit; empty is the project's."),
        ("family", "Its distribution; empty is certain."),
        ("process", "Its price process, in place of a distribution."),
        ("distribution", "The numbers of the distribution or process."),
        ("effect", "Whether a draw replaces, multiplies or is added."),
        ("draw", "Once in a trial, or for each period."),
        ("autocorrelation", "Between periods, from -1 to 1."),
        ("centred", "Whether draws are centred on the base."),
        ("active", "Switched off, the base holds alone."),
        ("note", "Where it comes from."),
    ),
)
CORRELATIONS = Sheet(
    "Correlations",
    models.ParameterCorrelation,
    ("correlations",),
    "Rank correlation of two parameters; a pair that is not listed is independent.",
    ("first", "second"),
    (
        ("first", "A parameter."),
        ("second", "Another one."),
        ("rho", "Spearman's rank correlation, from -1 to 1."),
    ),
)
RATES = Sheet(
    "Exchange rates",
    models.ScenarioRate,
    ("rates",),
    "What one unit of a currency is worth in the project's.",
    ("currency",),
    (
        ("currency", "The other currency."),
        ("as_of", "The day it is of."),
        ("rate", "The project's money for one unit."),
        ("source", "Who said so."),
    ),
)
ENTERED_ROWS = Sheet(
    "Entered rows",
    models.EnteredRow,
    ("entered_rows",),
    "Rows that replace derived lines, such as recovered.Cu, payable.Cu, refining, levy.Royalty, income_tax.",
    ("line",),
    (
        ("line", "The derived line that it replaces."),
        ("row", "What stands in its place."),
        ("currency", "Of a money unit; empty is the project's."),
        ("note", "Where it comes from."),
    ),
)
