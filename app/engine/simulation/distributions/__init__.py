"""The distribution families a driver may have. A new one is a class beside the others and an entry here."""

from __future__ import annotations

from app.engine.kinds import DistributionFamily, ParameterUnit
from app.engine.simulation.distributions.bounded import (
    Beta,
    Pert,
    Triangular,
    TriangularP10P90,
    Uniform,
)
from app.engine.simulation.distributions.data import Cumulative, Discrete, Empirical, Fixed
from app.engine.simulation.distributions.family import Distribution, Family
from app.engine.simulation.distributions.unbounded import (
    Gamma,
    LogNormal,
    LogNormalP10P90,
    Normal,
    TruncatedNormal,
    Weibull,
)
from app.engine.simulation.parameters import Parameter, Parameters

DRIVER, NUMBER, FRACTION = ParameterUnit.DRIVER, ParameterUnit.NUMBER, ParameterUnit.FRACTION

MIN = Parameter("min", "Minimum", DRIVER, "No value is smaller.")
MODE = Parameter("mode", "Most likely", DRIVER, "Where the density is highest.")
MAX = Parameter("max", "Maximum", DRIVER, "No value is larger.")
MEAN = Parameter("mean", "Mean", DRIVER, "Expected value.")
SD = Parameter("sd", "Standard deviation", DRIVER, "Spread around the mean, greater than zero.")
P10 = Parameter("p10", "P10", DRIVER, "One value in ten is smaller.")
P90 = Parameter("p90", "P90", DRIVER, "One value in ten is larger.")
SHAPE = Parameter("shape", "Shape", NUMBER, "Greater than zero.")
SCALE = Parameter("scale", "Scale", DRIVER, "Stretches the distribution, greater than zero.")
LOCATION = Parameter("location", "Location", DRIVER, "Moves the distribution; its lower end.", default=0.0)
VALUES = Parameter("values", "Values", DRIVER, "The values it may take.", many=True)
OBSERVATIONS = Parameter("values", "Observations", DRIVER, "What was observed, in any order.", many=True)

DISTRIBUTIONS: dict[DistributionFamily, Family] = {
    DistributionFamily.FIXED: Family(
        "Fixed", "One certain value.", (Parameter("value", "Value", DRIVER, "The value."),), Fixed
    ),
    DistributionFamily.UNIFORM: Family("Uniform", "Only the limits are known.", (MIN, MAX), Uniform),
    DistributionFamily.TRIANGULAR: Family(
        "Triangular",
        "Smallest, most likely and largest value; the limits must be absolute.",
        (MIN, MODE, MAX),
        Triangular,
    ),
    DistributionFamily.TRIANGULAR_P10_P90: Family(
        "Triangular by percentiles",
        "Most likely value, and the limits that one case in ten passes on either side.",
        (P10, MODE, P90),
        TriangularP10P90,
    ),
    DistributionFamily.PERT: Family(
        "PERT",
        "Smooth, by smallest, most likely and largest value; a larger shape narrows it.",
        (
            MIN,
            MODE,
            MAX,
            Parameter("shape", "Shape", NUMBER, "Weight of the most likely value.", default=4.0),
        ),
        Pert,
    ),
    DistributionFamily.NORMAL: Family("Normal", "Symmetric, without limits.", (MEAN, SD), Normal),
    DistributionFamily.TRUNCATED_NORMAL: Family(
        "Truncated normal",
        "Normal between limits; mean and standard deviation are those before truncation.",
        (MEAN, SD, MIN, MAX),
        TruncatedNormal,
    ),
    DistributionFamily.LOGNORMAL: Family(
        "Lognormal", "Positive and skewed, by its own mean and standard deviation.", (MEAN, SD), LogNormal
    ),
    DistributionFamily.LOGNORMAL_P10_P90: Family(
        "Lognormal by percentiles", "Positive and skewed, by P10 and P90.", (P10, P90), LogNormalP10P90
    ),
    DistributionFamily.BETA: Family(
        "Beta",
        "Between limits, with two shapes.",
        (
            Parameter("alpha", "Alpha", NUMBER, "First shape, greater than zero."),
            Parameter("beta", "Beta", NUMBER, "Second shape, greater than zero."),
            Parameter("min", "Minimum", DRIVER, "No value is smaller.", default=0.0),
            Parameter("max", "Maximum", DRIVER, "No value is larger.", default=1.0),
        ),
        Beta,
    ),
    DistributionFamily.GAMMA: Family("Gamma", "Positive and skewed.", (SHAPE, SCALE, LOCATION), Gamma),
    DistributionFamily.WEIBULL: Family(
        "Weibull", "Life of components, wind, wear.", (SHAPE, SCALE, LOCATION), Weibull
    ),
    DistributionFamily.DISCRETE: Family(
        "Discrete",
        "Some values, each with its probability.",
        (VALUES, Parameter("weights", "Probabilities", FRACTION, "One per value, summing to 1.", many=True)),
        Discrete,
    ),
    DistributionFamily.EMPIRICAL: Family(
        "Empirical", "As observed, linear between the observations.", (OBSERVATIONS,), Empirical
    ),
    DistributionFamily.CUMULATIVE: Family(
        "Cumulative",
        "A cumulative curve through points.",
        (
            Parameter("values", "Values", DRIVER, "Ascending.", many=True),
            Parameter(
                "weights",
                "Cumulative probabilities",
                FRACTION,
                "Probability of staying at or below each value, from 0 to 1.",
                many=True,
            ),
        ),
        Cumulative,
    ),
}


def build(family: DistributionFamily, parameters: Parameters) -> Distribution:
    """Return a distribution from checked parameters.

    >>> build(DistributionFamily.PERT, {"min": 60, "mode": 100, "max": 170}).expectation()
    105.0
    """
    return DISTRIBUTIONS[family].build(parameters)


__all__ = ["DISTRIBUTIONS", "Distribution", "Family", "Parameter", "build"]
