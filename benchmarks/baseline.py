"""What a competent analyst writes for the reference model without this engine: arrays of (trials,
periods), the ppfs of scipy.stats, pyxirr for each row. Same inputs, same equations, same figures."""

from __future__ import annotations

import numpy as np
import pyxirr
from numpy.typing import NDArray
from scipy import stats

from benchmarks.reference import OUNCE, PAIRS, PATHS, PRICE, UNCERTAIN

Array = NDArray[np.float64]
NAMES = [u.driver for u in UNCERTAIN]
BUILDING = np.array([1.0, 1.0] + [0.0] * 18)
PRODUCING = 1 - BUILDING
ORE = np.array([0, 0, 3.0] + [5.0] * 16 + [2.5]) * 1e6


def marginals() -> list[object]:
    """Return the twelve distributions of the reference model from scipy.stats, in its order."""

    def pert(low: float, mode: float, high: float) -> object:
        rise = 4 * (mode - low) / (high - low)
        return stats.beta(1 + rise, 5 - rise, low, high - low)

    def lognormal(mean: float, sd: float) -> object:
        variance = np.log1p((sd / mean) ** 2)
        return stats.lognorm(np.sqrt(variance), scale=mean * np.exp(-variance / 2))

    spread = np.log(1.15 / 0.88) / (2 * stats.norm.ppf(0.9))
    low, high = 0.7726080824, 1.4862966269  # the triangle whose P10, mode and P90 are 0.9, 1.0 and 1.3
    return [
        pert(0.85, 1.0, 1.08),
        stats.truncnorm(-0.25 / 0.08, 0.25 / 0.08, 1.0, 0.08),
        pert(0.84, 0.91, 0.94),
        stats.triang(0.1 / 0.35, 0.9, 0.35),
        lognormal(1.0, 0.10),
        stats.lognorm(spread, scale=np.sqrt(0.88 * 1.15)),
        stats.uniform(0.92, 0.20),
        stats.gamma(16.0, scale=1 / 16),
        pert(0.9, 1.05, 1.6),
        stats.triang((1.0 - low) / (high - low), low, high - low),
        stats.weibull_min(3.0, scale=1.1),
        stats.beta(2.0, 3.0, 0.8, 0.6),
    ]


def sample(trials: int, seed: int) -> tuple[dict[str, Array], Array]:
    """Return the inputs `(trials,)` by name and the price `(trials, 20)`, Gaussian copula."""
    rng = np.random.default_rng(seed)
    names = [*NAMES, "price"]
    matrix = np.eye(len(names))
    for (first, second), rho in PAIRS.items():
        i, j = names.index(first), names.index(second)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rho / 6)
    z = rng.standard_normal((trials, len(names))) @ np.linalg.cholesky(matrix).T
    u = stats.norm.cdf(z[:, :-1])
    inputs = {name: m.ppf(u[:, i]) for i, (name, m) in enumerate(zip(NAMES, marginals(), strict=True))}
    shocks = rng.standard_normal((trials, 20))
    shocks += (z[:, -1] / np.sqrt(20) - shocks.mean(axis=1))[:, None]
    return inputs, price(shocks)


def price(shocks: Array) -> Array:
    """Return the mean-reverting price, centred on the deck, `(trials, 20)`."""
    terms = PATHS[0].parameters
    kappa, sigma = float(str(terms["reversion"])), float(str(terms["volatility"]))
    keep, spread = np.exp(-kappa), sigma * np.sqrt((1 - np.exp(-2 * kappa)) / (2 * kappa))
    path = np.zeros_like(shocks)
    previous = np.zeros(len(shocks))
    for year in range(20):
        previous = path[:, year] = keep * previous + spread * shocks[:, year]
    variance = sigma**2 * (1 - np.exp(-2 * kappa * np.arange(1, 21))) / (2 * kappa)
    return PRICE * np.exp(path - variance / 2)


def cash_flow(x: dict[str, Array], price: Array) -> dict[str, Array]:
    """Return the rows of the reference model, `(trials, 20)`."""
    column = {name: values[:, None] for name, values in x.items()}
    ore = column["ore"] * ORE
    moved = ore + column["strip"] * 3.0 * ORE
    payable = ore * 1.4e-6 * column["grade"] * column["recovery"] * 0.9985
    revenue = payable * price
    refining = payable * 8 * OUNCE * column["refining"]
    opex = moved * (2.3 * column["mining_cost"] + 0.6 * column["diesel"])
    opex = opex + ore * 11.5 * column["processing_cost"] + 14e6 * PRODUCING * column["site_cost"]
    plant, mine = 210e6 * BUILDING * column["capital"], 60e6 * BUILDING * column["capital"]
    sustaining = 9e6 * PRODUCING * column["sustaining"]
    closure = 45e6 * np.eye(1, 20, 19) * column["closure"]
    royalty = 0.03 * (revenue - refining)
    depreciation = (
        _straight_line(plant + sustaining, 8) + mine.sum(axis=1)[:, None] * ore / ore.sum(axis=1)[:, None]
    )
    capital = revenue * 20 / 365 + opex * (30 - 35) / 365
    capital[:, -1] = 0
    change = np.diff(capital, axis=1, prepend=0)
    margin = revenue - refining - royalty - opex
    tax = _tax(margin - depreciation - closure)
    flow = margin - plant - mine - sustaining - closure - change - tax
    cost = opex + refining + royalty + sustaining + closure
    return {"flow": flow, "aisc": cost.sum(axis=1) / payable.sum(axis=1)}


def _straight_line(spent: Array, life: int) -> Array:
    """Return the charge of an eighth a year from the later of the spend and the third year; the rest at
    the end."""
    placed = spent.copy()
    placed[:, 2] += placed[:, :2].sum(axis=1)
    placed[:, :2] = 0
    charge = np.zeros_like(spent)
    for year in range(2, 20):
        charge[:, year : year + life] += placed[:, year : year + 1] / life
    charge[:, -1] += placed.sum(axis=1) - charge.sum(axis=1)
    return charge


def _tax(income: Array) -> Array:
    """Return 28 % of income after losses carried forward."""
    tax, pool = np.zeros_like(income), np.zeros(len(income))
    for year in range(income.shape[1]):
        used = np.minimum(pool, np.maximum(income[:, year], 0))
        pool += np.maximum(-income[:, year], 0) - used
        tax[:, year] = 0.28 * (np.maximum(income[:, year], 0) - used)
    return tax


def figures(x: dict[str, Array], rows: dict[str, Array]) -> dict[str, Array]:
    """Return NPV, IRR and payback of every trial, percentiles, CVaR, fan and rank correlations."""
    flow = rows["flow"]
    npv = flow @ (1.08 ** -(np.arange(20) + 0.5))
    irr = np.array([pyxirr.irr(row, silent=True) or np.nan for row in flow])
    cumulative = flow.cumsum(axis=1)
    back = (cumulative >= 0) & (np.minimum.accumulate(cumulative, axis=1) < 0)
    payback = np.where(back.any(axis=1), back.argmax(axis=1), np.nan)
    levels = [5, 10, 25, 50, 75, 90, 95]
    result = {"npv": npv, "irr": irr, "fan": np.percentile(cumulative, levels, axis=0)}
    for values in (npv, irr, payback, rows["aisc"]):
        kept = values[np.isfinite(values)]
        cut = np.percentile(kept, levels)
        np.histogram(kept, 50)
        kept[kept <= cut[0]].mean()
    result["spearman"] = np.array([stats.spearmanr(values, npv)[0] for values in x.values()])
    return result


def run(trials: int, seed: int = 1) -> dict[str, Array]:
    """Return the figures of a whole run."""
    x, prices = sample(trials, seed)
    return figures(x, cash_flow(x, prices))
