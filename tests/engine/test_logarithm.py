"""The logarithm beside exact arithmetic, and its bits beside themselves."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from app.engine.logarithm import log
from app.engine.native import without_library
from app.engine.quantity import Array
from tests.engine.last_place import farthest
from tests.engine.native.library import needs_library
from tests.thorough import some

KNOWN = [
    "0x1.62e42fefa39efp-1",
    "-0x1.62e42fefa39efp-1",
    "0x1.26bb1bbb55516p+1",
    "0x1.5963447f87fb5p+9",
    "-0x1.ab5fddb40c1b0p-8",
]


def numbers(count: int) -> Array:
    rng = np.random.default_rng(12)
    roots = np.sqrt(0.5) * 2.0 ** np.arange(-20, 20)
    edges = [
        roots,
        np.nextafter(roots, 0),
        np.nextafter(roots, 9),
        [1.0, np.nextafter(1, 0), np.nextafter(1, 2)],
    ]
    return np.concatenate([rng.uniform(0.3, 3, count), np.exp(rng.uniform(-700, 700, count)), *edges])


def test_results_are_within_a_unit_in_the_last_place() -> None:
    x = some(numbers(1000))
    assert farthest(Decimal.ln, x, log(x)) < 1.0


def test_the_shape_stays() -> None:
    for shape in ((), (0,), (3,), (2, 5)):
        assert np.shape(log(np.ones(shape))) == shape


@needs_library
def test_the_kernel_has_the_bits_of_numpy() -> None:
    x = numbers(100_000)
    with without_library():
        expected = log(x)
    assert log(x).tobytes() == expected.tobytes()


def test_known_bits_stay_the_same_on_every_processor() -> None:
    found = log(np.array([2.0, 0.5, 10.0, 1e300, 0.9935]))
    assert [value.hex() for value in found.tolist()] == KNOWN
