"""Priority: where outreach should go first, as a mean of three parts that anybody can recompute."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.project import Weights

Numbers = TypeVar("Numbers", pd.Series, npt.NDArray[np.float64])

HALF_REACH_VENUES = 5
"""Number of venues at which the venue half of `reach` is half full."""

PART_DECIMALS = 4
PRIORITY_DECIMALS = 2


def reach(n_venues: Numbers, corridor_share: Numbers) -> Numbers:
    """Return how well outreach in an area can meet people, 0–1.

    r = ½ · v / (v + 5) + ½ · s, with v venues in the corridor and s the corridor's share of the area. Both halves are
    absolute: five venues give half of the first, a tenth venue adds less than the fifth, and no area changes another's.

    Parameters
    ----------
    n_venues
        Venues of the area inside the corridor.
    corridor_share
        Share of the area's surface in the corridor, 0–1.

    Examples
    --------
    >>> reach(pd.Series([0, 5]), pd.Series([0.0, 0.4])).tolist()
    [0.0, 0.45]
    """
    return 0.5 * n_venues / (n_venues + HALF_REACH_VENUES) + 0.5 * corridor_share


def priority(parts: pd.DataFrame, weights: Weights) -> pd.Series:
    """Return the priority of each area, 0–100: the weighted mean of its three parts.

    p = 100 · (wₐ · access_gap + wₙ · need + wᵣ · reach) / (wₐ + wₙ + wᵣ), rounded to two decimals.

    Parameters
    ----------
    parts
        Columns ``access_gap``, ``need`` and ``reach``, each 0–1. They are rounded to four decimals first, as the CSV
        prints them, so that a reader who recomputes the priority gets the same figure.
    weights
        The project's weights.

    Examples
    --------
    >>> parts = pd.DataFrame({"access_gap": [0.8], "need": [0.5], "reach": [0.2]})
    >>> float(priority(parts, Weights(access_gap=0.5, need=0.3, reach=0.2)).iloc[0])
    59.0
    """
    rounded = parts.round(PART_DECIMALS)
    total = weights.access_gap + weights.need + weights.reach
    weighted = (
        weights.access_gap * rounded["access_gap"] + weights.need * rounded["need"] + weights.reach * rounded["reach"]
    )
    return (100 * weighted / total).round(PRIORITY_DECIMALS).rename("priority")


def nobody_to_meet(areas: pd.DataFrame) -> pd.Series:
    """Return whether outreach meets nobody in an area: no one lives there, and no venue in the corridor is listed.

    Its gap and need then count 0: the distances from a lake or an airfield say nothing about people. Where a venue is
    listed, travelers are met, and the gap of the place counts.

    Parameters
    ----------
    areas
        With ``population`` and ``n_venues``.
    """
    return (areas["population"].eq(0) & areas["n_venues"].eq(0)).rename("nobody_to_meet")


def rank(priorities: pd.Series) -> pd.Series:
    """Return the rank of each area, 1 for the highest priority; equal priorities share the better rank (1, 2, 2, 4)."""
    return priorities.rank(method="min", ascending=False).astype(int).rename("rank")


def underserved(share_beyond_any: pd.Series, population: pd.Series) -> pd.Series:
    """Return whether most people of an area are beyond the headline band for at least one required service.

    An area where nobody lives is not underserved.

    Parameters
    ----------
    share_beyond_any
        Share of people beyond the band for one or more of the required categories, 0–1.
    population
        People of each area, 0 or more, on the same index.
    """
    return ((share_beyond_any > 0.5) & (population > 0)).rename("underserved")  # noqa: PLR2004 - "most" means more than half
