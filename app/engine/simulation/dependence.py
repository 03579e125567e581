"""How drivers move together: from target rank correlations to factors that mix independent normal variates.

Target Spearman correlations become correlations of normal variates: exactly 2·sin(πρ/6) for a Gaussian
copula, and by inverting the integral in `student_spearman` for a t copula. A matrix that no set of variates
can have is replaced by the nearest one that they can (Higham 2002, IMA J. Numer. Anal. 22), and the report
says how far it moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, pi, sin, sqrt

import numpy as np
import scipy

from app.engine.quantity import Array

SMALLEST_EIGENVALUE = 1e-8
NODES = 48


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of the correlations asked for.

    distance: Frobenius norm of the change; largest: the largest change of one correlation, between `pair`.
    """

    repaired: bool
    distance: float
    largest: float
    pair: tuple[str, ...]


NO_REPAIR = Repair(False, 0.0, 0.0, ())


def normal_correlation(spearman: float) -> float:
    """Return the correlation of normal variates whose rank correlation is `spearman`.

    >>> round(normal_correlation(0.7), 5)
    0.71674
    """
    return 2 * sin(pi * spearman / 6)


def normal_spearman(correlation: float) -> float:
    """Return the rank correlation of normal variates: (6/π)·asin(R/2)."""
    return 6 / pi * asin(correlation / 2)


@lru_cache(maxsize=8)
def _student_weights(degrees: float) -> tuple[Array, Array]:
    """Return factors `1/√((1+S/S′)(1+S/S″))` and their probabilities, S, S′, S″ independent χ²/ν."""
    nodes, weights = scipy.special.roots_legendre(NODES)
    share = scipy.special.gammaincinv(degrees / 2, (nodes + 1) / 2)
    probability = weights / 2
    ratio = 1 / np.sqrt(1 + share[:, None] / share[None, :])
    factor = ratio[:, :, None] * ratio[:, None, :]
    joint = probability[:, None, None] * probability[None, :, None] * probability[None, None, :]
    return factor.ravel(), joint.ravel()


def student_spearman(correlation: float, degrees: float) -> float:
    """Return the rank correlation of t variates with common χ²: (6/π)·E[asin(R/√((1+S/S′)(1+S/S″)))].

    From ρ = 3·P((X−X′)(Y−Y″) > 0) − 3·P(… < 0) with X′, Y″ independent copies; given the three χ² the
    differences are normal.
    """
    factor, probability = _student_weights(degrees)
    return float(6 / pi * np.sum(np.arcsin(correlation * factor) * probability))


def student_correlation(spearman: float, degrees: float) -> float:
    """Return the correlation parameter of a t copula whose rank correlation is `spearman`, by the secant
    method."""
    if abs(spearman) >= 1:
        return float(np.sign(spearman))
    previous, current = 0.0, normal_correlation(spearman)
    missed, miss = -spearman, student_spearman(current, degrees) - spearman
    while abs(miss) > 1e-12 and current != previous and miss != missed:
        step = miss * (current - previous) / (miss - missed)
        previous, missed = current, miss
        current = float(np.clip(current - step, -1.0, 1.0))
        miss = student_spearman(current, degrees) - spearman
    return current


def nearest_correlation(matrix: Array, tolerance: float = 1e-10, rounds: int = 2000) -> Array:
    """Return the nearest correlation matrix in the Frobenius norm by Higham's alternating projections.

    Eigenvalues stay at or above 1e-8, so that the answer has a Cholesky factor.
    """
    answer, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(rounds):
        shifted = answer - correction
        eigenvalues, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(eigenvalues, SMALLEST_EIGENVALUE)) @ vectors.T
        correction = positive - shifted
        previous, answer = answer, positive.copy()
        np.fill_diagonal(answer, 1.0)
        if np.abs(answer - previous).max() < tolerance:
            break
    return _made_definite((answer + answer.T) / 2)


def _made_definite(matrix: Array) -> Array:
    """Shrink a correlation matrix towards independence by the hair that its Cholesky factor may need."""
    lowest = float(np.linalg.eigvalsh(matrix)[0])
    if lowest >= SMALLEST_EIGENVALUE / 2:
        return matrix
    share = (SMALLEST_EIGENVALUE - lowest) / (1 - lowest)
    return (1 - share) * matrix + share * np.eye(len(matrix))


def cholesky(matrix: Array) -> Array:
    """Return the lower Cholesky factor, summed in a fixed order, so that it is the same on every machine.

    Raises `ValueError` when the matrix is not positive definite.
    """
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            value = float(matrix[i, j])
            for k in range(j):
                value -= factor[i][k] * factor[j][k]
            if i > j:
                factor[i][j] = value / factor[j][j]
            elif value > SMALLEST_EIGENVALUE**2:
                factor[i][i] = sqrt(value)
            else:
                raise ValueError("not positive definite")
    return np.array(factor).reshape(size, size)


def factor(names: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> tuple[Array, Repair]:
    """Return the Cholesky factor of normal correlations between `names`, and what had to be repaired."""
    return _factor(tuple(names), tuple(pairs.items()))


@lru_cache(maxsize=16)
def _factor(names: tuple[str, ...], pairs: tuple[tuple[tuple[str, str], float], ...]) -> tuple[Array, Repair]:
    """Do it once for the runs of a scenario."""
    lower, repair = _factored(names, pairs)
    lower.setflags(write=False)
    return lower, repair


def _factored(
    names: tuple[str, ...], pairs: tuple[tuple[tuple[str, str], float], ...]
) -> tuple[Array, Repair]:
    place = {name: index for index, name in enumerate(names)}
    matrix = np.eye(len(names))
    for (first, second), correlation in pairs:
        i, j = place[first], place[second]
        matrix[i, j] = matrix[j, i] = correlation
    try:
        return cholesky(matrix), NO_REPAIR
    except ValueError:
        nearest = nearest_correlation(matrix)
    change = np.abs(nearest - matrix)
    i, j = divmod(int(np.argmax(change)), len(names))
    distance = float(np.sqrt(np.sum(change * change)))
    return cholesky(nearest), Repair(True, distance, float(change[i, j]), (names[i], names[j]))


def mix(lower: Array, rows: Array) -> None:
    """Multiply `rows` (k, …) by a lower-triangular matrix in place, row by row and in a fixed order, without
    BLAS."""
    weights = lower.tolist()
    for i in range(len(rows) - 1, -1, -1):
        if weights[i][i] != 1.0:
            rows[i] *= weights[i][i]
        for j in range(i):
            if weights[i][j]:
                rows[i] += weights[i][j] * rows[j]


def reordered(values: Array, like: Array) -> Array:
    """Return `values` in the order of size of `like`, both (n,): Iman & Conover's step (1982)."""
    answer = np.empty_like(values)
    answer[np.argsort(like, kind="stable")] = np.sort(values)
    return answer


def decorrelated(rows: Array) -> Array:
    """Return rows (k, n) with their sample correlations removed: mean 0, variance 1, exactly uncorrelated."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    answer: Array = np.empty_like(centred)
    for i in range(len(centred)):
        for done in answer[:i]:
            centred[i] -= np.mean(centred[i] * done) * done
        answer[i] = centred[i] / np.sqrt(np.mean(centred[i] * centred[i]))
    return answer
