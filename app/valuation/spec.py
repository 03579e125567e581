"""What to run: the scenario's uncertain parameters and what somebody asked for, checked beforehand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from sqlalchemy.orm import Session

from app.engine import checks, simulation
from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.kinds import DistributionFamily, Sampler
from app.engine.kpis import kpis
from app.engine.problems import Problem as EngineProblem
from app.errors import InvalidInput, LimitExceeded, Problem
from app.models import Scenario
from app.settings import get_settings
from app.valuation.inputs import read_inputs, reader_of
from app.valuation.inputs.paths import in_words
from app.valuation.inputs.reader import Reader
from app.valuation.inputs.uncertainty import correlation, uncertain
from app.valuation.load import load_scenario
from app.valuation.replaced import Replaced, problems as unknown_parameters, with_replaced

#: Seeds that are drawn stay short enough to be read out, and exact in every JSON reader.
DRAWN_SEEDS = 2**32
ASKED = SimulationSpec(trials=10_000, seed=0)


@dataclass(frozen=True, slots=True)
class RunForm:
    """What somebody asks of a run; `SimulationSpec` says what each field means.

    seed: None draws one. replicates: None takes as many as is usual and the trials allow. replaced:
    distributions for this run alone, by parameter.
    """

    trials: int = ASKED.trials
    seed: int | None = None
    sampler: Sampler = ASKED.sampler
    replicates: int | None = None
    percentiles: tuple[float, ...] = ASKED.percentiles
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    tail: float = ASKED.tail
    stop_at: float | None = None
    replaced: Replaced = field(default_factory=dict)


#: Fields of a run that somebody asks for; the others come from the rows of the scenario.
ASKED_FIELDS = frozenset(each.name for each in fields(RunForm))


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
    problems += [_named(spec, problem) for problem in simulation.check(inputs, spec)]
    problems += [] if problems else _unknown_outputs(inputs, form)
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
    read.problems += unknown_parameters(scenario.parameters, form.replaced)
    return read, inputs, _spec(read, scenario, inputs, form)


def _spec(read: Reader, scenario: Scenario, inputs: MineInputs, form: RunForm) -> SimulationSpec:
    rows = with_replaced(scenario.parameters, form.replaced)
    draws, paths = uncertain(read, rows, inputs.timeline.years)
    random = {draw.driver for draw in draws if draw.family is not DistributionFamily.FIXED}
    return SimulationSpec(
        trials=form.trials,
        seed=secrets.randbelow(DRAWN_SEEDS) if form.seed is None else form.seed,
        uncertain=draws,
        paths=paths,
        correlation=correlation(scenario, frozenset(random | {path.driver for path in paths})),
        sampler=form.sampler,
        replicates=_replicates(form),
        percentiles=form.percentiles,
        thresholds=form.thresholds,
        tail=form.tail,
        stop_at=form.stop_at,
        memory_limit=get_settings().simulation_memory,
    )


def _named(spec: SimulationSpec, problem: EngineProblem) -> Problem:
    """Return a problem under the words of its row, or under the name of the field that was asked for."""
    if problem.field.partition("[")[0] in ASKED_FIELDS:
        return Problem(problem.field, problem.value, problem.allowed)
    return in_words(spec, problem)


def _replicates(form: RunForm) -> int:
    """Return the number of scramblings: each needs two trials to show a spread."""
    usual = max(1, min(ASKED.replicates, form.trials // 2))
    return usual if form.replicates is None else form.replicates


def _unknown_outputs(inputs: MineInputs, form: RunForm) -> list[Problem]:
    """Return the thresholds of outputs that this scenario does not have; asked only where there are any."""
    if not form.thresholds:
        return []
    known = sorted(kpi.key for kpi in kpis(inputs, evaluate(inputs)))
    return [
        Problem(f"thresholds[{key}]", key, f"one of the outputs {', '.join(known)}")
        for key in form.thresholds
        if key not in known
    ]
