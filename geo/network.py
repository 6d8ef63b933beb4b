"""The travel-time network: ways cut at junctions, minutes per direction, the parts that hang together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.contraction import Contraction, contract
from geo.crs import WGS84
from geo.edges import Edges, Samples, cut_at_junctions, middles_of, samples_of
from geo.errors import NetworkError, Problem
from geo.graph import SMALLEST_MIN, Int32s, fastest_edges, near_each_other, places_among
from geo.osm_tags import LIMITED_ACCESS, ROAD_CLASSES
from geo.roads import Floats, Ints, Roads
from geo.speeds import CLASS_SPEEDS_KMH, URBAN_FACTOR
from geo.urban import in_any

ISLAND_SHARE = 0.02
"""A part cut off from the main one is kept as an island when it holds this share of the length of all roads."""


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Junctions and the stretches of road between them.

    Holds the largest strongly connected part of the roads, where every junction can be reached from every other, and
    further parts only when they are large (islands with roads of their own). Edges are in the order of the ways in the
    file, junctions in that of their contraction, and by place as far as that leaves open: searches among neighbours are
    quicker where these are neighbours in memory, too.

    Parameters
    ----------
    crs
        The metric CRS of all x and y.
    node_id, node_x, node_y
        Junctions: OpenStreetMap id and position.
    edge_start, edge_end
        Rows of the junctions at both ends; equal for a loop.
    edge_way
        Row of the way in the roads it was built from.
    edge_class
        Position of its class in `ROAD_CLASSES`.
    length_m
        Length on the ellipsoid.
    speed_kmh
        Tagged limit, or the speed of its class.
    forward_min, backward_min
        Minutes from start to end and from end to start; infinity in a direction that is closed.
    samples
        Points along all edges.
    joinable
        Rows of the samples where a car can join or leave the road: all but those on motorways and their ramps. The
        junctions at which a motorway meets another road are samples of that road as well; its exits count where no slip
        road is mapped. If there are motorways only, all samples count.
    contraction
        What searches run on; made from the minutes and lengths of the edges.
    n_components
        Number of strongly connected parts in the file, single junctions at the end of one-way streets included.
    kept_components
        Number of parts that are kept.
    kept_share
        Share of the length of all roads that is kept, 0 to 1.
    """

    crs: CRS
    node_id: Ints
    node_x: Floats
    node_y: Floats
    edge_start: Int32s
    edge_end: Int32s
    edge_way: Int32s
    edge_class: npt.NDArray[np.int8]
    length_m: Floats
    speed_kmh: Floats
    forward_min: Floats
    backward_min: Floats
    samples: Samples
    joinable: Int32s
    contraction: Contraction
    n_components: int
    kept_components: int
    kept_share: float

    @property
    def n_nodes(self) -> int:
        """Number of junctions."""
        return len(self.node_id)

    @property
    def n_edges(self) -> int:
        """Number of stretches of road, both directions counted once."""
        return len(self.length_m)

    @cached_property
    def turned(self) -> "RoadNetwork":
        """The network with every street driven the other way: a time towards is then a time from."""
        return replace(
            self,
            forward_min=self.backward_min,
            backward_min=self.forward_min,
            contraction=self.contraction.turned(),
        )

    def slowed(self, factor: float) -> "RoadNetwork":
        """Return the network with all minutes along its roads times `factor`."""
        if factor == 1:
            return self
        return replace(
            self,
            forward_min=self.forward_min * factor,
            backward_min=self.backward_min * factor,
            contraction=self.contraction.slowed(factor),
        )

    @cached_property
    def is_limited(self) -> npt.NDArray[np.bool_]:
        """True for the edges of motorways and their ramps."""
        return _is_limited(self.edge_class)

    @cached_property
    def joinable_tree(self) -> cKDTree:
        """Search tree of the joinable samples."""
        return _search_tree(self.samples.x[self.joinable], self.samples.y[self.joinable])

    def in_order_of_search(self) -> "RoadNetwork":
        """Return the network with `joinable` in the order of its search tree.

        The tree of these is the same, and is built and searched in three quarters of the time.
        """
        return replace(self, joinable=self.joinable[self.joinable_tree.indices])

    @property
    def joinable_nodes(self) -> Ints:
        """Rows of the junctions where a car can join or leave the road: not those in the course of a motorway."""
        edge, fraction = self.samples.edge[self.joinable], self.samples.fraction[self.joinable]
        is_joinable = np.zeros(self.n_nodes, dtype=bool)
        is_joinable[self.edge_start[edge[fraction == 0]]] = True
        is_joinable[self.edge_end[edge[fraction == 1]]] = True
        return np.flatnonzero(is_joinable)

    @cached_property
    def limited(self) -> Int32s:
        """Rows of the samples on motorways and their ramps."""
        return np.flatnonzero(self.is_limited[self.samples.edge]).astype(np.int32)

    @cached_property
    def limited_tree(self) -> cKDTree:
        """Search tree of these."""
        return _search_tree(self.samples.x[self.limited], self.samples.y[self.limited])


def build_network(
    roads: Roads,
    *,
    crs: CRS,
    speeds_kmh: Mapping[str, float] = CLASS_SPEEDS_KMH,
    urban: gpd.GeoSeries | None = None,
    urban_factor: float = URBAN_FACTOR,
    island_share: float = ISLAND_SHARE,
    file: Path | None = None,
) -> RoadNetwork:
    """Build the travel-time network from roads.

    Ways are cut where they meet and at their ends, so that each edge has one class and one speed. Turns cost nothing.

    Parameters
    ----------
    roads
        The roads, as `geo.osm.read_osm` returns them.
    crs
        Metric CRS for positions. Lengths are measured on the ellipsoid, not in this CRS.
    speeds_kmh
        Speed of every road class where no limit is tagged; see `geo.speeds.class_speeds`.
    urban, urban_factor
        Urban areas in `crs`: the class speed of roads whose middle lies in one is multiplied by the factor; a tagged
        limit stays. None makes no difference.
    island_share
        Least share of the length of all roads, 0 to 1, that makes a part cut off from the largest one worth keeping.
    file
        The road file, to be named where its roads make no network.

    Raises
    ------
    NetworkError
        If no two junctions can be reached from each other, or the roads lie too far away for `crs`.
    """
    made = _junctions_and_edges(roads, crs, speeds_kmh, urban, urban_factor, island_share, file)
    # What that took along the way is free again: this takes as much.
    minutes = made["forward_min"], made["backward_min"]
    order, contraction = contract(
        made["edge_start"], made["edge_end"], *minutes, made["length_m"], len(made["node_id"])
    )
    nodes = {name: made[name][order] for name in ("node_id", "node_x", "node_y")}
    place = places_among(order, len(order))
    ends = {name: place[made[name]] for name in ("edge_start", "edge_end")}
    return RoadNetwork(**made | nodes | ends, contraction=contraction)


def _junctions_and_edges(
    roads: Roads,
    crs: CRS,
    speeds_kmh: Mapping[str, float],
    urban: gpd.GeoSeries | None,
    urban_factor: float,
    island_share: float,
    file: Path | None,
) -> dict[str, Any]:
    """Return the fields of a network without its contraction, the junctions by place."""
    edges = cut_at_junctions(roads)
    xy = _project(roads, crs)
    speed = _way_speeds_kmh(roads, speeds_kmh)[edges.way]
    if urban is not None:
        untagged = np.flatnonzero(np.isnan(roads.maxspeed_kmh[edges.way]))
        speed[untagged[in_any(urban, *middles_of(xy, roads, edges, untagged))]] *= urban_factor
    forward, backward = _minutes(edges.length_m, speed, roads.direction[edges.way])
    parts, label = connected_components(
        fastest_edges(
            np.append(edges.end, edges.start),
            np.append(edges.start, edges.end),
            np.append(forward, backward),
            len(edges.node),
        ),
        connection="strong",
    )
    kept = _kept_parts(label, edges, island_share)
    rows = np.flatnonzero(np.isin(label[edges.start], kept) & (label[edges.start] == label[edges.end]))
    if not len(rows):
        message = "no two junctions can be reached from each other by car."
        remedy = "Use an extract that holds both directions of its roads, and the roads that join them."
        raise NetworkError([Problem(message, file=file, remedy=remedy)])
    nodes = np.unique([edges.start[rows], edges.end[rows]])
    nodes = nodes[near_each_other(*xy[edges.node[nodes]].T)]
    place = places_among(nodes, len(edges.node))
    samples, classes = samples_of(xy, roads, edges, rows), roads.road_class[edges.way[rows]]
    return {
        "crs": crs,
        "node_id": roads.node_id[edges.node[nodes]],
        "node_x": xy[edges.node[nodes], 0],
        "node_y": xy[edges.node[nodes], 1],
        "edge_start": place[edges.start[rows]],
        "edge_end": place[edges.end[rows]],
        "edge_way": edges.way[rows].astype(np.int32),
        "edge_class": classes,
        "length_m": edges.length_m[rows],
        "speed_kmh": speed[rows],
        "forward_min": forward[rows],
        "backward_min": backward[rows],
        "samples": samples,
        "joinable": _joinable(samples, _is_limited(classes)),
        "n_components": int(parts),
        "kept_components": len(kept),
        "kept_share": float(edges.length_m[rows].sum() / max(edges.length_m.sum(), SMALLEST_MIN)),
    }


def _is_limited(classes: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    return np.isin(classes, [ROAD_CLASSES.index(name) for name in LIMITED_ACCESS])


def _joinable(samples: Samples, is_limited: npt.NDArray[np.bool_]) -> Int32s:
    """Return the rows of the samples where a car can join or leave the road; see `RoadNetwork`."""
    free = samples.is_bare_exit | ~is_limited[samples.edge]
    rows = np.flatnonzero(free)
    return (rows if len(rows) else np.arange(len(free))).astype(np.int32)


def _way_speeds_kmh(roads: Roads, speeds_kmh: Mapping[str, float]) -> Floats:
    """Return the speed of each way: its tagged limit, or that of its class."""
    of_class = np.array([speeds_kmh[name] for name in ROAD_CLASSES])[roads.road_class]
    return np.where(np.isnan(roads.maxspeed_kmh), of_class, roads.maxspeed_kmh)


def _minutes(length_m: Floats, speed_kmh: Floats, direction: npt.NDArray[np.int8]) -> tuple[Floats, Floats]:
    """Return the minutes from start to end and back; infinity against a one-way."""
    minutes = length_m / (speed_kmh * 1000 / 60)
    return np.where(direction >= 0, minutes, np.inf), np.where(direction <= 0, minutes, np.inf)


def _kept_parts(label: Int32s, edges: Edges, island_share: float) -> Ints:
    """Return the labels of the part with the most road and of the others that are islands of their own."""
    part, length = label[edges.start], edges.length_m
    inside = part == label[edges.end]
    road = np.bincount(part[inside], length[inside], minlength=1)
    return np.unique(np.append(np.argmax(road), np.flatnonzero(road >= max(island_share * length.sum(), SMALLEST_MIN))))


def _project(roads: Roads, crs: CRS) -> Floats:
    """Return the nodes' positions in the metric CRS, one row each."""
    xy = np.column_stack(Transformer.from_crs(WGS84, crs, always_xy=True).transform(roads.lon, roads.lat))
    if not np.isfinite(xy).all():
        raise NetworkError(
            [
                Problem(
                    f"the roads lie too far away for {crs.name}.",
                    column="crs",
                    remedy="Use a CRS made for this region, or leave the key out to have one chosen.",
                )
            ]
        )
    return xy


def _search_tree(x: Floats, y: Floats) -> cKDTree:
    """Return a search tree that is quick to build."""
    return cKDTree(np.column_stack([x, y]), leafsize=32, balanced_tree=False, compact_nodes=False)
