"""What a simulation found; plain frozen values that survive JSON to the last bit.

Those of which a result has hundreds are named tuples, which are made three times as quickly as dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from app.engine.kinds import Sampler, StopReason, Tail
from app.engine.simulation.codec import from_plain, to_plain
from app.engine.simulation.dependence import Repair


class Estimate(NamedTuple):
    """A figure and its standard error; None where there is none."""

    value: float | None
    error: float | None


class Percentile(NamedTuple):
    """level: fraction of trials at or below `value`."""

    level: float
    value: float
    error: float | None


class Probability(NamedTuple):
    """Of falling short of the threshold."""

    threshold: float
    probability: float
    error: float | None


@dataclass(frozen=True, slots=True)
class TailRisk:
    """The bad end of the distribution, in the output's own unit and sign: a negative NPV is a loss.

    side: which end is bad. level: the share of trials in it. value_at_risk: the value at its edge (the
    percentile). conditional: the mean beyond that edge, the expected shortfall.
    """

    side: Tail
    level: float
    value_at_risk: Estimate
    conditional: Estimate


@dataclass(frozen=True, slots=True)
class Histogram:
    """counts in bins between `edges`; below and above lie outside them (the outermost thousandth on either
    side)."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int
    above: int


class Exceedance(NamedTuple):
    """Probability that the output is larger than `value`."""

    value: float
    probability: float


class ConvergencePoint(NamedTuple):
    """Figures after the first `trials` trials; percentiles in the order of the specification."""

    trials: int
    mean: float
    percentiles: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OutputStatistics:
    """One output over all trials in which it is defined.

    undefined: number of trials without a value, by reason. base: the deterministic case, None where it is
    undefined. loss: probability of a value below zero. skewness: its error assumes a normal output.
    """

    key: str
    count: int
    undefined: dict[str, int]
    base: float | None
    mean: Estimate
    sd: Estimate
    skewness: Estimate
    minimum: float | None
    maximum: float | None
    percentiles: tuple[Percentile, ...]
    loss: Probability | None
    below: tuple[Probability, ...]
    tail: TailRisk | None
    histogram: Histogram | None
    exceedance: tuple[Exceedance, ...]
    convergence: tuple[ConvergencePoint, ...]

    @classmethod
    def empty(cls, key: str, undefined: dict[str, int], base: float | None) -> OutputStatistics:
        """Return the statistics of an output that no trial defines."""
        nothing = Estimate(None, None)
        return cls(
            key, 0, undefined, base, nothing, nothing, nothing, None, None, (), None, (), None, None, (), ()
        )

    def percentile(self, level: float) -> Percentile:
        """Return the percentile at one of the specification's levels; raises `KeyError` for another."""
        for percentile in self.percentiles:
            if percentile.level == level:
                return percentile
        raise KeyError(level)


@dataclass(frozen=True, slots=True)
class Fan:
    """One cash-flow line by period: `values[i]` is the row of percentile `levels[i]`, in the line's own
    unit."""

    line: str
    levels: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    mean: tuple[float, ...]


class DriverEffect(NamedTuple):
    """What one driver does to one output.

    spearman: rank correlation. regression: standardised coefficient. first_order: share of variance explained
    by this driver alone, its correlated companions included. low, high: mean output where the driver is
    around its P10 and P90. worst: mean of the driver among the trials in the output's bad tail; worst_shift:
    its distance from the overall mean in standard deviations of the driver.
    """

    driver: str
    spearman: float
    regression: float
    first_order: float
    low: float
    high: float
    worst: float
    worst_shift: float

    @property
    def swing(self) -> float:
        return abs(self.high - self.low)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Drivers of one output, the largest swing first, from its first `trials` trials. r_squared: of the
    regression."""

    key: str
    trials: int
    r_squared: float
    effects: tuple[DriverEffect, ...]


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """Everything a run found, with what is needed to repeat it.

    replicates: independent scramblings behind the errors, 1 where they follow from the spread of the trials.
    streamed: the run was larger than its memory limit, figures come from histograms of 16,384 bins.
    """

    engine_version: str
    seed: int
    sampler: Sampler
    replicates: int
    trials_requested: int
    trials_done: int
    stopped: StopReason
    streamed: bool
    outputs: dict[str, OutputStatistics]
    fans: dict[str, Fan]
    drivers: dict[str, Attribution]
    correlation: Repair

    def to_dict(self) -> dict[str, Any]:
        """Return dictionaries, lists, strings and numbers only; floats keep every bit through JSON."""
        return dict(to_plain(self))

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> SimulationResult:
        """Return the result that `to_dict` wrote; raises `TypeError`, `KeyError` or `ValueError` when it
        is not one."""
        return from_plain(cls, plain)
