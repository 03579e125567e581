"""The reference model as one fused loop in C, compiled when it is measured: how fast this machine can be."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

from app.engine.simulation.dependence import factor, normal_correlation
from app.engine.simulation.distributions import build
from benchmarks.baseline import NAMES, ORE
from benchmarks.reference import PAIRS, PATHS, PRICE, UNCERTAIN

Array = NDArray[np.float64]
SOURCE = Path(__file__).with_name("kernel.c")
CELLS, REACH, SCORES, BINS = 8192, 6.5, 1 << 16, 4096
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fno-finite-math-only", "-shared", "-fPIC")


@cache
def library() -> ctypes.CDLL:
    """Return the compiled kernel."""
    target = Path(tempfile.mkdtemp()) / "kernel.so"
    subprocess.run(["gcc", *FLAGS, "-o", str(target), str(SOURCE), "-lm"], check=True)
    return ctypes.CDLL(str(target))


@cache
def constants() -> tuple[Array, Array, Array]:
    """Return the normal scores, the inputs' tables and the factor of their correlations."""
    z = np.linspace(-REACH, REACH, CELLS + 1)
    tables = [build(u.family, u.parameters).inverse(special.ndtr(z)) for u in UNCERTAIN]
    scores = special.ndtri((np.arange(SCORES + 1) + 0.5) / (SCORES + 1))
    names = (*NAMES, "price")
    pairs = {pair: normal_correlation(rho) for pair, rho in PAIRS.items()}
    return scores, np.ascontiguousarray(tables), np.ascontiguousarray(factor(names, pairs)[0])


def run(trials: int, threads: int = 1, seed: int = 1) -> dict[str, Array]:
    """Return the ascending values of the four indicators, and the counts for the fans."""
    terms = PATHS[0].parameters
    low = np.linspace(-2e9, -1e9, 40)
    scale = np.full(40, BINS / 12e9)
    out = np.empty((4, trials))
    fans = np.zeros((threads, 2, 20, BINS), dtype=np.int32)
    scores, tables, lower = constants()
    size = -(-trials // threads)

    def part(index: int) -> None:
        first, own = index * size, min(size, trials - index * size)
        library().run(
            ctypes.c_int64(first),
            ctypes.c_int64(own),
            ctypes.c_uint64(seed),
            _at(scores),
            ctypes.c_int(SCORES),
            _at(tables),
            ctypes.c_int(CELLS),
            ctypes.c_double(REACH),
            _at(lower),
            ctypes.c_double(PRICE),
            ctypes.c_double(float(str(terms["reversion"]))),
            ctypes.c_double(float(str(terms["volatility"]))),
            _at(ORE),
            _at(out[:, first:]),
            ctypes.c_int64(trials),
            _at(fans[index]),
            _at(low),
            _at(scale),
        )

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, range(threads)))
    ordered = [np.sort(row[~np.isnan(row)]) for row in out]
    found = dict(zip(("npv", "irr", "payback", "aisc"), ordered, strict=True))
    return found | {"fan": np.cumsum(fans.sum(axis=0), axis=2).astype(float)}


def _at(values: NDArray[np.generic]) -> ctypes.c_void_p:
    return ctypes.c_void_p(values.ctypes.data)
