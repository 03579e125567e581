from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import (
    Fiscal,
    Levy,
    MetalTerms,
    Money,
    Participation,
    Penalty,
    Process,
    Product,
    Stream,
)
from app.engine.kinds import DeductionKind, LevyBase, PenaltyStep
from app.engine.profitability import DEDUCTIONS, Lot, lot_inputs, mass_pull, profitability, settle_tonne
from app.engine.quantity import Driven
from app.engine.sales.equivalent import metal_equivalent
from app.engine.sales.payable import payable_metal
from app.engine.units import price_to_base, to_base
from tests.engine.mines import COPPER_ASSAYS, OUNCE, bare, column, copper_mine, copper_product, flat


def at(value: float) -> np.ndarray:
    return np.full((1, 1), value)


def test_the_hand_calculation_of_a_tonne_of_copper_concentrate() -> None:
    tonne = settle_tonne(copper_product(), COPPER_ASSAYS)
    assert tonne.payable["Cu"] == pytest.approx(0.27, rel=1e-12)
    assert tonne.value == pytest.approx(2597.67, abs=0.005)
    assert tonne.deductions == pytest.approx(
        {
            "treatment": 80,
            "refining": 47.62 + 0.65 + 0.87,
            "freight": 130.43,
            "penalties": 3.75,
            "insurance_losses": 3.90,
            "participation": 0,
        },
        abs=0.01,
    )
    assert tonne.nsr == pytest.approx(2330.45, abs=0.005)
    pull = mass_pull(0.009, 0.88, 0.28)
    assert pull == pytest.approx(0.0282857, abs=5e-8)
    assert tonne.nsr * pull == pytest.approx(65.92, abs=0.005)


def test_a_mine_earns_what_its_tonnes_of_concentrate_settle_for() -> None:
    flow = evaluate(copper_mine())
    per_tonne_of_ore = flow["nsr"] / flow["ore_processed"]
    assert flat(per_tonne_of_ore) == pytest.approx([65.92] * 4, abs=0.005)
    assert flat(flow["concentrate.concentrate"]) == pytest.approx([28285.7] * 4, abs=0.05)
    assert flow.problems == ()


@pytest.mark.parametrize(
    ("kind", "assay", "share", "deduction", "expected"),
    [
        (DeductionKind.NONE, 0.28, 0.965, 0.01, 0.2702),
        (DeductionKind.UNIT, 0.28, 0.965, 0.01, 0.27),
        (DeductionKind.UNIT, 0.40, 0.965, 0.01, 0.386),
        (DeductionKind.UNIT, 0.005, 0.965, 0.01, 0.0),
        (DeductionKind.ABSOLUTE, 60e-6, 0.9, 30e-6, 27e-6),
        (DeductionKind.ABSOLUTE, 20e-6, 0.9, 30e-6, 0.0),
        (DeductionKind.FLOOR, 60e-6, 0.9, 30e-6, 54e-6),
        (DeductionKind.FLOOR, 30e-6, 0.9, 30e-6, 27e-6),
        (DeductionKind.FLOOR, 29e-6, 0.9, 30e-6, 0.0),
    ],
)
def test_payable_rules(
    kind: DeductionKind, assay: float, share: float, deduction: float, expected: float
) -> None:
    paid = payable_metal(at(assay), at(1.0), at(share), at(deduction), kind)
    assert float(paid[0, 0]) == pytest.approx(expected, rel=1e-12)


def test_penalty_per_whole_step_forgets_the_started_one() -> None:
    product = copper_product()
    assert product.concentrate is not None
    stepped = Penalty("As", 0.0035, 0.002, 0.001, 2.5, PenaltyStep.WHOLE_STEP)
    product = replace(product, concentrate=replace(product.concentrate, penalties=(stepped,)))
    assert settle_tonne(product, COPPER_ASSAYS).deductions["penalties"] == 2.5
    exact = replace(stepped, assay=0.0040)
    product = replace(product, concentrate=replace(product.concentrate, penalties=(exact,)))
    assert settle_tonne(product, COPPER_ASSAYS).deductions["penalties"] == 5.0


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Participation(0.1, 8000), 0.1 * 500),
        (Participation(0.1, 9000), -0.1 * 500),
        (Participation(0.1, 9000, floor=0.0), 0.0),
        (Participation(0.1, 8000, cap=20.0), 20.0),
    ],
)
def test_price_participation_goes_both_ways_unless_bounded(rule: Participation, expected: float) -> None:
    metals = (MetalTerms("Cu", 8500, participation=rule),)
    tonne = settle_tonne(Product("cathode", metals), {"Cu": 1.0})
    assert tonne.deductions["participation"] == pytest.approx(expected)
    assert tonne.nsr == pytest.approx(8500 - expected)


def test_a_premium_adds_to_the_price_and_not_to_the_spot_line() -> None:
    metals = (MetalTerms("Cu", 8500, premium=90),)
    flow = evaluate(bare(1, products=(Product("cathode", metals),), entered={"recovered.Cu": 10}))
    assert flat(flow["revenue"]) == [85900]
    assert flat(flow["price.Cu"]) == [8500]


def test_prices_and_charges_each_in_their_own_currency() -> None:
    metals = (MetalTerms("Cu", 8500, refining=100, price_money=Money("USD"), charges_money=Money("EUR")),)
    fx = {"USD": 1.35, "EUR": 1.5}
    flow = evaluate(bare(1, products=(Product("cathode", metals),), fx=fx, entered={"recovered.Cu": 1}))
    assert flat(flow["nsr"]) == pytest.approx([8500 * 1.35 - 150])


def streamed(**stream: object) -> Product:
    given = {"name": "royal", "share": 1.0, "steps": ((90e3 * OUNCE, 0.2), (np.inf, 0.6))}
    return Product(
        "doré",
        (MetalTerms("Au", 2000 / OUNCE, streams=(Stream(**(given | stream)),)),),  # type: ignore[arg-type]
    )


def test_a_stream_pays_a_fifth_of_spot_to_90_koz_and_then_three_fifths() -> None:
    ounces = {"recovered.Au": [50e3 * OUNCE, 60e3 * OUNCE, 40e3 * OUNCE]}
    flow = evaluate(bare(3, products=(streamed(),), entered=ounces))
    assert flat(flow["stream.royal"]) == pytest.approx([20e6, 16e6 + 24e6, 48e6])
    assert flat(flow["revenue"]) == flat(flow["stream.royal"])


def test_a_royalty_s_base_includes_stream_receipts() -> None:
    royalty = Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.03),))
    ounces = {"recovered.Au": [50e3 * OUNCE] * 3}
    flow = evaluate(bare(3, products=(streamed(share=0.5),), entered=ounces, fiscal=royalty))
    assert flat(flow["levy.royalty"]) == pytest.approx([0.03 * 60e6] * 3)


def test_a_stream_at_a_fixed_price_per_ounce() -> None:
    product = streamed(share=0.1, steps=(), fixed_price=450 / OUNCE)
    flow = evaluate(bare(1, products=(product,), entered={"recovered.Au": 1e5 * OUNCE}))
    assert flat(flow["stream.royal"]) == pytest.approx([4.5e6])
    assert flat(flow["revenue"]) == pytest.approx([9e4 * 2000 + 4.5e6])


def test_stream_steps_follow_each_trial_s_own_ounces() -> None:
    inputs = bare(
        2, products=(streamed(),), drivers={"ounces": 1.0}, entered={"recovered.Au": Driven("ounces", OUNCE)}
    )
    flow = evaluate(inputs, {"ounces": np.array([[60e3, 120e3]])})
    assert flow["stream.royal"].tolist() == [
        pytest.approx([24e6, 18e3 * 2000 + 30e3 * 0.6 * 2000]),
        pytest.approx([48e6, 144e6]),
    ]


def test_provisional_pricing_moves_the_rest_to_the_later_price() -> None:
    product = Product("concentrate", (MetalTerms("Cu", [1.0, 2, 3, 4]),), provisional=0.9, lag=2)
    flow = evaluate(bare(products=(product,), entered={"recovered.Cu": [10.0, 10, 10, 0]}))
    assert flat(flow["revenue"]) == pytest.approx([9, 18, 27 + 3, 4 + 4])


def test_two_products_share_one_metal() -> None:
    dore = Product("doré", (MetalTerms("Au", 100.0, payable=0.999),), share=0.4)
    concentrate = Product("concentrate", (MetalTerms("Au", 100.0, payable=0.95),), share=0.6)
    flow = evaluate(bare(1, products=(dore, concentrate), entered={"recovered.Au": 10.0}))
    assert flat(flow["payable.Au"]) == pytest.approx([4 * 0.999 + 6 * 0.95])


def test_a_metal_s_own_share_stands_before_the_product_s() -> None:
    lead = Product("lead", (MetalTerms("Pb", 2.0), MetalTerms("Ag", 100.0, share=[0.8, 0.7])))
    zinc = Product("zinc", (MetalTerms("Zn", 3.0), MetalTerms("Ag", 100.0, share=0.1)), share=0.5)
    recovered = {"recovered.Pb": 10.0, "recovered.Zn": 10.0, "recovered.Ag": 1.0}
    flow = evaluate(bare(2, products=(lead, zinc), entered=recovered))
    assert flat(flow["payable.Ag"]) == pytest.approx([0.9, 0.8])
    assert (flat(flow["payable.Pb"]), flat(flow["payable.Zn"])) == ([10, 10], [5, 5])


def test_a_product_takes_from_its_own_processes() -> None:
    mill = Process("mill", 1e6, {"Cu": 0.01}, {"Cu": 0.9})
    leach = Process("leach", 1e6, {"Cu": 0.005}, {"Cu": 0.5})
    cathode = Product("cathode", (MetalTerms("Cu", 8500),), processes=("leach",))
    assert flat(evaluate(bare(1, processes=(mill, leach), products=(cathode,)))["payable.Cu"]) == [2500]


@pytest.mark.parametrize("name", DEDUCTIONS)
def test_an_entered_deduction_replaces_the_derived_one(name: str) -> None:
    derived = evaluate(copper_mine())
    entered = evaluate(copper_mine(entered={name: 1e6}))
    assert flat(entered[name]) == [1e6] * 4
    assert flat(entered["nsr"]) == pytest.approx(flat(derived["nsr"] + derived[name] - 1e6))
    assert entered.problems == ()


def test_metal_equivalent_by_price() -> None:
    masses = {"Ag": column(1000.0), "Au": column(10.0)}
    equivalent = metal_equivalent(masses, {"Ag": at(25.0), "Au": at(2000.0)}, "Ag", {"Au": 0.5})
    assert flat(equivalent) == [1000 + 10 * 80 * 0.5]


def test_short_tons_and_ounces_per_short_ton() -> None:
    ore, grade = float(to_base(500, "kst")), float(to_base(0.05, "oz/st"))
    lot = Lot("Au", ore, grade, recovery=0.9, price=float(price_to_base(2000, "oz")))
    assert profitability(lot).nsr == pytest.approx(500e3 * 0.05 * 0.9 * 2000, rel=1e-12)


def test_profitability_of_a_lot_names_every_charge() -> None:
    lot = Lot(
        "Cu",
        ore=1000,
        head_grade=0.02,
        recovery=0.9,
        price=8000,
        payable=0.96,
        premium=50,
        concentrate_grade=0.25,
        treatment=70,
        smelting=30,
        freight=60,
        moisture=0.10,
        moisture_threshold=0.08,
        moisture_rate=1.5,
        impurities=(Penalty("As", 0.004, 0.002, 0.001, 3.0),),
        mining=5,
        processing=12,
        site=3,
        currency="USD",
        fx=1.35,
    )
    result = profitability(lot)
    mass, payable = 72.0, 18 * 0.96
    assert result.mass == pytest.approx(mass)
    assert result.value == pytest.approx(payable * 8050 * 1.35)
    assert result.deductions["treatment"] == pytest.approx(mass * 100 * 1.35)
    assert result.deductions["penalties"] == pytest.approx(mass * (2 * 3.0 + 2 * 1.5) * 1.35)
    assert result.deductions["freight"] == pytest.approx(mass / 0.9 * 60 * 1.35)
    assert result.cost == pytest.approx(20_000)
    assert result.margin == pytest.approx(result.nsr - 20_000)
    assert result.per(lot.ore) == pytest.approx(result.nsr / 1000)
    assert evaluate(lot_inputs(lot))["nsr"][0, 0] == result.nsr


def test_prices_are_listed_as_the_metals_are_sold() -> None:
    terms = (MetalTerms("Cu", 9000.0), MetalTerms("Au", 6e7))
    products = (Product("concentrate", terms), Product("doré", (MetalTerms("Au", 5e7),)))
    flow = evaluate(bare(1, products=products, entered={"recovered.Cu": 10, "recovered.Au": 1}))
    assert [key for key in flow.lines if key.startswith("price.")] == ["price.Cu", "price.Au"]
    assert flow["price.Au"].max() == 6e7
