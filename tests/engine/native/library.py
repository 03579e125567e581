"""Whether the kernel's own tests can run here."""

from __future__ import annotations

import os

import pytest

from app.engine.native import library

#: A checkout without a compiler leaves them out; CI builds the library first, and is red without it.
needs_library = pytest.mark.skipif(
    library() is None and "CI" not in os.environ,
    reason="no compiled kernel: python scripts/build_kernel.py",
)
