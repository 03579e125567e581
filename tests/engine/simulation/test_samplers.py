"""Points: their uniformity, their independence of who asks, and what the better ones are worth."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from app.engine.kinds import Sampler
from app.engine.quantity import Array
from app.engine.simulation import sobol
from app.engine.simulation.samplers import (
    SUB_BLOCK,
    LatinHypercubePoints,
    Points,
    normal_scores,
    points,
)


def everything(source: Points, trials: int) -> Array:
    starts = range(0, trials, SUB_BLOCK)
    return np.concatenate([source.block(first, min(SUB_BLOCK, trials - first)) for first in starts], axis=1)


def test_unscrambled_points_are_those_of_scipy() -> None:
    index = np.arange(512)
    gray = index ^ (index >> 1)
    mine = np.zeros((300, 512), dtype=np.uint32)
    for bit, column in enumerate(sobol.directions(300).T[:9]):
        mine ^= np.where(gray >> bit & 1, column[:, None], 0).astype(np.uint32)
    assert np.array_equal(mine.T / 2.0**32, scipy.stats.qmc.Sobol(300, scramble=False, bits=32).random(512))


def test_each_scrambling_is_a_net_and_differs_from_the_others() -> None:
    found = scipy.special.ndtr(everything(points(Sampler.SOBOL, 5, 6, 4096, 16), 4096))
    for replicate in range(16):
        own = found[:, replicate::16]
        for row in own:
            assert np.array_equal(np.sort((row * 256).astype(int)), np.arange(256))
        for first, second in ((0, 1), (2, 5)):
            cells = (own[first] * 16).astype(int) * 16 + (own[second] * 16).astype(int)
            assert len(np.unique(cells)) == 256
    assert not np.array_equal(found[:, 0::16], found[:, 1::16])


@pytest.mark.parametrize("trials", [7, 100, 1000, 8192, 20_000])
def test_a_latin_hypercube_has_one_point_in_each_stratum(trials: int) -> None:
    found = scipy.special.ndtr(everything(points(Sampler.LATIN_HYPERCUBE, 1, 3, trials, 1), trials))
    strata = np.arange(trials) / trials
    for row in np.sort(found, axis=1):
        assert np.all(row > strata - 1e-6)
        assert np.all(row < strata + 1 / trials + 1e-6)


def test_strata_of_different_dimensions_and_of_neighbouring_trials_are_unrelated() -> None:
    correlations = []
    for seed in range(40):
        source = LatinHypercubePoints(seed, 8, 1000)
        strata = np.array([source.strata(row, np.arange(1000, dtype=np.uint32)) for row in range(8)])
        together = np.vstack([strata, strata[:, np.r_[1:1000, 0]], np.arange(1000)])
        correlations += list(np.corrcoef(together)[np.triu_indices(17, 1)])
    scaled = np.array(correlations) * np.sqrt(999)
    assert 0.95 < scaled.std() < 1.06
    assert np.abs(scaled).max() < 6


@pytest.mark.parametrize("sampler", Sampler)
def test_the_marginals_are_standard_normal(sampler: Sampler) -> None:
    found = everything(points(sampler, 3, 4, 20_000, 16), 20_000)
    for row in found:
        assert scipy.stats.kstest(row, "norm").pvalue > 1e-3


@pytest.mark.parametrize("sampler", Sampler)
def test_another_seed_gives_other_points_and_the_same_seed_the_same(sampler: Sampler) -> None:
    def block(seed: int) -> Array:
        return points(sampler, seed, 3, 10_000, 16).block(SUB_BLOCK, 500)

    assert np.array_equal(block(1), block(1))
    assert not np.array_equal(block(1), block(2))


def test_replicates_need_not_divide_anything() -> None:
    found = scipy.special.ndtr(everything(points(Sampler.SOBOL, 1, 2, 10_000, 7), 10_000))
    own = found[0, 3::7]
    assert np.array_equal(np.sort((own[:1024] * 1024).astype(int)), np.arange(1024))


def test_scores_are_normal_quantiles() -> None:
    u = np.concatenate([np.linspace(1e-9, 0.03, 5000), np.linspace(0.01, 0.99, 5001), [1 - 1e-9]])
    assert np.max(np.abs(normal_scores(u[None, :].copy())[0] - scipy.special.ndtri(u))) < 5e-7


def rmse(sampler: Sampler, replicates: int = 16) -> float:
    """Error of the mean of a smooth function of eight variates over 4,096 trials."""
    exact = np.exp(8 * 0.2**2 / 2)
    errors = []
    for seed in range(20):
        z = points(sampler, seed, 8, 4096, replicates).block(0, 4096)
        errors.append(np.exp(0.2 * z.sum(axis=0)).mean() / exact - 1)
    return float(np.sqrt(np.mean(np.square(errors))))


def test_better_points_are_worth_their_name_on_a_smooth_function() -> None:
    plain, hypercube, nets = rmse(Sampler.PLAIN), rmse(Sampler.LATIN_HYPERCUBE), rmse(Sampler.SOBOL)
    assert plain / hypercube > 2
    assert plain / nets > 6
    assert plain / rmse(Sampler.SOBOL, replicates=1) > 15
