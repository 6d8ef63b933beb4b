"""Where a highway can be left: its exits and, where it is no motorway, its crossings; with the roads they lead to."""

from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse.csgraph import dijkstra

from geo.crs import WGS84
from geo.graph import fastest_edges
from geo.osm_tags import (
    LIMITED_ACCESS,
    LINK_CLASSES,
    ROAD_CLASSES,
    canonical_ref,
    highway_label,
    is_said,
    road_labels,
    split_refs,
)
from geo.roads import Ints, Roads, segment_lengths_m

RAMP_M = 1_500.0
"""How far the ramps of an exit are followed to the road that it leads to."""

EXIT, NUMBERED, STREET, RAMP = "exit", "crossing", "street", "ramp"
"""Kinds of access points: a motorway exit, a crossing with a road that has a number, one with a main street, a slip
road that leaves where no exit is tagged."""

_MAIN_STREETS = frozenset({"trunk", "primary", "secondary", "tertiary"})
_CHUNK = 64
_MOST_ROADS = 2


def access_points(roads: Roads, junctions: gpd.GeoDataFrame, refs: Sequence[str]) -> gpd.GeoDataFrame:
    """Return the exits of the file and the crossings of some highways, with the roads that they lead to.

    Parameters
    ----------
    roads
        The roads.
    junctions
        Motorway exits: `osm_id`, `ref`, `name`, `exit_to`; Points in EPSG:4326.
    refs
        Highway numbers as a project writes them.

    Returns
    -------
    geopandas.GeoDataFrame
        `osm_id`, `ref` (exit number, from the exit or its slip roads), `name`, `kind` (`EXIT`, `NUMBERED`, `STREET`,
        `RAMP`), `on` (canonical refs of the through roads at this node, joined by ";"; "-" where they have no number,
        "" where there is none), `crossing` (the roads that it leads to by number or name, else what its signs say,
        joined by " / ") and `leads_to` (the same roads by canonical ref, else name); Points in EPSG:4326. Exits first,
        then crossings, then slip roads, each by id.
    """
    wanted = {canonical_ref(ref) for ref in refs}
    node = _rows_of(junctions["osm_id"], roads)
    looked_up = _Lookup(roads, _carrying(roads, wanted), node)
    signs = [looked_up.signs_at(row) for row in node.tolist()]
    reached = looked_up.reached(node, wanted)
    signed = [" / ".join(split_refs(to)[:_MOST_ROADS]) for _, to in signs]
    exits = junctions[["osm_id"]].assign(
        ref=_first_said(junctions["ref"], [number for number, _ in signs]),
        name=_first_said(junctions["name"]),
        kind=EXIT,
        on=[looked_up.refs_at(row) for row in node.tolist()],
        crossing=_first_said(_joined(reached), signed, junctions["exit_to"]),
        leads_to=[" / ".join(roads) for roads in reached],
    )
    exits = gpd.GeoDataFrame(exits, geometry=junctions.geometry.to_numpy(), crs=junctions.crs)
    crossings = _crossings(roads, looked_up, wanted, set(node.tolist()))
    known = {*node.tolist(), *_rows_of(crossings["osm_id"], roads).tolist()}
    tables = [exits, crossings, _ramps(roads, looked_up, wanted, known)]
    return pd.concat([table for table in tables if len(table)] or [exits], ignore_index=True)


def _joined(labels: Iterable[Mapping[str, str]]) -> list[str]:
    return [" / ".join(own.values()) for own in labels]


def _first_said(*columns: Iterable[str]) -> list[str]:
    """Return the first text in each row of some columns that says anything, else ""."""
    rows = zip(*columns, strict=True)
    return [next((" ".join(text.split()) for text in texts if is_said(text)), "") for texts in rows]


def _plainest(label: str) -> tuple[bool, str]:
    """Return a key that puts names and numbers with their kind before "road 11"."""
    return label.startswith("road "), label


class _Lookup:
    """The through roads and the slip roads at the nodes of some highways (`own` ways), of slip roads and at exits."""

    def __init__(self, roads: Roads, own: npt.NDArray[np.bool_], exits: Ints) -> None:
        self.roads, self.own = roads, own
        self.way = np.repeat(np.arange(len(roads)), np.diff(roads.offset))
        links = [ROAD_CLASSES.index(name) for name in LINK_CLASSES]
        self.is_link = np.isin(roads.road_class, links)
        looked_for = np.zeros(len(roads.node_id), dtype=bool)
        looked_for[roads.vertex[(own | self.is_link)[self.way]]] = True
        looked_for[exits[exits >= 0]] = True
        there = looked_for[roads.vertex]  # few of millions: the others need no sorting
        self.through, self.links = (self._by_node(kind[self.way] & there) for kind in (~self.is_link, self.is_link))

    def _by_node(self, chosen: npt.NDArray[np.bool_]) -> tuple[Ints, npt.NDArray[np.int32]]:
        """Return the steps along some ways in the order of their nodes, and the nodes."""
        steps = np.flatnonzero(chosen)
        order = steps[np.argsort(self.roads.vertex[steps], kind="stable")]
        return order, self.roads.vertex[order]

    def ways_at(self, node: int, kind: tuple[Ints, npt.NDArray[np.int32]] | None = None) -> list[int]:
        """Return the rows of the through ways at a node, or of another kind; none where the node is unknown, -1."""
        order, nodes = kind or self.through
        begin, end = np.searchsorted(nodes, np.array([node, node + 1], dtype=nodes.dtype))
        return sorted(set(self.way[order[begin:end]].tolist()))

    def refs_at(self, node: int) -> str:
        """Return the canonical refs of the through ways at a node, "-" for roads without one, "" for no road."""
        ways = self.ways_at(node)
        refs = {canonical_ref(ref) for way in ways for ref in split_refs(self.roads.ref[way])}
        return ";".join(sorted(refs)) or ("-" if ways else "")

    def signs_at(self, node: int) -> tuple[str, str]:
        """Return the exit number and the destination that the slip roads at a node carry, "" for none."""
        links = self.ways_at(node, self.links)
        numbers, names = (sorted(filter(is_said, texts[links])) for texts in (self.roads.exit_ref, self.roads.name))
        return next(iter(numbers), ""), next(iter(names), "")

    def called(self, ways: Sequence[int], besides: set[str]) -> dict[str, str]:
        """Return what people call the ways that do not belong to some refs: by numbers, the largest roads first.

        Of the numbers of one road those that it carries itself come first, then those of its route relations. Where
        none has a number, the names of the largest count. Labels by ref or name, as `road_labels` gives them; of two
        labels for one number, that with a name.
        """
        ranks: dict[str, tuple[bool, int, int]] = {}
        labels: dict[str, str] = {}
        for way in ways:
            refs = split_refs(self.roads.ref[way])
            if besides & {canonical_ref(ref) for ref in refs}:
                continue
            named = road_labels(self.roads.ref[way], self.roads.name[way])
            for place, (key, label) in enumerate(named.items()):
                rank = not refs, int(self.roads.road_class[way]), place
                ranks[key] = min(rank, ranks.get(key, rank))
                labels[key] = min(label, labels.get(key, label), key=_plainest)
        first = min(ranks.values(), default=(True, 0, 0))
        told = [key for key, rank in ranks.items() if (rank == first if first[0] else not rank[0])]
        return {key: labels[key] for key in sorted(told, key=lambda key: (ranks[key], key))[:_MOST_ROADS]}

    def split_at(self, node: int, wanted: set[str]) -> dict[str, str]:
        """Return which of some refs meet or part at a node: those on some of the ways with such refs but not on all."""
        sets = [wanted & {canonical_ref(ref) for ref in split_refs(self.roads.ref[way])} for way in self.ways_at(node)]
        sets = [refs for refs in sets if refs]
        parted = sorted(ref for ref in wanted if 0 < sum(ref in refs for refs in sets) < len(sets))
        return {ref: highway_label(ref) for ref in parted}

    def reached(self, nodes: Ints, wanted: set[str]) -> list[dict[str, str]]:
        """Return the roads that each exit leads to, at its own node or over at most `RAMP_M` of ramps."""
        found = []
        for node, ends in zip(nodes.tolist(), self._ramp_ends(nodes), strict=True):
            ways = [way for end in [node, *ends] for way in self.ways_at(end)]
            found.append(self.called(ways, wanted) or self.split_at(node, wanted))
        return found

    def _ramp_ends(self, nodes: Ints) -> list[list[int]]:
        """Return, for each node, the nodes of through roads where its ramps end."""
        roads = self.roads
        step = np.flatnonzero((np.diff(self.way) == 0) & self.is_link[self.way[:-1]])
        ends: list[list[int]] = [[] for _ in nodes]
        if not len(step) or not len(nodes):
            return ends
        one, other = roads.vertex[step], roads.vertex[step + 1]
        metres = segment_lengths_m(roads.lon[one], roads.lat[one], roads.lon[other], roads.lat[other])
        way = roads.direction[self.way[step]]
        known, both = np.unique(np.concatenate([one, other]), return_inverse=True)
        tail, head = both[: len(one)], both[len(one) :]
        graph = fastest_edges(
            np.concatenate([tail, head]),
            np.concatenate([head, tail]),
            np.concatenate([np.where(way >= 0, metres, np.inf), np.where(way <= 0, metres, np.inf)]),
            len(known),
        )
        is_through = np.isin(known, self.through[1])
        root = np.searchsorted(known, nodes).clip(max=len(known) - 1)
        rows = np.flatnonzero(known[root] == nodes)
        for begin in range(0, len(rows), _CHUNK):
            part = rows[begin : begin + _CHUNK]
            away = dijkstra(graph, indices=root[part], limit=RAMP_M)
            for row, line in zip(part, away, strict=True):
                ends[row] = known[np.isfinite(line) & is_through & (line > 0)].tolist()
        return ends


def _crossings(roads: Roads, looked_up: _Lookup, wanted: set[str], known: set[int]) -> gpd.GeoDataFrame:
    """Return the nodes where some highways, where they are no motorways, meet other through roads."""
    limited = np.isin(roads.road_class, [ROAD_CLASSES.index(name) for name in LIMITED_ACCESS | LINK_CLASSES])
    own = looked_up.own
    open_rows = np.flatnonzero((own & ~limited)[looked_up.way])
    is_other = np.zeros(len(roads.node_id), dtype=bool)
    is_other[roads.vertex[~own[looked_up.way] & ~looked_up.is_link[looked_up.way]]] = True
    met = pd.DataFrame({"node": roads.vertex[open_rows], "ref": roads.ref[looked_up.way[open_rows]]}).drop_duplicates()
    # Two of the highways that cross each other are each other's crossing, too.
    mutual = met["node"].duplicated(keep=False)
    nodes = np.unique(met["node"].to_numpy()[mutual | is_other[met["node"]]])
    nodes = nodes[~np.isin(nodes, list(known))]
    rows = [row for node in nodes.tolist() if (row := _crossing(roads, looked_up, node, wanted)) is not None]
    return _table(rows)


def _ramps(roads: Roads, looked_up: _Lookup, wanted: set[str], known: set[int]) -> gpd.GeoDataFrame:
    """Return the nodes where slip roads leave some highways for other roads without being tagged as exits."""
    own = looked_up.own & ~looked_up.is_link
    left = looked_up.is_link[looked_up.way]
    # Where a one-way slip road ends it joins the highway.
    last = np.append(np.diff(looked_up.way) > 0, True)
    first = np.insert(last[:-1], 0, True)
    way = roads.direction[looked_up.way]
    left &= ~(last & (way > 0)) & ~(first & (way < 0))
    nodes = np.intersect1d(roads.vertex[left], roads.vertex[own[looked_up.way]]).astype(np.int64)
    nodes = nodes[~np.isin(nodes, list(known))]
    rows = [
        {**_place(roads, looked_up, node), "kind": RAMP, "crossing": " / ".join(reached.values())}
        | {"leads_to": " / ".join(reached), "ref": looked_up.signs_at(node)[0]}
        for node, reached in zip(nodes.tolist(), looked_up.reached(nodes, wanted), strict=True)
        if reached
    ]
    return _table(rows)


def _place(roads: Roads, looked_up: _Lookup, node: int) -> dict[str, object]:
    """Return what is known of any node: its id, the roads that it lies on, its position."""
    return {
        "osm_id": f"n{roads.node_id[node]}",
        "ref": "",
        "name": "",
        "on": looked_up.refs_at(node),
        "geometry": shapely.Point(roads.lon[node], roads.lat[node]),
    }


def _table(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Return rows of `_place` and more by id."""
    if not rows:
        return gpd.GeoDataFrame({"osm_id": pd.Series([], dtype=str)}, geometry=[], crs=WGS84)
    return gpd.GeoDataFrame(rows, crs=WGS84).sort_values("osm_id", key=_numbers, kind="stable")


def _carrying(roads: Roads, wanted: set[str]) -> npt.NDArray[np.bool_]:
    """Say which ways carry some of the highways."""
    number, texts = pd.factorize(roads.ref)
    carries = [bool(wanted & {canonical_ref(ref) for ref in split_refs(text)}) for text in texts]
    return np.array(carries, dtype=bool)[number]


def _numbers(ids: pd.Series) -> pd.Series:
    return ids.str[1:].astype(np.int64)


def _rows_of(ids: pd.Series, roads: Roads) -> Ints:
    """Return the rows of some nodes, -1 where unknown: a table of these few is made sooner than one of all nodes."""
    few, place = np.unique(_numbers(ids), return_inverse=True)
    found = pd.Index(few).get_indexer(pd.Index(roads.node_id))
    known = np.flatnonzero(found >= 0)
    rows = np.full(len(few), -1, dtype=np.int64)
    rows[found[known]] = known
    return rows[place]


def _crossing(roads: Roads, looked_up: _Lookup, node: int, wanted: set[str]) -> dict[str, object] | None:
    """Return the row of a crossing; None where only small streets meet the highway."""
    ways = looked_up.ways_at(node)
    numbered = [way for way in ways if split_refs(roads.ref[way])]
    streets = [way for way in ways if way not in numbered and ROAD_CLASSES[roads.road_class[way]] in _MAIN_STREETS]
    number = looked_up.called(numbered, wanted) or looked_up.split_at(node, wanted)
    if not number and not streets:
        return None
    reached = number or looked_up.called(streets, wanted)
    return {
        **_place(roads, looked_up, node),
        "kind": NUMBERED if number else STREET,
        "crossing": " / ".join(reached.values()),
        "leads_to": " / ".join(reached),
    }
