"""Capacity rules: hand vectors, units, and the slips that circulate."""

from __future__ import annotations

import pytest

from app.engine.capacity import (
    ACCURACY,
    CAMM,
    FEET_PER_METRE,
    O_HARA,
    Ton,
    camm,
    long_capacity,
    o_hara,
    open_pit,
    six_tenths,
    taylor_capacity,
    taylor_life,
)

SHORT_PER_METRIC = 1 / 0.90718474


def test_taylor_hand_vector() -> None:
    assert taylor_life(50e6, Ton.METRIC) == pytest.approx(17.2, abs=0.05)
    assert taylor_capacity(50e6 * SHORT_PER_METRIC, Ton.SHORT) == pytest.approx(9138, abs=0.5)
    assert taylor_capacity(50e6, Ton.METRIC) == pytest.approx(9138 / SHORT_PER_METRIC, abs=0.5)
    assert taylor_life(50e6, Ton.METRIC) == pytest.approx(6.5 * 50**0.25, rel=4e-3)
    assert taylor_capacity(50e6, Ton.METRIC, 360) < taylor_capacity(50e6, Ton.METRIC)


def test_six_tenths() -> None:
    assert six_tenths(100, 1, 2) == pytest.approx(151.6, abs=0.05)
    assert six_tenths(100, 10_000, 5_000, 0.7) == pytest.approx(100 * 0.5**0.7)


@pytest.mark.parametrize("system", sorted(CAMM))
def test_every_system_says_its_units_and_accuracy(system: str) -> None:
    estimate = camm(system, 1000, Ton.METRIC)
    assert estimate.capacity_st_per_day == pytest.approx(1102.3113)
    assert estimate.operating_per_t == pytest.approx(estimate.operating_per_st * SHORT_PER_METRIC)
    assert estimate.capital > 0
    assert estimate.accuracy == ACCURACY
    assert estimate.price_base == "US$ of 1989"
    same = camm(system, 1000 * SHORT_PER_METRIC, Ton.SHORT)
    assert same.capital == pytest.approx(estimate.capital)


def test_the_open_pit_lines_do_not_meet() -> None:
    small, large = camm("open_pit_small", 20_000, Ton.SHORT), camm("open_pit_large", 20_000, Ton.SHORT)
    assert small.capital / 1e6 == pytest.approx(26.3, abs=0.05)
    assert large.capital / 1e6 == pytest.approx(23.5, abs=0.05)
    assert (open_pit(19_999.9), open_pit(20_000)) == ("open_pit_small", "open_pit_large")
    assert small.doubts
    assert not large.doubts


def test_the_shaft_adds_capacity_and_depth() -> None:
    without = camm("block_caving", 10_000, Ton.SHORT)
    deep = camm("block_caving", 10_000, Ton.SHORT, shaft_depth_m=600)
    assert without.capital == pytest.approx(64_800 * 10_000**0.759 + 371 * 10_000)
    assert deep.capital - without.capital == pytest.approx(180 * 600 * FEET_PER_METRE * 10_000**0.404)
    assert camm("shrinkage", 1000, Ton.SHORT, shaft_depth_m=600).doubts


def test_slips_in_circulation_are_left_out_and_doubts_are_told() -> None:
    assert CAMM["cut_and_fill"].capital.exponent != CAMM["room_and_pillar"].capital.exponent
    assert CAMM["flotation_3"].capital.exponent == 0.703
    for system in ("cut_and_fill", "flotation_1", "flotation_3", "cip"):
        assert camm(system, 1000, Ton.SHORT).doubts
    assert not camm("heap_leach", 1000, Ton.SHORT).doubts


def test_index_and_place() -> None:
    base = camm("cip", 2000, Ton.SHORT)
    moved = camm("cip", 2000, Ton.SHORT, index_ratio=1.26, location=1.8)
    assert moved.capital == pytest.approx(base.capital * 1.26 * 1.8)
    assert moved.operating_per_st == pytest.approx(base.operating_per_st * 1.26 * 1.8)
    assert moved.price_base.endswith("2.268")


@pytest.mark.parametrize(("kind", "factor"), [("open_pit", 400_000), ("underground", 800_000)])
def test_o_hara_prices_mine_and_mill_by_short_tons_milled(kind: str, factor: float) -> None:
    estimate = o_hara(kind, 5_000, Ton.METRIC, index_ratio=4.2, location=1.1)
    assert estimate.capital == pytest.approx(factor * (5_000 * SHORT_PER_METRIC) ** 0.6 * 4.2 * 1.1)
    assert (estimate.accuracy, estimate.price_base) == (ACCURACY, "C$ of 1978 × 4.62")
    assert o_hara(kind, 5_000, Ton.SHORT).price_base == "C$ of 1978"
    assert any("crude" in doubt for doubt in estimate.doubts)
    assert set(O_HARA) == {"open_pit", "underground"}


def test_capacity_follows_the_reserve_less_than_in_proportion() -> None:
    assert long_capacity(10_000, 50e6, 50e6) == 10_000
    assert long_capacity(10_000, 50e6, 100e6) == pytest.approx(10_000 * 2**0.56)
    assert long_capacity(10_000, 50e6, 100e6, "open_pit_or_block_caving") == pytest.approx(10_000 * 2**0.65)
