"""Figures against NumPy and closed forms; no figure depends on the order in which trials came."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from app.engine.kinds import Tail
from app.engine.quantity import Array
from app.engine.simulation.ascending import Ascending
from app.engine.simulation.figures import (
    Figures,
    Request,
    figures,
    mean,
    quantile_errors,
    quantiles,
)
from app.engine.simulation.result import Exceedance, Histogram
from app.engine.simulation.statistics import shapes
from app.engine.simulation.streaming import OUTPUT_BINS, Ranges, StreamedRows

LEVELS = (0.05, 0.10, 0.50, 0.90)


def figured(ordered: Array, request: Request) -> Figures:
    return figures(Ascending.joined([ordered]), [request])[0][0]


def shape(ordered: Array) -> tuple[Histogram, tuple[Exceedance, ...]]:
    (found,) = shapes(Ascending.joined([ordered]))
    return found


@pytest.fixture
def sample() -> Array:
    return np.random.default_rng(4).gamma(2.0, 3.0, 20_000) - 2.0


def test_figures_are_those_of_numpy(sample: Array) -> None:
    found = figured(np.sort(sample), Request(LEVELS, (1.0,), 0.05)).values
    assert found[Figures.MEAN] == pytest.approx(sample.mean())
    assert found[Figures.SD] == pytest.approx(sample.std(ddof=1))
    assert found[Figures.SKEWNESS] == pytest.approx(scipy.stats.skew(sample), rel=1e-3)
    assert found[6:10] == pytest.approx(np.quantile(sample, LEVELS))
    assert found[Figures.LOSS] == pytest.approx(np.mean(sample < 0))
    assert found[10] == pytest.approx(np.mean(sample < 1))
    assert found[Figures.VALUE_AT_RISK] == pytest.approx(np.quantile(sample, 0.05))
    assert found[Figures.CONDITIONAL] == pytest.approx(np.sort(sample)[:1000].mean())


def test_the_bad_end_may_be_the_high_one(sample: Array) -> None:
    low = figured(np.sort(-sample), Request(LEVELS, (), 0.05, Tail.LOW)).values
    high = figured(np.sort(sample), Request(LEVELS, (), 0.05, Tail.HIGH)).values
    assert high[Figures.VALUE_AT_RISK] == pytest.approx(-low[Figures.VALUE_AT_RISK])
    assert high[Figures.CONDITIONAL] == pytest.approx(-low[Figures.CONDITIONAL])
    assert high[Figures.CONDITIONAL] > high[Figures.VALUE_AT_RISK] > high[Figures.MEAN]


def test_errors_are_the_spread_of_repeated_samples() -> None:
    rng = np.random.default_rng(5)
    request = Request(LEVELS, (1.0,), 0.05)
    found = [figured(np.sort(rng.gamma(2.0, 3.0, 2000)), request) for _ in range(400)]
    spread = np.std([each.values for each in found], axis=0)
    stated = np.mean([each.errors for each in found], axis=0)
    certain = [Figures.SKEWNESS, Figures.LOSS]  # stated for a normal output; never a loss
    checked = np.delete(np.arange(len(spread)), certain)
    assert stated[checked] == pytest.approx(spread[checked], rel=0.2)


def test_permuting_trials_changes_no_bit(sample: Array) -> None:
    other = np.random.default_rng(6).permutation(sample)
    request = Request(LEVELS, (1.0,), 0.05)
    one, two = figured(np.sort(sample), request), figured(np.sort(other), request)
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.errors, two.errors)
    assert shape(np.sort(sample)) == shape(np.sort(other))


@pytest.mark.parametrize("value", [0.1, -1e9 / 3, 0.0])
def test_equal_trials_have_exactly_that_value(value: float) -> None:
    found = figured(np.full(12_345, value), Request(LEVELS, (), 0.05))
    exact = [Figures.MEAN, Figures.VALUE_AT_RISK, Figures.CONDITIONAL, 6, 7, 8, 9]
    assert all(found.values[index] == value for index in exact)
    assert found.values[Figures.SD] == 0
    assert not found.errors.any()


def test_a_single_trial_has_figured() -> None:
    found = figured(np.array([3.0]), Request(LEVELS, (), 0.05))
    assert found.values[Figures.MEAN] == 3
    assert list(quantiles(np.array([3.0]), LEVELS)) == [3, 3, 3, 3]


def test_the_mean_of_large_numbers_loses_nothing() -> None:
    assert mean(1e15 + np.arange(1001.0)) == 1e15 + 500


def test_quantile_errors_follow_the_binomial() -> None:
    ordered = scipy.stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    exact = np.sqrt(0.05 * 0.95 / 100_000) / scipy.stats.norm.pdf(scipy.stats.norm.ppf(0.05))
    assert quantile_errors(ordered, [0.05])[0] == pytest.approx(exact, rel=0.01)
    assert quantile_errors(ordered, [0.05], weight=4.0)[0] == pytest.approx(exact / 2, rel=0.01)


def test_replicates_give_the_error_of_their_mean() -> None:
    rng = np.random.default_rng(11)
    parts = [np.sort(rng.standard_normal(count)) for count in (50, 51, 50, 51, 40)]
    whole = np.sort(np.concatenate(parts))
    request = Request(LEVELS, (0.5,), 0.05)
    ((found, _),) = figures(Ascending.joined([whole, *parts]), [request], len(parts))
    assert np.array_equal(found.values, figured(whole, request).values)
    each = [figured(part, request).values for part in parts]
    assert found.errors == pytest.approx(np.std(each, axis=0, ddof=1) / np.sqrt(5))
    ((alone, _),) = figures(Ascending.joined([whole, parts[0]]), [request], 1)
    assert np.isnan(alone.errors).all()


def test_rows_behind_the_scramblings_stand_in_a_table() -> None:
    rng = np.random.default_rng(12)
    whole, *early = (np.sort(rng.standard_normal(count)) for count in (90, 30, 60))
    parts = [whole[::2], np.empty(0), whole[1::2]]
    request = Request(LEVELS, (), 0.05)
    rows = Ascending.joined([whole, *parts, early[0], np.empty(0), early[1]])
    ((found, others),) = figures(rows, [request], len(parts))
    ((without, _),) = figures(Ascending.joined([whole, *parts]), [request], 3)
    assert np.array_equal(found.errors, without.errors)
    assert np.array_equal(others, [figured(row, request).values for row in early])


@pytest.mark.parametrize("hands", [None, 4])
def test_outputs_are_the_same_side_by_side_and_one_by_one(hands: int | None) -> None:
    rng = np.random.default_rng(13)
    outputs = rng.normal(size=(4, 90)) * [[1.0], [1e9], [0.0], [-3.0]]
    outputs[1, ::4], outputs[3, :70] = np.nan, np.nan
    requests = [Request(LEVELS, (0.5,), 0.05, side) for side in (Tail.LOW, Tail.HIGH, Tail.LOW, Tail.HIGH)]
    lengths = (8, 64)
    rows = Ascending.dealt(outputs, hands or 0, lengths)
    each = len(rows) // 4
    drawn = shapes(rows.at(slice(None, None, each)))
    for index, (found, early) in enumerate(figures(rows, requests, hands)):
        own = Ascending.dealt(outputs[index : index + 1], hands or 0, lengths)
        assert list(map(list, own)) == list(map(list, rows))[index * each :][:each]
        ((alone, early_alone),) = figures(own, [requests[index]], hands)
        assert np.array_equal(found.values, alone.values)
        assert np.array_equal(found.errors, alone.errors, equal_nan=True)
        assert np.array_equal(early, early_alone)
        assert [drawn[index]] == shapes(own.at([0]))


def test_a_histogram_holds_every_trial(sample: Array) -> None:
    found, _ = shape(np.sort(sample))
    assert sum(found.counts) + found.below + found.above == len(sample)
    assert found.below == pytest.approx(20, abs=1)
    inside = sample[(sample >= found.edges[0]) & (sample <= found.edges[-1])]
    assert list(found.counts) == list(np.histogram(inside, found.edges)[0])


def test_the_exceedance_curve_falls_from_certain_to_impossible(sample: Array) -> None:
    _, found = shape(np.sort(sample))
    assert (found[0].probability, found[-1].probability) == (1, 0)
    middle = found[50]
    assert np.mean(sample > middle.value) == pytest.approx(middle.probability, abs=1e-4)


def test_streamed_quantiles_are_close_to_exact_ones() -> None:
    rows = np.random.default_rng(7).lognormal(0, 0.5, (2, 100_000))
    rows[1, ::10] = np.nan
    streamed = StreamedRows(Ranges.around(rows[:, :8192], OUTPUT_BINS))
    for first in range(0, 100_000, 8192):
        streamed.add(rows[:, first : first + 8192])
    for index, row in enumerate(rows):
        kept = row[~np.isnan(row)]
        found = streamed.quantiles(index, np.array([0.0, 0.05, 0.5, 0.95, 1.0]))
        assert found == pytest.approx(np.quantile(kept, [0.0, 0.05, 0.5, 0.95, 1.0]), rel=1e-3)
        condensed, weight = streamed.condensed(index)
        assert len(condensed) * weight == pytest.approx(len(kept))
        assert mean(condensed) == pytest.approx(kept.mean(), rel=1e-4)
        assert np.std(condensed) == pytest.approx(np.std(kept), rel=1e-3)
