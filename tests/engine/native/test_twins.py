"""What the compiled kernel does, beside the Python it stands for: the same bits on nasty numbers too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from app.engine.fiscal.depreciation.schedule import Band, charged as charged_by_schedule
from app.engine.fiscal.depreciation.units_of_production import charged as charged_by_units
from app.engine.fiscal.losses import relieve
from app.engine.fiscal.rows import begun, ratio
from app.engine.fiscal.write_down import in_service, left_over
from app.engine.fiscal.years import Years
from app.engine.inputs.fiscal import Losses
from app.engine.kinds import LossRule
from app.engine.native import engine_name, library, without_library
from app.engine.quantity import Array, changes, previous, running, total
from app.engine.sales.settlement import priced_later
from app.engine.stockpiles import average_grade
from app.engine.tape import record
from app.engine.tape.segment import Segment
from app.engine.tape.traced import filled, reduced
from app.engine.tape.twins import TWINS, UFUNCS, Op
from tests.engine.native.library import needs_library
from tests.thorough import some

pytestmark = needs_library

PERIODS, WIDTH = 6, 37
NASTY = np.array([0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 5e-324, -5e-324, 1.7e308, -1.7e308, 0.1])
Evaluation = Callable[[Mapping[str, Any]], Any]


def band(first: int) -> Band:
    after = min(first + 3, PERIODS)
    return Band(first, after, np.full((1 if first % 2 else after - first, 1), 0.25 + first / 100))


BANDS = tuple(map(band, range(PERIODS)))
YEARS = Years(np.arange(PERIODS + 1.0), np.arange(PERIODS), PERIODS)
RULES = Losses(rule=LossRule.CARRY_FORWARD, opening=3.5)
CAPPED = Losses(rule=LossRule.CARRY_FORWARD, cap=0.5)
COLUMN = np.linspace(-1.0, 2.0, PERIODS).reshape(-1, 1)

# An evaluation for each entry of the table, of rows a, b, c by period and trial, d by trial.
CASES: dict[Any, list[Evaluation]] = {
    np.where: [
        lambda x: np.where(x["a"] > x["b"], x["a"], x["c"]),
        lambda x: np.where(COLUMN > 0, x["a"], 0.0),
    ],
    np.clip: [lambda x: np.clip(x["a"], 0.0, 1.0), lambda x: np.clip(x["a"], x["b"], x["c"])],
    filled: [lambda x: np.divide(x["a"], x["b"], out=np.zeros(x["a"].shape), where=x["b"] > 0)],
    reduced: [
        lambda x: np.where((x["a"] > 0).any(axis=0), x["d"], 0.0),
        lambda x: np.where((x["a"] > -1).all(axis=0), x["d"], 0.0),
    ],
    total: [lambda x: total(x["a"])],
    running: [lambda x: running(x["a"]), lambda x: running(x["a"][::-1])[::-1]],
    changes: [lambda x: changes(x["a"]), lambda x: changes(x["a"], 2.5)],
    previous: [lambda x: previous(x["a"])],
    ratio: [lambda x: ratio(x["a"], x["b"]), lambda x: ratio(x["d"], x["b"])],
    begun: [lambda x: np.where(begun(x["a"], x["b"]), x["c"], 0.0)],
    in_service: [
        lambda x: in_service(x["a"], begun(x["b"], x["c"])),
        lambda x: in_service(x["a"], np.arange(PERIODS).reshape(-1, 1) >= 2),
    ],
    charged_by_schedule: [
        lambda x: charged_by_schedule(x["a"], BANDS, np.zeros(PERIODS)),
        lambda x: charged_by_schedule(x["a"], BANDS, np.linspace(3.0, 0.0, PERIODS)),
    ],
    charged_by_units: [
        lambda x: charged_by_units(x["a"], x["b"], 1.0, 0.0),
        lambda x: charged_by_units(x["a"], x["d"], 0.9, 12.0),
    ],
    left_over: [
        lambda x: left_over(total(x["a"]), x["b"], 4.0, PERIODS - 1),
        lambda x: left_over(total(x["a"]), x["b"], 0.0, 2),
    ],
    relieve: [lambda x: _relieved(x["a"], RULES), lambda x: _relieved(x["a"], CAPPED)],
    average_grade: [lambda x: average_grade(x["a"], x["b"], x["c"], 0.7)],
    priced_later: [
        lambda x, lag=lag: priced_later(x["a"], x["b"], np.full((1, 1), 0.9), lag)
        for lag in (1, 2, PERIODS + 1)
    ],
}  # fmt: skip


def _relieved(income: Any, rules: Losses) -> tuple[Any, ...]:
    found = relieve(income, rules, YEARS, COLUMN, COLUMN)
    return found.used, found.pool, found.refund + income


@cache
def rows(seed: int, trials: int, *, nasty: bool) -> Mapping[str, Array]:
    """Return random rows, of which every third number is a nasty one if wanted."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, periods in (("a", PERIODS), ("b", PERIODS), ("c", PERIODS), ("d", 1)):
        values = rng.normal(size=(periods, trials))
        if nasty:
            values = np.where(rng.random(values.shape) < 0.3, rng.choice(NASTY, values.shape), values)
        found[name] = values
    return found


def same(one: Any, other: Any, *, signed: bool) -> bool:
    """Return whether two arrays have the same bits; any NaN is like any other, as its bits mean nothing.

    signed: zeros count with their sign. Of two zeros NumPy's own clip keeps one or the other, by how
    its operands lie.
    """
    one, other = np.asarray(one), np.asarray(other)
    if not signed:
        one, other = one + 0.0, other + 0.0
    missing = np.isnan(one)
    return (
        one.shape == other.shape
        and bool((missing == np.isnan(other)).all())
        and one[~missing].tobytes() == other[~missing].tobytes()
    )


def compared(evaluation: Evaluation, *, signed: bool = True) -> int:
    """Compare the kernel with the evaluation and with NumPy's player, on tame and on nasty numbers.

    Return how many pairs of operations it does in one.
    """

    def several(x: Mapping[str, Any]) -> tuple[Any, ...]:
        found = evaluation(x)
        return found if isinstance(found, tuple) else (found,)

    wanted, recording = record(rows(1, WIDTH, nasty=False), several)
    program = recording.program(wanted)
    assert all(isinstance(part, Segment) for part in program.parts), "left to NumPy"
    for seed, (trials, nasty) in enumerate([(1, True), (5, False), (127, True), (128, False), (1000, True)]):
        given = rows(seed, trials, nasty=nasty)
        with np.errstate(all="ignore"):
            expected, played = several(given), program.play(given, 300)
            with without_library():
                by_numpy = program.play(given, 300)
        for one, two, three in zip(expected, played, by_numpy, strict=True):
            assert same(np.broadcast_to(one, two.shape), two, signed=signed), (trials, nasty)
            assert same(two, three, signed=signed), (trials, nasty)
    return sum(np.count_nonzero(each.code[:, 0] == Op.PAIR) for each in program.parts)


@pytest.mark.parametrize("function", CASES, ids=lambda function: function.__name__)
def test_a_twin_has_the_bits_of_its_function(function: Any) -> None:
    for evaluation in CASES[function]:
        compared(evaluation, signed=function is not np.clip)


def test_every_entry_of_the_table_is_compared() -> None:
    assert CASES.keys() == TWINS.keys()


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)
def test_an_operation_has_the_bits_of_numpy(ufunc: np.ufunc) -> None:
    masks = UFUNCS[ufunc] in (Op.BOTH, Op.EITHER, Op.INVERTED)

    def chosen(x: Mapping[str, Any], one: Any, other: Any) -> Any:
        given = (one > 0, other > 0) if masks else (one, other)
        found = ufunc(*given[: ufunc.nin])
        return np.where(found, x["c"], 0.0) if found.dtype == np.bool_ else found

    compared(lambda x: chosen(x, x["a"], x["b"]))
    compared(lambda x: chosen(x, x["a"], x["d"]))
    if not masks:
        compared(lambda x: chosen(x, x["a"], COLUMN))
        if ufunc.nin == 2:
            compared(lambda x: chosen(x, COLUMN, x["d"]))


@pytest.mark.parametrize(
    "evaluation",
    [
        lambda x: (x["a"] + x["b"])[::-1] * x["c"] + x["a"],
        lambda x: (x["a"] + x["b"])[1:] - (x["a"] * x["c"])[:-1],
        lambda x: (
            (x["a"] + x["b"])[3:4] * x["c"] - (x["b"] - x["c"]) * (x["d"] + 1.5) + (x["a"] * x["d"])[::-1]
        ),
        lambda x: np.maximum((x["a"] - x["b"])[::-1] * x["c"], x["a"])[::-1] + (x["a"] - x["b"]) * x["d"],
        lambda x: ((x["a"] + x["d"])[2:], (x["a"] + x["d"])[0], x["a"][::2]),
    ],
)
def test_rows_of_other_periods_are_found_as_they_are_made(evaluation: Evaluation) -> None:
    compared(evaluation)


OPERATIONS = (np.add, np.subtract, np.multiply)
Operand = Callable[[Mapping[str, Any]], Any]
OPERANDS: tuple[Operand, ...] = (
    lambda x: x["b"],
    lambda x: x["d"],
    lambda _: COLUMN,
    lambda _: 1.5,
)


@pytest.mark.parametrize("second", OPERATIONS, ids=lambda ufunc: ufunc.__name__)
@pytest.mark.parametrize("first", OPERATIONS, ids=lambda ufunc: ufunc.__name__)
def test_two_operations_in_one_have_the_same_bits(first: np.ufunc, second: np.ufunc) -> None:
    for apart in range(len(OPERANDS)):
        operands = [*zip(OPERANDS, OPERANDS[apart:] + OPERANDS[:apart], strict=True)]
        evaluation = partial(in_twos, first, second, operands)
        assert compared(evaluation) == 2 * len(operands)


def in_twos(
    first: np.ufunc, second: np.ufunc, operands: Sequence[tuple[Operand, Operand]], x: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Return rows that two operations come to, with the first on the left of the second and on its right."""
    left = [second(first(x["a"], one(x)), other(x)) for one, other in operands]
    return (*left, *(second(other(x), first(one(x), x["a"])) for one, other in operands))


@pytest.mark.parametrize(
    ("evaluation", "pairs"),
    [
        (lambda x: (x["a"] + x["b"]) * x["c"], 1),
        (lambda x: ((x["a"] + x["b"]) * x["c"] - x["d"]) * x["a"], 2),
        (lambda x: (x["a"] + x["b"]) * (x["a"] + x["b"]), 0),
        (lambda x: ((x["a"] + x["b"]) * x["c"], x["a"] + x["b"]), 0),
        (lambda x: ((x["a"] + x["b"]) * x["c"], (x["a"] + x["b"])[1:]), 0),
        (lambda x: (x["a"] + x["b"])[::-1] * x["c"], 0),
        (lambda x: (x["d"] + 1.5) * x["c"], 0),
        (lambda x: np.maximum(x["a"] + x["b"], x["c"]), 0),
    ],
)
def test_what_nobody_else_reads_is_done_together_with_what_reads_it(
    evaluation: Evaluation, pairs: int
) -> None:
    assert compared(evaluation) == pairs


def test_a_random_course_of_operations_has_the_same_bits() -> None:
    """What is done together, and which row of memory is used again, must not be seen."""
    for seed in some(range(40)):
        compared(lambda x, seed=seed: course(x, np.random.default_rng(seed)))


def course(x: Mapping[str, Any], rng: np.random.Generator) -> tuple[Any, ...]:
    """Return some rows that a random course of operations, shifts and sums comes to."""
    known = [x["a"], x["b"], x["c"]]
    for _ in range(30):
        one, other = (known[rng.integers(len(known))] for _ in range(2))
        kind = rng.integers(6)
        if kind == 0:
            other = other[::-1]
        elif kind == 1:
            k = int(rng.integers(PERIODS))
            other = other[k : k + 1]
        elif kind == 2:
            one = running(one)
        elif kind == 3:
            other = total(other) * x["d"]
        known.append((np.add, np.multiply, np.maximum, np.subtract)[rng.integers(4)](one, other))
    return tuple(known[-3:])


def test_the_library_knows_as_many_operations_as_the_table_says() -> None:
    kernel = library()
    assert kernel is not None
    assert kernel.operations() == len(Op)
    assert engine_name() == "compiled kernel"
    with without_library():
        assert engine_name() == "NumPy"
