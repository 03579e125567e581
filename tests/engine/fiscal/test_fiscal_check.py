"""Each way in which fiscal inputs may be wrong, named by its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.engine.checks import check
from app.engine.fiscal import check_fiscal
from app.engine.inputs import (
    CapitalItem,
    EquipmentClass,
    MetalTerms,
    MineInputs,
    Money,
    Process,
    Product,
    Terms,
)
from app.engine.inputs.fiscal import (
    Depletion,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Levy,
    Losses,
    WorkingCapital,
)
from app.engine.kinds import (
    CapitalKind,
    DepreciationMethod,
    LevyBase,
    LevyDeduction,
    LevyKind,
    PeriodLength,
)
from app.engine.quantity import Driven
from app.engine.timeline import Timeline

MINE = MineInputs(
    timeline=Timeline.regular(date(2026, 1, 1), PeriodLength.YEAR, 5),
    terms=Terms(discount_rate=0.08),
    processes=(Process("mill"),),
    products=(Product("doré", (MetalTerms("Au", 6e7),)),),
    fx={"CAD": 0.73},
    fiscal=Fiscal(
        levies=(Levy("royalty", LevyBase.GROSS_REVENUE, 0.02, of="Au"),),
        depreciation=(
            DepreciationClass("plant", DepreciationMethod.STRAIGHT_LINE, life=10),
            DepreciationClass("mineral", DepreciationMethod.UNITS_OF_PRODUCTION, units="mill"),
        ),
        tax=IncomeTax(rate=0.3),
        working_capital=WorkingCapital(30.0, 10.0, 45.0),
        depletion=Depletion(0.15, cost_class="mineral"),
    ),
)
UNIT, SLIDING, TIERED = LevyKind.UNIT, LevyKind.SLIDING_PRICE, LevyKind.TIERED
STEPPED = LevyKind.STEPPED_PRICE
ROYALTY = MINE.fiscal.levies[0]


def with_fiscal(**changes):
    return replace(MINE, fiscal=replace(MINE.fiscal, **changes))


def fields_of(inputs):
    return [problem.field for problem in check_fiscal(inputs)]


def test_a_sound_mine_has_no_problem():
    assert check_fiscal(MINE) == []


@pytest.mark.parametrize(
    ("levy", "field"),
    [
        (replace(ROYALTY, name=""), "name"),
        (replace(ROYALTY, rate=1.2), "rate"),
        (replace(ROYALTY, rate=[0.1, -0.1]), "rate"),
        (replace(ROYALTY, rate=float("nan")), "rate"),
        (replace(ROYALTY, of="Cu"), "of"),
        (replace(ROYALTY, base=LevyBase.EBITDA), "of"),
        (Levy("r", LevyBase.PAYABLE_METAL, 1.0, UNIT, of="doré"), "of"),
        (Levy("r", LevyBase.T_PROCESSED, 1.0, UNIT, of="leach"), "of"),
        (Levy("r", LevyBase.GROSS_REVENUE, 1.0, UNIT), "base"),
        (Levy("r", LevyBase.T_MINED, 0.02), "base"),
        (Levy("r", LevyBase.T_MINED, 0.02, UNIT, carry_forward=True), "base"),
        (Levy("r", LevyBase.T_MINED, 0.02, UNIT, deducts=LevyDeduction.LOWER_ORDER), "base"),
        (Levy("r", LevyBase.MARGIN, 0.02), "kind"),
        (Levy("r", LevyBase.EBITDA, 0.0, TIERED), "steps"),
        (Levy("r", LevyBase.EBITDA, 0.0, TIERED, steps=((5.0, 0.1), (5.0, 0.2))), "steps"),
        (Levy("r", LevyBase.EBITDA, 0.0, TIERED, steps=((0.0, 1.1),)), "steps"),
        (Levy("r", LevyBase.NSR, 0.0, SLIDING, steps=((0.0, 0.1),)), "price_of"),
        (Levy("r", LevyBase.NSR, 0.0, STEPPED, steps=((0.0, 0.1),)), "price_of"),
        (Levy("r", LevyBase.NSR, 0.0, STEPPED, of="Cu"), "steps"),
        (replace(ROYALTY, credit=-0.1), "credit"),
        (replace(ROYALTY, credited="duty"), "credited"),
        (replace(ROYALTY, credited="royalty"), "credited"),
        (replace(ROYALTY, uplift=-0.1), "uplift"),
        (replace(ROYALTY, uplift=0.1), "uplift"),
        (replace(ROYALTY, allowance_least=-0.1), "allowance_least"),
        (replace(ROYALTY, allowance_least=0.2, allowance_most=0.1), "allowance_most"),
        (Levy("r", LevyBase.T_MINED, 1.0, UNIT, allowance_least=0.1), "base"),
        (replace(ROYALTY, floor=2.0), "floor"),
        (replace(ROYALTY, floor=0.02, cap=0.01), "cap"),
        (replace(ROYALTY, first=5), "first"),
        (replace(ROYALTY, last=-1), "last"),
        (replace(ROYALTY, first=3, last=2), "last"),
        (replace(ROYALTY, money=Money("AUD")), "money.currency"),
    ],
)
def test_levies(levy, field):
    assert f"fiscal.levies[0].{field}" in fields_of(with_fiscal(levies=(levy,)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"life": 0.0}, "life"),
        ({"method": DepreciationMethod.MACRS, "life": 8}, "life"),
        ({"method": DepreciationMethod.SUM_OF_YEARS, "life": 2.5}, "life"),
        ({"method": DepreciationMethod.DECLINING_BALANCE, "factor": 0.0}, "factor"),
        ({"method": DepreciationMethod.POOL}, "factor"),
        ({"method": DepreciationMethod.UNITS_OF_PRODUCTION, "units": "kiln"}, "units"),
        ({"first_year": -1.0}, "first_year"),
        ({"salvage": 1.0}, "salvage"),
        ({"opening": -1.0}, "opening"),
        ({"opening_life": -1.0}, "opening_life"),
        ({"cost_of": "plant"}, "cost_of"),
        ({"allowance": 0.08}, "allowance"),
    ],
)
def test_depreciation_classes(changes, field):
    cls = replace(MINE.fiscal.depreciation[0], **changes)
    assert fields_of(with_fiscal(depreciation=(cls,), depletion=None)) == [f"fiscal.depreciation[0].{field}"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"levy": "tithe"}, "depreciation[2].levy"),
        ({"levy": "royalty"}, "depreciation[2].levy"),
        ({"cost_of": ""}, "depreciation[2].cost_of"),
        ({"cost_of": "smelter"}, "depreciation[2].cost_of"),
        ({"cost_of": "own plant"}, "depreciation[2].cost_of"),
        ({"allowance": 1.5}, "depreciation[2].allowance"),
    ],
)
def test_books_of_a_levy(changes, field):
    duty = Levy("duty", LevyBase.EBIT, 0.1)
    plant, mineral = MINE.fiscal.depreciation
    own = replace(plant, name="own plant", levy="duty", cost_of="plant", allowance=0.08)
    sound = with_fiscal(levies=(ROYALTY, duty), depreciation=(plant, mineral, own))
    assert check_fiscal(sound) == []
    broken = replace(sound.fiscal, depreciation=(plant, mineral, replace(own, **changes)))
    assert fields_of(replace(sound, fiscal=broken)) == [f"fiscal.{field}"]


def test_books_of_a_levy_hold_a_class_once_and_need_rows_by_class():
    duty = Levy("duty", LevyBase.EBIT, 0.1)
    plant, mineral = MINE.fiscal.depreciation
    own = replace(plant, name="own plant", levy="duty", cost_of="plant")
    twice = with_fiscal(levies=(duty,), depreciation=(plant, mineral, own, replace(own, name="again")))
    assert fields_of(twice) == ["fiscal.depreciation[3].cost_of"]
    total = with_fiscal(levies=(duty,), depreciation=(plant, mineral, own))
    assert fields_of(replace(total, entered={"depreciation": [1.0] * 5})) == ["entered.depreciation"]


def test_no_capital_stands_in_the_books_of_a_levy_alone():
    duty = Levy("duty", LevyBase.EBIT, 0.1)
    plant, mineral = MINE.fiscal.depreciation
    own = replace(plant, name="own plant", levy="duty", cost_of="plant")
    mine = with_fiscal(levies=(duty,), depreciation=(plant, mineral, own))
    item = CapitalItem("mill", CapitalKind.INITIAL, 1e6, depreciation="own plant")
    assert fields_of(replace(mine, capital=(item,))) == ["capital[0].depreciation"]
    assert fields_of(replace(mine, entered={"depreciation.own plant": [1.0] * 5})) == [
        "entered.depreciation.own plant"
    ]


@pytest.mark.parametrize(
    ("tax", "field"),
    [
        (IncomeTax(rate=30), "rate"),
        (IncomeTax(minimum=-0.1), "minimum"),
        (IncomeTax(losses=Losses(cap=1.1)), "losses.cap"),
        (IncomeTax(losses=Losses(expiry=0.0)), "losses.expiry"),
        (IncomeTax(losses=Losses(carry_back=-1.0)), "losses.carry_back"),
        (IncomeTax(losses=Losses(opening=-1.0)), "losses.opening"),
        (IncomeTax(lag=-1), "lag"),
        (IncomeTax(credits_money=Money("AUD")), "credits_money.currency"),
    ],
)
def test_income_tax(tax, field):
    assert fields_of(with_fiscal(tax=tax)) == [f"fiscal.tax.{field}"]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (WorkingCapital(receivable_days=-1.0), "receivable_days"),
        (WorkingCapital(inventory_days=[-1.0]), "inventory_days"),
        (WorkingCapital(payable_days=-1.0), "payable_days"),
        (WorkingCapital(days_in_year=0.0), "days_in_year"),
        (WorkingCapital(release=5), "release"),
    ],
)
def test_working_capital(terms, field):
    assert fields_of(with_fiscal(working_capital=terms)) == [f"fiscal.working_capital.{field}"]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Depletion(1.5), "rate"),
        (Depletion(0.1, cap=-0.5), "cap"),
        (Depletion(0.1, base=LevyBase.T_MINED), "base"),
        (Depletion(0.1, cost_class="plant"), "cost_class"),
    ],
)
def test_depletion(terms, field):
    assert fields_of(with_fiscal(depletion=terms)) == [f"fiscal.depletion.{field}"]


def test_names_are_used_once():
    assert fields_of(with_fiscal(levies=(ROYALTY, ROYALTY))) == [
        "fiscal.levies[0].name",
        "fiscal.levies[1].name",
    ]
    twice = MINE.fiscal.depreciation[:1] * 2 + MINE.fiscal.depreciation[1:]
    assert fields_of(with_fiscal(depreciation=twice)) == [
        f"fiscal.depreciation[{index}].name" for index in (0, 1)
    ]


def test_write_off_period():
    assert fields_of(with_fiscal(write_off=9)) == ["fiscal.write_off"]


def test_capital_and_equipment_name_their_class():
    inputs = replace(
        MINE,
        capital=(CapitalItem("mill", CapitalKind.INITIAL, 1.0, depreciation="mills"),),
        equipment=(EquipmentClass("truck", 1.0, 1.0, depreciation="trucks"),),
    )
    assert fields_of(inputs) == ["capital[0].depreciation", "equipment[0].depreciation"]


def test_entered_depreciation_names_a_class_that_does_not_deplete():
    entered = {
        "depreciation.mill": 1.0,
        "depreciation.mineral": 1.0,
        "depreciation.plant": 1.0,
    }
    expected = ["entered.depreciation.mill", "entered.depreciation.mineral"]
    assert fields_of(replace(MINE, entered=entered)) == expected


@pytest.mark.parametrize(("driver", "expected"), [(1.0, []), (4.0, ["fiscal.tax.rate"])])
def test_a_driven_rate_is_checked_as_its_driver_leaves_it(driver, expected):
    mine = replace(with_fiscal(tax=IncomeTax(rate=Driven("more", 0.3))), drivers={"more": driver})
    assert [problem.field for problem in check(mine) if "tax" in problem.field] == expected


def test_a_problem_says_what_is_allowed():
    cls = DepreciationClass("plant", DepreciationMethod.MACRS, life=8)
    (problem,) = check_fiscal(with_fiscal(depreciation=(cls,), depletion=None))
    assert problem.value == 8
    assert problem.allowed == "3, 5, 7, 10, 15, 20 years"
