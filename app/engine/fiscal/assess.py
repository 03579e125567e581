"""What the state and the working capital take, from the rows of operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.engine.context import Context
from app.engine.fiscal.bases import Grounds
from app.engine.fiscal.depletion import deplete
from app.engine.fiscal.income_tax import income_tax
from app.engine.fiscal.levies import levy_rows
from app.engine.fiscal.levy_books import levy_books
from app.engine.fiscal.working_capital import working_capital
from app.engine.fiscal.write_down import WriteDown, write_down
from app.engine.kinds import LevyTreatment
from app.engine.operating import Operating
from app.engine.quantity import Array, added


@dataclass(frozen=True, slots=True)
class FiscalResult:
    """Rows by period, `(n_periods, n_trials | 1)`, in the scenario's currency and price basis.

    levies by name, positive = cost; levies_before_tax, levies_after: sums by their `before_tax`.
    levy_books: what each class in the books of a levy allows.
    depreciation_by_class (empty where the total was entered), depreciation: their sum; written_off: at
    closure;
    depletion: percentage depletion beyond the basis, which no class bears.
    taxable_income: before losses; losses_used: income that earlier losses shelter; loss_pool: at the end of
    the period.
    tax_charged: on the period's income; income_tax: cash, positive = paid, negative = received, after lag and
    refundable credits; tax whose lag reaches beyond the last period is paid in it.
    working_capital: balance; working_capital_change: positive = outflow.
    """

    levies: Mapping[str, Array]
    levies_before_tax: Array
    levies_after: Array
    levy_books: Mapping[str, Array]
    depreciation_by_class: Mapping[str, Array]
    depreciation: Array
    written_off: Array
    depletion: Array
    taxable_income: Array
    losses_used: Array
    loss_pool: Array
    tax_charged: Array
    income_tax: Array
    working_capital: Array
    working_capital_change: Array


def assess(ctx: Context, operating: Operating) -> FiscalResult:
    """Return levies, depreciation, income tax and working capital.

    A row entered for `depreciation`, `depreciation.<class>`, `written_off`, `depletion`, `levy.<name>`,
    `taxable_income`, `income_tax`, `working_capital` or `working_capital_change` replaces the derived one,
    and later steps follow from it. Levies are charged before depletion is known: EBIT bases do not see it.
    """
    fiscal = ctx.inputs.fiscal
    nothing = ctx.zeros()
    accretion = operating.accretion if fiscal.provision_deductible else nothing
    books = write_down(ctx, operating)
    grounds = Grounds(operating, books.total, accretion)
    kept = levy_books(ctx, operating, books)
    levies = levy_rows(ctx, grounds, kept)
    royalties = added((levies[levy.name] for levy in fiscal.levies if levy.before_tax), nothing)
    books, depletion, income = taxable_income(ctx, grounds, books, levies, royalties)
    tax = income_tax(ctx, operating, income, creditable(ctx, levies))
    balance, change = working_capital(ctx, operating)
    return FiscalResult(
        levies=levies,
        levies_before_tax=royalties,
        levies_after=added((levies[levy.name] for levy in fiscal.levies if not levy.before_tax), nothing),
        levy_books=kept.by_class,
        depreciation_by_class=books.by_class,
        depreciation=books.depreciation,
        written_off=books.written_off,
        depletion=depletion,
        taxable_income=income,
        losses_used=tax.losses_used,
        loss_pool=tax.loss_pool,
        tax_charged=tax.charged,
        income_tax=ctx.line("income_tax", tax.paid),
        working_capital=balance,
        working_capital_change=change,
    )


def taxable_income(
    ctx: Context, grounds: Grounds, books: WriteDown, levies: Mapping[str, Array], royalties: Array
) -> tuple[WriteDown, Array, Array]:
    """Return the books with the class that depletes, depletion beyond its basis, and taxable income."""
    income = undepleted_income(ctx, grounds, books, levies)
    depleted = deplete(ctx, grounds, royalties, income)
    income = ctx.line("taxable_income", income - depleted.total)
    terms = ctx.inputs.fiscal.depletion
    if terms is not None and terms.cost_class and "depreciation" not in ctx.entered:
        books = replace(
            books,
            by_class={**books.by_class, terms.cost_class: depleted.charged},
            depreciation=books.depreciation + depleted.charged,
            written_off=books.written_off + depleted.written_off,
        )
    return books, depleted.beyond, income


def undepleted_income(ctx: Context, grounds: Grounds, books: WriteDown, levies: Mapping[str, Array]) -> Array:
    """Return EBITDA less deductible levies, the books and deductible closure, plus taxed salvage."""
    fiscal = ctx.inputs.fiscal
    income = grounds.ebitda - grounds.written_down - grounds.operating.closure_deductible
    for levy in fiscal.levies:
        if levy.treatment is LevyTreatment.DEDUCTIBLE:
            income = income - levies[levy.name]
    if fiscal.tax.salvage_taxed:
        income = income + grounds.operating.salvage - books.salvage_base
    return income


def creditable(ctx: Context, levies: Mapping[str, Array]) -> Array:
    """Return what levies take off the tax itself: all of a CREDITABLE one, `credit` of the others."""
    credit = ctx.zeros()
    for levy in ctx.inputs.fiscal.levies:
        fraction = 1.0 if levy.treatment is LevyTreatment.CREDITABLE else levy.credit
        if fraction:
            credit = credit + fraction * levies[levy.name]
    return credit
