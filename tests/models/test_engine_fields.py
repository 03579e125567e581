"""Every input of the engine can be stored: a field that the engine gains needs a column or a reason."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import inspect

from app import models
from app.engine import inputs

#: Where a field lives under another name, or in rows of its own.
ELSEWHERE: dict[type[Any], dict[str, str]] = {
    inputs.Terms: {"offset": "discount_offset"},
    inputs.OreSource: {"grades": "metals"},
    inputs.Stockpile: {"opening_grades": "metals"},
    inputs.Process: {"grades": "metals", "recoveries": "metals", "releases": "metals", "earlier": "metals"},
    inputs.Product: {"concentrate": "concentrate_metal", "share": "recovered_share"},
    inputs.Concentrate: {"metal": "concentrate_metal", "grade": "concentrate_grade", "money": "currency"},
    inputs.MetalTerms: {
        "participation": "participation_share",
        "share": "recovered_share",
        "price_money": "price_currency",
        "charges_money": "charges_currency",
    },
    inputs.Participation: {name: f"participation_{name}" for name in ("share", "basis", "floor", "cap")},
    inputs.IncomeTax: {"name": "rate", "losses": "loss_rule", "credits_money": "currency"},
    inputs.Losses: {name: f"loss_{name}" for name in ("rule", "cap", "expiry", "carry_back", "opening")},
    inputs.Uncertain: {"driver": "name", "parameters": "distribution"},
    inputs.UncertainPath: {"driver": "name", "parameters": "distribution"},
    inputs.Money: {"basis": "money_basis"},
}
STORED: list[tuple[type[Any], type[models.Base]]] = [
    (inputs.Terms, models.ValuationTerms),
    (inputs.UnitCostTerms, models.ValuationTerms),
    (inputs.OreSource, models.OreSource),
    (inputs.Stockpile, models.Stockpile),
    (inputs.Process, models.Process),
    (inputs.Feed, models.ProcessFeed),
    (inputs.Product, models.Product),
    (inputs.Concentrate, models.Product),
    (inputs.MetalTerms, models.ProductMetal),
    (inputs.Participation, models.ProductMetal),
    (inputs.Penalty, models.Penalty),
    (inputs.Stream, models.Stream),
    (inputs.CostLine, models.CostLine),
    (inputs.ConsumptionLine, models.ConsumptionLine),
    (inputs.EquipmentClass, models.EquipmentClass),
    (inputs.MaintenancePlan, models.MaintenancePlan),
    (inputs.CapitalItem, models.CapitalItem),
    (inputs.Closure, models.Closure),
    (inputs.Levy, models.Levy),
    (inputs.DepreciationClass, models.DepreciationClass),
    (inputs.Depletion, models.Depletion),
    (inputs.IncomeTax, models.IncomeTaxTerms),
    (inputs.Losses, models.IncomeTaxTerms),
    (inputs.WorkingCapital, models.WorkingCapitalTerms),
    (inputs.Interest, models.Interest),
    (inputs.Uncertain, models.Parameter),
    (inputs.UncertainPath, models.Parameter),
    (inputs.Money, models.CostLine),
]


@pytest.mark.parametrize(("source", "model"), STORED, ids=lambda kind: kind.__name__)
def test_every_field_of_the_engine_has_a_place(source: type[Any], model: type[models.Base]) -> None:
    mapper = inspect(model)
    places = {*mapper.column_attrs.keys(), *mapper.composites.keys(), *mapper.relationships.keys()}
    renamed = ELSEWHERE.get(source, {}) | {"money": "currency"} if source is not inputs.Terms else {}
    renamed = ELSEWHERE.get(source, {}) | renamed
    wanted = {renamed.get(field.name, field.name) for field in fields(source)}
    assert wanted - places == set()
