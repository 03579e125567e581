"""The published mines as engine inputs, from physicals where their cash-flow table prints them.

Every builder takes a case as printed or with its figures moved within their rounding, trials behind.
"""

from __future__ import annotations

from app.engine.inputs import (
    Closure,
    Fiscal,
    Levy,
    MetalTerms,
    MineInputs,
    Money,
    OreSource,
    Process,
    Product,
    Terms,
    UnitCostTerms,
)
from app.engine.kinds import DiscountConvention, LevyBase, PaybackOrigin
from app.engine.quantity import Driven
from app.engine.units import to_base
from app.valuation.proof.case import Case
from app.valuation.proof.rows import capital, offsite, per, salvage, site, with_entered


def diamba_sud(case: Case) -> MineInputs:
    """Gold: tonnes, grade, recovery, 3 % royalty and 0.5 % social fund after refining."""
    rows = case.rows
    levies = tuple(
        Levy(name, LevyBase.REVENUE_AFTER_REFINING, rate)
        for name, rate in (("royalty", 0.03), ("social fund", 0.005))
    )
    return MineInputs(
        case.timeline(),
        Terms(0.05, DiscountConvention.START),
        sources=(OreSource("pits", rows["ore_mined_t"], grades={"Au": to_base(rows["grade"], "g/t")}),),
        processes=(
            Process(
                "mill",
                rows["ore_t"],
                {"Au": to_base(rows["grade"], "g/t")},
                {"Au": to_base(rows["recovery_pct"], "percent")},
            ),
        ),
        products=(Product("doré", (MetalTerms("Au", per(3500, "oz")),)),),
        costs=site(rows, 1e6, "mining", "processing", "ga"),
        capital=capital(rows, 1e6),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        fiscal=Fiscal(levies=levies),
        entered={"refining": rows["refining"] * 1e6},
    )


#: The same mine with the revenue that is printed, and the ounces that this revenue implies.
diamba_sud_as_sold = with_entered(
    diamba_sud, {"revenue": ("revenue", 1e6), "payable.Au": ("revenue", 1e6 / per(3500, "oz"))}
)


def vizcachitas(case: Case) -> MineInputs:
    """Copper concentrate: metal in product, payable, selling cost, 2 % NSR royalty; mining royalty and tax as
    printed.
    """
    rows = case.rows
    product = {
        "Cu": rows["cu_in_product"],
        "Mo": rows["mo_in_product"],
        "Ag": to_base(rows["ag_in_product"], "oz"),
    }
    payable = {"Cu": rows["cu_payable"], "Mo": rows["mo_payable"], "Ag": to_base(rows["ag_payable"], "oz")}
    prices = {"Cu": per(3.68, "lb"), "Mo": per(12.9, "lb"), "Ag": per(21.79, "oz")}
    metals = tuple(
        MetalTerms(name, prices[name], share) for name, share in (("Cu", 0.965), ("Mo", 0.975), ("Ag", 0.9))
    )
    return MineInputs(
        case.timeline(),
        Terms(0.08, DiscountConvention.MID),
        processes=(Process("concentrator", rows["ore_kt"] * 1e3),),
        products=(Product("concentrate", metals),),
        costs=(
            *offsite(rows, 1e3, "selling", "finance_advance"),
            *site(rows, 1e3, "mining", "rehandle", "processing", "surface", "ga"),
        ),
        capital=capital(rows, 1e3),
        closures=(Closure(spend=rows["closure"] * 1e3),),
        fiscal=Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.02),)),
        entered={f"recovered.{metal}": row for metal, row in product.items()}
        | {f"payable.{metal}": row for metal, row in payable.items()}
        | {
            "levy.mining royalty": rows["mining_royalty_tax"] * 1e3,
            "income_tax": rows["income_tax"] * 1e3,
        },
    )


def berg(case: Case) -> MineInputs:
    """Four metals in US$ at 0.73 US$ per C$; 1 % royalty on revenue after off-site cost; tax with a refunded
    credit.
    """
    rows = case.rows
    prices = {"cu": (4.75, "lb"), "mo": (20.0, "lb"), "ag": (45.0, "oz"), "au": (3500.0, "oz")}
    usd = Money("USD")
    metals = tuple(
        MetalTerms(metal, per(*price), price_money=usd, by_product=metal != "cu")
        for metal, price in prices.items()
    )
    mass = {"cu": "Mlb", "mo": "Mlb", "ag": "koz", "au": "koz"}
    return MineInputs(
        case.timeline(),
        Terms(0.08, DiscountConvention.MID),
        fx={"USD": 1 / 0.73},
        processes=(Process("mill", rows["ore_mt"] * 1e6),),
        products=(Product("concentrate", metals),),
        costs=(*offsite(rows, 1e6, "offsite"), *site(rows, 1e6, "opex")),
        capital=(*capital(rows, 1e6), salvage(rows, 1e6)),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        fiscal=Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.01),)),
        unit_costs=UnitCostTerms(royalty_in_c1=True),
        entered={f"payable.{metal}": to_base(rows[f"pay_{metal}"], mass[metal]) for metal in prices}
        | {"income_tax": -rows["tax_cash"] * 1e6, "working_capital_change": -rows["wc_cash"] * 1e6},
    )


def los_ricos(case: Case) -> MineInputs:
    """Silver, gold and copper; salvage and release of working capital in the last column."""
    rows = case.rows
    metals = (
        MetalTerms("ag", per(26.8, "oz")),
        MetalTerms("au", per(2330, "oz"), by_product=True),
        MetalTerms("cu", per(4.0, "lb"), by_product=True),
    )
    mass = {"ag": "koz", "au": "koz", "cu": "Mlb"}
    return MineInputs(
        case.timeline(2),
        Terms(0.05, DiscountConvention.START, payback_origin=PaybackOrigin.FIRST_PRODUCTION),
        products=(Product("doré and concentrate", metals),),
        costs=(*offsite(rows, 1e6, "selling"), *site(rows, 1e6, "opex")),
        capital=(*capital(rows, 1e6), salvage(rows, 1e6)),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        entered={f"payable.{metal}": to_base(rows[metal], unit) for metal, unit in mass.items()}
        | {
            "levy.mining tax": rows["mining_tax"] * 1e6,
            "income_tax": rows["tax"] * 1e6,
            "working_capital_change": rows["wc_increase"] * 1e6,
        },
    )


def whistler(case: Case) -> MineInputs:
    """Gold, copper and silver with four off-site charge lines and a 3 % NSR royalty; a stockpile between mine
    and mill.
    """
    rows = case.rows
    metals = (
        MetalTerms("au", per(3200, "oz")),
        MetalTerms("cu", per(4.5, "lb"), by_product=True),
        MetalTerms("ag", per(37.5, "oz"), by_product=True),
    )
    mass = {"au": "koz", "cu": "Mlb", "ag": "koz"}
    return MineInputs(
        case.timeline(),
        Terms(0.05, DiscountConvention.MID),
        sources=(OreSource("pit", rows["ore_mined_mt"] * 1e6),),
        processes=(Process("mill", rows["ore_mt"] * 1e6),),
        products=(Product("concentrate and doré", metals),),
        costs=(
            *offsite(rows, 1e6, "conc_transport", "dore"),
            *site(rows, 1e6, "mining", "processing", "ga"),
        ),
        capital=capital(rows, 1e6),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        fiscal=Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.03),)),
        unit_costs=UnitCostTerms(royalty_in_c1=True),
        entered={f"payable.{metal}": to_base(rows[metal], unit) for metal, unit in mass.items()}
        | {
            "treatment": rows["treatment"] * 1e6,
            "refining": rows["refining"] * 1e6,
            "income_tax": rows["tax"] * 1e6,
        },
    )


def fenn_gib(case: Case) -> MineInputs:
    """Gold in C$ from tonnes, grade and recovery, sold in US$ at 1.35; royalty, working capital and tax as
    printed.
    """
    rows = case.rows
    usd = Money("USD")
    return MineInputs(
        case.timeline(),
        Terms(0.05, DiscountConvention.END),
        drivers={"gold_price": per(3100, "oz")},
        fx={"USD": 1.35},
        processes=(
            Process(
                "mill",
                rows["ore_kt"] * 1e3,
                {"Au": to_base(rows["grade"], "g/t")},
                {"Au": rows["recovery"]},
            ),
        ),
        products=(Product("doré", (MetalTerms("Au", Driven("gold_price"), 0.9995, price_money=usd),)),),
        costs=site(rows, 1e6, "mining", "processing", "ga"),
        capital=capital(rows, 1e6),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        unit_costs=UnitCostTerms(royalty_in_c1=True),
        entered={
            "levy.royalty": rows["royalty"] * 1e6,
            "working_capital_change": rows["wc_increase"] * 1e6,
            "income_tax": rows["tax"] * 1e6,
        },
    )
