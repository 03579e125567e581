"""The form that starts a run."""

from __future__ import annotations

import re

from app.engine.kinds import Sampler
from app.valuation.spec import RunForm
from app.web.forms import Form

LARGEST_SEED = 2**63 - 1
DEFAULT_TRIALS = 10_000
SAMPLERS = {
    Sampler.SOBOL: "Sobol (scrambled): most accurate for its trials",
    Sampler.LATIN_HYPERCUBE: "Latin hypercube",
    Sampler.PLAIN: "Plain Monte Carlo",
}


def empty() -> Form:
    """Return the form as it is offered."""
    return Form.of(trials=DEFAULT_TRIALS, sampler=Sampler.SOBOL, seed="")


def read(form: Form, most_trials: int) -> RunForm:
    """Return what was typed; what cannot be read is noted in `form.problems`."""
    return RunForm(
        trials=form.integer("trials", least=1, most=most_trials),
        sampler=form.choice("sampler", Sampler),
        seed=_seed(form),
    )


def _seed(form: Form) -> int | None:
    typed = re.sub(r"\s", "", form["seed"])
    if not typed:
        return None
    # Read as digits, because a float would round a large seed.
    if not typed.isascii() or not typed.isdigit() or int(typed) > LARGEST_SEED:
        form.refuse("seed", f"a whole number from 0 to {LARGEST_SEED}, or nothing to draw one")
        return None
    return int(typed)
