"""Finds fault with a specification before anything runs: every problem names its field, its value and what is
allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from math import isfinite

from app.engine.inputs import Correlation, MineInputs, SimulationSpec, Uncertain, UncertainPath
from app.engine.kinds import Copula, DistributionFamily, Draw, Effect, PriceProcess, Sampler
from app.engine.problems import Problem
from app.engine.quantity import Array, Driven, resolve
from app.engine.simulation.distributions import DISTRIBUTIONS
from app.engine.simulation.processes import PROCESSES
from app.engine.simulation.sobol import MAX_DIMENSIONS

FEWEST_TRIALS, MOST_TRIALS = 2, 100_000_000
MOST_REPLICATES = 64
LEAST_MEMORY = 16 << 20
LARGEST_SEED = (1 << 63) - 1


def check(inputs: MineInputs, spec: SimulationSpec) -> tuple[Problem, ...]:
    """Return everything that keeps a simulation from running; empty when nothing does."""
    found = [*_run(spec), *_report(spec), *_references(inputs)]
    names = [u.driver for u in spec.uncertain] + [p.driver for p in spec.paths]
    repeated = {name for name, count in Counter(names).items() if count > 1}
    for index, uncertain in enumerate(spec.uncertain):
        at = f"uncertain[{index}]"
        found += [*_driver(at, uncertain.driver, inputs, repeated), *_uncertain(at, uncertain)]
    base = _base(inputs)
    for index, path in enumerate(spec.paths):
        at = f"paths[{index}]"
        found += [*_driver(at, path.driver, inputs, repeated), *_path(at, path, inputs, base)]
    certain = {u.driver for u in spec.uncertain if u.family is DistributionFamily.FIXED}
    found += _correlation(spec.correlation, set(names) - certain)
    found += _dimensions(inputs, spec)
    return tuple(found)


def _whole(field: str, value: object, low: int, high: int) -> tuple[Problem, ...]:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return ()
    return (Problem(field, value, f"a whole number from {low:,} to {high:,}"),)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _one_of(field: str, value: object, kind: type[Enum]) -> tuple[Problem, ...]:
    if isinstance(value, kind):
        return ()
    return (Problem(field, value, "one of " + ", ".join(str(item.value) for item in kind)),)


def _run(spec: SimulationSpec) -> Iterator[Problem]:
    """Yield what is wrong with how the run is to be done."""
    yield from _whole("trials", spec.trials, FEWEST_TRIALS, MOST_TRIALS)
    yield from _whole("seed", spec.seed, 0, LARGEST_SEED)
    yield from _one_of("sampler", spec.sampler, Sampler)
    wrong = _whole("replicates", spec.replicates, 1, MOST_REPLICATES)
    yield from wrong
    halved = not wrong and _is_number(spec.trials) and 2 <= spec.trials < 2 * spec.replicates
    if halved and spec.sampler is Sampler.SOBOL:
        yield Problem("replicates", spec.replicates, f"at most half of the {spec.trials} trials")
    yield from _whole("memory_limit", spec.memory_limit, LEAST_MEMORY, 1 << 50)
    if spec.stop_at is not None and not (_is_number(spec.stop_at) and 0 < spec.stop_at < 1):
        yield Problem("stop_at", spec.stop_at, "a fraction between 0 and 1, or nothing")


def _report(spec: SimulationSpec) -> Iterator[Problem]:
    """Yield what is wrong with what the run is to report."""
    if not spec.percentiles:
        yield Problem("percentiles", spec.percentiles, "at least one level")
    else:
        for index, level in enumerate(spec.percentiles):
            if not _is_number(level) or not 0 < level < 1:
                yield Problem(f"percentiles[{index}]", level, "a fraction between 0 and 1")
            elif index and _is_number(spec.percentiles[index - 1]) and level <= spec.percentiles[index - 1]:
                yield Problem(f"percentiles[{index}]", level, "greater than the level before it")
    for key, values in spec.thresholds.items():
        for index, value in enumerate(values):
            if not _is_number(value):
                yield Problem(f"thresholds[{key}][{index}]", value, "a finite number")
    if not _is_number(spec.tail) or not 0 < spec.tail <= 0.5:
        yield Problem("tail", spec.tail, "a fraction above 0, at most 0.5")


def _references(inputs: MineInputs) -> Iterator[Problem]:
    """Yield drivers that hang on a driver that is unknown, stands later, or hangs on them."""
    seen: set[str] = set()
    for name, quantity in inputs.drivers.items():
        if isinstance(quantity, Driven) and quantity.driver not in seen:
            yield Problem(f"drivers[{name}]", quantity.driver, "the name of a driver listed before it")
        seen.add(name)


def _base(inputs: MineInputs) -> dict[str, Array]:
    resolved: dict[str, Array] = {}
    for name, quantity in inputs.drivers.items():
        if not isinstance(quantity, Driven) or quantity.driver in resolved:
            resolved[name] = resolve(quantity, resolved)
    return resolved


def _driver(at: str, name: str, inputs: MineInputs, repeated: set[str]) -> Iterator[Problem]:
    if name not in inputs.drivers:
        known = ", ".join(sorted(inputs.drivers)) or "there are none"
        yield Problem(f"{at}.driver", name, f"the name of a driver: {known}")
    elif name in repeated:
        yield Problem(f"{at}.driver", name, "a driver that is named once")


def _uncertain(at: str, uncertain: Uncertain) -> Iterator[Problem]:
    wrong = _one_of(f"{at}.family", uncertain.family, DistributionFamily)
    yield from wrong
    if not wrong:
        for name, value, allowed in DISTRIBUTIONS[uncertain.family].rejected(uncertain.parameters):
            yield Problem(f"{at}.parameters.{name}", value, allowed)
    yield from _one_of(f"{at}.effect", uncertain.effect, Effect)
    yield from _one_of(f"{at}.draw", uncertain.draw, Draw)
    field, value = f"{at}.autocorrelation", uncertain.autocorrelation
    if not _is_number(value) or not -1 <= value <= 1:
        yield Problem(field, value, "between -1 and 1")
    elif value and uncertain.draw is Draw.TRIAL:
        yield Problem(field, value, "0 for a driver that is drawn once per trial")


def _path(at: str, path: UncertainPath, inputs: MineInputs, base: dict[str, Array]) -> Iterator[Problem]:
    wrong = _one_of(f"{at}.process", path.process, PriceProcess)
    yield from wrong
    if wrong:
        return
    for name, value, allowed in PROCESSES[path.process].rejected(path.parameters, inputs.timeline.years):
        yield Problem(f"{at}.parameters.{name}", value, allowed)
    row = base.get(path.driver)
    if row is not None and "start" not in path.parameters and not float(row[0, 0]) > 0:
        yield Problem(
            f"{at}.parameters.start", float(row[0, 0]), "given, because the first base value is not positive"
        )


def _correlation(correlation: Correlation, random: set[str]) -> Iterator[Problem]:
    yield from _one_of("correlation.copula", correlation.copula, Copula)
    if not _is_number(correlation.degrees) or not 1 <= correlation.degrees <= 1000:
        yield Problem("correlation.degrees", correlation.degrees, "degrees of freedom from 1 to 1,000")
    seen: set[frozenset[str]] = set()
    for pair, target in correlation.pairs.items():
        first, second = pair
        field = f"correlation.pairs[{first}, {second}]"
        for name in pair:
            if name not in random:
                yield Problem(field, name, "a driver that has a distribution or a path")
        if first == second:
            yield Problem(field, first, "two different drivers")
        elif frozenset(pair) in seen:
            yield Problem(field, target, "one correlation for each pair, in either order")
        seen.add(frozenset(pair))
        if not _is_number(target) or not -1 <= target <= 1:
            yield Problem(field, target, "between -1 and 1")


def _dimensions(inputs: MineInputs, spec: SimulationSpec) -> Iterator[Problem]:
    """Yield when Sobol points have too few dimensions; twice the rows bound what any process or copula
    needs."""
    rows = sum(u.draw is Draw.PERIOD for u in spec.uncertain) + len(spec.paths)
    needed = len(spec.uncertain) + 2 * (rows + 1) * inputs.timeline.n_periods
    if spec.sampler is Sampler.SOBOL and needed > MAX_DIMENSIONS:
        yield Problem(
            "sampler", spec.sampler, f"plain or latin_hypercube beyond {MAX_DIMENSIONS:,} variates a trial"
        )
