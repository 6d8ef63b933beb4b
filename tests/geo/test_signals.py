"""Signals wait where they would do harm, and are answered as before afterwards."""

import signal

import pytest

from geo.signals import undisturbed


@pytest.mark.parametrize("error", [None, ImportError("half loaded")])
def test_a_signal_waits_for_the_end_of_the_block_and_is_not_forgotten(error: Exception | None):
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        done.append("the block goes on")
        if error:
            raise error
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
