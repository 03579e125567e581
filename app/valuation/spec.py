"""What to run: the scenario's uncertain parameters and what somebody asked for, checked beforehand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.engine import checks, simulation
from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.kinds import DistributionFamily, Sampler
from app.errors import InvalidInput, LimitExceeded, Problem
from app.models import Scenario
from app.settings import get_settings
from app.valuation.inputs import read_inputs, reader_of
from app.valuation.inputs.paths import in_words
from app.valuation.inputs.reader import Reader
from app.valuation.inputs.uncertainty import correlation, uncertain
from app.valuation.load import load_scenario

#: Seeds that are drawn stay short enough to be read out, and exact in every JSON reader.
DRAWN_SEEDS = 2**32
ASKED = SimulationSpec(trials=10_000, seed=0)


@dataclass(frozen=True, slots=True)
class RunForm:
    """What somebody asks of a run; `SimulationSpec` says what each field means. seed: None draws one."""

    trials: int = ASKED.trials
    seed: int | None = None
    sampler: Sampler = ASKED.sampler
    replicates: int = ASKED.replicates
    percentiles: tuple[float, ...] = ASKED.percentiles
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    tail: float = ASKED.tail
    stop_at: float | None = None


def prepare(session: Session, scenario_id: int, form: RunForm) -> tuple[MineInputs, SimulationSpec]:
    """Return the inputs of a run and what to run.

    Raises `NotFound`, `LimitExceeded` for more trials than this installation accepts, and `InvalidInput` that
    names every row and field that stands in the way.
    """
    most = get_settings().max_trials
    if form.trials > most:
        raise LimitExceeded(f"A simulation may ask for at most {most:,} trials here, not {form.trials:,}.")
    read, inputs, spec = described(session, scenario_id, form)
    if not spec.uncertain and not spec.paths:
        read.problems.append(Problem("parameters", "all certain", "mark at least one parameter as uncertain"))
    if read.problems:
        raise InvalidInput(read.problems)
    problems = [in_words(inputs, problem) for problem in checks.check(inputs)]
    problems += [in_words(spec, problem) for problem in simulation.check(inputs, spec)]
    if problems:
        raise InvalidInput(problems)
    return inputs, spec


def described(session: Session, scenario_id: int, form: RunForm) -> tuple[Reader, MineInputs, SimulationSpec]:
    """Return what a run would be made of, with the reader whose problems say what is wrong with it.

    Raises `NotFound`.
    """
    scenario = load_scenario(session, scenario_id)
    read = reader_of(scenario)
    inputs = read_inputs(read, scenario)
    return read, inputs, _spec(read, scenario, inputs, form)


def _spec(read: Reader, scenario: Scenario, inputs: MineInputs, form: RunForm) -> SimulationSpec:
    draws, paths = uncertain(read, scenario.parameters, inputs.timeline.years)
    random = {draw.driver for draw in draws if draw.family is not DistributionFamily.FIXED}
    return SimulationSpec(
        trials=form.trials,
        seed=secrets.randbelow(DRAWN_SEEDS) if form.seed is None else form.seed,
        uncertain=draws,
        paths=paths,
        correlation=correlation(scenario, frozenset(random | {path.driver for path in paths})),
        sampler=form.sampler,
        replicates=form.replicates,
        percentiles=form.percentiles,
        thresholds=form.thresholds,
        tail=form.tail,
        stop_at=form.stop_at,
    )
