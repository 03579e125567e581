"""What a tape takes down, what it leaves out, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from app.engine.primitive import Untraceable, primitive
from app.engine.quantity import Array
from app.engine.tape import Program, record

PERIODS, WIDTH = 5, 37
RNG = np.random.default_rng(1)
ROWS = {"a": RNG.normal(size=(PERIODS, WIDTH)), "b": RNG.normal(size=(1, WIDTH)), "c": np.full((1, 1), 3.0)}
COLUMN = np.arange(1.0, PERIODS + 1).reshape(-1, 1)
Evaluation = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Pair:
    left: Array
    right: Array


@primitive
def turned(pair: Pair) -> tuple[Array, Array]:
    """Return an array of its own for each; the first period alone is written."""
    first = np.zeros(pair.left.shape)
    first[0] = pair.right[0]
    return first, pair.left * 2


def made(evaluation: Evaluation) -> Program:
    wanted, recording = record(ROWS, evaluation)
    return recording.program(wanted)


def agree(evaluation: Evaluation, trials: int = 1000, width: int = 300) -> Program:
    """Return the program of an evaluation, compared on other numbers and another number of trials."""
    program = made(evaluation)
    rng = np.random.default_rng(2)
    given = {
        "a": rng.normal(size=(PERIODS, trials)),
        "b": rng.normal(size=(1, trials)),
        "c": np.full((1, 1), -2.0),
    }
    assert program.fits(given)
    found, expected = program.play(given, width), evaluation(given)
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(np.broadcast_to(one, np.shape(other)), other, equal_nan=True)
    return program


def test_only_what_is_wanted_is_done() -> None:
    program = agree(lambda x: ((x["a"] * x["b"], np.exp(x["a"]) + x["c"])[0],))
    assert [move.function for move in program.moves] == [np.multiply]


def test_the_same_operation_is_done_once() -> None:
    program = agree(lambda x: (x["a"] * COLUMN + x["a"] * COLUMN.copy(),))
    assert [move.function for move in program.moves] == [np.multiply, np.add]


def test_what_changes_no_bit_is_left_out() -> None:
    ones, nothing = np.ones((PERIODS, 1)), np.zeros((PERIODS, 1))
    program = agree(lambda x: (((1.0 * x["a"] * ones) / ones - nothing) * x["b"],))
    assert [move.function for move in program.moves] == [np.multiply]


def test_adding_nothing_once_turns_a_negative_zero_and_twice_is_left_out() -> None:
    nothing = np.zeros((PERIODS, 1))
    program = agree(lambda x: ((x["a"] * 0.0 + nothing) + nothing,))
    assert [move.function for move in program.moves] == [np.multiply, np.add]
    (found,) = program.play({**ROWS, "a": -np.abs(ROWS["a"])}, WIDTH)
    assert not np.signbit(found).any()


def test_memory_is_used_again_only_when_nobody_needs_it() -> None:
    def evaluation(x: Mapping[str, Any]) -> Any:
        first = x["a"] * x["b"]
        view = first[1:]
        second = first + 1.0
        third = second * second
        return third - second, view * 2.0, third[::-1] + third

    program = agree(evaluation)
    assert len(program.buffers) < len(program.moves)


def test_masks_and_reductions_over_periods() -> None:
    def evaluation(x: Mapping[str, Any]) -> Any:
        positive = x["a"] > 0
        share = np.divide(x["b"], x["a"], out=np.zeros(x["a"].shape), where=positive)
        return share, np.where(positive.any(axis=0), 1.0, 0.0), np.argmax(positive, axis=0), -x["a"]

    agree(evaluation)


def test_a_primitive_is_one_step_with_several_results() -> None:
    def evaluation(x: Mapping[str, Any]) -> Any:
        first, second = turned(Pair(x["a"], x["b"] * COLUMN))
        return first + second, np.broadcast_to(x["b"], x["a"].shape)

    assert any(move.function is turned for move in agree(evaluation).moves)


def test_what_no_trial_changes_is_not_on_the_tape() -> None:
    program = agree(lambda x: (turned(Pair(COLUMN, COLUMN))[1] * x["a"], COLUMN))
    assert [move.function for move in program.moves] == [np.multiply]


@pytest.mark.parametrize(
    "evaluation",
    [
        lambda x: x["a"] if (x["a"] > 0).all() else x["b"],
        lambda x: float(x["a"][0, 0]),
        lambda x: np.asarray(x["a"]),
        lambda x: np.sort(x["a"], axis=0),
        lambda x: np.add.accumulate(x["a"], axis=0),
        lambda x: np.add(x["a"], 1.0, out=np.empty(x["a"].shape)),
        lambda x: np.divide(x["a"], x["b"], where=x["a"] > 0),
        lambda x: np.arange(float(WIDTH)) * x["a"],
        lambda x: np.broadcast_to(x["c"], x["a"].shape),
    ],
)
def test_what_depends_on_the_numbers_is_refused(evaluation: Evaluation) -> None:
    with pytest.raises(Untraceable):
        made(evaluation)


def test_writing_into_a_traced_array_is_refused() -> None:
    def evaluation(x: Mapping[str, Any]) -> Any:
        x["a"][0] = 1.0

    with pytest.raises(Untraceable):
        made(evaluation)


def test_other_shapes_do_not_fit() -> None:
    program = made(lambda x: (x["a"] * x["b"],))
    assert not program.fits({**ROWS, "a": np.ones((1, WIDTH))})
    assert not program.fits({"a": ROWS["a"]})
