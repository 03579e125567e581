"""The price and cost processes a driver may follow. A new one is a class beside the others and an entry
here."""

from __future__ import annotations

from app.engine.kinds import ParameterUnit, PriceProcess
from app.engine.simulation.parameters import Parameter, Parameters
from app.engine.simulation.processes.bootstrap import Bootstrap
from app.engine.simulation.processes.diffusion import Autoregressive, GeometricBrownian, Schwartz
from app.engine.simulation.processes.process import Process, ProcessFamily
from app.engine.simulation.processes.regimes import RegimeSwitching

DRIVER, FRACTION, PER_YEAR = ParameterUnit.DRIVER, ParameterUnit.FRACTION, ParameterUnit.PER_YEAR

START = Parameter(
    "start", "Start", DRIVER, "Level now; the driver's first base value if not given.", optional=True
)
VOLATILITY = Parameter(
    "volatility", "Volatility", PER_YEAR, "Standard deviation of the logarithm after a year."
)
DRIFT = Parameter(
    "drift", "Drift", PER_YEAR, "Growth of the expectation, continuously compounded.", default=0.0
)

PROCESSES: dict[PriceProcess, ProcessFamily] = {
    PriceProcess.GBM: ProcessFamily(
        "Geometric Brownian motion",
        "Relative changes are independent; uncertainty grows without end.",
        (DRIFT, VOLATILITY, START),
        GeometricBrownian,
    ),
    PriceProcess.SCHWARTZ: ProcessFamily(
        "Mean-reverting (Schwartz one-factor)",
        "Prices return to a long-run level; customary for commodities.",
        (
            Parameter("reversion", "Reversion", PER_YEAR, "Speed of return; ln 2 over it is the half-life."),
            Parameter(
                "long_run", "Long-run level", DRIVER, "Its logarithm is the long-run mean of the log price."
            ),
            VOLATILITY,
            START,
        ),
        Schwartz,
    ),
    PriceProcess.AR1: ProcessFamily(
        "Autoregressive, first order",
        "Returns to a mean in its own unit; for costs and rates that move by amounts.",
        (
            Parameter("persistence", "Persistence", FRACTION, "Share of a deviation left a year later."),
            Parameter("mean", "Mean", DRIVER, "Level that it returns to."),
            Parameter("sd", "Standard deviation", DRIVER, "Of one year's shock."),
            START,
        ),
        Autoregressive,
    ),
    PriceProcess.REGIME: ProcessFamily(
        "Regime switching",
        "Calm and stressed times, each with its own drift and volatility.",
        (
            Parameter("drift_calm", "Drift, calm", PER_YEAR, "Growth in calm times.", default=0.0),
            Parameter("volatility_calm", "Volatility, calm", PER_YEAR, "In calm times."),
            Parameter("stay_calm", "Calm stays calm", FRACTION, "Probability of calm a year after calm."),
            Parameter(
                "drift_stressed", "Drift, stressed", PER_YEAR, "Growth in stressed times.", default=0.0
            ),
            Parameter("volatility_stressed", "Volatility, stressed", PER_YEAR, "In stressed times."),
            Parameter(
                "stay_stressed", "Stress stays", FRACTION, "Probability of stress a year after stress."
            ),
            START,
        ),
        RegimeSwitching,
        switches=True,
    ),
    PriceProcess.BOOTSTRAP: ProcessFamily(
        "Bootstrap of history",
        "Relative changes drawn from a price history.",
        (
            Parameter(
                "history", "Price history", DRIVER, "Prices in order, spaced like the periods.", many=True
            ),
            Parameter("per_year", "Prices per year", ParameterUnit.NUMBER, "1, 4 or 12.", default=1.0),
            START,
        ),
        Bootstrap,
    ),
}


def build(process: PriceProcess, parameters: Parameters) -> Process:
    """Return a process from checked parameters."""
    return PROCESSES[process].build(parameters)


__all__ = ["PROCESSES", "Process", "ProcessFamily", "build"]
