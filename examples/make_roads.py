"""The example's road network: highways as lines through their towns, joined at crossings and exits.

Coordinates are metres in EPSG:3814 (Mississippi Transverse Mercator) until the file is written. Everything follows from
`routes.toml` and the towns' positions; there is no chance in it.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point

CRS = "EPSG:3814"
NOTE = "simplified for the example"
MPH = {"motorway": 70, "trunk": 65, "primary": 60, "secondary": 55, "tertiary": 45, "unclassified": 45}
CLASSES = tuple(MPH)

HALF_MEDIAN_M = 30.0
"""Distance of a carriageway from the centre line of its motorway."""
RAMP_M = 450.0
"""Distance along the motorway from a crossing to where its ramps begin."""
TERMINAL_M = 250.0
"""Distance along the crossing road from the motorway to where its ramps end."""
EXIT_SPACING_M = 3500.0
"""Least distance between two exits: crossings closer than this stay bridges."""
LEAST_SINE = 0.3
"""Crossings flatter than this (about 17 degrees) get no exit: the ramps would overlap the carriageways."""
METRES_PER_MILE = 1609.344

XY = tuple[float, float]
Tags = Mapping[str, str]


@dataclass
class OsmFile:
    """Nodes and ways of an OpenStreetMap XML file; a node is known by its rounded position."""

    _to_degrees: Transformer = field(default_factory=lambda: Transformer.from_crs(CRS, 4326, always_xy=True))
    _nodes: dict[tuple[str, str], int] = field(default_factory=dict)
    _tags: dict[int, dict[str, str]] = field(default_factory=dict)
    _ways: list[tuple[list[int], Tags]] = field(default_factory=list)
    _areas: list[tuple[int, Tags]] = field(default_factory=list)

    def node(self, xy: XY, tags: Tags | None = None) -> int:
        """Return the node at `xy`, made on first use; positions are kept to about a metre."""
        lon, lat = self._to_degrees.transform(*xy)
        number = self._nodes.setdefault((f"{lon:.5f}", f"{lat:.5f}"), len(self._nodes) + 1)
        self._tags.setdefault(number, {}).update(tags or {})
        return number

    def way(self, line: Iterable[XY], tags: Tags) -> int:
        """Add a way and return its number; points that fall together are written once."""
        numbers = [self.node(xy) for xy in line]
        kept = [number for i, number in enumerate(numbers) if i == 0 or number != numbers[i - 1]]
        if len(kept) > 1:
            self._ways.append((kept, tags))
        return len(self._ways)

    def lines_m(self) -> shapely.Geometry:
        """Return all ways as one geometry in metres."""
        degrees = {number: (float(lon), float(lat)) for (lon, lat), number in self._nodes.items()}
        to_metres = Transformer.from_crs(4326, CRS, always_xy=True)
        lines = [LineString(to_metres.itransform(degrees[node] for node in nodes)) for nodes, _ in self._ways]
        return shapely.union_all(lines)

    def multipolygon(self, way: int, tags: Tags) -> None:
        """Add an area whose outline is the closed way `way`."""
        self._areas.append((way, tags))

    def text(self, comment: str) -> str:
        """Return the file as XML."""
        lines = ["<?xml version='1.0' encoding='UTF-8'?>", f"<!-- {comment} -->", '<osm version="0.6">']
        for (lon, lat), number in self._nodes.items():
            lines += _element("node", f'id="{number}" version="1" lat="{lat}" lon="{lon}"', (), self._tags[number])
        for number, (nodes, tags) in enumerate(self._ways, start=1):
            lines += _element("way", f'id="{number}" version="1"', [f'<nd ref="{node}"/>' for node in nodes], tags)
        for number, (way, tags) in enumerate(self._areas, start=1):
            member = f'<member type="way" ref="{way}" role="outer"/>'
            lines += _element("relation", f'id="{number}" version="1"', [member], {"type": "multipolygon", **tags})
        return "\n".join([*lines, "</osm>", ""])


def _element(kind: str, attributes: str, children: Iterable[str], tags: Tags) -> list[str]:
    """Return the lines of one OSM element."""
    inner = [*children, *(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())]
    return [f"<{kind} {attributes}>", *inner, f"</{kind}>"] if inner else [f"<{kind} {attributes}/>"]


@dataclass(frozen=True)
class Exit:
    """An interchange: where it is and the road that it leads to."""

    highway: str
    number: str
    at: XY
    terminals: tuple[XY, XY]


@dataclass
class Edge:
    """A stretch of ordinary road, straight between two points, and the points of other roads on it."""

    start: XY
    end: XY
    refs: list[str]
    kind: str
    stops: list[XY] = field(default_factory=list)

    @property
    def line(self) -> LineString:
        """The stretch as a line."""
        return LineString([self.start, self.end])

    def point_at(self, distance_m: float) -> XY:
        """Return the point this far along, kept within the stretch."""
        return _xy(self.line.interpolate(min(max(distance_m, 0.0), self.line.length)))

    def points(self) -> list[XY]:
        """Return start, stops and end in order."""
        ordered = sorted(set(self.stops), key=lambda xy: self.line.project(Point(xy)))
        return [self.start, *ordered, self.end]


@dataclass(frozen=True)
class Chain:
    """A stretch of motorway that carries the same numbers throughout."""

    refs: tuple[str, ...]
    line: LineString


def _xy(point: Point) -> XY:
    return (round(point.x, 1), round(point.y, 1))


class Positions:
    """Positions in metres of towns, named points and bare longitude-latitude pairs."""

    def __init__(self, towns: Mapping[str, XY], points: Mapping[str, XY]) -> None:
        self._degrees = {**towns, **{name: (lon, lat) for name, (lon, lat) in points.items()}}
        self._to_metres = Transformer.from_crs(4326, CRS, always_xy=True)

    def __getitem__(self, place: str | list[float]) -> XY:
        """Return the position of a name or of a pair in degrees."""
        lon, lat = self._degrees[place] if isinstance(place, str) else place
        x, y = self._to_metres.transform(lon, lat)
        return (round(x, 1), round(y, 1))


def ordinary_roads(routes: Mapping[str, Any], positions: Positions) -> list[Edge]:
    """Return the stretches of all ordinary roads; a stretch used by several numbers is one stretch."""
    local = [{"ref": "", "class": routes["local"]["class"], "via": line} for line in routes["local"]["lines"]]
    edges: dict[frozenset[XY], Edge] = {}
    for route in [*routes["road"], *local]:
        for start, end in pairwise(positions[place] for place in route["via"]):
            edge = edges.setdefault(frozenset((start, end)), Edge(start, end, [], route["class"]))
            edge.kind = min(edge.kind, route["class"], key=CLASSES.index)
            if route["ref"] and route["ref"] not in edge.refs:
                edge.refs.append(route["ref"])
    join_crossings(found := list(edges.values()))
    return found


def join_crossings(edges: list[Edge]) -> None:
    """Give crossing stretches a common stop: ordinary roads meet at grade."""
    lines = [edge.line for edge in edges]
    first, second = shapely.STRtree(lines).query(lines, predicate="crosses")
    for i, j in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if i < j:
            point = _xy(lines[i].intersection(lines[j]))
            edges[i].stops.append(point)
            edges[j].stops.append(point)


def motorway_chains(routes: Iterable[Mapping[str, Any]], positions: Positions) -> Iterator[Chain]:
    """Yield the motorways cut where one joins or leaves another."""
    paths = {route["ref"]: [positions[place] for place in route["via"]] for route in routes}
    on = {ref: set(path) for ref, path in paths.items()}
    users: dict[frozenset[XY], list[str]] = {}
    for ref, path in paths.items():
        for start, end in pairwise(path):
            users.setdefault(frozenset((start, end)), []).append(ref)
    written: set[frozenset[XY]] = set()
    for path in paths.values():
        run: list[XY] = []
        for start, end in pairwise(path):
            step = frozenset((start, end))
            if step in written:
                run = []
                continue
            written.add(step)
            run = [*run, end] if run else [start, end]
            following = users.get(frozenset((end, path[path.index(end) + 1]))) if end != path[-1] else None
            if following != users[step] or any(end in on[other] for other in paths if other not in users[step]):
                yield Chain(tuple(users[step]), LineString(run))
                run = []


Found = tuple[float, Edge, Exit]
"""An exit as it is found: distance along its chain, crossing stretch, exit."""


def find_exits(chain: Chain, route: Mapping[str, Any], edges: list[Edge], mileposts: LineString) -> list[Found]:
    """Return distance along the chain, crossing stretch and exit, for crossings that have room for one.

    `mileposts` is the first number's whole line inside the state: exit numbers count its miles from its first end.
    """
    found: list[Found] = []
    crossing = [edge for edge in edges if edge.line.crosses(chain.line)]
    for edge in sorted(crossing, key=lambda edge: (CLASSES.index(edge.kind), edge.refs, edge.start)):
        for point in getattr(crossed := edge.line.intersection(chain.line), "geoms", [crossed]):
            distance = chain.line.project(point)
            inside = mileposts.distance(point) < 1
            roomy = EXIT_SPACING_M / 2 < distance < chain.line.length - EXIT_SPACING_M / 2
            apart = all(abs(distance - other) > EXIT_SPACING_M for other, _, _ in found)
            direction, road = _direction(chain.line, distance), _direction(edge.line, 0)
            sine = direction[0] * road[1] - direction[1] * road[0]
            if not (inside and roomy and apart and abs(sine) > LEAST_SINE):
                continue
            mile = mileposts.project(point) / mileposts.length * route["miles"]
            here, right = edge.line.project(point), -TERMINAL_M if sine > 0 else TERMINAL_M
            terminals = (edge.point_at(here + right), edge.point_at(here - right))
            found.append((distance, edge, Exit(chain.refs[0], str(max(1, round(mile))), _xy(point), terminals)))
    return sorted(found, key=lambda exit_: exit_[0])


def _direction(line: LineString, distance: float) -> np.ndarray:
    """Return the unit vector of travel at a distance along the line."""
    before, after = line.interpolate(max(0.0, distance - 20)), line.interpolate(distance + 20)
    vector = np.array([after.x - before.x, after.y - before.y])
    return np.asarray(vector / np.hypot(*vector))


def carriageway_point(line: LineString, distance: float, side: int) -> XY:
    """Return a point of one carriageway: `side` 1 right of the direction of travel, -1 left; ends lie on the line."""
    point = line.interpolate(distance)
    if distance <= 0 or distance >= line.length:
        return _xy(point)
    east, north = _direction(line, distance)
    return (round(point.x + side * HALF_MEDIAN_M * north, 1), round(point.y - side * HALF_MEDIAN_M * east, 1))


def write_motorway(osm: OsmFile, chain: Chain, exits: list[Found]) -> None:
    """Add both carriageways of a chain, with the ramps and numbered junctions of its exits."""
    tags = {
        "highway": "motorway",
        "ref": ";".join(chain.refs),
        "oneway": "yes",
        "maxspeed": f"{MPH['motorway']} mph",
        "note": NOTE,
    }
    bends = [chain.line.project(Point(xy)) for xy in chain.line.coords]
    stops = sorted({*bends, *(d + step for d, _, _ in exits for step in (-RAMP_M, RAMP_M))})
    osm.way((carriageway_point(chain.line, d, 1) for d in stops), tags)
    osm.way((carriageway_point(chain.line, d, -1) for d in reversed(stops)), tags)
    ramp = {"highway": "motorway_link", "oneway": "yes"}
    for distance, edge, exit_ in exits:
        for side, terminal in zip((1, -1), exit_.terminals, strict=True):
            leave = carriageway_point(chain.line, distance - side * RAMP_M, side)
            enter = carriageway_point(chain.line, distance + side * RAMP_M, side)
            osm.node(leave, {"highway": "motorway_junction", "ref": exit_.number})
            osm.way([leave, terminal], ramp)
            osm.way([terminal, enter], ramp)
            edge.stops.append(terminal)


def write_ordinary(osm: OsmFile, edges: list[Edge]) -> None:
    """Add ordinary roads, stretches of the same numbers that follow each other as one way."""
    run: list[XY] = []
    for i, edge in enumerate(edges):
        run += edge.points()
        following = edges[i + 1] if i + 1 < len(edges) else None
        if following is None or (following.start, following.refs, following.kind) != (edge.end, edge.refs, edge.kind):
            number = {"ref": ";".join(edge.refs)} if edge.refs else {}
            osm.way(run, {"highway": edge.kind, **number, "maxspeed": f"{MPH[edge.kind]} mph", "note": NOTE})
            run = []


def build_roads(
    osm: OsmFile, routes: Mapping[str, Any], towns: Mapping[str, XY], state: shapely.Geometry
) -> list[Exit]:
    """Add the whole network and return its exits, motorway by motorway from south or west.

    Parameters
    ----------
    routes
        The parsed `routes.toml`.
    towns
        Longitude and latitude by name.
    state
        The state's outline in metres.
    """
    positions = Positions(towns, routes["points"])
    edges = ordinary_roads(routes, positions)
    motorways = {route["ref"]: route for route in routes["motorway"]}
    mileposts = {
        ref: LineString([positions[place] for place in route["via"]]).intersection(state)
        for ref, route in motorways.items()
    }
    exits: list[Exit] = []
    for chain in motorway_chains(routes["motorway"], positions):
        first = chain.refs[0]
        found = find_exits(chain, motorways[first], edges, mileposts[first])
        write_motorway(osm, chain, found)
        exits += [exit_ for _, _, exit_ in found]
    write_ordinary(osm, edges)
    return exits


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file as a dictionary."""
    return tomllib.loads(path.read_text(encoding="utf-8"))
