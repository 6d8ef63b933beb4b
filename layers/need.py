"""Need: how exposed the people of an area are, from the planner's indicators."""

from collections.abc import Mapping

import pandas as pd

from geo.project import Indicator
from layers.access import effective_population, mean_over_people

UNKNOWN_NEED = 0.5
"""The need of a place without any indicator value: the middle, since nothing is known."""


def percentile_rank(values: pd.Series, population: pd.Series) -> pd.Series:
    """Return the population-weighted percentile rank of each value, 0–1; NaN where the value is unknown.

    rᵢ = (people at lower values + ½ people at the same value) / all people with a known value: the share of people
    who live where the indicator is lower, as in the CDC/ATSDR Social Vulnerability Index.

    Parameters
    ----------
    values
        The indicator.
    population
        People each value stands for, on the same index. When nobody lives anywhere, every value counts once.

    Examples
    --------
    >>> percentile_rank(pd.Series([5.0, 9.0, 9.0, None]), pd.Series([2, 1, 1, 7])).tolist()
    [0.25, 0.75, 0.75, nan]
    """
    known = values.notna()
    weight = population.where(known, 0.0).astype(float)
    if weight.sum() == 0:
        weight = known.astype(float)
    by_value = weight.groupby(values).sum()
    below = by_value.cumsum() - by_value
    rank = (below + by_value / 2) / by_value.sum()
    return values.map(rank).rename("percentile_rank")


def point_rank(people: pd.DataFrame, name: str, indicator: Indicator) -> pd.Series:
    """Return the percentile rank of each point by one indicator, 0–1, 1 the worst; NaN where it is unknown."""
    rank = percentile_rank(people[name], people["population"])
    return rank if indicator.higher_is_worse else 1 - rank


def point_need(people: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Return the need index of each point, 0–1: the weighted mean of its indicators' percentile ranks.

    nᵢ = Σ wₖ rᵢₖ / Σ wₖ over the indicators k known at i; `UNKNOWN_NEED` where none is. An indicator of which less is
    worse counts as 1 - r.

    Parameters
    ----------
    people
        With ``population`` and one column per indicator.
    indicators
        The project's indicators by name.
    """
    total = pd.Series(0.0, index=people.index)
    weights = pd.Series(0.0, index=people.index)
    for name, indicator in indicators.items():
        rank = point_rank(people, name, indicator)
        total += rank.fillna(0.0) * indicator.weight
        weights += rank.notna() * indicator.weight
    return (total / weights.where(weights > 0)).fillna(UNKNOWN_NEED).rename("point_need")


def need_by_area(people: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return ``need`` (0–1) and the mean of each indicator, ``indicator_<name>``, per area.

    Both are means over the area's people. Without indicators the need of every area is 0.

    Parameters
    ----------
    people
        With ``area_id``, ``population`` and one column per indicator.
    indicators
        The project's indicators by name.
    """
    area, weight = people["area_id"], effective_population(people)
    need = point_need(people, indicators) if indicators else pd.Series(0.0, index=people.index)
    columns = {"need": mean_over_people(need, weight, area)}
    for name in indicators:
        columns[f"indicator_{name}"] = mean_over_people(people[name], weight, area)
    return pd.DataFrame(columns)
