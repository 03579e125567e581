"""The exponential function beside exact arithmetic, and its bits beside themselves."""

from __future__ import annotations

from decimal import Decimal
from math import inf, nextafter

import numpy as np
import pytest

from app.engine.exponential import exp
from app.engine.native import without_library
from tests.engine.last_place import farthest
from tests.engine.native.library import needs_library
from tests.thorough import some

SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308, 1.0, -1.0])
KNOWN = [
    "0x1.5bf0a8b14576ap+1",
    "0x1.78b56362cef38p-2",
    "0x1.1aec7b35a00d4p+0",
    "0x1.5829dcf950560p+14",
    "0x1.c758233102acep-434",
    "0x1.8625c7d4f56c2p+1010",
]
EDGES = np.array(
    [709.782712893384, 709.7827128933841, 710.0, 711.0, -708.4, -745.13, -745.14, -746.0, -747.0]
)


def numbers(count: int) -> np.ndarray:
    rng = np.random.default_rng(8)
    halves = (np.arange(-30, 30) + 0.5) * np.log(2)
    spread = [rng.uniform(-0.4, 0.4, count), rng.uniform(-745, 709, count), rng.normal(size=count) * 3]
    return np.concatenate([*spread, halves, np.nextafter(halves, 0), np.nextafter(halves, inf)])


def test_results_are_within_nine_tenths_of_a_unit_in_the_last_place() -> None:
    x = some(numbers(1500))
    assert farthest(Decimal.exp, x, exp(x)) < 0.9


def test_results_rise_where_their_argument_rises() -> None:
    x = np.sort(numbers(20_000))
    assert (np.diff(exp(x)) >= 0).all()


def test_the_ends_of_the_range_are_those_of_the_numbers() -> None:
    assert exp(SPECIAL)[1:5].tolist() == [inf, 0.0, 1.0, 1.0]
    assert np.isnan(exp(SPECIAL)[0])
    assert exp(EDGES)[1:4].tolist() == [inf] * 3
    assert exp(EDGES)[0] == pytest.approx(1.797693134862273e308, rel=1e-13)
    assert exp(EDGES)[4:].tolist() == pytest.approx([2.217e-308, 5e-324, 5e-324, 0, 0], rel=1e-3, abs=5e-324)
    assert exp(np.array([nextafter(-745.14, -inf)])).shape == (1,)


def test_the_shape_stays() -> None:
    for shape in ((), (0,), (3,), (2, 5), (3, 20_000)):
        assert np.shape(exp(np.zeros(shape))) == shape
    across = numbers(600)[:1800].reshape(30, 60)[:, ::3]
    assert np.array_equal(exp(across), exp(np.ascontiguousarray(across)))


@needs_library
def test_the_kernel_has_the_bits_of_numpy() -> None:
    x = np.concatenate([numbers(100_000), SPECIAL[1:], EDGES])
    with without_library():
        expected = exp(x)
    assert exp(x).tobytes() == expected.tobytes()


def test_known_bits_stay_the_same_on_every_processor() -> None:
    found = exp(np.array([1.0, -1.0, 0.1, 10.0, -300.25, 700.5]))
    assert [value.hex() for value in found.tolist()] == KNOWN
