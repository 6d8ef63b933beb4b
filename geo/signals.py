"""Signals: Ctrl-C, and those by which the system, or a terminal that is closed, asks the program to end."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Those of the system."""


@contextmanager
def answered(numbers: Sequence[int], answer: Callable[[int, object], None]) -> Iterator[None]:
    """Answer some signals in this way, and as before once the block is left.

    Those that are ignored, as under nohup, stay so.
    """
    if threading.current_thread() is not threading.main_thread():  # only there may signals be handled
        yield
        return
    heeded = [number for number in numbers if signal.getsignal(number) not in {signal.SIG_IGN, None}]
    before = [signal.signal(number, answer) for number in heeded]
    try:
        yield
    finally:
        for number, handler in zip(heeded, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let signals such as Ctrl-C wait until the block is left: what loads a library and is disturbed may crash.

    Their handlers are put off, not the signals themselves: a signal to the process comes by any of its threads.
    """
    came: list[int] = []
    try:
        with answered((signal.SIGINT, *ENDING), lambda number, _: came.append(number)):
            yield
    finally:
        if came:
            signal.raise_signal(came[0])
