"""What an empty field of a form begins with."""

from __future__ import annotations

import pytest

from app.planning.offered import offer_units
from app.planning.parts import PARTS, Kind, Part
from app.web.forms import Form


@pytest.mark.parametrize(
    ("part", "curve", "metal", "units"),
    [
        ("levies", "steps", "", ("", "%")),  # a price or an amount, as its kind will say
        ("process_metals", "recovery_curve", "Au", ("g/t", "%")),
        ("process_metals", "recovery_curve", "Cu", ("%", "%")),
        ("streams", "steps", "Ag", ("koz", "%")),
        ("streams", "steps", "Cu", ("t", "%")),
    ],
)
def test_a_curve_begins_with_the_usual_units(
    part: str, curve: str, metal: str, units: tuple[str, str]
) -> None:
    form = Form.of(metal=metal)
    offer_units(PARTS[part], form)
    assert (form[f"{curve}.x_unit"], form[f"{curve}.y_unit"]) == units


def test_a_unit_that_is_there_stays() -> None:
    form = Form({"steps.x_unit": ["USD/oz"], "rate.unit": ["1"]})
    offer_units(PARTS["levies"], form)
    assert (form["steps.x_unit"], form["rate.unit"], form["cap.unit"]) == ("USD/oz", "1", "%")


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_quantity_of_every_form_that_measures_something_begins_with_a_unit(part: Part) -> None:
    form = Form()
    offer_units(part, form)
    measured = {Kind.QUANTITY, Kind.ROW, Kind.SINGLE}
    for field in part.fields:
        if part.kind(field.name) in measured and part.per(field.name):
            assert form[f"{field.name}.unit"], field.name
