"""Settings of all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Fixed examples, no deadlines: the gate gives the same answer on a busy machine and on a quiet one.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate")

# No test finds what another one left, or what the person who runs the tests has: those of the cache name their own.
os.environ["OUTREACH_CACHE_DIR"] = "off"


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder of this test run that all its processes use."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="module")
def known_roads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the tests of a module, and others beside it, take roads that one of them has read from the cache.

    For tests that run whole studies and look at something else than the roads: what comes from the cache is the same as
    what is read, which `tests/geo/test_cache.py` shows, in a fraction of the time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTREACH_CACHE_DIR", str(shared_folder(tmp_path_factory) / "known-roads"))
        yield
