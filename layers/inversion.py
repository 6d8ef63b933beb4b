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
"""Log-likelihood by which the true places must explain the minutes better: chance reaches it about once in a hundred
thousand. For one place of several it is more by the logarithm of their number: each is another chance."""

REACH_M = 80_000
"""Areas farther than this from every provider, in metres, are left out: their minutes follow the highways."""

MIN_AREAS = 8
NEIGHBOURS = 30
"""Areas around each one whose errors may be like its own; of few areas a quarter."""

GRID = np.stack(np.meshgrid(*[np.linspace(-1.25, 1.25, 21)] * 2), axis=-1).reshape(-1, 2)
"""Candidate places that `locate` tries, a square around a region: x and y from its middle, of its radius."""


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
    before = _stand_ins(hidden)
    after = before.copy()
    after[list(chosen)] = [hidden[which].place for which in chosen]
    return sum(
        _Category(published, hidden, category, before).misfit() - _Category(published, hidden, category, after).misfit()
        for category in _touched(hidden, chosen)
    )


def locate(published: Published, hidden: Sequence[Hidden]) -> np.ndarray:
    """Return the places that the minutes point to, x and y of each provider: the grid places that explain them best.

    One provider after the other is moved while the rest stand where they were found, twice around.
    """
    found = _stand_ins(hidden)
    for _ in range(2):
        for which, one in enumerate(hidden):
            categories = [_Category(published, hidden, category, found) for category in one.categories]
            misfits = sum(category.misfits(which, one.stand_in + one.region_radius_m * GRID) for category in categories)
            found[which] = one.stand_in + one.region_radius_m * GRID[np.argmin(misfits)]
    return found


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
    here = _stand_ins(hidden)
    categories = {name: _Category(published, hidden, name, here) for name in _touched(hidden, everyone)}
    usual = {name: category.misfit() for name, category in categories.items()}
    alone = [
        sum(usual[name] - categories[name].misfits(which, one.place[None])[0] for name in one.categories)
        for which, one in enumerate(hidden)
    ]
    sure_alone = SURE + np.log(len(hidden))
    betrayed = [which for which in everyone if alone[which] > sure_alone or (together > SURE and alone[which] > 0)]
    if together > SURE and not betrayed:
        betrayed = [int(np.argmax(alone))]
    if betrayed:
        errors_m = np.hypot(*(locate(published, hidden) - [one.place for one in hidden]).T)
        radii[betrayed] = np.minimum(errors_m[betrayed], radii[betrayed] * 0.999)
    return radii


def _touched(hidden: Sequence[Hidden], chosen: Sequence[int]) -> list[str]:
    return sorted({category for which in chosen for category in hidden[which].categories})


def _stand_ins(hidden: Sequence[Hidden]) -> np.ndarray:
    return np.array([one.stand_in for one in hidden], dtype=float).reshape(-1, 2)


class _Category:
    """The minutes of one category, with the confidential providers somewhere: how badly that explains them.

    Parameters
    ----------
    published, hidden
        As elsewhere.
    category
        Which minutes.
    at
        Where each confidential provider is taken to stand, x and y in metres.
    """

    def __init__(self, published: Published, hidden: Sequence[Hidden], category: str, at: np.ndarray) -> None:
        self.also = _Category(published.also, hidden, category, at) if published.also else None
        self.nth = published.nth
        members = [which for which, one in enumerate(hidden) if category in one.categories]
        public = published.providers.get(category, np.empty((0, 2)))
        # The same areas are used wherever a provider is tried.
        anywhere = [place for which in members for place in (hidden[which].stand_in, hidden[which].place)]
        near = KDTree(np.concatenate([public, np.reshape(anywhere, (-1, 2))])).query(published.areas)[0] <= REACH_M
        minutes = published.minutes.get(category, np.empty(0))
        used = np.isfinite(minutes) & near if len(minutes) else np.zeros(0, dtype=np.int64)
        self.areas, self.minutes = published.areas[used], minutes[used]
        self.distance_m, nearest = self._distances(public, at[members])
        self.nearest = np.append(np.full(len(public), -1), [*members, -1])[nearest]  # the last: no such neighbour
        usual_m, _ = self._distances(public, _stand_ins(hidden)[members])
        self.independent = _independent(self.areas, usual_m[:, self.nth - 1], self.minutes)

    def _distances(self, public: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return metres from each area to the nearest providers, one more than are asked for, and which they are."""
        points = np.concatenate([public, members.reshape(-1, 2)])
        return KDTree(points).query(self.areas, k=list(range(1, self.nth + 2)))

    def misfit(self) -> float:
        """Return the negative log-likelihood of the minutes, up to a constant: n/2 · ln of the squared misfit.

        n counts what is independent in the errors: minutes follow the same roads, so that areas beside each other are
        all wrong in the same way.
        """
        more = self.also.misfit() if self.also else 0.0
        return more + float(self._misfits(self.distance_m[None, :, self.nth - 1])[0])

    def misfits(self, which: int, places: np.ndarray) -> np.ndarray:
        """Return the same with one provider at each of some other places, x and y in metres: an array, one by one."""
        others = np.where(self.nearest == which, np.inf, self.distance_m)
        others.sort(axis=1)
        nearer, farther = others[:, self.nth - 2] if self.nth > 1 else 0.0, others[:, self.nth - 1]
        there = np.hypot(*(self.areas - places[:, None]).transpose(2, 0, 1))
        more = self.also.misfits(which, places) if self.also else 0.0
        return more + self._misfits(np.clip(there, nearer, farther))  # the nth of them: it, or the one before or after

    def _misfits(self, distance_m: np.ndarray) -> np.ndarray:
        """Return the misfit of distances to the nth nearest provider, a row for each place where one is tried."""
        known = np.isfinite(distance_m[0])  # wherever it stands: an area without an nth lacks the others
        if known.sum() < MIN_AREAS:
            return np.zeros(len(distance_m))
        squares = np.sum(_errors(distance_m[:, known], self.minutes[known]) ** 2, axis=1)
        misfits: np.ndarray = 0.5 * self.independent * known.sum() * np.log(squares + 1e-9)
        return misfits


def _errors(distance_m: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Return what a straight line, of minutes over distance, leaves; of each row of distances."""
    apart, rest = distance_m - distance_m.mean(axis=-1, keepdims=True), minutes - minutes.mean()
    spread = np.sum(apart**2, axis=-1, keepdims=True)
    slope = (apart @ rest)[..., None] / np.where(spread > 0, spread, np.inf)
    errors: np.ndarray = rest - slope * apart
    return errors


def _independent(areas: np.ndarray, distance_m: np.ndarray, minutes: np.ndarray) -> float:
    """Return which share of the errors is independent: one in so many as are alike by their correlation."""
    known = np.isfinite(distance_m)
    n = int(known.sum())
    if n < MIN_AREAS:
        return 1.0
    errors = _errors(distance_m[known], minutes[known])
    beside = KDTree(areas[known]).query(areas[known], k=range(2, 2 + min(NEIGHBOURS, n // 4)))[1]
    correlation = errors @ errors[beside] / (float(errors @ errors) + 1e-9)
    return 1 / (1 + max(0.0, float(np.cumsum(correlation).max())))
