"""Distance decay: how much a provider counts at a given travel time, as functions that return functions."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Minutes = npt.NDArray[np.float64]
Decay = Callable[[Minutes], npt.NDArray[np.float64]]
"""Minutes (0 to ∞) → weight (1 at the door, 0 out of the catchment)."""


def within(catchment_min: float) -> Decay:
    """Return a decay that is 1 up to and including `catchment_min` minutes and 0 beyond.

    Examples
    --------
    >>> within(30)(np.array([0.0, 30.0, 30.1])).tolist()
    [1.0, 1.0, 0.0]
    """
    return step({catchment_min: 1.0})


def step(weights: Mapping[float, float]) -> Decay:
    """Return a decay by zones: the weight of the first zone whose upper end is not exceeded, 0 beyond the last.

    Parameters
    ----------
    weights
        Upper end of each zone in minutes → its weight, 0–1.

    Raises
    ------
    ValueError
        If there is no zone, or a weight is negative.

    Examples
    --------
    >>> step({10: 1, 20: 0.68, 30: 0.22})(np.array([0.0, 10.0, 15.0, 30.0, 31.0])).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """
    if not weights or min(weights.values()) < 0:
        msg = f"a step decay needs zones with weights of at least 0, got {dict(weights)}"
        raise ValueError(msg)
    ends = np.array(sorted(weights), dtype=float)
    values = np.array([weights[end] for end in sorted(weights)] + [0.0], dtype=float)
    return lambda minutes: values[np.searchsorted(ends, minutes, side="left")]


def gaussian(sigma_min: float, *, catchment_min: float = np.inf) -> Decay:
    """Return the decay exp(-t² / 2σ²), cut off beyond `catchment_min` minutes.

    Raises
    ------
    ValueError
        If `sigma_min` is not above 0.

    Examples
    --------
    >>> gaussian(20, catchment_min=60)(np.array([0.0, 20.0, 61.0])).round(4).tolist()
    [1.0, 0.6065, 0.0]
    """
    if not sigma_min > 0:
        msg = f"sigma_min must be above 0, got {sigma_min}"
        raise ValueError(msg)
    return lambda minutes: np.where(minutes <= catchment_min, np.exp(-(minutes**2) / (2 * sigma_min**2)), 0.0)


LUO_QI_30 = step({10: 1.0, 20: 0.68, 30: 0.22})
"""Zones of Luo and Qi (2009), Health & Place 15: 1100-1107, for a catchment of 30 minutes."""

WAN_60 = step({10: 0.962, 20: 0.704, 30: 0.377, 60: 0.042})
"""Zones of Wan, Zou and Sternberg (2012) for the three-step measure."""

RURAL_60 = step({20: 1.0, 40: 0.68, 60: 0.22})
"""The same weights on zones of 20 minutes, for rural catchments of an hour."""
