"""The worker, and the environment that its libraries want to find when they are loaded."""

from __future__ import annotations

ENVIRONMENT = {
    # Linear algebra that spreads over all processors takes them from the other workers and from the pages.
    "OPENBLAS_NUM_THREADS": "1",
    # glibc would return the arrays of each block to the kernel and get them again page by page, which takes
    # half of the time. It keeps up to 256 MB instead; the largest resident set stays the same.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_TOP_PAD_": str(16 << 20),
}
