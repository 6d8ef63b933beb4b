"""Shared capacity: how much help there is per person within reach, and who hangs on a single provider."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from layers.access import effective_population, mean_over_people, quantile_minutes
from layers.catchment import enhanced_two_step, modified_two_step, three_step
from layers.decay import Decay, gaussian, step, within
from layers.inequality import gini, palma
from layers.travel import offers

PER_PEOPLE = 10_000
"""Capacity is told per this many people."""

MEASURES = MappingProxyType(
    {"2sfca": enhanced_two_step, "e2sfca": enhanced_two_step, "m2sfca": modified_two_step, "3sfca": three_step}
)
"""Floating-catchment measures by the name a project uses; 2SFCA is E2SFCA without decay."""


def decay_of(name: str, *, measure: str, catchment_min: float) -> Decay:
    """Return the distance decay of a project.

    Parameters
    ----------
    name
        "step": thirds of the catchment weigh 1, 0.68 and 0.22 (Luo and Qi 2009, who use 10, 20 and 30 minutes);
        "gaussian": exp(-t²/2σ²) with σ such that the weight is 0.01 at the edge.
    measure
        A key of `MEASURES`; "2sfca" has no decay.
    catchment_min
        Catchment in minutes.
    """
    if measure == "2sfca":
        return within(catchment_min)
    if name == "gaussian":
        return gaussian(catchment_min / np.sqrt(2 * np.log(100)), catchment_min=catchment_min)
    return step({catchment_min / 3: 1.0, catchment_min * 2 / 3: 0.68, catchment_min: 0.22})


def supply(providers: pd.DataFrame, category: str) -> tuple[pd.Series, str]:
    """Return what each provider of `category` offers, and what that rests on.

    Stated capacity is used only when every provider of the category states it: mixing places with guesses would favour
    whoever fills in forms.

    Returns
    -------
    tuple of pandas.Series and str
        Capacity on the index of the providers of the category, and "capacity" (as stated) or "providers" (1 each).
    """
    own = providers[offers(providers, category)]
    if len(own) and own["capacity"].notna().all() and own["capacity"].sum() > 0:
        return own["capacity"].astype(float), "capacity"
    return pd.Series(1.0, index=own.index), "providers"


def shared_capacity(
    people: pd.DataFrame,
    providers: pd.DataFrame,
    trips: pd.DataFrame,
    *,
    categories: tuple[str, ...],
    measure: str,
    decay: Decay,
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Return, per point and category, the capacity per person and how many providers are in reach.

    Parameters
    ----------
    people
        ``population``, with rows numbered from 0.
    providers
        ``categories`` and ``capacity``, with rows numbered from 0.
    trips
        ``origin``, ``destination`` and ``minutes`` of all pairs within the catchment.
    categories
        Service categories.
    measure
        A key of `MEASURES`.
    decay
        Distance decay.

    Returns
    -------
    tuple of pandas.DataFrame and mapping
        ``share_<category>`` (capacity per person), ``choices_<category>`` (providers in reach), ``second_<category>``
        (minutes to the second nearest, ``inf`` when there is none in the catchment); and the basis per category.
    """
    columns: dict[str, pd.Series] = {}
    basis: dict[str, str] = {}
    for category in categories:
        capacity, basis[category] = supply(providers, category)
        own = trips[providers.index.isin(capacity.index)[trips["destination"].to_numpy()]]
        share = MEASURES[measure](people["population"], capacity, own, decay=decay)
        columns[f"share_{category}"] = share
        columns[f"choices_{category}"] = pd.Series(np.bincount(own["origin"], minlength=len(people)), people.index)
        columns[f"second_{category}"] = kth_nearest(own, people.index, k=2)
    return pd.DataFrame(columns, index=people.index), basis


def kth_nearest(trips: pd.DataFrame, people: pd.Index, *, k: int) -> pd.Series:
    """Return the minutes to the k-th nearest provider among `trips`; ``inf`` where there are fewer than k.

    Parameters
    ----------
    trips
        ``origin`` and ``minutes``, one row per provider in reach.
    people
        Index of the people; ``origin`` refers to it.
    k
        1 is the nearest.
    """
    origin, minutes = people.get_indexer(pd.Index(trips["origin"])), trips["minutes"].to_numpy(dtype=float, copy=True)
    nearest = np.full(len(people), np.inf)
    np.minimum.at(nearest, origin, minutes)
    for _ in range(k - 1):  # each time one trip of each place is struck out: quicker than to sort them all
        first = np.flatnonzero(minutes == nearest[origin])
        struck = np.full(len(people), -1)
        struck[origin[first]] = first
        minutes[struck[struck >= 0]] = np.inf
        nearest[:] = np.inf
        np.minimum.at(nearest, origin, minutes)
    return pd.Series(nearest, index=people, name="kth_nearest")


def sharing_by_area(people: pd.DataFrame, *, categories: tuple[str, ...]) -> pd.DataFrame:
    """Return, per area and category, capacity per 10,000 people and how many of them hang on a single provider.

    Parameters
    ----------
    people
        ``area_id``, ``population`` and the columns of `shared_capacity`.
    categories
        Service categories.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``area_id``: ``per_10k_<category>`` (0 or more), ``one_only_<category>`` (0–1) and
        ``second_<category>`` (median minutes to the second nearest, ``inf`` where fewer than half have one in reach).
    """
    area, weight = people["area_id"], effective_population(people)
    columns = {}
    for category in categories:
        columns[f"per_10k_{category}"] = PER_PEOPLE * mean_over_people(people[f"share_{category}"], weight, area)
        one_only = people[f"choices_{category}"].eq(1).astype(float)
        columns[f"one_only_{category}"] = mean_over_people(one_only, weight, area)
        second = people[f"second_{category}"]
        (columns[f"second_{category}"],) = quantile_minutes(second, weight, area, shares=(0.5,))
    return pd.DataFrame(columns)


def inequality(people: pd.DataFrame, basis: Mapping[str, str]) -> pd.DataFrame:
    """Return how unevenly each category's capacity is spread over the people.

    Parameters
    ----------
    people
        ``population`` and ``share_<category>``.
    basis
        Category → what its capacity rests on.

    Returns
    -------
    pandas.DataFrame
        Indexed by category: ``basis``, ``gini`` (0–1) and ``palma`` (1 is even, ``inf`` when 40 % have none); NaN
        where nobody has any.
    """
    rows = {
        category: {
            "basis": rests_on,
            "gini": gini(people[f"share_{category}"], people["population"]),
            "palma": palma(people[f"share_{category}"], people["population"]),
        }
        for category, rests_on in basis.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("category")
