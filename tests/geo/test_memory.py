"""Memory that was freed is the system's again."""

import ctypes
import re
import sys
from pathlib import Path

import pytest

from geo.memory import give_back


def resident_mb() -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1000


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library than glibc")
def test_what_was_freed_is_given_back():
    blocks = [bytearray(10_000) for _ in range(20_000)]  # too small to be given back one by one
    end = blocks[-1]
    blocks.clear()
    before = resident_mb()
    give_back()
    assert before - resident_mb() > 100
    assert len(end) == 10_000
