"""Inequality: how unevenly access is spread over the people."""

import numpy as np
import pandas as pd


def gini(access: pd.Series, population: pd.Series) -> float:
    """Return the population-weighted Gini coefficient of access, 0 (all alike) to 1 (one person has it all).

    G = 1 - Σ (F_i - F_{i-1}) (L_i + L_{i-1}), with F and L the running shares of people and of access, people sorted by
    access. Places with no access take part. NaN when nobody has any: nothing is spread, evenly or not.

    Parameters
    ----------
    access
        Access per person, 0 or more (more is better).
    population
        People, on the same index.

    Examples
    --------
    >>> gini(pd.Series([1.0, 1.0]), pd.Series([5, 5])), gini(pd.Series([0.0, 1.0]), pd.Series([50, 50]))
    (0.0, 0.5)
    """
    order = np.argsort(access.to_numpy(), kind="stable")
    people = population.to_numpy(dtype=float)[order]
    held = access.to_numpy(dtype=float)[order] * people
    if people.sum() == 0 or held.sum() == 0:
        return float("nan")
    share_of_people = np.concatenate([[0.0], np.cumsum(people) / people.sum()])
    share_of_access = np.concatenate([[0.0], np.cumsum(held) / held.sum()])
    return float(1 - np.sum(np.diff(share_of_people) * (share_of_access[1:] + share_of_access[:-1])))


def palma(access: pd.Series, population: pd.Series) -> float:
    """Return the Palma ratio of access: mean of the best-served tenth over mean of the worst-served four tenths.

    1 when all are alike; ``inf`` when the worst-served 40 % have none and others have some, NaN when nobody has any. A
    place that straddles the border of a group is split.

    Parameters
    ----------
    access, population
        As for `gini`.

    Notes
    -----
    Cobham and Sumner (2013) for the ratio; used for access by Pereira and Herszenhut, *Introduction to urban
    accessibility* (Ipea).

    Examples
    --------
    >>> palma(pd.Series([1.0, 4.0]), pd.Series([40, 60]))
    4.0
    """
    order = np.argsort(access.to_numpy(), kind="stable")
    people = population.to_numpy(dtype=float)[order]
    values = access.to_numpy(dtype=float)[order]
    if people.sum() == 0 or (values * people).sum() == 0:
        return float("nan")
    end = np.cumsum(people) / people.sum()
    start = np.concatenate([[0.0], end[:-1]])
    poorest = np.clip(np.minimum(end, 0.4) - start, 0, None)
    richest = np.clip(end - np.maximum(start, 0.9), 0, None)
    low = float((values * poorest).sum() / poorest.sum())
    high = float((values * richest).sum() / richest.sum())
    return high / low if low > 0 else float("inf")
