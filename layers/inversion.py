"""The attack on minutes: what published travel times alone say about where an unpublished provider is.

Minutes to the nearest provider have their valley where it stands. The attack explains the published minutes of all
areas by straight distance, once with a provider at the point that stands for its region and once at its true place.
Minutes that were made from the stand-in are explained better by it; minutes that betray the true place are not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

SURE = 12.0
"""Log-likelihood by which the true place must explain the minutes better. With independent errors chance reaches it
with a probability below 1e-6, whatever the distance between the two places."""

REACH_M = 80_000
"""Areas farther than this from every provider, in metres, are left out: their minutes follow the highways."""

MIN_AREAS = 8
GRID = 21
"""Candidate places along each side of the square around a region that `locate` tries."""


@dataclass(frozen=True, eq=False)
class Published:
    """What everybody can read in the outputs.

    Parameters
    ----------
    areas
        A point of each area, x and y in metres.
    minutes
        Category → minutes of each area, ``inf`` or NaN where there are none.
    providers
        Category → points of the public providers that offer it.
    nth
        Minutes to which provider: 1 is the nearest, 2 the second nearest.
    also
        More such minutes, at other points and independent of these: the evidence of both adds up.
    """

    areas: np.ndarray
    minutes: Mapping[str, np.ndarray]
    providers: Mapping[str, np.ndarray]
    nth: int = 1
    also: "Published | None" = None


@dataclass(frozen=True, eq=False)
class Hidden:
    """A confidential provider: its stand-in, its true place (x, y in metres), and how far its region reaches."""

    categories: tuple[str, ...]
    stand_in: np.ndarray
    place: np.ndarray
    region_radius_m: float


def evidence(published: Published, hidden: Sequence[Hidden], *, chosen: Sequence[int]) -> float:
    """Return by how much true places explain the minutes better than stand-ins, as a log-likelihood.

    Parameters
    ----------
    published
        What everybody can read.
    hidden
        All confidential providers.
    chosen
        Those that are moved from their stand-in to their true place.

    Returns
    -------
    float
        Negative when the stand-ins explain the minutes better; above `SURE` the minutes betray the places.
    """
    places = {which: hidden[which].place for which in chosen}
    return sum(
        _misfit(published, hidden, c, {}) - _misfit(published, hidden, c, places) for c in _touched(hidden, chosen)
    )


def locate(published: Published, hidden: Sequence[Hidden]) -> np.ndarray:
    """Return the places that the minutes point to, x and y of each provider: the grid places that explain them best.

    One provider after the other is moved while the rest stand where they were found, twice around.
    """
    found = {which: one.stand_in for which, one in enumerate(hidden)}
    steps = np.linspace(-1.25, 1.25, GRID)
    for _ in range(2):
        for which, one in enumerate(hidden):
            places = [one.stand_in + one.region_radius_m * np.array([dx, dy]) for dy in steps for dx in steps]
            misfits = [
                sum(_misfit(published, hidden, category, {**found, which: place}) for category in one.categories)
                for place in places
            ]
            found[which] = places[int(np.argmin(misfits))]
    return np.array([found[which] for which in range(len(hidden))])


def radius_said_m(published: Published, hidden: Sequence[Hidden]) -> np.ndarray:
    """Return how near the minutes bring anybody to each confidential provider, in metres.

    Returns
    -------
    numpy.ndarray
        The reach of its region, unless the minutes betray its place; then the distance from the place they point to.
    """
    radii = np.array([one.region_radius_m for one in hidden], dtype=float)
    everyone = range(len(hidden))
    together = evidence(published, hidden, chosen=everyone)
    alone = [evidence(published, hidden, chosen=[which]) for which in everyone]
    betrayed = [which for which in everyone if alone[which] > SURE or (together > SURE and alone[which] > 0)]
    if together > SURE and not betrayed:
        betrayed = [int(np.argmax(alone))]
    if betrayed:
        errors_m = np.hypot(*(locate(published, hidden) - [one.place for one in hidden]).T)
        radii[betrayed] = np.minimum(errors_m[betrayed], radii[betrayed] * 0.999)
    return radii


def _touched(hidden: Sequence[Hidden], chosen: Sequence[int]) -> list[str]:
    return sorted({category for which in chosen for category in hidden[which].categories})


def _within_reach(published: Published, hidden: Sequence[Hidden], category: str) -> np.ndarray:
    """Return which areas are near a provider: the same ones wherever a provider is tried."""
    places = [place for one in hidden if category in one.categories for place in (one.stand_in, one.place)]
    points = np.concatenate([published.providers.get(category, np.empty((0, 2))), np.reshape(places, (-1, 2))])
    distance_m, _ = KDTree(points).query(published.areas)
    near: np.ndarray = distance_m <= REACH_M
    return near


def _misfit(published: Published, hidden: Sequence[Hidden], category: str, moved: Mapping[int, np.ndarray]) -> float:
    """Return the negative log-likelihood of a category's minutes, up to a constant: n/2 · ln of the squared misfit."""
    more = _misfit(published.also, hidden, category, moved) if published.also else 0.0
    minutes = published.minutes.get(category)
    if minutes is None:
        return more
    places = [moved.get(i, one.stand_in) for i, one in enumerate(hidden) if category in one.categories]
    points = np.concatenate([published.providers.get(category, np.empty((0, 2))), np.reshape(places, (-1, 2))])
    distance_m = KDTree(points).query(published.areas, k=[published.nth])[0][:, 0]
    used = np.isfinite(minutes) & np.isfinite(distance_m) & _within_reach(published, hidden, category)
    if used.sum() < MIN_AREAS:
        return more
    terms = np.column_stack([np.ones(used.sum()), distance_m[used]])
    factors, *_ = np.linalg.lstsq(terms, minutes[used], rcond=None)
    squares = float(np.sum((minutes[used] - terms @ factors) ** 2))
    return more + 0.5 * float(used.sum()) * float(np.log(squares + 1e-9))
