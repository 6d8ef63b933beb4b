"""Floating catchments: provider capacity shared out among all the people who can reach it.

Minutes to the nearest provider say how far help is. These measures also say how many people share it. All of them come
from two passes over the same trips: capacity per person at each provider, then the sum of that over the providers each
place can reach. A place that reaches no provider gets 0, never NaN: it is the worst served of all.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from layers.decay import Decay, within

Floats = npt.NDArray[np.float64]


def two_step(population: pd.Series, capacity: pd.Series, trips: pd.DataFrame, *, catchment_min: float) -> pd.Series:
    """Return 2SFCA access: capacity per person, shared within `catchment_min` minutes.

    R_j = S_j / Σ {P_k : t_kj ≤ T};  A_i = Σ {R_j : t_ij ≤ T}.

    Parameters
    ----------
    population
        People P at each place, indexed by place; 0 or more.
    capacity
        Capacity S of each provider, indexed by provider; 0 or more.
    trips
        ``origin`` (place), ``destination`` (provider) and ``minutes``, each pair once; pairs left out count as out of
        reach.
    catchment_min
        Catchment T in minutes.

    Returns
    -------
    pandas.Series
        Capacity per person, 0 or more, on the index of `population`. Σ P·A equals the capacity of all providers that
        anybody reaches.

    Notes
    -----
    Luo and Wang (2003), Environment and Planning B 30: 865-884.
    """
    return enhanced_two_step(population, capacity, trips, decay=within(catchment_min)).rename("two_step")


def enhanced_two_step(population: pd.Series, capacity: pd.Series, trips: pd.DataFrame, *, decay: Decay) -> pd.Series:
    """Return E2SFCA access: as `two_step`, near people and providers counting more.

    R_j = S_j / Σ_k P_k f(t_kj);  A_i = Σ_j R_j f(t_ij).

    Parameters
    ----------
    population, capacity, trips
        As for `two_step`.
    decay
        Weight f by minutes; see `layers.decay`.

    Notes
    -----
    Luo and Qi (2009), Health & Place 15: 1100-1107.
    """
    f = decay(trips["minutes"].to_numpy(dtype=float))
    return _share_out(population, capacity, trips, asked=f, given=f).rename("enhanced_two_step")


def modified_two_step(population: pd.Series, capacity: pd.Series, trips: pd.DataFrame, *, decay: Decay) -> pd.Series:
    """Return M2SFCA access: as `enhanced_two_step`, but what is far is partly lost instead of handed to others.

    R_j = S_j / Σ_k P_k f(t_kj);  A_i = Σ_j R_j f(t_ij)². Sparse rural systems score lower; Σ P·A ≤ Σ S.

    Parameters
    ----------
    population, capacity, trips
        As for `two_step`.
    decay
        Weight f by minutes, 0–1.

    Notes
    -----
    Delamater (2013), Spatial and Spatio-temporal Epidemiology 7: 1-13.
    """
    f = decay(trips["minutes"].to_numpy(dtype=float))
    return _share_out(population, capacity, trips, asked=f, given=f**2).rename("modified_two_step")


def three_step(population: pd.Series, capacity: pd.Series, trips: pd.DataFrame, *, decay: Decay) -> pd.Series:
    """Return 3SFCA access: as `enhanced_two_step`, each place spreading its demand over the providers it can choose.

    G_ij = f(t_ij) / Σ_j f(t_ij);  R_j = S_j / Σ_k P_k G_kj f(t_kj);  A_i = Σ_j R_j G_ij f(t_ij).

    Parameters
    ----------
    population, capacity, trips
        As for `two_step`.
    decay
        Weight f by minutes, 0–1.

    Notes
    -----
    Wan, Zou and Sternberg (2012), International Journal of Geographical Information Science 26: 1073-1089.
    """
    f = decay(trips["minutes"].to_numpy(dtype=float))
    origin = population.index.get_indexer(pd.Index(trips["origin"]))
    choices = np.bincount(origin, weights=f, minlength=len(population))[origin]
    chosen = f * np.divide(f, choices, out=np.zeros_like(f), where=choices > 0)
    return _share_out(population, capacity, trips, asked=chosen, given=chosen).rename("three_step")


def _share_out(
    population: pd.Series, capacity: pd.Series, trips: pd.DataFrame, *, asked: Floats, given: Floats
) -> pd.Series:
    """Share each capacity among the people who ask for it, then sum what each place is given.

    `asked` weighs a place's demand on a provider, `given` what reaches the place from it, one value per trip.
    """
    origin = population.index.get_indexer(pd.Index(trips["origin"]))
    destination = capacity.index.get_indexer(pd.Index(trips["destination"]))
    if (origin < 0).any() or (destination < 0).any():
        msg = "trips name places or providers that are not in the tables"
        raise ValueError(msg)
    people = population.to_numpy(dtype=float)[origin]
    demand = np.bincount(destination, weights=people * asked, minlength=len(capacity))
    supply = capacity.to_numpy(dtype=float)
    # A provider that nobody asks for gives nothing: 0 instead of a division by zero.
    ratio = np.divide(supply, demand, out=np.zeros(len(supply)), where=demand > 0)
    access = np.bincount(origin, weights=ratio[destination] * given, minlength=len(population))
    return pd.Series(access, index=population.index)
