"""Settings of all tests."""

from hypothesis import settings

# Fixed examples, no deadlines: the gate gives the same answer on a busy machine and on a quiet one.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate")
