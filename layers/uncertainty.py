"""Uncertainty: how firmly each area holds its rank, and what its figures rest on.

The ranking is repeated with everything varied that the planner could as well have chosen, or that the sources leave
open. The interval that holds 90 % of the ranks is shown beside the rank.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.project import Indicator, Project
from layers.access import effective_population, mean_over_people, point_gap, sum_over_people
from layers.need import UNKNOWN_NEED, point_rank
from layers.priority import nobody_to_meet, reach

DRAWS = 1000
SEED = 20_260_101
WEIGHT_CONCENTRATION = 30.0
"""Dirichlet concentration of the weights: a weight of 0.5 varies by about ±0.09 (one standard deviation)."""
TIME_FACTORS = np.array([0.8, 0.9, 1.0, 1.1, 1.25, 1.4])
"""Factors on all travel times: an empty road in daylight to rain, night or a slow vehicle."""
INTERVAL = (0.05, 0.95)

FAR_OFF_ROAD_M = 2_000
WIDE_INTERVAL_SHARE = 1 / 3
MOSTLY = 0.5


def rank_interval(areas: pd.DataFrame, people: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Return the interval that holds 90 % of each area's ranks over `DRAWS` repetitions.

    Varied together in each draw: the three weights and the indicator weights (Dirichlet around the project's), a factor
    on all travel times (`TIME_FACTORS`), and each area's number of venues (Poisson around the count, since no list is
    complete). The interval always contains the rank itself. Seeded: the same study gives the same interval.

    Parameters
    ----------
    areas
        Indexed by ``area_id``, with ``population``, ``n_venues``, ``corridor_share`` and ``rank``.
    people
        With ``area_id``, ``population``, ``minutes_<category>`` for each required category and the indicators.
    project
        Weights, indicators and bands, with the required categories filled in.

    Returns
    -------
    pandas.DataFrame
        ``rank_low`` and ``rank_high`` (integers, 1 = first) on the index of `areas`.

    Notes
    -----
    Saisana, Saltelli and Tarantola (2005), JRSS-A 168: 307-323, for the approach.
    """
    rng = np.random.default_rng(SEED)
    counts = ~nobody_to_meet(areas).to_numpy()[:, None]
    gaps = _gaps_by_factor(areas, people, project) * counts
    given = project.weights
    weights = _dirichlet(rng, np.array([given.access_gap, given.need, given.reach]), DRAWS)
    indicators = project.people.indicators
    shares = _dirichlet(rng, np.array([i.weight for i in indicators.values()] or [1.0]), DRAWS)
    needs = _need_by_draw(areas, people, indicators, shares) * counts
    factor = rng.integers(len(TIME_FACTORS), size=DRAWS)
    venues = rng.poisson(areas["n_venues"].to_numpy()[:, None], size=(len(areas), DRAWS)).astype(float)
    reaches = reach(venues, areas["corridor_share"].to_numpy()[:, None])
    scores = gaps[:, factor] * weights[:, 0] + needs * weights[:, 1] + reaches * weights[:, 2]
    ranks = pd.DataFrame(scores).rank(method="min", ascending=False).to_numpy()
    low, high = np.quantile(ranks, INTERVAL, axis=1, method="nearest")
    return pd.DataFrame(
        {"rank_low": np.minimum(low, areas["rank"]), "rank_high": np.maximum(high, areas["rank"])},
        index=areas.index,
    ).astype(int)


def _gaps_by_factor(areas: pd.DataFrame, people: pd.DataFrame, project: Project) -> np.ndarray:
    """Return the access gap of each area (rows) with all minutes times each factor (columns)."""
    weight = effective_population(people)
    minutes = people[[f"minutes_{category}" for category in project.access.required]]
    columns = [
        mean_over_people(
            point_gap(minutes * factor, full_gap_min=project.access.bands_min[-1]), weight, people["area_id"]
        )
        for factor in TIME_FACTORS
    ]
    return np.column_stack([column.reindex(areas.index).to_numpy() for column in columns])


def _need_by_draw(
    areas: pd.DataFrame, people: pd.DataFrame, indicators: Mapping[str, Indicator], shares: np.ndarray
) -> np.ndarray:
    """Return the need of each area (rows) in each draw (columns) of shares of the indicators, as `point_need` has it.

    Points of which the same indicators are known are taken together: their need is linear in the shares.
    """
    need = np.zeros((len(areas), len(shares)))
    if not indicators:
        return need
    weight, area = effective_population(people), people["area_id"]
    ranks = pd.DataFrame({name: point_rank(people, name, each) for name, each in indicators.items()}, people.index)
    patterns, pattern = np.unique(ranks.notna().to_numpy(), axis=0, return_inverse=True)
    for number, known in enumerate(patterns):
        own = weight.where(pattern == number, 0.0)
        parts = [ranks[name].fillna(0.0) * own for name in ranks.columns[known]]
        sums = [sum_over_people(part, area).reindex(areas.index) for part in (*parts, own)]
        of_all = shares[:, known].sum(axis=1)
        weighed = shares[:, known] / np.where(of_all > 0, of_all, 1.0)[:, None]
        need += np.column_stack(sums) @ np.column_stack([weighed, (of_all == 0) * UNKNOWN_NEED]).T
    mean: np.ndarray = need / sum_over_people(weight, area).reindex(areas.index).to_numpy()[:, None]
    return mean


def _dirichlet(rng: np.random.Generator, weights: np.ndarray, draws: int) -> np.ndarray:
    """Return `draws` rows of weights that sum to 1 around `weights`; a weight of 0 stays 0."""
    alpha = WEIGHT_CONCENTRATION * weights / weights.sum()
    sample = rng.gamma(alpha, size=(draws, len(weights)))
    weights_drawn: np.ndarray = sample / sample.sum(axis=1, keepdims=True)
    return weights_drawn


def confidence(areas: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return how far an area's figures can be trusted, and why.

    One reason makes the confidence medium, two make it low.

    Parameters
    ----------
    areas
        Indexed by ``area_id``, with ``rank_low``, ``rank_high``, ``highways`` and ``n_venues``.
    people
        With ``area_id``, ``population``, ``off_road_m`` and ``stands_in`` (share of the required categories whose
        nearest provider is confidential and stands at a point of its region).

    Returns
    -------
    pandas.DataFrame
        ``confidence`` (high, medium or low) and ``confidence_why`` (reasons joined by "; ").
    """
    weight = effective_population(people)
    off_road = mean_over_people(people["off_road_m"], weight, people["area_id"]).reindex(areas.index)
    stands_in = mean_over_people(people["stands_in"], weight, people["area_id"]).reindex(areas.index)
    wide = (areas["rank_high"] - areas["rank_low"]) > WIDE_INTERVAL_SHARE * len(areas)
    rules = {
        "its rank depends strongly on the weights and travel speeds chosen": wide,
        "many people live far from the nearest road in the data": ~(off_road <= FAR_OFF_ROAD_M),
        "most minutes lead to confidential services, placed at a point of their region": stands_in > MOSTLY,
        "no venue is listed along its stretch of the corridor": areas["highways"].ne("") & areas["n_venues"].eq(0),
    }
    table = pd.DataFrame(rules, index=areas.index)
    why = table.apply(lambda row: "; ".join(table.columns[row.to_numpy(dtype=bool)]), axis=1)
    level = table.sum(axis=1).map(lambda n: ("high", "medium", "low")[min(int(n), 2)])
    return pd.DataFrame({"confidence": level.astype(str), "confidence_why": why.astype(str)}, index=areas.index)
