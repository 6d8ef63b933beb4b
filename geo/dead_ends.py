"""Links between roads that a sparse road file leaves apart.

A file of main roads alone ends them where the streets of a town begin: two roads stop a mile apart, and the trip
between them leads around the county. Where a planner has no better file, dead ends may be joined to the roads near
them, as slow as any way off the road.
"""

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from geo.osm_tags import LIMITED_ACCESS, ROAD_CLASSES
from geo.roads import ROAD_TEXTS, Floats, Ints, Roads
from geo.snap import OFF_ROAD_DETOUR, OFF_ROAD_KMH

MOST_LINKS = 3
"""Roads that one dead end is joined to, the nearest first."""

LINK_CLASS = ROAD_CLASSES.index("road")
LINK_KMH = OFF_ROAD_KMH / OFF_ROAD_DETOUR
EARTH_M_PER_DEG = 111_320.0


def join_dead_ends(roads: Roads, *, within_m: float) -> tuple[Roads, int]:
    """Return `roads` with a straight two-way link from each dead end to the nearest vertices of other roads.

    A dead end is the first or last node of a way that no other way passes. Motorways are not joined: they are left at
    exits only.

    Parameters
    ----------
    roads
        The roads.
    within_m
        Longest link in metres; 0 joins nothing.

    Returns
    -------
    tuple of Roads and int
        The roads with the links behind them (negative way ids, class "road", the speed of a way off the road with its
        detour), and the number of links.
    """
    if within_m <= 0 or not len(roads):
        return roads, 0
    way = np.repeat(np.arange(len(roads)), np.diff(roads.offset))
    limited = np.isin(roads.road_class, [ROAD_CLASSES.index(name) for name in LIMITED_ACCESS])
    first, last = roads.vertex[roads.offset[:-1]], roads.vertex[roads.offset[1:] - 1]
    uses = np.bincount(roads.vertex, minlength=len(roads.node_id))
    ends = np.unique(np.concatenate([first[~limited], last[~limited]]))
    ends = ends[uses[ends] == 1]
    joinable = np.flatnonzero(~limited[way])
    if not len(ends) or not len(joinable):
        return roads, 0
    start, end = _links(roads, ends, way, joinable, within_m)
    return _with_links(roads, start, end), len(start)


def _links(roads: Roads, ends: Ints, way: Ints, joinable: Ints, within_m: float) -> tuple[Ints, Ints]:
    """Return the nodes at both ends of each link, each pair once."""
    xy = _flat(roads)
    tree = cKDTree(xy[roads.vertex[joinable]])
    own_way = np.full(len(roads.node_id), -1)
    own_way[roads.vertex] = way
    pairs: set[tuple[int, int]] = set()
    for dead_end, near in zip(ends, tree.query_ball_point(xy[ends], within_m), strict=True):
        vertices = joinable[near]
        vertices = vertices[way[vertices] != own_way[dead_end]]
        distance = np.hypot(*(xy[roads.vertex[vertices]] - xy[dead_end]).T)
        order = np.lexsort((roads.vertex[vertices], distance))
        _, nearest_of_way = np.unique(way[vertices][order], return_index=True)
        for choice in np.sort(nearest_of_way)[:MOST_LINKS]:
            other = int(roads.vertex[vertices[order[choice]]])
            pairs.add((min(int(dead_end), other), max(int(dead_end), other)))
    links = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return links[:, 0], links[:, 1]


def _flat(roads: Roads) -> Floats:
    """Return the nodes in metres on a plane that is good enough for a few kilometres."""
    squeeze = np.cos(np.radians(roads.lat))
    return np.column_stack([roads.lon * squeeze, roads.lat]) * EARTH_M_PER_DEG


def _with_links(roads: Roads, start: Ints, end: Ints) -> Roads:
    count = len(start)
    texts = {name: np.append(getattr(roads, name), np.full(count, "", dtype=object)) for name in ROAD_TEXTS}
    vertices = np.column_stack([start, end]).ravel().astype(np.int32)
    return replace(
        roads,
        vertex=np.concatenate([roads.vertex, vertices]),
        offset=np.concatenate([roads.offset, roads.offset[-1] + 2 * np.arange(1, count + 1)]),
        way_id=np.concatenate([roads.way_id, -np.arange(1, count + 1)]),
        road_class=np.concatenate([roads.road_class, np.full(count, LINK_CLASS, dtype=np.int8)]),
        maxspeed_kmh=np.concatenate([roads.maxspeed_kmh, np.full(count, LINK_KMH)]),
        direction=np.concatenate([roads.direction, np.zeros(count, dtype=np.int8)]),
        **texts,
    )
