"""Exits: how far help is from each, which exit each place belongs to, and the corridor by drive time from them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same_crs
from geo.network import RoadNetwork
from geo.routes import Routes
from geo.snap import Positions, snap
from geo.sweeps import NearestSweep, Starts, sample_minutes, sweep_to_nearest
from layers.isochrones import service_reach

TOWN_REACH_M = 8_000.0
"""An exit serves the towns whose middle lies this close to it: five miles."""

CELL_M = 1_000.0
"""Spacing of the grid that the corridor by drive time is drawn from, in metres."""

_FASTEST_M_PER_MIN = 2_000.0
_NOBODY = 1e-9

Combine = Literal["distance", "time", "union"]


@dataclass(frozen=True, eq=False)
class ExitNetwork:
    """The exits attached to the road network, both carriageways apart.

    Parameters
    ----------
    network
        The road network.
    routes
        The measured highways with their exits.
    positions
        One position per row of ``routes.exit_nodes``.
    """

    network: RoadNetwork
    routes: Routes
    positions: Positions

    @cached_property
    def leaving(self) -> NearestSweep:
        """The sweep from the exits to everywhere: which is soonest, and how soon."""
        return sweep_to_nearest(self.network.turned, self.positions)


def attach_exits(routes: Routes, network: RoadNetwork) -> ExitNetwork:
    """Attach the exits of all highways to the road network, on their motorways.

    Parameters
    ----------
    routes
        The measured highways, in the CRS of `network`.
    network
        The road network.
    """
    return ExitNetwork(network, routes, snap(network, routes.exit_nodes.geometry, on_motorways=True))


def exit_minutes(
    exits: ExitNetwork, sweep: Callable[[str], NearestSweep], *, categories: tuple[str, ...]
) -> pd.DataFrame:
    """Return the minutes from each exit, in each direction of travel, to the nearest provider of each category.

    These are the minutes of somebody on the highway, not of residents.

    Parameters
    ----------
    exits
        The exits on the network.
    sweep
        Returns the sweep to the nearest provider of a category: `layers.travel.Travel.sweep`.
    categories
        Service categories.

    Returns
    -------
    pandas.DataFrame
        One row per exit and direction in which it can be taken: ``exit_id``, ``route_id``, ``direction`` ("NB"),
        ``heading`` (1 up the mileposts, -1 down), ``label``, ``number``, ``milepost`` and ``minutes_<category>``
        (``inf`` where none can be reached). By route, direction, milepost.
    """
    nodes = exits.routes.exit_nodes[["exit_id", "way"]].reset_index(drop=True)
    starts = Starts.of(exits.network, exits.positions)
    for category in categories:
        nodes[f"minutes_{category}"] = sweep(category).from_origins(starts)[0]
    both = pd.concat([nodes[nodes["way"].ne(-heading)].assign(heading=heading) for heading in (1, -1)])
    best = both.drop(columns="way").groupby(["exit_id", "heading"], sort=False).min().reset_index()
    table = exits.routes.exits[["exit_id", "route_id", "label", "number", "milepost"]].merge(best, on="exit_id")
    names = {
        (route.route_id, heading): name
        for route in exits.routes.routes
        for heading, name in zip((1, -1), route.directions, strict=True)
    }
    table["direction"] = [names[key] for key in zip(table["route_id"], table["heading"], strict=True)]
    order = {route.route_id: number for number, route in enumerate(exits.routes.routes)}
    table = table.assign(_order=table["route_id"].map(order), _down=-table["heading"])
    table = table.sort_values(["_order", "_down", "milepost", "exit_id"], kind="stable").reset_index(drop=True)
    return table.drop(columns=["_order", "_down"])


def place_by_exit(
    exits: ExitNetwork, points: gpd.GeoDataFrame, *, max_off_road_m: float, on_motorways: pd.Series | None = None
) -> pd.DataFrame:
    """Return the exit from which each place is reached soonest, with the drive from there.

    Parameters
    ----------
    exits
        The exits on the network.
    points
        Places in the CRS of the network: venues, people, public providers.
    max_off_road_m
        Farther than this from a road, in metres, a place is not connected.
    on_motorways
        True for the places that are reached from the motorway itself, such as rest areas. None: no place is.

    Returns
    -------
    pandas.DataFrame
        On the index of `points`: ``exit_id`` and ``exit`` (its label; both "" when no exit leads there), ``exit_min``
        (``inf`` then) and ``exit_m``, the metres of that drive (NaN then).
    """
    at = snap(exits.network, points.geometry, max_off_road_m=max_off_road_m)
    if on_motorways is not None and on_motorways.any():
        rows = np.flatnonzero(on_motorways)
        places = points.geometry.iloc[rows]
        at = at.replaced(rows, snap(exits.network, places, max_off_road_m=max_off_road_m, on_motorways=True))
    starts = Starts.of(exits.leaving.network, at)
    minutes, node = exits.leaving.from_origins(starts)
    metres = exits.leaving.metres_from(starts)
    exit_ids = np.append(exits.routes.exit_nodes["exit_id"].to_numpy(dtype=object), "")[node]
    labels = dict(zip(exits.routes.exits["exit_id"], exits.routes.exits["label"], strict=True))
    return pd.DataFrame(
        {
            "exit_id": exit_ids,
            "exit": [labels[exit_id] if exit_id else "" for exit_id in exit_ids.tolist()],
            "exit_min": minutes,
            "exit_m": np.where(np.isfinite(metres), metres, np.nan),
        },
        index=points.index,
    )


def exits_of_areas(exits: ExitNetwork, people: pd.DataFrame, origins: Positions) -> pd.DataFrame:
    """Return the exit from which most people of each area are reached soonest, and their mean drive from there.

    Parameters
    ----------
    exits
        The exits on the network.
    people
        ``area_id`` ("" for none) and ``population``.
    origins
        Where they join the network, in the same order.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``area_id``: ``exit_id`` and ``exit_min``; areas that no exit leads to are left out.
    """
    minutes, node = exits.leaving.from_origins(Starts.of(exits.leaving.network, origins))
    # Where nobody lives, the stand-in point counts.
    weight = people["population"].to_numpy(dtype=float).clip(min=_NOBODY)
    table = pd.DataFrame(
        {
            "area_id": people["area_id"].array,
            "exit_id": pd.array([*exits.routes.exit_nodes["exit_id"], ""], dtype="str").take(node),
            "weight": weight,
            "exit_min": minutes * weight,
        }
    )
    table = table[table["area_id"].ne("") & table["exit_id"].ne("")]
    sums = table.groupby(["area_id", "exit_id"], as_index=False).sum()
    most = sums.sort_values(["area_id", "weight", "exit_id"], ascending=[True, False, True])
    most = most.drop_duplicates("area_id").set_index("area_id")
    return most[["exit_id"]].assign(exit_min=most["exit_min"] / most["weight"])


def is_in_corridor(
    distance_m: pd.Series, exit_min: pd.Series, *, half_width_m: float, within_min: float | None, combine: Combine
) -> pd.Series:
    """Return whether places belong to the corridor: near the highway, or soon reached from an exit.

    Parameters
    ----------
    distance_m
        Straight distance to the nearest carriageway, in metres.
    exit_min
        Minutes from the nearest exit; ``inf`` where none leads there.
    half_width_m
        Farthest distance.
    within_min
        Longest drive; None looks at the distance alone.
    combine
        "distance" or "time" alone, or their "union".

    Examples
    --------
    >>> metres, minutes = pd.Series([500.0, 500.0, 9e3, 9e4]), pd.Series([3.0, 25.0, 9.0, 60.0])
    >>> is_in_corridor(metres, minutes, half_width_m=8000, within_min=10, combine="union").tolist()
    [True, True, True, False]
    >>> is_in_corridor(metres, minutes, half_width_m=8000, within_min=10, combine="time").tolist()
    [True, False, True, False]
    """
    near = distance_m <= half_width_m
    if within_min is None or combine == "distance":
        return near.rename("in_corridor")
    soon = exit_min <= within_min
    return (soon if combine == "time" else near | soon).rename("in_corridor")


def time_corridor(
    exits: ExitNetwork, *, within_min: float, extent: shapely.Geometry, max_off_road_m: float
) -> gpd.GeoDataFrame:
    """Return the land within a drive from any exit of each highway, which is left at its exits only.

    Parameters
    ----------
    exits
        The exits on the network.
    within_min
        Longest drive in minutes.
    extent
        The study area in the CRS of the network.
    max_off_road_m
        Land farther from any road than this, in metres, is not connected.

    Returns
    -------
    geopandas.GeoDataFrame
        ``ref`` and a geometry (possibly empty), one row per highway in the order of the routes.
    """
    network = exits.network.turned
    own_ref = exits.routes.exit_nodes["exit_id"].map(exits.routes.exits.set_index("exit_id")["ref"])
    refs = list(dict.fromkeys(route.ref for route in exits.routes.routes))
    shapes = []
    for ref in refs:
        minutes = sample_minutes(network, exits.positions.take(np.flatnonzero(own_ref.eq(ref))))[network.joinable]
        x, y = network.samples.x[network.joinable], network.samples.y[network.joinable]
        roads = pd.DataFrame({"x": x, "y": y, "minutes": minutes})
        reach = service_reach(
            roads,
            bands_min=(within_min,),
            extent=extent,
            crs=network.crs,
            max_off_road_m=max_off_road_m,
            cell_m=CELL_M,
        )
        shapes.append(reach.geometry.iloc[0])
    return gpd.GeoDataFrame({"ref": refs}, geometry=shapes, crs=network.crs)


def towns_served(
    exits: gpd.GeoDataFrame, towns: gpd.GeoDataFrame | None, *, within_m: float = TOWN_REACH_M
) -> pd.Series:
    """Return the towns near each exit, the largest first, joined by ", "; "" for none.

    Parameters
    ----------
    exits
        Exits with points.
    towns
        ``name``, ``population`` and points in the same CRS; None when the project has no towns.
    within_m
        Longest straight distance, in metres.
    """
    if towns is None or towns.empty or exits.empty:
        return pd.Series("", index=exits.index, name="towns", dtype=str)
    require_same_crs(exits, towns)
    known = towns.sort_values(["population", "name"], ascending=[False, True], kind="stable").reset_index(drop=True)
    tree = shapely.STRtree(known.geometry.to_numpy())
    exit_row, town = tree.query(exits.geometry.to_numpy(), predicate="dwithin", distance=within_m)
    pairs = pd.DataFrame({"exit": exit_row, "town": town}).sort_values(["exit", "town"])
    names = known["name"].to_numpy(dtype=object)
    listed = pairs.groupby("exit")["town"].agg(lambda own: ", ".join(dict.fromkeys(names[own])))
    return pd.Series(
        listed.reindex(range(len(exits)), fill_value="").to_numpy(), index=exits.index, name="towns", dtype=str
    )
