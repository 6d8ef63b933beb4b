"""Travel: minutes from where people are to help, by road or by the local streets that the road file lacks."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geo.errors import NetworkError, Problem
from geo.network import RoadNetwork
from geo.records import Dropped
from geo.snap import Positions, off_road_minutes, snap
from geo.sweeps import NearestSweep, Starts, pairs_within, sweep_to_nearest

DRAWN_EVERY_M = 400.0
"""Distance between the points of a road whose minutes are drawn, in metres: enough for outlines good to 2 km."""

_MOSTLY_CONNECTED = 0.5


@dataclass(frozen=True, eq=False)
class Travel:
    """People and providers attached to one road network: what every travel figure starts from.

    Parameters
    ----------
    network
        The road network.
    people, providers
        Points in its CRS; `providers` with ``categories`` joined by ``;`` and ``public``.
    origins, destinations
        Both as positions on the network.
    """

    network: RoadNetwork
    people: gpd.GeoDataFrame
    providers: gpd.GeoDataFrame
    origins: Positions
    destinations: Positions
    _sweeps: dict[str, NearestSweep] = field(default_factory=dict, repr=False)

    @cached_property
    def local_trips(self) -> pd.DataFrame:
        """The trips that need not touch the network, worked out once: few, where the road file has most streets.

        A leg to the road stands for local streets that the road file lacks. Where the legs of person and provider
        together are no shorter than the straight line between them, those streets lead there as well, at the same
        speed. ``origin`` (row of the people), ``destination`` (row of the providers) and ``minutes``, quickest first.
        """
        homes, places = (shapely.get_coordinates(table.geometry.to_numpy()) for table in (self.people, self.providers))
        from_home, to_place = _legs_m(self.origins), _legs_m(self.destinations)
        # The longer of two legs is at least half of what is no longer than both.
        near_home, near_place = _within(homes, 2 * from_home, places), _within(places, 2 * to_place, homes)[::-1]
        origin, destination = np.hstack([near_home, near_place])
        origin, destination = np.divmod(np.unique(origin * len(places) + destination), len(places))
        straight_m = np.hypot(*(homes[origin] - places[destination]).T)
        trips = pd.DataFrame({"origin": origin, "destination": destination, "minutes": off_road_minutes(straight_m)})
        trips = trips[straight_m <= from_home[origin] + to_place[destination]]
        return trips.sort_values("minutes", kind="stable", ignore_index=True)

    def sweep(self, category: str) -> NearestSweep:
        """Return the sweep to the nearest provider of a category, worked out once."""
        if category not in self._sweeps:
            members = np.flatnonzero(offers(self.providers, category))
            self._sweeps[category] = sweep_to_nearest(self.network, self.destinations.take(members))
        return self._sweeps[category]


def attach(
    people: gpd.GeoDataFrame, providers: gpd.GeoDataFrame, network: RoadNetwork, *, max_off_road_m: float
) -> Travel:
    """Attach people and providers to the roads.

    Parameters
    ----------
    people, providers
        Points in the metric CRS of `network`.
    network
        The road network.
    max_off_road_m
        Farther than this from a road, in metres, a point is not connected.
    """
    return Travel(
        network,
        people,
        providers,
        snap(network, people.geometry, max_off_road_m=max_off_road_m),
        snap(network, providers.geometry, max_off_road_m=max_off_road_m),
    )


def unconnected(travel: Travel, *, people_file: Path, max_off_road_m: float) -> tuple[Dropped, ...]:
    """Return how many inhabited points are too far from any road to reach anybody.

    They stay in every figure, beyond all bands; the count tells of points in the sea, or of a road file too small.

    Parameters
    ----------
    travel
        People and providers on the network.
    people_file
        Where the people came from.
    max_off_road_m
        The project's limit in metres, for the words.

    Raises
    ------
    NetworkError
        If nobody lives near a road.
    """
    lives = travel.people["population"].to_numpy() > 0
    apart = int((lives & ~travel.origins.connected).sum())
    if apart and apart == int(lives.sum()):
        words = f"none of its {apart:,} points with people lies within {max_off_road_m:g} m of a road."
        remedy = "Check that the road file covers the areas; roads.max_off_road_m can be raised for sparse road files."
        share = travel.network.kept_share
        if share < _MOSTLY_CONNECTED:
            remedy = (
                f"Only {share:.0%} of the length of its roads is connected: the road file may lack link roads. {remedy}"
            )
        raise NetworkError([Problem(words, file=people_file, remedy=remedy)])
    reason = f"points with people farther than {max_off_road_m:g} m from any road: kept, as beyond every band"
    return (Dropped(people_file.name, reason, apart),) if apart else ()


def minutes_to_help(travel: Travel, *, categories: tuple[str, ...]) -> pd.DataFrame:
    """Return each point's minutes to the nearest provider of each category.

    Parameters
    ----------
    travel
        People and providers on the network.
    categories
        Service categories to reach.

    Returns
    -------
    pandas.DataFrame
        On the index of the people: ``minutes_<category>`` (``inf`` where none can be reached), ``minutes_worst`` (the
        farthest of them), ``off_road_m`` (length of the leg to the road) and ``stands_in`` (share of the categories
        whose nearest provider is confidential and stands at a point of its region).
    """
    confidential = ~travel.providers["public"].to_numpy(dtype=bool)
    columns: dict[str, np.ndarray] = {}
    stands_in = np.zeros(len(travel.people))
    starts = Starts.of(travel.network, travel.origins)
    for category in categories:
        members = np.flatnonzero(offers(travel.providers, category))
        minutes, nearest = travel.sweep(category).from_origins(starts)
        provider = np.where(nearest >= 0, members[nearest], -1)
        local = travel.local_trips[np.isin(travel.local_trips["destination"], members)].drop_duplicates("origin")
        quicker = local[local["minutes"] < minutes[local["origin"]]]
        minutes[quicker["origin"]], provider[quicker["origin"]] = quicker["minutes"], quicker["destination"]
        columns[f"minutes_{category}"] = minutes
        stands_in += np.where(provider >= 0, confidential[provider], 0.0)
    table = pd.DataFrame(columns, index=travel.people.index)
    return table.assign(
        minutes_worst=table.max(axis=1),
        off_road_m=travel.origins.off_road_m,
        stands_in=stands_in / len(categories),
    )


def trips_within(travel: Travel, *, catchment_min: float) -> pd.DataFrame:
    """Return every pair of a point and a provider it reaches within `catchment_min` minutes.

    Returns
    -------
    pandas.DataFrame
        ``origin`` (row of the people), ``destination`` (row of the providers) and ``minutes``, each pair once.
    """
    origin, destination, minutes = pairs_within(
        travel.network, travel.origins, travel.destinations, cutoff_min=catchment_min
    )
    local = travel.local_trips[travel.local_trips["minutes"] <= catchment_min]
    # Few trips are local, and those by road come sorted by destination, then by origin: no need to sort millions.
    pair = destination * len(travel.people) + origin
    wanted = (local["destination"] * len(travel.people) + local["origin"]).to_numpy()
    row = np.searchsorted(pair, wanted)
    known = row < len(pair)
    known[known] = pair[row[known]] == wanted[known]
    np.minimum.at(minutes, row[known], local["minutes"].to_numpy()[known])
    by_road = {"origin": origin, "destination": destination, "minutes": minutes}
    return pd.DataFrame({name: np.append(column, local[name][~known]) for name, column in by_road.items()}, copy=False)


def _within(points: np.ndarray, radius_m: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the rows of each point and of each of the others within its radius: two rows, one column per pair."""
    tree = cKDTree(others)
    farther_m = max(radius_m.max(initial=0.0), 0.0) + 1  # where nothing is close by, the search ends soon
    near = np.flatnonzero(tree.query(points, distance_upper_bound=farther_m)[0] <= radius_m)
    found = tree.query_ball_point(points[near], radius_m[near])
    return np.array(
        [np.repeat(near, [len(rows) for rows in found]), [row for rows in found for row in rows]], dtype=int
    )


def _legs_m(places: Positions) -> np.ndarray:
    """Return the legs to the road in metres; what is not connected is not connected by local streets either."""
    return np.where(places.connected, places.off_road_m, -np.inf)


def road_minutes(travel: Travel, *, categories: tuple[str, ...]) -> pd.DataFrame:
    """Return, where roads can be joined, the minutes to the farthest of the nearest providers of each category.

    Returns
    -------
    pandas.DataFrame
        ``x``, ``y`` (metric CRS) and ``minutes`` of points at most 600 m apart; ``inf`` where one is out of reach.
        None lies in the course of a motorway: land beside it is reached from its exits.
    """
    network, samples = travel.network, travel.network.samples
    rows, nodes = _between_junctions(network), network.joinable_nodes
    nowhere = np.zeros(len(rows))
    starts = Starts.of(network, Positions(samples.edge[rows], samples.fraction[rows], nowhere, nowhere))
    worst = np.zeros(len(nodes) + len(rows))
    for category in categories:
        sweep = travel.sweep(category)
        np.maximum(worst, np.concatenate([sweep.to_node[nodes], sweep.from_origins(starts)[0]]), out=worst)
    x, y = np.append(network.node_x[nodes], samples.x[rows]), np.append(network.node_y[nodes], samples.y[rows])
    return pd.DataFrame({"x": x, "y": y, "minutes": worst})


def _between_junctions(network: RoadNetwork) -> np.ndarray:
    """Return the rows of samples, one per `DRAWN_EVERY_M` along long edges that can be joined, without their ends."""
    samples = network.samples
    is_next = samples.edge[1:] == samples.edge[:-1]
    step = (samples.fraction * network.length_m[samples.edge] / DRAWN_EVERY_M).astype(np.int32)
    # A sample that begins a step is drawn, if it has a sample of its edge before it and one behind it.
    between: np.ndarray = np.flatnonzero((step[1:-1] > step[:-2]) & is_next[:-1] & is_next[1:]) + 1
    can_be_joined = np.zeros(len(samples.edge), dtype=bool)
    can_be_joined[network.joinable] = True
    return between[can_be_joined[between]]


def offers(providers: pd.DataFrame, category: str) -> pd.Series:
    """Return whether each provider offers `category`, one of its ``categories`` joined by ``;``."""
    return providers["categories"].str.split(";").map(lambda offered: category in offered).astype(bool)
