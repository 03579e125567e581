"""The parameter form: texts to an edit, and an edit to texts."""

from __future__ import annotations

from app.engine.kinds import DistributionFamily, Draw, Effect
from app.engine.simulation.distributions import DISTRIBUTIONS
from app.engine.simulation.parameters import Parameter as Number
from app.features.parameters.edit import ParameterEdit, Uncertainty
from app.web.formatting import plain
from app.web.forms import Form

CERTAIN = "certain"
FAMILIES = (CERTAIN, *(family.value for family in DISTRIBUTIONS if family is not DistributionFamily.FIXED))
NEEDED = "a number, or one number for each period"


def field_of(family: DistributionFamily, number: Number) -> str:
    """Return the name of the form field for one number of one family."""
    return f"{family.value}.{number.name}"


def labels() -> dict[str, str]:
    """Return what each field of the form is called, as messages name it."""
    numbers = {
        field_of(family, number): number.label
        for family, known in DISTRIBUTIONS.items()
        for number in known.parameters
    }
    return numbers | {
        "values": "Value",
        "family": "Distribution",
        "effect": "The draw",
        "draw": "It is drawn",
    }


def fill(edit: ParameterEdit) -> Form:
    """Return the form that shows an edit."""
    values: dict[str, object] = {
        "version": edit.version,
        "values": "\t".join(plain(value) for value in edit.values),
        "note": edit.note,
        "family": CERTAIN,
        "effect": Effect.REPLACE,
        "draw": Draw.TRIAL,
        "autocorrelation": 0.0,
    }
    if edit.uncertainty is not None:
        uncertainty = edit.uncertainty
        values |= {
            "family": uncertainty.family,
            "effect": uncertainty.effect,
            "draw": uncertainty.draw,
            "autocorrelation": uncertainty.autocorrelation,
        }
        for number in DISTRIBUTIONS[uncertainty.family].parameters:
            if number.name in uncertainty.numbers:
                values[field_of(uncertainty.family, number)] = _text(uncertainty.numbers[number.name])
    return Form.of(**values)


def read(form: Form) -> ParameterEdit:
    """Return what was typed; what cannot be read is noted in `form.problems`."""
    family = form.one_of("family", FAMILIES)
    uncertainty = None
    if family in FAMILIES[1:]:
        uncertainty = _uncertainty(form, DistributionFamily(family))
    return ParameterEdit(
        version=form.version(),
        values=form.row("values", NEEDED),
        uncertainty=uncertainty,
        note=form.text("note", required=False, longest=4000),
    )


def _uncertainty(form: Form, family: DistributionFamily) -> Uncertainty:
    numbers: dict[str, float | tuple[float, ...]] = {}
    for number in DISTRIBUTIONS[family].parameters:
        name = field_of(family, number)
        if not form[name].strip() and not number.required:
            continue
        numbers[number.name] = form.row(name, NEEDED) if number.many else form.number(name)
    return Uncertainty(
        family,
        numbers,
        effect=form.choice("effect", Effect),
        draw=form.choice("draw", Draw),
        autocorrelation=form.number("autocorrelation", least=-1, most=1, required=False) or 0.0,
    )


def _text(value: float | tuple[float, ...]) -> str:
    return "\t".join(plain(item) for item in value) if isinstance(value, tuple) else plain(value)
