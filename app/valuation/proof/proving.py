"""Prove the engine: compute every published case again and say how each figure compares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.engine.problems import Problem
from app.errors import NotFound
from app.valuation.proof.case import Case
from app.valuation.proof.claim import Claim, Verdict
from app.valuation.proof.evidence import Runs, tie_outs
from app.valuation.proof.published import PUBLISHED, Published
from app.valuation.proof.vectors import VECTORS

#: How often every printed figure is moved within its rounding, and the seed that makes it repeatable.
N_TRIALS, SEED = 1000, 3


@dataclass(frozen=True, slots=True)
class CaseProof:
    """One case with its claims in the order of its checks.

    left_out: checks that the engine has no part in, and why. problems: tie-outs that fail in its mines.
    """

    case: Case
    claims: tuple[Claim, ...]
    left_out: Mapping[str, str]
    problems: tuple[Problem, ...]

    def count(self, verdict: Verdict) -> int:
        """Return how many claims came out so."""
        return Counter(claim.verdict for claim in self.claims)[verdict]

    @property
    def failed(self) -> bool:
        return self.count(Verdict.OUTSIDE) > 0


def prove(rng: np.random.Generator, n_trials: int = N_TRIALS) -> tuple[CaseProof, ...]:
    """Compute every case; rng: moves the printed figures within their rounding, `n_trials` times."""
    streams = rng.spawn(len(PUBLISHED))
    mines = (
        prove_mine(Case.load(name), published, stream, n_trials)
        for (name, published), stream in zip(PUBLISHED.items(), streams, strict=True)
    )
    return (*mines, *(prove_vectors(name) for name in VECTORS))


def prove_mine(
    case: Case, published: Published, rng: np.random.Generator, n_trials: int = N_TRIALS
) -> CaseProof:
    """Compute one case, each of its mines in one call with all trials."""
    runs = Runs(case.moved(rng, n_trials), published.mines)
    claims = tuple(
        published.evidence[check.id].claim(check, runs, rounded=True)
        for check in case.checks.values()
        if check.id not in published.left_out
    )
    return CaseProof(case, claims, published.left_out, tie_outs(case, published.tied_out))


def prove_vectors(name: str) -> CaseProof:
    """Compute one set of vectors, whose inputs are exact."""
    case = Case.load(name)
    claims = tuple(VECTORS[name](case, check) for check in case.checks.values())
    return CaseProof(case, claims, {}, ())


@cache
def proof() -> tuple[CaseProof, ...]:
    """Return the proof at the standing seed, computed once per process: nothing in it can change."""
    return prove(np.random.default_rng(SEED))


def proof_of(key: str) -> CaseProof:
    """Return the proof of one case, or raise `NotFound`."""
    for each in proof():
        if each.case.key == key:
            return each
    raise NotFound("published case", key)
