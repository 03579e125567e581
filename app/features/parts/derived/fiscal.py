"""What the state and royalty holders take by year, with depreciation, losses, working capital and closure."""

from __future__ import annotations

from app.features.parts.derived.shapes import (
    Derived,
    DerivedList,
    DerivedRow,
    DerivedTable,
    derived_row,
    line_rows,
    stacked,
)
from app.valuation.evaluate import Valuation
from app.web.charts import Role
from app.web.measures import Measure, money_measure

#: Tables of the page: title, what it says, the starts of its lines, its sums.
TABLES: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "levies_by_year",
        "Royalties and mining taxes by year",
        "Royalties lower EBITDA; mining taxes come after it.",
        ("revenue", "nsr", "levy_books.*", "levy.*", "royalties", "mining_taxes"),
        ("royalties", "mining_taxes"),
    ),
    (
        "tax_by_year",
        "Income tax by year",
        "Taxable income is EBITDA less depreciation and other deductions; losses carried forward lower it.",
        (
            *("ebitda", "depreciation.*", "depreciation", "written_off", "depletion", "taxable_income"),
            *("losses_used", "loss_pool", "tax_charged", "income_tax"),
        ),
        ("depreciation", "taxable_income", "income_tax"),
    ),
    (
        "other_by_year",
        "Working capital and closure by year",
        "An increase in working capital is cash out, its release cash in. Accretion is not cash.",
        ("working_capital", "working_capital_change", "closure", "accretion", "salvage"),
        (),
    ),
)
TAKEN = {"royalties": Role.ROYALTY, "mining_taxes": Role.FOURTH, "income_tax": Role.TAX}


def fiscal(valuation: Valuation) -> Derived:
    """Return the yearly effect of every fiscal term, and what all of them take of the cash flow."""
    rows = valuation.statement.by_key()
    tables = []
    for key, title, text, wanted, strong in TABLES:
        keys = [each for start in wanted for each in rows if _matches(each, start)]
        shown = line_rows(valuation, keys, strong=strong)
        if key == "tax_by_year":
            shown.extend(_effective(valuation))
        if shown:
            tables.append(DerivedTable(key, title, text, valuation.statement.years, shown))
    chart = stacked(
        valuation,
        "fiscal-take",
        "What the state and royalty holders take",
        "By year, undiscounted",
        [(rows[key].label, rows[key].values) for key in TAKEN],
        tuple(TAKEN.values()),
    )
    return Derived(charts=[chart] if chart else [], tables=tables, lists=_take(valuation))


def _matches(key: str, start: str) -> bool:
    return key.startswith(start[:-1]) if start.endswith("*") else key == start


def _effective(valuation: Valuation) -> list[DerivedRow]:
    """Return income tax by taxable income, where there is any."""
    rows = valuation.statement.by_key()
    tax, income = rows["income_tax"].values, rows["taxable_income"].values
    if sum(income) <= 0 or not any(tax):
        return []
    rates = [paid / earned if earned > 0 else float("nan") for paid, earned in zip(tax, income, strict=True)]
    label = "Income tax by taxable income before losses"
    return [
        derived_row("effective_rate", label, Measure("%", 0.01), rates, sum(tax) / sum(income), sums=False)
    ]


def _take(valuation: Valuation) -> tuple[DerivedList, ...]:
    """Return what each taking comes to, undiscounted and at its value on the valuation date."""
    flow = valuation.cash_flow
    before = float(flow.total("pre_tax_cash_flow")[0]) + float(flow.total("royalties")[0])
    pairs = {key: (float(flow.total(key)[0]), float(flow.present(key)[0])) for key in TAKEN}
    if not any(whole for whole, _ in pairs.values()):
        return ()
    money = money_measure(valuation.currency, [whole for whole, _ in pairs.values()])
    labels = valuation.statement.by_key()
    shown: list[tuple[str | float | None, ...]] = [
        (labels[key].label, money.of(whole), money.of(present), 100 * whole / before if before > 0 else None)
        for key, (whole, present) in pairs.items()
        if whole
    ]
    whole, present = (sum(pair[index] for pair in pairs.values()) for index in (0, 1))
    shown.append(
        ("Together", money.of(whole), money.of(present), 100 * whole / before if before > 0 else None)
    )
    headings = (
        "",
        f"Undiscounted, {money.unit}",
        f"Present value, {money.unit}",
        "Of cash flow before all of it, %",
    )
    text = "Cash flow before all of it is the cash flow before tax with royalties added back, undiscounted."
    return (DerivedList("take", "What is taken over the life", text, headings, shown),)
