"""A lean evaluation gives the bits of the whole one, for every method of the engine."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from operator import attrgetter
from typing import Any

import numpy as np
import pytest

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.inputs import (
    CapitalItem,
    Closure,
    CostLine,
    Depletion,
    DepreciationClass,
    EquipmentClass,
    IncomeTax,
    Interest,
    Levy,
    Losses,
    MaintenancePlan,
    MetalTerms,
    MineInputs,
    Participation,
    Process,
    Product,
    RecoveryCurve,
    Stream,
    Terms,
    UnitCostTerms,
    WorkingCapital,
)
from app.engine.kinds import (
    CapitalKind,
    Carry,
    ClosureBalance,
    ClosureFunding,
    ContingencyMethod,
    CostBasis,
    CostCategory,
    DepreciationMethod,
    DepreciationStart,
    DiscountConvention,
    EquipmentLifeUnit,
    LevyBase,
    LevyDeduction,
    LevyKind,
    LevyTreatment,
    LossRule,
    MaintenanceInterval,
    MoneyBasis,
    PeriodLength,
    PreProductionRevenue,
    TierMethod,
)
from app.engine.kpis import kpis
from app.engine.lean import Lean, lean
from app.engine.quantity import Array, Driven
from app.engine.timeline import Timeline
from benchmarks.reference import reference_mine
from benchmarks.scenario import real_scenario
from tests.engine.mines import copper_mine, gold_mine, years
from tests.thorough import THOROUGH

TRIALS = 200
GOLD = gold_mine()
ORE = GOLD.processes[0].ore
TAX = GOLD.fiscal
HEAP: Any = {"releases": {"Au": (0.6, 0.3, 0.1)}, "earlier": {"Au": [0.1, 0.05, *([0] * 6)]}}


def fiscal(**changes: Any) -> MineInputs:
    return gold_mine(fiscal=replace(TAX, **changes))


def in_quarters(tax: IncomeTax) -> MineInputs:
    quarters = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 8)
    return replace(fiscal(tax=tax), timeline=quarters)


def levied_in_quarters(*levies: Levy) -> MineInputs:
    own = tuple(replace(levy, by_year=True, order=place) for place, levy in enumerate(levies))
    return replace(in_quarters(TAX.tax), fiscal=replace(TAX, levies=own))


def classes(*methods: DepreciationClass) -> MineInputs:
    items = tuple(
        CapitalItem(
            cls.name, CapitalKind.INITIAL, Driven("cost_factor", 5e7), (0.4, 0.6), depreciation=cls.name
        )
        for cls in methods
    )
    return gold_mine(capital=items, fiscal=replace(TAX, depreciation=methods))


def levy(kind: LevyKind = LevyKind.RATE, base: LevyBase = LevyBase.NSR, **more: Any) -> MineInputs:
    return fiscal(
        levies=(Levy("first", LevyBase.NSR, 0.02), Levy("second", base, 0.03, kind, order=1, **more))
    )


def metal(**more: Any) -> MineInputs:
    return gold_mine(products=(Product("doré", (MetalTerms("Au", Driven("gold_price"), **more),)),))


def closure(funding: ClosureFunding) -> MineInputs:
    spend = Driven("cost_factor", [0.0] * 6 + [4e6, 1.2e7])
    return gold_mine(closures=(Closure(spend=spend, funding=funding, rate=0.03, first=2),))


def fleet(**more: Any) -> MineInputs:
    trucks = EquipmentClass(
        "trucks",
        hours=Driven("tonnage_factor", 0.03),
        units=[0, 0, 6, 7, 7, 7, 5, 4],
        basis=CostBasis.PER_T_PROCESSED,
        price=Driven("cost_factor", 4e6),
        availability=0.85,
        utilisation=0.8,
        hourly_cost=250.0,
        salvage=0.1,
        purchased=True,
        depreciation="plant",
        **more,
    )
    plans = tuple(
        MaintenancePlan(unit.value, "trucks", size, 2e5, unit, downtime=24.0)
        for unit, size in ((MaintenanceInterval.HOURS, 5_000.0), (MaintenanceInterval.DAYS, 400.0))
    )
    return gold_mine(equipment=(trucks,), maintenance=plans)


VARIANTS: dict[str, MineInputs] = {
    "gold": GOLD,
    "reference": reference_mine(),
    "real scenario": real_scenario(),
    "copper": copper_mine(
        drivers={"cost_factor": 1.0},
        costs=(
            CostLine("mining", CostCategory.MINING, CostBasis.PER_T_PROCESSED, Driven("cost_factor", 20.0)),
        ),
    ),
    "nominal": gold_mine(terms=Terms(0.1, money=MoneyBasis.NOMINAL, inflation=0.025)),
    "uncertain inflation": gold_mine(terms=Terms(0.1, inflation=Driven("cost_factor", 0.02))),
    "inflation by period": gold_mine(terms=Terms(0.1, inflation=Driven("cost_factor", [0.02, 0.03] * 4))),
    "uncertain discount rate": gold_mine(terms=Terms(Driven("cost_factor", 0.08))),
    "discount rate by period": gold_mine(terms=Terms(Driven("cost_factor", [0.08, 0.06] * 4))),
    "from production start": gold_mine(terms=Terms(0.08, DiscountConvention.PRODUCTION_START)),
    "production start entered": gold_mine(timeline=years(8, production_start=3)),
    "netted": gold_mine(
        timeline=years(8, production_start=3),
        terms=Terms(0.08, pre_production_revenue=PreProductionRevenue.NETTED),
        unit_costs=UnitCostTerms(pre_commercial_excluded=True),
    ),
    "entered cash flow": gold_mine(entered={"pre_tax_cash_flow": [-1e8, -1e8, *([6e7] * 6)]}),
    "entered rows": gold_mine(
        entered={"revenue": [0, 0, *([1e8] * 6)], "opex.milling": [0, 0, *([1e7] * 6)], "income_tax": [0] * 8}
    ),
    "entered head grade": gold_mine(entered={"head_grade.Au": [0, 0, *([2e-6] * 6)]}),
    "recovery curve": gold_mine(
        processes=(
            Process(
                "mill",
                Driven("tonnage_factor", ORE.value),
                {"Au": Driven("recovery", 1.6e-6)},
                {"Au": RecoveryCurve((0.0, 1e-6, 2e-6), (0.7, 0.85, 0.93))},
            ),
        )
    ),
    "heap leach": gold_mine(processes=(replace(GOLD.processes[0], **HEAP),)),
    "stream": metal(streams=(Stream("s", 0.3, ((1.0, 0.2), (float("inf"), 0.6))), Stream("t", 0.1, (), 4e7))),
    "share of a metal": metal(share=Driven("recovery", 0.9)),
    "participation": metal(participation=Participation(0.1, 6e7, floor=0.0, cap=5e6)),
    "settled later": gold_mine(products=(replace(GOLD.products[0], provisional=0.8, lag=2),)),
    "contingency": gold_mine(
        capital=(
            CapitalItem(
                "plant",
                CapitalKind.INITIAL,
                Driven("cost_factor", [1e8, 5e7, *([0.0] * 6)]),
                contingency=3e7,
                contingency_method=ContingencyMethod.P_LEVEL,
                depreciation="plant",
                salvage=1e7,
            ),
        )
    ),
    **{f"closure by {funding}": closure(funding) for funding in ClosureFunding},
    "provision deductible": replace(
        closure(ClosureFunding.PROVISION), fiscal=replace(TAX, provision_deductible=True)
    ),
    "fleet": fleet(life=9_000.0, rebuild_interval=3_500.0, rebuild_cost=6e5, max_replaced=3),
    "fleet by years": fleet(life=3.0, life_unit=EquipmentLifeUnit.YEARS),
    **{
        f"depreciation {method}": classes(
            DepreciationClass("a", method, life=5, factor=0.3 if method is DepreciationMethod.POOL else 2.0),
            DepreciationClass(
                "b",
                method,
                life=3,
                factor=0.2 if method is DepreciationMethod.POOL else 1.5,
                salvage=0.1,
                half_year=True,
                opening=4e6,
                start=DepreciationStart.SPEND,
                at_closure=ClosureBalance.LOST,
            ),
        )
        for method in DepreciationMethod
    },
    "written off early": fiscal(write_off=5),
    "depletion": fiscal(
        depreciation=(*TAX.depreciation, DepreciationClass("ore", DepreciationMethod.UNITS_OF_PRODUCTION)),
        depletion=Depletion(0.15, cost_class="ore"),
    ),
    "unit levy": levy(LevyKind.UNIT, LevyBase.T_PROCESSED),
    "levy on metal": levy(LevyKind.UNIT, LevyBase.PAYABLE_METAL, of="Au"),
    "levy by price": levy(LevyKind.SLIDING_PRICE, steps=((5e7, 0.01), (8e7, 0.06)), of="Au"),
    "levy by price step": levy(LevyKind.STEPPED_PRICE, steps=((0.0, 0.01), (6.4e7, 0.06)), of="Au"),
    "levy by bracket": levy(LevyKind.TIERED, LevyBase.EBIT, steps=((0.0, 0.02), (3e7, 0.1))),
    "levy on average": levy(
        LevyKind.TIERED, LevyBase.MARGIN, steps=((0.0, 0.02), (0.3, 0.1)), tier_method=TierMethod.AVERAGE
    ),
    "levy on profit": levy(LevyKind.PROFIT_QUADRATIC, LevyBase.NET_PROCEEDS, quadratic=0.4, cap=0.05),
    "levy after capital": levy(base=LevyBase.NET_PROCEEDS, capital_first=True, carry_forward=True, minus=1e6),
    "levy credited": levy(base=LevyBase.EBITDA, treatment=LevyTreatment.CREDITABLE, floor=0.01, cap=0.04),
    "levy after royalties": levy(base=LevyBase.EBITDA, deducts=LevyDeduction.LOWER_ORDER),
    "levy set against another": levy(
        base=LevyBase.NET_PROCEEDS, capital_first=True, credited="first", uplift=0.1
    ),
    "levy with books of its own": fiscal(
        levies=(Levy("duty", LevyBase.EBIT, 0.1, allowance_least=0.15, allowance_most=0.65),),
        depreciation=(
            *TAX.depreciation,
            replace(
                TAX.depreciation[0],
                name="own",
                method=DepreciationMethod.POOL,
                factor=0.3,
                levy="duty",
                cost_of=TAX.depreciation[0].name,
                allowance=0.08,
            ),
        ),
    ),
    "levies by year": levied_in_quarters(
        Levy("least", LevyBase.NET_PROCEEDS, 0.02),
        Levy(
            "rent",
            LevyBase.NET_PROCEEDS,
            0.2,
            capital_first=True,
            carry_forward=True,
            uplift=0.1,
            credited="least",
        ),
        Levy("margin", LevyBase.MARGIN, 0.0, LevyKind.TIERED, steps=((0.0, 0.05), (0.3, 0.1))),
        Levy("brackets", LevyBase.EBIT, 0.0, LevyKind.TIERED, steps=((0.0, 0.05), (4e7, 0.1)), floor=0.01),
    ),
    "losses lost": fiscal(tax=IncomeTax(rate=0.3, losses=Losses(LossRule.LOST))),
    "losses offset": fiscal(tax=IncomeTax(rate=0.3, losses=Losses(LossRule.OFFSET))),
    "losses capped": fiscal(tax=IncomeTax(rate=0.3, losses=Losses(cap=0.8, opening=2e7))),
    "losses expire": fiscal(tax=IncomeTax(rate=0.3, losses=Losses(expiry=2.0, carry_back=1.0), lag=1)),
    "tax by year": in_quarters(IncomeTax(rate=0.3, losses=Losses(cap=0.8), by_year=True)),
    "tax by year, by age": in_quarters(
        IncomeTax(rate=0.3, losses=Losses(expiry=1.0, carry_back=1.0), by_year=True)
    ),
    "least tax": fiscal(tax=IncomeTax(rate=0.3, minimum=0.01, credits=1e5, salvage_taxed=True)),
    "interest": fiscal(interests=(Interest("state", Driven("recovery", 0.1), Carry.ALWAYS, 0.8, 0.05),)),
    "interests": fiscal(interests=(Interest("a", 0.2), Interest("b", 0.05, Carry.TO_PRODUCTION, 1.0))),
    "working capital": fiscal(working_capital=WorkingCapital(30, 20, 45, release=5, opening=1e6)),
}


def changes(variant: MineInputs) -> dict[str, Any]:
    """Return in what a variant differs from the gold mine, its fiscal terms one by one."""
    keys = [each.name for each in fields(MineInputs) if each.name != "fiscal"]
    keys += [f"fiscal.{each.name}" for each in fields(TAX)]
    told = {key: attrgetter(key)(variant) for key in keys}
    return {key: value for key, value in told.items() if repr(value) != repr(attrgetter(key)(GOLD))}


def stands_alone(variant: MineInputs) -> bool:
    """Return whether it is another mine than the gold mine, or enters rows: these hide what others change."""
    return bool(variant.entered) or variant is GOLD or variant.drivers.keys() != GOLD.drivers.keys()


def together(variants: Mapping[str, MineInputs]) -> dict[str, MineInputs]:
    """Return fewer mines that have every variant between them, each of some that change different things."""
    found: list[tuple[list[str], dict[str, Any]]] = []
    for name, variant in variants.items():
        own = changes(variant)
        fits = (each for each in found if each[1].keys().isdisjoint(own))
        names, told = next(fits, ([], {}))
        if not names:
            found.append((names, told))
        names.append(name)
        told |= own
    return {", ".join(names): changed(told) for names, told in found}


def changed(told: Mapping[str, Any]) -> MineInputs:
    """Return the gold mine with these changes."""
    ours = {key.removeprefix("fiscal."): value for key, value in told.items() if key.startswith("fiscal.")}
    others = {key: value for key, value in told.items() if not key.startswith("fiscal.")}
    return replace(GOLD, **others, fiscal=replace(TAX, **ours))


ALONE = {name: mine for name, mine in VARIANTS.items() if stands_alone(mine)}
#: Many variants in few mines, because to make a program takes longer than to play it; each by itself besides
#: in a thorough run.
MINES = ALONE | together({name: mine for name, mine in VARIANTS.items() if name not in ALONE})
MINES |= VARIANTS if THOROUGH else {}


def draws(mine: MineInputs, trials: int, seed: int = 1) -> dict[str, Array]:
    """Return every driver at random; the wild ones make trials without tax, without profit, without sense."""
    rng = np.random.default_rng(seed)
    periods = mine.timeline.n_periods
    drawn = {}
    for index, (name, value) in enumerate(mine.drivers.items()):
        shape = (periods, trials) if index == 0 else (1, trials)
        drawn[name] = np.asarray(value, dtype=float).reshape(-1, 1) * rng.uniform(0.4, 1.6, shape)
    return drawn


def every_figure(mine: MineInputs) -> Callable[[CashFlow], object]:
    return lambda flow: (kpis(mine, flow), [flow[key] for key in flow.lines])


@pytest.fixture(scope="module")
def gold() -> Lean:
    """The gold mine, of which every figure is asked."""
    return prepared(GOLD, every_figure(GOLD))


def prepared(mine: MineInputs, use: Callable[[CashFlow], object]) -> Lean:
    made = lean(mine, draws(mine, TRIALS), use)
    assert made is not None, "no program could be made"
    return made


@pytest.mark.parametrize("name", MINES)
def test_every_line_and_indicator_has_the_same_bits(name: str) -> None:
    mine = MINES[name]
    drawn = draws(mine, 300, seed=2)
    expected, found = evaluate(mine, drawn, check=False), prepared(mine, every_figure(mine))(drawn)
    for key, row in expected.lines.items():
        assert np.array_equal(np.broadcast_to(found[key], row.shape), row, equal_nan=True), key
    for one, other in zip(kpis(mine, expected), kpis(mine, found), strict=True):
        assert np.array_equal(one.value, other.value, equal_nan=True), one.key
        assert np.array_equal(one.reasons, other.reasons), one.key


def test_only_what_is_read_is_computed() -> None:
    npv = prepared(GOLD, lambda flow: flow.present("after_tax_cash_flow"))
    tonnes = prepared(GOLD, lambda flow: flow["ore_mined"])
    assert len(tonnes.program.moves) < len(npv.program.moves) / 10


def test_a_line_that_was_not_asked_for_is_still_there() -> None:
    found = prepared(GOLD, lambda flow: flow.present("after_tax_cash_flow"))
    drawn = draws(GOLD, 50, seed=3)
    expected = evaluate(GOLD, drawn, check=False)
    assert list(found(drawn).lines) == list(expected.lines)
    assert np.array_equal(found(drawn)["opex.mining"], expected["opex.mining"])
    assert "opex.nothing" not in found(drawn)
    with pytest.raises(KeyError):
        found(drawn)["opex.nothing"]


@pytest.mark.parametrize("trials", [1, 2, 37, 63, 64, 1000, 2600])
def test_any_number_of_trials_can_be_played(trials: int, gold: Lean) -> None:
    drawn = draws(GOLD, trials, seed=4)
    found = gold(drawn)
    assert np.array_equal(
        found["after_tax_cash_flow"], evaluate(GOLD, drawn, check=False)["after_tax_cash_flow"]
    )


def test_it_travels_to_another_process(gold: Lean) -> None:
    drawn = draws(GOLD, 300, seed=5)
    again = pickle.loads(pickle.dumps(gold))  # noqa: S301  # what was written a moment ago
    assert np.array_equal(again(drawn)["after_tax_cash_flow"], gold(drawn)["after_tax_cash_flow"])


def test_other_drivers_than_recorded_are_evaluated_whole(gold: Lean) -> None:
    drawn = {"recovery": np.full((8, 5), 0.8)}
    assert np.array_equal(gold(drawn)["ebitda"], evaluate(GOLD, drawn, check=False)["ebitda"])


def test_few_trials_are_not_worth_a_program() -> None:
    assert lean(GOLD, draws(GOLD, 50), every_figure(GOLD)) is None
