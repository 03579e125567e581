"""Sheets of what is sold, and the smelter's or refiner's terms."""

from __future__ import annotations

from app import models
from app.exchange.registry.sheet import Sheet

MONEY = (
    ("escalation", "Growth of its own prices, a year; empty follows inflation."),
    ("currency", "Empty is the project's."),
    ("money_basis", "Real or nominal."),
)

PRODUCTS = Sheet(
    "Products",
    models.Product,
    ("products",),
    "Doré, cathode or concentrate.",
    ("name",),
    (
        ("name", "The sheets of its metals, penalties and streams name it."),
        ("recovered_share", "Of each metal recovered that goes into it; empty is all."),
        ("provisional", "Invoiced at sale, the rest later."),
        ("lag", "Periods until the rest is paid."),
        ("concentrate_metal", "Whose grade sets the mass; empty where it is no concentrate."),
        ("concentrate_grade", "Of that metal."),
        ("moisture", "Of the concentrate."),
        ("treatment", "Charge for treatment."),
        ("freight", "Charge for freight."),
        ("insurance", "Of the value."),
        ("losses", "On the way."),
        *MONEY,
        ("note", "Where it comes from."),
    ),
)
PRODUCT_METALS = Sheet(
    "Product metals",
    models.ProductMetal,
    ("products", "metals"),
    "Payment for each metal in each product.",
    ("product", "metal"),
    (
        ("product", "A product."),
        ("metal", "Such as Au."),
        ("recovered_share", "Of it that goes into the product; empty is the product's."),
        ("price", "Of the metal; 1 in the unit 1 where a parameter gives it."),
        ("payable", "Paid of the metal; empty is all."),
        ("deduction", "The smelter's."),
        ("deduction_kind", "How the deduction bites."),
        ("refining", "Charge for refining."),
        ("premium", "On the price."),
        ("participation_share", "The smelter's, of a price above the basis."),
        ("participation_basis", "Price from which the smelter takes part."),
        ("participation_floor", "Least participation."),
        ("participation_cap", "Most participation."),
        ("by_product", "Whether it is credited in by-product cash cost."),
        ("price_currency", "Of the price; empty is the project's."),
        ("price_basis", "Real or nominal."),
        ("price_escalation", "Growth of the price, a year."),
        ("charges_currency", "Of refining; empty is the project's."),
        ("charges_basis", "Real or nominal."),
        ("charges_escalation", "Growth of refining, a year."),
    ),
    inherited=1,
)
STREAMS = Sheet(
    "Streams",
    models.Stream,
    ("products", "metals", "streams"),
    "Streaming agreements on a payable metal.",
    ("product", "metal", "name"),
    (
        ("product", "A product."),
        ("metal", "One of its metals."),
        ("name", "Whose stream it is."),
        ("share", "Of the metal that is delivered."),
        ("steps", "Transfer price as a fraction of spot, by delivered metal; the last volume is infinite."),
        ("fixed_price", "Transfer price, in place of steps."),
    ),
    inherited=2,
)
PENALTIES = Sheet(
    "Penalties",
    models.Penalty,
    ("products", "penalties"),
    "Charges by dry tonne for what a smelter does not want.",
    ("product", "element"),
    (
        ("product", "A product."),
        ("element", "Such as As."),
        ("assay", "In the concentrate."),
        ("threshold", "Above which is charged."),
        ("step", "That the rate is for."),
        ("rate", "For each step."),
        ("method", "Whether a part of a step is charged."),
    ),
    inherited=1,
)
PRODUCT_PROCESSES = Sheet(
    "Product processes",
    models.ProductProcess,
    ("products", "processes"),
    "Which processes a product takes metal from; a product without any takes from all.",
    ("product", "process"),
    (("product", "A product."), ("process", "A process.")),
    inherited=1,
)
