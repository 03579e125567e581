"""The rows of every uncertain driver in one sub-block of trials."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.engine.inputs import MineInputs, SimulationSpec, Uncertain, UncertainPath
from app.engine.kinds import DistributionFamily, Draw, Effect
from app.engine.quantity import Array, resolve
from app.engine.simulation import distributions, processes
from app.engine.simulation.dependence import Repair
from app.engine.simulation.distributions import Distribution
from app.engine.simulation.distributions.table import values, values_of_each
from app.engine.simulation.processes import PROCESSES, Process
from app.engine.simulation.samplers import Points, points as point_source
from app.engine.simulation.variates import VariateLayout


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    """drivers: rows `(n_periods | 1, n_trials | 1)` by name. sample: one number per driver and trial, for
    attribution."""

    drivers: dict[str, Array]
    sample: NDArray[np.float32]


@dataclass(frozen=True)
class Draws:
    """Everything needed to draw any sub-block of a run; the same wherever it is unpickled."""

    inputs: MineInputs
    spec: SimulationSpec

    @cached_property
    def fixed(self) -> tuple[Uncertain, ...]:
        return tuple(u for u in self.spec.uncertain if u.family is DistributionFamily.FIXED)

    @cached_property
    def scalars(self) -> tuple[Uncertain, ...]:
        return tuple(u for u in self._random if u.draw is Draw.TRIAL)

    @cached_property
    def rows(self) -> tuple[Uncertain, ...]:
        """Drivers with a draw for each period."""
        return tuple(u for u in self._random if u.draw is Draw.PERIOD)

    @property
    def _random(self) -> list[Uncertain]:
        return [u for u in self.spec.uncertain if u.family is not DistributionFamily.FIXED]

    @cached_property
    def sampled(self) -> tuple[str, ...]:
        """Names of the rows of `DrawnBlock.sample`."""
        return (*(u.driver for u in self.scalars), *self._by_period)

    @cached_property
    def _by_period(self) -> tuple[str, ...]:
        return (*(u.driver for u in self.rows), *(p.driver for p in self.spec.paths))

    @cached_property
    def _distributions(self) -> dict[str, Distribution]:
        return {u.driver: distributions.build(u.family, u.parameters) for u in self.spec.uncertain}

    @cached_property
    def _processes(self) -> dict[str, Process]:
        return {p.driver: processes.build(p.process, p.parameters) for p in self.spec.paths}

    @cached_property
    def base(self) -> dict[str, Array]:
        """Rows of all drivers without any draw, `(n_periods | 1, 1)`."""
        resolved: dict[str, Array] = {}
        for name, quantity in self.inputs.drivers.items():
            resolved[name] = resolve(quantity, resolved)
        return resolved

    @cached_property
    def layout(self) -> VariateLayout:
        return VariateLayout(
            seed=self.spec.seed,
            periods=self.inputs.timeline.n_periods,
            paths=self._by_period,
            scalars=tuple(u.driver for u in self.scalars),
            switching=self._switching,
            correlation=self.spec.correlation,
        )

    @cached_property
    def _switching(self) -> tuple[str, ...]:
        return tuple(p.driver for p in self.spec.paths if PROCESSES[p.process].switches)

    @property
    def repair(self) -> Repair:
        return self.layout.repair

    @cached_property
    def _points(self) -> Points:
        spec = self.spec
        return point_source(spec.sampler, spec.seed, self.layout.dimensions, spec.trials, spec.replicates)

    def block(self, first: int, count: int) -> DrawnBlock:
        """Return the drivers of `count` trials from `first`, a sub-block boundary."""
        return self.at(self._points.block(first, count), first)

    def at(self, points: Array, first: int) -> DrawnBlock:
        """Return the drivers at points `(dimensions, n_trials)` whose first trial is `first`; overwrites
        the points."""
        count = points.shape[1]
        variates = self.layout.variates(points, first)
        drawn: dict[str, Array] = {u.driver: np.full((1, 1), self._certain(u)) for u in self.fixed}
        names = [u.driver for u in self.scalars]
        rows = values_of_each([self._distributions[name] for name in names], variates.scalars)
        drawn |= {name: row[None, :] for name, row in zip(names, rows, strict=True)}
        shocks = iter(variates.shocks)
        for u in self.rows:
            drawn[u.driver] = values(
                self._distributions[u.driver], _persistent(next(shocks), u.autocorrelation)
            )
        for path in self.spec.paths:
            switches = None
            if path.driver in self._switching:
                switches = variates.switches[self._switching.index(path.driver)]
            drawn[path.driver] = self._levels(path, next(shocks), switches)
        sample = np.empty((len(self.sampled), count), dtype=np.float32)
        for index, name in enumerate(self.sampled):
            row = drawn[name]
            sample[index] = row[0] if len(row) == 1 else row.mean(axis=0)
        return DrawnBlock(self._met_with_base(drawn), sample)

    def _certain(self, uncertain: Uncertain) -> float:
        return self._distributions[uncertain.driver].expectation()

    def _levels(self, path: UncertainPath, shocks: Array, switches: Array | None) -> Array:
        """Return the levels of a path; divided by their expectation when they are to be centred on the base
        row."""
        process = self._processes[path.driver]
        start = float(self.base[path.driver][0, 0]) if process.start is None else process.start
        years = self.inputs.timeline.years
        levels = process.levels(start, years, shocks, switches)
        if path.centred:
            levels /= process.expected(start, years)[:, None]
        return levels

    def _met_with_base(self, drawn: dict[str, Array]) -> dict[str, Array]:
        """Return the drivers' rows: draws replace, multiply or are added to base rows that may hang on other
        draws."""
        effects = {u.driver: u.effect for u in self.spec.uncertain}
        effects |= {p.driver: Effect.MULTIPLY if p.centred else Effect.REPLACE for p in self.spec.paths}
        resolved: dict[str, Array] = {}
        for name, quantity in self.inputs.drivers.items():
            resolved[name] = row = resolve(quantity, resolved)
            if name in drawn:
                resolved[name] = _apply(effects[name], row, drawn[name])
        return {name: resolved[name] for name in drawn}


def _apply(effect: Effect, base: Array, draw: Array) -> Array:
    if effect is Effect.REPLACE:
        return draw
    return base * draw if effect is Effect.MULTIPLY else base + draw


def _persistent(shocks: Array, autocorrelation: float) -> Array:
    """Return standard normal rows whose neighbours have this correlation, in place of independent ones."""
    if autocorrelation:
        fresh = np.sqrt(1 - autocorrelation**2)
        for period in range(1, len(shocks)):
            shocks[period] *= fresh
            shocks[period] += autocorrelation * shocks[period - 1]
    return shocks
