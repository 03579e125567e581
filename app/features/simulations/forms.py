"""The form that starts a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from app.engine.kinds import Sampler
from app.engine.simulation.check import FEWEST_TRIALS
from app.errors import InvalidInput, Problem
from app.models import ScenarioDefaults
from app.valuation.spec import ASKED, RunForm
from app.web.formatting import plain
from app.web.forms import Form

LARGEST_SEED = 2**63 - 1
DEFAULT_TRIALS = 10_000
SAMPLERS = {
    Sampler.SOBOL: "Sobol (scrambled): most accurate for its trials",
    Sampler.LATIN_HYPERCUBE: "Latin hypercube",
    Sampler.PLAIN: "Plain Monte Carlo",
}


#: Outputs whose chance of falling short of a value may be asked for: what to divide by what is typed.
THRESHOLDS: Mapping[str, float] = {"npv_after_tax": 1e-6, "irr_after_tax": 100, "payback": 1}
#: Fields that stand behind “More options”.
LABELS = {
    "percentiles": "Percentiles",
    "tail": "The bad end",
    "stop_at": "Stop early",
    "threshold.npv_after_tax": "NPV after tax below",
    "threshold.irr_after_tax": "IRR after tax below",
    "threshold.payback": "Payback below",
}


def empty(usual: ScenarioDefaults) -> Form:
    """Return the form as it is offered, with the trials and the sampler of the settings."""
    levels = " ".join(plain(level, 100) for level in ASKED.percentiles)
    more = {"percentiles": levels, "tail": plain(ASKED.tail, 100), "stop_at": ""}
    return Form.of(trials=usual.trials, sampler=usual.sampler, seed="", **more)


def read(form: Form, most_trials: int) -> RunForm:
    """Return what was typed; what cannot be read is noted in `form.problems`."""
    tail = form.number("tail", required=False, least=0, most=50, unit="%", divide_by=100)
    return RunForm(
        trials=form.integer("trials", least=FEWEST_TRIALS, most=most_trials),
        sampler=form.choice("sampler", Sampler),
        seed=_seed(form),
        percentiles=form.row("percentiles", divide_by=100) or ASKED.percentiles,
        thresholds=_thresholds(form),
        tail=ASKED.tail if tail is None else tail,
        stop_at=form.number("stop_at", required=False, least=0, most=100, unit="%", divide_by=100),
    )


def at_its_field(error: InvalidInput) -> InvalidInput:
    """Return what a run was refused for, under the names of the form's fields."""
    return InvalidInput([replace(problem, field=_field(problem)) for problem in error.problems])


def _field(problem: Problem) -> str:
    name, _, key = problem.field.partition("[")
    return f"threshold.{key.partition(']')[0]}" if name == "thresholds" else name


def _thresholds(form: Form) -> dict[str, tuple[float, ...]]:
    typed = {key: form.row(f"threshold.{key}") for key in THRESHOLDS}
    return {key: tuple(value / THRESHOLDS[key] for value in row) for key, row in typed.items() if row}


def _seed(form: Form) -> int | None:
    typed = re.sub(r"\s", "", form["seed"])
    if not typed:
        return None
    # Read as digits, because a float would round a large seed.
    if not typed.isascii() or not typed.isdigit() or int(typed) > LARGEST_SEED:
        form.refuse("seed", f"a whole number from 0 to {LARGEST_SEED}, or nothing to draw one")
        return None
    return int(typed)
