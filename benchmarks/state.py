"""A made-up state: an OpenStreetMap file of the size of a real one, the same bytes for the same size.

Towns with street grids, farm roads between them, numbered highways, houses and places along the roads. Everything is
worked out in arrays and written as text (OPL), which libosmium packs; size 1 is about Mississippi: 5.5 million nodes,
half a million roads, 900,000 houses. ``python -m benchmarks.state FOLDER SIZE`` writes one.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import osmium
import pyarrow as pa
from pyarrow import compute
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEED = 20_261_101
WEST, SOUTH = -91.65, 30.17
WIDTH_M, HEIGHT_M = 333_000.0, 535_000.0
LON_M, LAT_M = 93_800.0, 110_900.0
"""Metres per degree in the middle of the state: good enough for a made-up one."""

JUNCTIONS, HOUSES, TOWNS = 505_000, 910_000, 300
STREETS_PER_JUNCTION = 1.26
BLOCK_M = 95.0
PLACES = (
    ("amenity=fuel", 3_000), ("amenity=fuel,hgv=yes", 300), ("tourism=motel", 450), ("tourism=hotel", 500),
    ("highway=services", 20), ("highway=rest_area", 30), ("amenity=bus_station", 40), ("amenity=restaurant", 4_000),
    ("amenity=place_of_worship", 6_000), ("shop=convenience", 3_000), ("amenity=school", 1_500),
)  # fmt: skip
LOCAL, TERTIARY, SECONDARY, PRIMARY, MOTORWAY = range(5)
TAGS = {
    TERTIARY: "highway=tertiary",
    SECONDARY: "highway=secondary,maxspeed=45%20%mph",
    PRIMARY: "highway=primary,maxspeed=55%20%mph",
    MOTORWAY: "highway=motorway,maxspeed=70%20%mph,oneway=no",
}


@dataclass(frozen=True, eq=False)
class State:
    """Where the file lies, its box in metres, and its junctions in degrees (`in_town` marks those of towns)."""

    file: Path
    width_m: float
    height_m: float
    lon: Floats
    lat: Floats
    in_town: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Streets:
    """Streets between junctions: both ends, length, class and number ("" for none)."""

    start: Ints
    end: Ints
    length_m: Floats
    road_class: Ints
    ref: npt.NDArray[np.str_]


def make_state(folder: Path, *, size: float = 1.0) -> State:
    """Write the file of a made-up state, unless it is there already.

    Parameters
    ----------
    folder
        Where files are kept between runs.
    size
        Share of a whole state, by everything that is counted: junctions, houses, towns, land.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, notes = folder / f"state-{size:g}.osm.pbf", folder / f"state-{size:g}.npz"
    width, height = WIDTH_M * size**0.5, HEIGHT_M * size**0.5
    if not (file.exists() and notes.exists()):
        rng = np.random.default_rng(SEED)
        junctions, in_town, centre = _junctions(rng, size, width, height)
        streets = _streets(rng, junctions, centre)
        _write(rng, file, junctions, in_town, streets, size)
        lon, lat = _degrees(junctions).T
        np.savez(notes, lon=lon, lat=lat, in_town=in_town)
    with np.load(notes) as known:
        return State(file, width, height, known["lon"], known["lat"], known["in_town"])


def _degrees(xy: Floats) -> Floats:
    degrees: Floats = np.column_stack([WEST + xy[:, 0] / LON_M, SOUTH + xy[:, 1] / LAT_M]).round(7)
    return degrees


def _junctions(
    rng: np.random.Generator, size: float, width: float, height: float
) -> tuple[Floats, npt.NDArray[np.bool_], Ints]:
    """Return the junctions, which of them lie in towns, and the middle junction of each town, the largest first."""
    towns = max(10, round(TOWNS * size))
    middle = np.column_stack([rng.uniform(0.05, 0.95, towns) * width, rng.uniform(0.05, 0.95, towns) * height])
    people = 1 / np.arange(1, towns + 1) ** 0.9
    count = rng.multinomial(round(JUNCTIONS * size * 0.55), people / people.sum())
    parts = []
    for spot, streets in zip(middle, count.tolist(), strict=True):
        side = int(np.ceil(np.sqrt(streets * 1.3))) + 1
        grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) - side / 2
        block = grid[np.argsort(np.hypot(*grid.T), kind="stable")[:streets]] * BLOCK_M
        turn = rng.uniform(0, np.pi)
        turned = (block + rng.normal(0, 12, block.shape)) @ np.array(
            [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
        )
        parts.append(turned + spot)
    rural = round(JUNCTIONS * size) - int(count.sum())
    farms = np.column_stack([rng.uniform(0, width, rural), rng.uniform(0, height, rural)])
    junctions = np.vstack([*parts, farms]).clip(0, [width, height]) + rng.normal(0, 0.5, (rural + count.sum(), 2))
    in_town = np.arange(len(junctions)) < count.sum()
    return junctions, in_town, np.asarray(cKDTree(junctions).query(middle)[1])


def _streets(rng: np.random.Generator, junctions: Floats, centre: Ints) -> _Streets:
    """Join junctions: all of them in one tree, the shortest further streets, and highways between towns."""
    corners = np.sort(Delaunay(junctions).simplices, axis=1)
    pairs = np.unique(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=0).astype(np.int64)
    length = np.hypot(*(junctions[pairs[:, 0]] - junctions[pairs[:, 1]]).T)
    n = len(junctions)
    key = pairs[:, 0] * n + pairs[:, 1]
    tree = minimum_spanning_tree(csr_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(n, n))).tocoo()
    needed = np.isin(key, np.minimum(tree.row, tree.col).astype(np.int64) * n + np.maximum(tree.row, tree.col))
    others = np.flatnonzero(~needed)
    liked = np.argsort(length[others] * rng.uniform(0.6, 1.4, len(others)), kind="stable")
    kept = needed.copy()
    kept[others[liked[: round(n * STREETS_PER_JUNCTION) - int(needed.sum())]]] = True
    road_class, ref = _highways(junctions, pairs, length, key, centre)
    kept |= road_class > LOCAL
    road_class[(road_class == LOCAL) & (rng.random(len(pairs)) < 0.12)] = TERTIARY
    return _Streets(pairs[kept, 0], pairs[kept, 1], length[kept], road_class[kept], ref[kept])


def _highways(
    junctions: Floats, pairs: Ints, length: Floats, key: Ints, centre: Ints
) -> tuple[Ints, npt.NDArray[np.str_]]:
    """Return the class and the number of each possible street: the shortest ways between edges and towns."""
    n = len(junctions)
    graph = coo_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
    road_class = np.zeros(len(pairs), dtype=np.int64)
    ref = np.full(len(pairs), "", dtype="U8")
    width, height = junctions.max(axis=0)
    ends = cKDTree(junctions).query(
        [[width * 0.4, 0], [width * 0.6, height], [0, height * 0.4], [width, height * 0.5]]
    )[1]
    near = cKDTree(junctions[centre])
    routes = [(MOTORWAY, "I 55", ends[0], ends[1:2]), (MOTORWAY, "I 20", ends[2], ends[3:4])]
    for number, town in enumerate(centre[1:80]):
        about = centre[near.query(junctions[town], k=6)[1][1:]]
        routes.append((PRIMARY, f"US {number + 1}", town, about) if number < 24 else (SECONDARY, "", town, about))
    for kind, name, start, targets in routes:
        _, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        for target in targets.tolist():
            path = [target]
            while before[path[-1]] >= 0:
                path.append(int(before[path[-1]]))
            steps = np.sort(np.column_stack([path[:-1], path[1:]]).astype(np.int64), axis=1)
            rows = np.searchsorted(key, steps[:, 0] * n + steps[:, 1])
            rows = rows[road_class[rows] < kind]
            road_class[rows], ref[rows] = kind, name
    return road_class, ref


def _write(
    rng: np.random.Generator,
    file: Path,
    junctions: Floats,
    in_town: npt.NDArray[np.bool_],
    streets: _Streets,
    size: float,
) -> None:
    """Write nodes, roads and houses."""
    houses = round(HOUSES * size)
    bends, per_street = _bends(rng, junctions, streets)
    near = junctions[rng.integers(0, len(junctions), houses)] + rng.normal(0, 30, (houses, 2))
    corner = rng.uniform(5, 12, (houses, 1, 1)) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    exits = _exits(rng, streets, len(junctions))
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        text = Path(folder) / "state.opl"
        with text.open("wb") as out:
            shapes = np.vstack([junctions, bends, (near[:, None] + corner).reshape(-1, 2)])
            tags = np.full(len(shapes), "", dtype=object)
            tags[exits] = [f" Thighway=motorway_junction,ref={number + 1}" for number in range(len(exits))]
            _nodes(out, 1, shapes, tags)
            spots = junctions[rng.permutation(np.flatnonzero(in_town))]
            words = [f" T{tag},name=Place%20%{n}" for tag, count in PLACES for n in range(max(1, round(count * size)))]
            _nodes(out, len(shapes) + 1, spots[: len(words)] + rng.normal(0, 40, (len(words), 2)), np.array(words))
            roads = _roads(rng, out, junctions, in_town, streets, per_street)
            first = len(junctions) + len(bends) + 1 + 4 * np.arange(houses)
            ring = np.column_stack([first, first + 1, first + 2, first + 3, first])
            offsets = np.arange(houses + 1) * 5
            _ways(out, roads + 1, np.full(houses, "building=yes"), ring.ravel(), offsets)
        packed = Path(folder) / "state.osm.pbf"
        with osmium.SimpleWriter(str(packed)) as writer:
            osmium.apply(str(text), writer)
        packed.replace(file)


def _bends(rng: np.random.Generator, junctions: Floats, streets: _Streets) -> tuple[Floats, Ints]:
    """Return the nodes between the ends of all streets, one street after another, and how many each has."""
    length = streets.length_m
    count = np.where(length < 60, 0, np.minimum(rng.poisson(np.clip(length / 100, 0, 5)), 12))
    street = np.repeat(np.arange(len(count)), count)
    along = (np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + 1) / (count[street] + 1)
    start, end = junctions[streets.start], junctions[streets.end]
    line = (end - start)[street]
    aside = np.column_stack([-line[:, 1], line[:, 0]]) * (rng.choice([-1, 1], len(count))[street] * 0.06)[:, None]
    return start[street] + line * along[:, None] + aside * np.sin(along * np.pi)[:, None], count


def _exits(rng: np.random.Generator, streets: _Streets, n: int) -> Ints:
    """Return some junctions where a motorway meets other roads."""
    motorway = streets.road_class == MOTORWAY
    on, off = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    on[streets.start[motorway]] = on[streets.end[motorway]] = True
    off[streets.start[~motorway]] = off[streets.end[~motorway]] = True
    both = np.flatnonzero(on & off)
    return np.sort(rng.choice(both, max(1, len(both) // 12), replace=False))


def _roads(
    rng: np.random.Generator,
    out: BinaryIO,
    junctions: Floats,
    in_town: npt.NDArray[np.bool_],
    streets: _Streets,
    per_street: Ints,
) -> int:
    """Write the roads, of one street or of two that go straight on, and return how many."""
    first, second = _straight_on(rng, junctions, streets)
    alone = np.setdiff1d(np.arange(len(per_street)), np.concatenate([first, second]))
    one, two = np.concatenate([alone, first]), np.concatenate([np.full(len(alone), -1), second])
    through = np.where(two >= 0, _shared_end(streets, one, two), streets.end[one])
    bend = np.cumsum(per_street) - per_street
    tags = np.where(in_town[streets.start], "highway=residential", "highway=unclassified").astype(object)
    for kind, text in TAGS.items():
        tags[streets.road_class == kind] = text
    numbered = streets.ref != ""
    tags[numbered] = [
        f"{tag},ref={ref.replace(' ', '%20%')}" for tag, ref in zip(tags[numbered], streets.ref[numbered], strict=True)
    ]
    chunks = [_street_nodes(streets, one, through, per_street, bend, len(junctions), leading=True)]
    rows = np.flatnonzero(two >= 0)
    chunks.append(_street_nodes(streets, two[rows], through[rows], per_street, bend, len(junctions), leading=False))
    sizes = per_street[one] + 2
    sizes[rows] += per_street[two[rows]] + 1
    offset = np.concatenate([[0], np.cumsum(sizes)])
    refs = np.empty(offset[-1], dtype=np.int64)
    for (nodes, count), begin in zip(chunks, (offset[:-1], offset[rows] + per_street[one[rows]] + 2), strict=True):
        refs[np.repeat(begin - (np.cumsum(count) - count), count) + np.arange(count.sum())] = nodes
    names = np.array([f",name=Road%20%{number}" for number in range(len(one))], dtype=object)
    _ways(out, 1, (tags[one] + names).astype(str), refs + 1, offset)
    return len(one)


def _straight_on(rng: np.random.Generator, junctions: Floats, streets: _Streets) -> tuple[Ints, Ints]:
    """Return pairs of streets of one kind that go straight on through a junction, each street in one pair at most."""
    n = len(streets.start)
    node = np.concatenate([streets.start, streets.end])
    street = np.tile(np.arange(n), 2)
    away = junctions[np.concatenate([streets.end, streets.start])] - junctions[node]
    bearing = np.arctan2(away[:, 1], away[:, 0]) % np.pi  # opposite directions are equal
    kind = streets.road_class[street]
    order = np.lexsort((bearing, streets.ref[street], kind, node))
    a, b = order[:-1], order[1:]
    straight = (node[a] == node[b]) & (kind[a] == kind[b]) & (streets.ref[street[a]] == streets.ref[street[b]])
    straight &= (bearing[b] - bearing[a] < 0.5) & ((away[a] * away[b]).sum(axis=1) < 0)
    pair = np.column_stack([street[a[straight]], street[b[straight]]])
    taken = np.zeros(n, dtype=bool)
    chosen = []
    for _ in range(3):
        pair = pair[~taken[pair].any(axis=1)]
        wish = rng.permutation(len(pair))
        best = np.full(n, len(pair))
        np.minimum.at(best, pair[:, 0], wish)
        np.minimum.at(best, pair[:, 1], wish)
        agreed = pair[(best[pair[:, 0]] == wish) & (best[pair[:, 1]] == wish)]
        taken[agreed] = True
        chosen.append(agreed)
    first, second = np.vstack(chosen).T
    return first, second


def _shared_end(streets: _Streets, one: Ints, two: Ints) -> Ints:
    """Return the junction that both streets of each pair have."""
    at_start = (streets.end[one] == streets.start[two]) | (streets.end[one] == streets.end[two])
    return np.where(at_start, streets.end[one], streets.start[one])


def _street_nodes(
    streets: _Streets, rows: Ints, junction: Ints, per_street: Ints, bend: Ints, n: int, *, leading: bool
) -> tuple[Ints, Ints]:
    """Return the nodes of some streets (from 0) and how many each has: leading to a junction, or on from it."""
    forward = (streets.end[rows] == junction) == leading
    inner = per_street[rows]
    count = inner + (2 if leading else 1)
    row = np.repeat(np.arange(len(rows)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + (0 if leading else 1)
    last = inner[row] + 1
    place = np.where(forward[row], step, last - step)
    nodes = n + bend[rows][row] + place - 1
    nodes = np.where(place == 0, streets.start[rows][row], nodes)
    return np.where(place == last, streets.end[rows][row], nodes), count


def _nodes(out: BinaryIO, first: int, xy: Floats, tags: npt.NDArray[np.object_] | npt.NDArray[np.str_]) -> None:
    """Write nodes as OPL."""
    for begin in range(0, len(xy), 500_000):
        lon, lat = _degrees(xy[begin : begin + 500_000]).T
        number = pa.array(np.arange(first + begin, first + begin + len(lon))).cast(pa.string())
        x, y = (compute.cast(pa.array(values), pa.string()) for values in (lon, lat))
        tail = pa.array(tags[begin : begin + 500_000].astype(str))
        lines = compute.binary_join_element_wise("n", number, " v1 x", x, " y", y, tail, "\n", "")
        out.write("".join(lines.to_pylist()).encode())


def _ways(out: BinaryIO, first: int, tags: npt.NDArray[np.str_], refs: Ints, offset: Ints) -> None:
    """Write ways as OPL."""
    nodes = pa.ListArray.from_arrays(pa.array(offset.astype(np.int32)), pa.array(refs).cast(pa.string()))
    number = pa.array(np.arange(first, first + len(tags))).cast(pa.string())
    listed = compute.binary_join(nodes, ",n")
    lines = compute.binary_join_element_wise("w", number, " v1 T", pa.array(tags), " Nn", listed, "\n", "")
    out.write("".join(lines.to_pylist()).encode())


if __name__ == "__main__":
    make_state(Path(sys.argv[1]), size=float(sys.argv[2]))
