"""Figures, ranks and effects of drivers, with the library and without it: the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.kinds import Tail
from app.engine.native import statistics as native, without_library
from app.engine.quantity import Array
from app.engine.simulation.ascending import Ascending
from app.engine.simulation.attribution import Ranked, Sample, in_order
from app.engine.simulation.figures import Request, table
from tests.engine.native.library import needs_library

#: Around the lengths at which a sum by halves changes its course.
LENGTHS = (1, 2, 7, 8, 9, 127, 128, 129, 136, 257, 1000, 5003)


def rows_of_all_kinds() -> list[Array]:
    rng = np.random.default_rng(12)
    rows = [np.sort(rng.normal(size=length) * 1e8) for length in LENGTHS]
    rows += [np.sort(rng.normal(size=300).round(1)), np.full(200, 0.1), np.zeros(40), np.full(30, -0.0)]
    rows += [np.sort(np.append(rng.normal(size=150), [np.inf, -np.inf])), np.repeat([-1.7e308, 1.7e308], 45)]
    return rows


@needs_library
@pytest.mark.parametrize("side", Tail)
@pytest.mark.parametrize(("weight", "lost"), [(1.0, 1), (3.7, 0)])
def test_figures_have_the_same_bits(side: Tail, weight: float, lost: int) -> None:
    request = Request((0.05, 0.1, 0.5, 0.9), (-1e8, 0.3, 2e7), 0.05, weight=weight, lost=lost)
    rows = Ascending.joined(rows_of_all_kinds())
    high = (np.arange(len(rows)) % 3 == 0) ^ (side is Tail.HIGH)
    with np.errstate(all="ignore"):
        found = table(rows, request, high)
        with without_library():
            expected = table(rows, request, high)
    assert found.tobytes() == expected.tobytes()


@needs_library
@pytest.mark.parametrize("count", [100, 129, 1000, 4097])
@pytest.mark.parametrize("drivers", [1, 2, 3, 13])
@pytest.mark.parametrize("side", Tail)
def test_drivers_of_an_output_are_equal(drivers: int, count: int, side: Tail) -> None:
    rng = np.random.default_rng(drivers * count)
    rows = rng.normal(size=(drivers, count)).astype(np.float32)
    rows[-1, ::3] = 0.5
    rows[drivers // 2] = rows[drivers // 2].round(1)
    output = rng.normal(size=count) + rows.sum(axis=0)
    missing = np.where(rng.random(count) < 0.2, np.nan, output)
    names = tuple(map(str, range(drivers)))

    outputs = np.array([output, missing, output.round(), missing * -2])
    sides = [side, side, Tail.LOW, Tail.HIGH]

    def found() -> object:
        return Sample(names, rows).attribute(["npv", "irr", "life", "aisc"], outputs, 0.05, sides)

    with without_library():
        expected = found()
    assert found() == expected


@needs_library
def test_equal_and_nearly_equal_values_are_put_in_the_same_order() -> None:
    rng = np.random.default_rng(5)
    rows = np.stack(
        [
            rng.normal(size=3000),
            rng.normal(size=3000).round(1),
            np.where(rng.random(3000) < 0.5, 0.0, -0.0),
            rng.permutation(1 + np.arange(3000) * 1e-14),  # differ in the lower half of their bits only
            rng.choice([np.inf, -np.inf, 1e-310, -1e-310], 3000),
        ]
    )
    for some in (rows, rows[:3], rows[3:4], rows[4:]):
        order, fresh = in_order(some)
        with without_library():
            expected, expected_fresh = in_order(some)
        assert np.array_equal(order, expected)
        assert np.array_equal(order, np.argsort(some, axis=1, kind="stable"))
        assert np.array_equal(fresh, expected_fresh)


@needs_library
def test_nothing_is_used_where_numpy_adds_in_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(1).normal(size=(2, 500))
    assert native.in_order(rows) is not None
    monkeypatch.setattr(native, "_adds_as_numpy_does", lambda _kernel: False)
    assert native.in_order(rows) is None
    assert native.ranked(rows, in_order(rows)) is None


@needs_library
def test_what_does_not_fit_is_refused() -> None:
    ranked = Ranked.of(np.random.default_rng(1).normal(size=(2, 500)))
    with pytest.raises(ValueError, match="order"):
        native.ranked(ranked.values[:, :400].copy(), (ranked.order, ranked.fresh))
    with pytest.raises(ValueError, match="selection"):
        native.among(ranked.values, (ranked.order, ranked.fresh), np.ones(400, dtype=np.bool_))
    known = ranked.values, ranked.scaled, ranked.ranks, ranked.order
    inside = 4, (0, 10, 5, 500)
    low, both = np.zeros(1, dtype=np.bool_), np.zeros(2, dtype=np.bool_)
    for outputs, high in ((np.zeros((1, 400)), low), (np.zeros((1, 500)), both)):
        with pytest.raises(ValueError, match="fit each other"):
            native.columns(known, outputs, inside, (25, high))
    for spread, worst in (((4, (0, 10, 5, 501)), 25), ((0, inside[1]), 25), (inside, 501)):
        with pytest.raises(ValueError, match="bins"):
            native.columns(known, ranked.values[:1], spread, (worst, low))
    whole = np.arange(4.0)
    for begin, count, high in ((0, 0, low), (1, 4, low), (-1, 2, low), (0, 4, both)):
        places = np.array([begin]), np.array([count])
        with pytest.raises(ValueError, match="rows do not fit"):
            native.figures((whole, *places), high, (0.05, 1.0, 1.0), np.array([0.5]), np.empty(0))


@pytest.mark.parametrize("count", [1, 15, 16, 17, 100, 4096])
@pytest.mark.parametrize("hands", [0, 1, 2, 16])
def test_rows_that_are_dealt_are_those_of_a_plain_sort(count: int, hands: int) -> None:
    rows = np.random.default_rng(count).normal(size=(2, count))
    rows[0, ::5] = np.nan
    lengths = [length for length in (1, 8, 64) if length <= count]
    found = list(Ascending.dealt(rows, hands, lengths))
    expected = [
        part
        for row in rows
        for part in (
            row,
            *(row[hand::hands] for hand in range(hands)),
            *(row[:length] for length in lengths),
        )
    ]
    for one, other in zip(found, expected, strict=True):
        assert one.tolist() == sorted(other[~np.isnan(other)].tolist())
