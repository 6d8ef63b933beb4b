"""Settings of all tests."""

import os

from hypothesis import settings

# Fixed examples, no deadlines: the gate gives the same answer on a busy machine and on a quiet one.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate")

# No test finds what another one left, or what the person who runs the tests has: those of the cache name their own.
os.environ["OUTREACH_CACHE_DIR"] = "off"
