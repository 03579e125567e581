"""A snapshot gives back what was put in, to the last bit."""

from __future__ import annotations

import inspect
import json
from dataclasses import is_dataclass, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from app.engine import inputs as mine
from app.engine.inputs import (
    Correlation,
    CostLine,
    EquipmentClass,
    Fiscal,
    Levy,
    MetalTerms,
    MineInputs,
    Product,
    SimulationSpec,
    Terms,
    Uncertain,
)
from app.engine.kinds import (
    CostBasis,
    CostCategory,
    DistributionFamily,
    LevyBase,
    LevyDeduction,
    PeriodLength,
)
from app.engine.quantity import Driven
from app.engine.timeline import Timeline
from app.errors import InvalidInput
from app.valuation import snapshot
from tests.valuation import strategies

PARTS = sorted(
    set(snapshot.DATACLASSES.values()) - {MineInputs, SimulationSpec}, key=lambda kind: kind.__name__
)

MINE = MineInputs(
    timeline=Timeline.mixed(date(2026, 1, 1), [(PeriodLength.MONTH, 2), (PeriodLength.YEAR, 3)]),
    terms=Terms(discount_rate=0.05),
    drivers={"gold": (1.0, 2.0), "diesel": 0.1 + 0.2},
    products=(Product("doré", (MetalTerms("Au", Driven("gold", (1.0, 2.0))),)),),
    costs=(CostLine("Mining", CostCategory.MINING, CostBasis.PER_T_MOVED, np.array([3.0, 1 / 3])),),
    equipment=(EquipmentClass("truck", hours=6000.0, units=4.0, life=float("inf")),),
)
SPEC = SimulationSpec(
    trials=1000,
    seed=2**63 - 1,
    uncertain=(Uncertain("gold", DistributionFamily.PERT, {"low": 1.0, "mode": 2.0, "high": 3.0}),),
    correlation=Correlation({("gold", "diesel"): 0.7}),
)


def test_a_mine_comes_back_as_it_was() -> None:
    inputs = snapshot.inputs_from(snapshot.to_json(MINE))
    spec = snapshot.spec_from(snapshot.to_json(SPEC))
    assert spec == SPEC
    assert inputs.timeline == MINE.timeline
    assert inputs.timeline.boundaries == MINE.timeline.boundaries
    assert inputs.products == MINE.products
    assert list(inputs.drivers) == ["gold", "diesel"]
    assert inputs.drivers["diesel"] == 0.1 + 0.2
    assert inputs.equipment[0].life == float("inf")
    rate = inputs.costs[0].rate
    assert isinstance(rate, np.ndarray)
    assert rate.tobytes() == np.array([3.0, 1 / 3]).tobytes()


@pytest.mark.parametrize("kind", [MineInputs, SimulationSpec, *PARTS], ids=lambda kind: kind.__name__)
def test_any_value_comes_back_as_it_was(kind: type) -> None:
    @settings(
        max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(strategies.of_dataclass(kind))
    def round_trip(value: object) -> None:
        stored = json.dumps(snapshot.encode(value), sort_keys=True, allow_nan=False)
        again = snapshot.decode(json.loads(stored))
        assert type(again) is kind
        assert json.dumps(snapshot.encode(again), sort_keys=True, allow_nan=False) == stored

    round_trip()


def test_every_input_type_can_be_stored() -> None:
    kinds = [kind for kind in vars(mine).values() if inspect.isclass(kind) and is_dataclass(kind)]
    assert {kind.__name__ for kind in kinds} <= set(snapshot.DATACLASSES)


def test_the_order_of_drivers_survives() -> None:
    inputs = replace(MINE, drivers={"b": 1.0, "a": Driven("b", 2.0)})
    stored = json.loads(json.dumps(snapshot.to_json(inputs), sort_keys=True))
    assert list(snapshot.inputs_from(stored).drivers) == ["b", "a"]


def fingerprint(inputs: MineInputs, spec: SimulationSpec) -> str:
    return snapshot.fingerprint(snapshot.to_json(inputs), snapshot.to_json(spec))


def test_the_fingerprint_follows_the_scenario_and_not_the_run() -> None:
    print_ = fingerprint(MINE, SPEC)
    assert print_ == fingerprint(MINE, replace(SPEC, trials=5, seed=1))
    assert print_ != fingerprint(replace(MINE, terms=Terms(discount_rate=0.0500001)), SPEC)
    assert print_ != fingerprint(MINE, replace(SPEC, correlation=Correlation()))


def test_a_run_from_before_a_field_was_added_is_still_current() -> None:
    """Its stored form lacks the field; as long as the scenario leaves it at its default, nothing changed."""
    levy = Levy("royalty", LevyBase.NSR, 0.02)
    inputs = replace(MINE, fiscal=Fiscal(levies=(levy,)))
    stored = snapshot.to_json(inputs)
    text = json.dumps(stored)
    before = text.replace(f', "deducts": {json.dumps(snapshot.encode(levy.deducts))}', "")
    assert before != text
    old = snapshot.fingerprint(json.loads(before), snapshot.to_json(SPEC))
    assert old == fingerprint(inputs, SPEC)
    assert snapshot.inputs_from(json.loads(before)).fiscal == inputs.fiscal
    other = replace(levy, deducts=LevyDeduction.LOWER_ORDER)
    assert old != fingerprint(replace(inputs, fiscal=Fiscal(levies=(other,))), SPEC)


def test_another_format_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="99"):
        snapshot.inputs_from(snapshot.to_json(MINE) | {"format": 99})


def test_inputs_and_what_to_run_are_not_confused() -> None:
    with pytest.raises(InvalidInput, match="SimulationSpec"):
        snapshot.inputs_from(snapshot.to_json(SPEC))


def test_a_field_of_another_version_is_refused_by_name() -> None:
    stored = snapshot.to_json(SPEC)
    stored["value"]["fields"]["luck"] = 7.0  # type: ignore[call-overload,index]
    with pytest.raises(InvalidInput, match=r"SimulationSpec\.luck"):
        snapshot.spec_from(stored)


def test_a_kind_of_another_version_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="Asteroid"):
        snapshot.decode({"is": "Asteroid", "fields": {}})


def test_what_no_input_holds_cannot_be_stored() -> None:
    with pytest.raises(TypeError, match="complex"):
        snapshot.encode(1j)
