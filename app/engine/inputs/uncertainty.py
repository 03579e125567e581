"""Which drivers are uncertain, how they move together, and how many trials to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.kinds import Copula, DistributionFamily, Draw, Effect, PriceProcess, Sampler


@dataclass(frozen=True, slots=True)
class Uncertain:
    """One driver's distribution.

    parameters: by name, as the registry in `app.engine.simulation.distributions` lists them; `values` and
        `weights` of DISCRETE, EMPIRICAL and CUMULATIVE are tuples.
    effect: the draw replaces, multiplies or is added to the driver's base row.
    draw: once for the whole life or once a period; autocorrelation: between neighbouring periods [-1, 1].
    """

    driver: str
    family: DistributionFamily
    parameters: Mapping[str, float | tuple[float, ...]]
    effect: Effect = Effect.REPLACE
    draw: Draw = Draw.TRIAL
    autocorrelation: float = 0.0


@dataclass(frozen=True, slots=True)
class UncertainPath:
    """One driver's price or cost process.

    centred: the path is scaled so that its expectation is the driver's base row in every period.
    """

    driver: str
    process: PriceProcess
    parameters: Mapping[str, float | tuple[float, ...]]
    centred: bool = True


@dataclass(frozen=True, slots=True)
class Correlation:
    """Target Spearman rank correlation between drivers.

    pairs: ((driver, driver), rho); unnamed pairs are independent. degrees: of freedom of the t copula.
    """

    pairs: Mapping[tuple[str, str], float] = field(default_factory=dict)
    copula: Copula = Copula.GAUSSIAN
    degrees: float = 4.0


@dataclass(frozen=True, slots=True)
class SimulationSpec:
    """What to run.

    thresholds: KPI name → values whose probability of falling short is reported.
    replicates: independent scramblings of SOBOL, for its error estimate.
    stop_at: relative standard error of the chosen percentiles at which the run may stop early; None runs all
        trials.
    """

    trials: int
    seed: int
    uncertain: tuple[Uncertain, ...] = ()
    paths: tuple[UncertainPath, ...] = ()
    correlation: Correlation = field(default_factory=Correlation)
    sampler: Sampler = Sampler.SOBOL
    replicates: int = 16
    percentiles: tuple[float, ...] = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    tail: float = 0.05
    stop_at: float | None = None
    memory_limit: int = 1 << 30
