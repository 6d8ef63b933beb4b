"""Runs: where values in a row are true."""

import numpy as np
import numpy.typing as npt

from geo.roads import Ints


def runs(marked: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return where each run of True begins, and the place behind its end.

    Examples
    --------
    >>> [place.tolist() for place in runs(np.array([True, False, True, True]))]
    [[0, 2], [1, 4]]
    """
    edge = np.diff(np.concatenate([[False], marked, [False]]).view(np.int8))
    return np.flatnonzero(edge > 0), np.flatnonzero(edge < 0)
