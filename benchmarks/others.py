"""The reference model in OpenTURNS and in monaco, as their manuals would have it."""

from __future__ import annotations

import logging
import warnings

import monaco
import numpy as np
import openturns as ot
import pyxirr
from numpy.typing import NDArray
from scipy import stats

from benchmarks.baseline import NAMES, cash_flow, marginals, price
from benchmarks.reference import PAIRS

Array = NDArray[np.float64]
FACTORS = 1.08 ** -(np.arange(20) + 0.5)


def correlation() -> Array:
    """Return the correlations of the normal variates, price last."""
    names = [*NAMES, "price"]
    matrix = np.eye(len(names))
    for (first, second), rho in PAIRS.items():
        i, j = names.index(first), names.index(second)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rho / 6)
    return matrix


def in_openturns(trials: int) -> dict[str, float]:
    """Return NPV percentiles: OpenTURNS draws all inputs with a normal copula, NumPy evaluates them."""
    low, high = 0.7726080824, 1.4862966269
    spread = np.log(1.15 / 0.88) / (2 * 1.2815515655446004)
    variance = np.log1p(0.01)

    def pert(a: float, m: float, b: float) -> ot.Distribution:
        rise = 4 * (m - a) / (b - a)
        return ot.Beta(1 + rise, 5 - rise, a, b)

    inputs = [
        pert(0.85, 1.0, 1.08),
        ot.TruncatedNormal(1.0, 0.08, 0.75, 1.25),
        pert(0.84, 0.91, 0.94),
        ot.Triangular(0.9, 1.0, 1.25),
        ot.LogNormal(-variance / 2, np.sqrt(variance), 0.0),
        ot.LogNormal(np.log(np.sqrt(0.88 * 1.15)), spread, 0.0),
        ot.Uniform(0.92, 1.12),
        ot.Gamma(16.0, 16.0, 0.0),
        pert(0.9, 1.05, 1.6),
        ot.Triangular(low, 1.0, high),
        ot.WeibullMin(1.1, 3.0, 0.0),
        ot.Beta(2.0, 3.0, 0.8, 1.4),
        ot.Normal(),
    ]
    copula = ot.NormalCopula(ot.CorrelationMatrix(len(inputs), correlation().ravel().tolist()))
    drawn = np.array(ot.JointDistribution(inputs, copula).getSample(trials))
    shocks = np.array(ot.Normal(20).getSample(trials))
    shocks += (drawn[:, -1] / np.sqrt(20) - shocks.mean(axis=1))[:, None]
    flow = cash_flow(dict(zip(NAMES, drawn.T, strict=False)), price(shocks))["flow"]
    npv = ot.Sample((flow @ FACTORS)[:, None])
    return {f"P{level}": npv.computeQuantilePerComponent(level / 100)[0] for level in (5, 50, 95)}


def in_monaco(trials: int) -> dict[str, float]:
    """Return NPV percentiles: monaco draws the inputs and calls the model case by case."""
    logging.disable(logging.CRITICAL)

    def prepare(case: monaco.Case) -> tuple[dict[str, float], Array]:
        values = {name: case.invals[name].val for name in NAMES}
        return values, np.array([[case.invals[f"shock {year}"].val for year in range(20)]])

    def evaluate(values: dict[str, float], shocks: Array) -> tuple[Array]:
        return (cash_flow({name: np.array([x]) for name, x in values.items()}, price(shocks))["flow"][0],)

    def figures(case: monaco.Case, flow: Array) -> None:
        case.addOutVal("npv", float(flow @ FACTORS))
        case.addOutVal("irr", pyxirr.irr(flow, silent=True) or float("nan"))

    functions = {"preprocess": prepare, "run": evaluate, "postprocess": figures}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sim = monaco.Sim(
            "reference",
            trials,
            functions,
            singlethreaded=True,
            verbose=False,
            debug=True,
            seed=1,
            savecasedata=False,
            savesimdata=False,
            samplemethod=monaco.SampleMethod.RANDOM,
        )
        for name, marginal in zip(NAMES, marginals(), strict=True):
            sim.addInVar(name, marginal.dist, dict(_keywords(marginal)))
        for year in range(20):
            sim.addInVar(f"shock {year}", stats.norm, {"loc": 0.0, "scale": 1.0})
        sim.runSim()
    npv = np.array(sim.outvars["npv"].nums)
    return {f"P{level}": float(np.percentile(npv, level)) for level in (5, 50, 95)}


def _keywords(marginal: object) -> dict[str, float]:
    names = (getattr(marginal.dist, "shapes", "") or "").replace(" ", "").split(",")  # type: ignore[attr-defined]
    names = [*(name for name in names if name), "loc", "scale"]
    return dict(zip(names, marginal.args, strict=False)) | marginal.kwds  # type: ignore[attr-defined]
