"""Libraries that are loaded late, and Python's search for garbage, which finds little among them and in tables."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from geo.signals import undisturbed


@contextmanager
def loading() -> Iterator[None]:
    """Load libraries: the half a million objects that they make stay, and are never looked through for garbage.

    A signal waits until that is done.
    """
    before = len(sys.modules)
    with undisturbed():
        gc.disable()
        try:
            yield
        finally:
            if len(sys.modules) > before:
                gc.freeze()
            gc.enable()


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for garbage a hundred times less often: tables of a hundred thousand rows are no garbage."""
    before = gc.get_threshold()
    gc.set_threshold(100 * before[0], *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
