"""Memory that is no longer used."""

import ctypes
import sys

import pyarrow as pa


def give_back() -> None:
    """Give the memory that was freed back to the system, where the C library keeps it for later.

    pyarrow keeps some, and glibc what threads used that have ended: after a state is read, more than its roads take.
    """
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries than glibc have none
        if trim is not None:
            trim(0)
