"""Runs: where values in a row are true, and where they change."""

import numpy as np
import numpy.typing as npt

from geo.roads import Ints

Bools = npt.NDArray[np.bool_]


def runs(marked: Bools) -> tuple[Ints, Ints]:
    """Return where each run of True begins, and the place behind its end.

    Examples
    --------
    >>> [place.tolist() for place in runs(np.array([True, False, True, True]))]
    [[0, 2], [1, 4]]
    """
    padded = np.concatenate([[False], marked, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[::2], edges[1::2]


def begins(*sorted_keys: npt.NDArray[np.integer]) -> Bools:
    """Say which rows are the first with their keys, where equal keys stand one after another.

    Examples
    --------
    >>> begins(np.array([1, 1, 1, 2]), np.array([5, 5, 6, 6])).tolist()
    [True, False, True, True]
    """
    differs = np.any([np.diff(key) != 0 for key in sorted_keys], axis=0)
    return np.append(True, differs)[: len(sorted_keys[0])]
