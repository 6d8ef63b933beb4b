"""The strip chart of a highway as plain values: everything along it by milepost. Drawing is somebody else's work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.route_line import Route
from geo.routes import Routes


@dataclass(frozen=True)
class StripExit:
    """An exit: where, what it is called ("exit 51"), its number alone ("" for none), its towns and its road."""

    milepost: float
    label: str
    number: str
    towns: str
    road: str = ""


@dataclass(frozen=True)
class StripVenue:
    """A venue in the corridor, and the direction of the traffic on its side of the highway."""

    venue_id: str
    kind: str
    name: str
    milepost: float
    side: str


@dataclass(frozen=True)
class StripProvider:
    """A public provider near the highway, at the milepost of the exit that leads to it, and the minutes from there."""

    provider_id: str
    name: str
    categories: tuple[str, ...]
    milepost: float
    exit_min: float


@dataclass(frozen=True)
class StripProfile:
    """Minutes from each exit in one direction to the nearest provider of a category; ``inf``: none is reachable."""

    direction: str
    category: str
    mileposts: tuple[float, ...]
    minutes: tuple[float, ...]


@dataclass(frozen=True)
class StripGap:
    """A stretch from whose exits help of a category is farther than a band, in one direction."""

    direction: str
    category: str
    band_min: float
    from_milepost: float
    to_milepost: float


@dataclass(frozen=True)
class Strip:
    """One highway as a straight line.

    Parameters
    ----------
    route_id, label
        Its identifier and its name ("I-55").
    unit
        "mi" or "km", of all mileposts.
    directions
        Up and down the mileposts.
    from_milepost, to_milepost
        The ends of the axis.
    ticks
        Round mileposts to print on it.
    outside
        Stretches that lie outside the study area, or where the road file has no road.
    exits, venues, providers, profiles, gaps
        What lies along it, by milepost.
    """

    route_id: str
    label: str
    unit: str
    directions: tuple[str, str]
    from_milepost: float
    to_milepost: float
    ticks: tuple[float, ...]
    outside: tuple[tuple[float, float], ...]
    exits: tuple[StripExit, ...]
    venues: tuple[StripVenue, ...]
    providers: tuple[StripProvider, ...]
    profiles: tuple[StripProfile, ...]
    gaps: tuple[StripGap, ...]


def make_strips(
    routes: Routes,
    *,
    towns: pd.Series,
    venues: pd.DataFrame,
    providers: pd.DataFrame,
    minutes: pd.DataFrame,
    gaps: pd.DataFrame,
    categories: tuple[str, ...],
) -> tuple[Strip, ...]:
    """Return the strip chart of each highway.

    Parameters
    ----------
    routes
        The measured highways.
    towns
        The towns that each row of ``routes.exits`` serves: `layers.exits.towns_served`.
    venues
        Venues in the corridor: ``venue_id``, ``kind``, ``name``, ``route_id``, ``milepost``, ``side``.
    providers
        Providers in the corridor: ``provider_id``, ``name``, ``categories``, ``public``, ``exit_id``, ``exit_min``.
        Confidential ones are left out here: a milepost would tell where they are.
    minutes
        `layers.exits.exit_minutes`.
    gaps
        `layers.gaps.gap_table`.
    categories
        Service categories, in the order wanted.
    """
    exits = routes.exits.assign(towns=towns)
    exits["road"] = exits["name"].where(exits["name"].ne(""), exits["crossing"])
    public = providers[providers["public"].to_numpy(dtype=bool)]
    place = exits.set_index("exit_id")[["route_id", "milepost"]]
    public = public[public["exit_id"].isin(place.index)].join(place, on="exit_id")
    return tuple(
        _strip(
            route,
            exits[exits["route_id"].eq(route.route_id)],
            venues[venues["route_id"].eq(route.route_id) & venues["milepost"].notna()],
            public[public["route_id"].eq(route.route_id)],
            minutes[minutes["route_id"].eq(route.route_id)],
            gaps[gaps["route_id"].eq(route.route_id)],
            categories,
        )
        for route in routes.routes
    )


def ticks_between(begin: float, end: float) -> tuple[float, ...]:
    """Return round mileposts for an axis: every 1, 2, 5, 10, … so that there are at most 15.

    Examples
    --------
    >>> ticks_between(-0.2, 291.5)[:3], ticks_between(10.6, 14.2)
    ((0.0, 20.0, 40.0), (11.0, 12.0, 13.0, 14.0))
    """
    steps = [factor * 10**power for power in range(6) for factor in (1, 2, 5)]
    step = next(step for step in steps if (end - begin) / step <= 15)  # noqa: PLR2004 # as the docstring says
    return tuple(float(number * step) for number in range(int(np.ceil(begin / step)), int(np.floor(end / step)) + 1))


def _strip(
    route: Route,
    exits: pd.DataFrame,
    venues: pd.DataFrame,
    providers: pd.DataFrame,
    minutes: pd.DataFrame,
    gaps: pd.DataFrame,
    categories: tuple[str, ...],
) -> Strip:
    begin, end = float(route.inside[0][0]), float(route.inside[-1][1])
    between = [(one[1], other[0]) for one, other in zip(route.inside[:-1], route.inside[1:], strict=True)]
    missing = [(gap.from_milepost, gap.to_milepost) for gap in route.gaps]
    venues = venues.sort_values(["milepost", "venue_id"])
    providers = providers.sort_values(["milepost", "provider_id"])
    return Strip(
        route_id=route.route_id,
        label=route.label,
        unit=route.unit,
        directions=route.directions,
        from_milepost=begin,
        to_milepost=end,
        ticks=ticks_between(begin, end),
        outside=tuple(sorted(between + missing)),
        exits=tuple(StripExit(*row) for row in _rows(exits, "milepost", "label", "number", "towns", "road")),
        venues=tuple(StripVenue(*row) for row in _rows(venues, "venue_id", "kind", "name", "milepost", "side")),
        providers=tuple(
            StripProvider(provider_id, name, tuple(offered.split(";")), milepost, exit_min)
            for provider_id, name, offered, milepost, exit_min in _rows(
                providers, "provider_id", "name", "categories", "milepost", "exit_min"
            )
        ),
        profiles=tuple(_profiles(route, minutes, categories)),
        gaps=tuple(
            StripGap(direction, category, band_min, low, high)
            for direction, category, band_min, first, last in _rows(
                gaps.sort_values(["from_milepost", "direction", "category", "band_min"]),
                *("direction", "category", "band_min", "from_milepost", "to_milepost"),
            )
            for low, high in unrolled(first, last, begin, end)
        ),
    )


def unrolled(low: float, high: float, begin: float, end: float) -> list[tuple[float, float]]:
    """Return a stretch of a highway as stretches of a straight line: two where a ring passes its milepost 0.

    Examples
    --------
    >>> unrolled(2, 5, 0, 9), unrolled(7, 1, 0, 9)
    ([(2, 5)], [(7, 9), (0, 1)])
    """
    return [(low, high)] if low <= high else [(low, end), (begin, high)]


def _rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield some columns of each row as plain values."""
    return zip(*(table[column].tolist() for column in columns), strict=True)


def _profiles(route: Route, minutes: pd.DataFrame, categories: tuple[str, ...]) -> Iterator[StripProfile]:
    for direction in route.directions:
        own = minutes[minutes["direction"].eq(direction)]
        mileposts = tuple(own["milepost"].astype(float))
        for category in categories:
            yield StripProfile(direction, category, mileposts, tuple(own[f"minutes_{category}"].astype(float)))
