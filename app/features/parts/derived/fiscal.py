"""What the state and royalty holders take by year, with depreciation, losses, working capital and closure."""

from __future__ import annotations

from collections.abc import Sequence

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
#: The table of a mine in which others have a share.
SHARED = (
    "shared_by_year",
    "Shares in the cash flow by year",
    "What the state and partners receive, or pay where it is negative, and what is left for the owner.",
    ("after_tax_cash_flow", "interest.*", "carried.*", "attributable_cash_flow"),
    ("attributable_cash_flow",),
)
TAKEN = {"royalties": Role.ROYALTY, "mining_taxes": Role.FOURTH, "income_tax": Role.TAX}


def fiscal(valuation: Valuation) -> Derived:
    """Return the yearly effect of every fiscal term, and what all of them take of the cash flow."""
    rows = valuation.statement.by_key()
    tables = []
    shared = SHARED[3][-1] in rows
    for key, title, text, wanted, strong in (*TABLES, *([SHARED] if shared else [])):
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
    lists = (*_take(valuation), *(_holders(valuation) if shared else ()))
    return Derived(charts=[chart] if chart else [], tables=tables, lists=lists)


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
    labels = valuation.statement.by_key()
    pairs = [(labels[key].label, *_worth(valuation, key)) for key in TAKEN]
    held = [pair for pair in pairs if pair[1]]
    if not held:
        return ()
    held.append(("Together", sum(whole for _, whole, _ in pairs), sum(present for *_, present in pairs)))
    text = "Cash flow before all of it is the cash flow before tax with royalties added back, undiscounted."
    shares = [100 * whole / before if before > 0 else None for _, whole, _ in held]
    title = "What is taken over the life"
    return (_list(valuation, ("take", title, text, "Of cash flow before all of it, %"), held, shares),)


def _holders(valuation: Valuation) -> tuple[DerivedList, ...]:
    """Return what each holder has of the mine, undiscounted and at its value on the valuation date."""
    held = [(name, *_worth(valuation, f"interest.{name}")) for name in valuation.cash_flow.named("interest")]
    held.append(("Owner", *_worth(valuation, "attributable_cash_flow")))
    whole = _worth(valuation, "after_tax_cash_flow")
    shares = [100 * present / whole[1] if whole[1] > 0 else None for _, _, present in held]
    text = "What a carried share is worth is not its part of the NPV, because the owner pays for it."
    title = "What each holder has of it"
    return (_list(valuation, ("holders", title, text, "Of the NPV after tax, %"), held, shares),)


def _worth(valuation: Valuation, key: str) -> tuple[float, float]:
    """Return a line's sum, undiscounted and at its value on the valuation date."""
    return float(valuation.cash_flow.total(key)[0]), float(valuation.cash_flow.present(key)[0])


def _list(
    valuation: Valuation,
    said: tuple[str, str, str, str],
    held: Sequence[tuple[str, float, float]],
    shares: Sequence[float | None],
) -> DerivedList:
    """Return amounts with their present values and shares. said: key, title, help, what the share is of."""
    key, title, text, of = said
    money = money_measure(valuation.currency, [whole for _, whole, _ in held])
    headings = ("", f"Undiscounted, {money.unit}", f"Present value, {money.unit}", of)
    rows = [
        (label, money.of(whole), money.of(present), share)
        for (label, whole, present), share in zip(held, shares, strict=True)
    ]
    return DerivedList(key, title, text, headings, rows)
