"""The door to the compiled kernel: where its library is there it plays, else NumPy does, to the same digits.

`scripts/build_kernel.py` builds the library from the C files beside this module. Its name holds a hash of the
sources, the flags and the platform, so that one of other sources is never loaded.
"""

from __future__ import annotations

import ctypes
import hashlib
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np

HERE = Path(__file__).parent
# No flag may change a bit: nothing is contracted or reassociated. No processor is assumed but the baseline.
FLAGS = (
    "-O3",
    "-std=gnu11",
    "-fPIC",
    "-shared",
    "-ffp-contract=off",
    "-fno-fast-math",
    "-fno-trapping-math",
    "-fno-math-errno",
    "-fno-strict-aliasing",
    "-Wall",
    "-Wextra",
    "-Werror",
)
# Wider registers change how many lanes are done at once, never a lane's bits.
VARIANTS = {"": (), "-avx2": ("-mavx2",)} if "x86_64" in sysconfig.get_platform() else {"": ()}
#: Free memory that a process keeps: what a block needs and gives back, several times over.
KEPT_BYTES = 64 << 20
#: Lies where a buffer begins, whatever the buffer's size.
NOTHING = ctypes.c_char * 0
ALLOWED: ContextVar[bool] = ContextVar("native", default=True)


def sources() -> list[Path]:
    """Return the C files, in a fixed order."""
    return sorted(HERE.glob("*.c"))


def library_path(variant: str = "") -> Path:
    """Return where the library of these sources belongs, or its variant of `VARIANTS`."""
    content = hashlib.sha256(" ".join((*FLAGS, sysconfig.get_platform())).encode())
    for file in sorted(HERE.glob("*.[ch]")):
        content.update(file.read_bytes())
    return HERE / f"kernel-{content.hexdigest()[:16]}{variant}.so"


@cache
def _loaded() -> ctypes.CDLL | None:
    plain = _opened(library_path())
    if plain is None:
        return None
    plain.keep_free(whole(KEPT_BYTES))
    return (_opened(library_path("-avx2")) if plain.wide_registers() else None) or plain


def _opened(path: Path) -> ctypes.CDLL | None:
    if not path.exists():
        return None
    try:
        kernel = ctypes.CDLL(str(path))
    except OSError:  # of another machine: NumPy plays
        return None
    for counts in (kernel.operations, kernel.in_order, kernel.columns, kernel.inverse):
        counts.restype = ctypes.c_int64
    kernel.pairwise.restype = ctypes.c_double
    return kernel


def library() -> ctypes.CDLL | None:
    """Return the kernel, None where there is none or it is switched off."""
    return _loaded() if ALLOWED.get() else None


def engine_name() -> str:
    """Return what plays the simulations, in words for an operator."""
    return "NumPy" if library() is None else "compiled kernel"


@contextmanager
def without_library() -> Iterator[None]:
    """Have NumPy play inside this context, as on a machine without the library."""
    before = ALLOWED.set(False)
    try:
        yield
    finally:
        ALLOWED.reset(before)


def address(array: np.ndarray[Any, Any]) -> int:
    """Return where an array's numbers begin."""
    try:
        return ctypes.addressof(NOTHING.from_buffer(cast("Any", array)))
    except (TypeError, ValueError):  # read-only, or not side by side: the long way, four times as slow
        return int(array.__array_interface__["data"][0])


def at(array: np.ndarray[Any, Any]) -> ctypes.Array[ctypes.c_char] | ctypes.c_void_p:
    """Return an array as an argument of the kernel: where its numbers begin. It is kept until the call is
    over."""
    try:
        return NOTHING.from_buffer(cast("Any", array))
    except (TypeError, ValueError):
        return ctypes.c_void_p(address(array))


def whole(number: int) -> ctypes.c_int64:
    """Return a whole number as an argument of the kernel."""
    return ctypes.c_int64(number)


def real(number: float) -> ctypes.c_double:
    """Return a number as an argument of the kernel."""
    return ctypes.c_double(number)
