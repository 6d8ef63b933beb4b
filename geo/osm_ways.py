"""Roads of OpenStreetMap files as arrays.

libosmium looks up the nodes of all roads and writes them as text (OPL) without a step in Python; pyarrow parses that
text by the block. Asking for every way and node in Python takes three times as long.
"""

import ctypes
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import pyarrow as pa
from osmium.osm import NODE, WAY
from pyarrow import compute, csv

from geo.osm_tags import ROAD_CLASSES
from geo.osm_water import RIVER_TAG, Bbox, Row, river_rows
from geo.roads import Floats, Ints, Roads
from geo.way_tags import RIVER, Rules, WayTags

NO_NODES = "ways with fewer than two nodes in the file"
CUT = "ways with nodes missing from the file, used up to the gap"
FAR = "ways cut where neighboring nodes are more than a degree apart: one of them is in a wrong place"
CLOSED = "ways closed to cars (access tags)"
OUTSIDE = "ways beyond the study area and the travel distance around it"
COPIES = "ways that another listed file holds as well"
DELETED = "ways, places and routes marked as deleted"

_FAR_DEG = 1.0
_BLOCK_BYTES = 1 << 20
_AS_CSV = bytes.maketrans(b"Nxy,", b"\n,,\n")
_VERTEX = csv.ReadOptions(column_names=["node_id", "lon", "lat"])
_VERTEX_TYPES = csv.ConvertOptions(column_types={"node_id": pa.int64(), "lon": pa.float64(), "lat": pa.float64()})
_LINE = csv.ReadOptions(column_names=["way_id", "version", "state", "tags", "nodes"], block_size=_BLOCK_BYTES)
_LINE_TYPES = csv.ConvertOptions(
    column_types={"way_id": pa.string(), "state": pa.string(), "tags": pa.string(), "nodes": pa.binary()},
    include_columns=["way_id", "state", "tags", "nodes"],
)
_FIELDS = csv.ParseOptions(delimiter=" ", quote_char=False)


@dataclass(frozen=True, eq=False)
class Ways:
    """Roads as unbroken pieces of ways with two nodes or more.

    Parameters
    ----------
    way_id, road_class, maxspeed_kmh, direction, ref, name, exit_ref
        As in `Roads`, one entry per piece.
    size
        Number of vertices of each piece.
    node_id, lon, lat
        The vertices of all pieces, one after another.
    """

    way_id: Ints
    road_class: npt.NDArray[np.int8]
    maxspeed_kmh: Floats
    direction: npt.NDArray[np.int8]
    ref: npt.NDArray[np.object_]
    name: npt.NDArray[np.object_]
    exit_ref: npt.NDArray[np.object_]
    size: Ints
    node_id: Ints
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        """Return the number of pieces."""
        return len(self.size)


def write_ways(path: Path, text: Path) -> None:
    """Write the roads and rivers of an OpenStreetMap file with the positions of their nodes, as OPL.

    Raises
    ------
    RuntimeError
        If libosmium cannot read the file.
    """
    # With the version comes whether a way is marked as deleted, and with nothing else.
    writer = osmium.SimpleWriter(osmium.io.File(str(text), "opl,locations_on_ways=true,add_metadata=version"))
    roads = osmium.filter.TagFilter(RIVER_TAG, *(("highway", name) for name in ROAD_CLASSES))
    try:
        with osmium.io.Reader(str(path), NODE | WAY) as reader:
            steps = [osmium.filter.EntityFilter(WAY), roads, writer]
            if not has_locations_on_ways(reader.header()):
                locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
                locations.ignore_errors()
                steps.insert(0, locations)
            osmium.apply(reader, *steps)
        writer.close()
    except Exception:
        # libosmium ends the whole process when it destroys a writer that has failed (positions off the globe, a full
        # disk), also while Python ends: this one has to outlive it.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))
        raise


def has_locations_on_ways(header: osmium.io.Header) -> bool:
    """Say whether a file keeps the positions in its ways instead of plain nodes."""
    return any(header.get(f"pbf_optional_feature_{number}") == "LocationsOnWays" for number in range(8))


def read_ways(text: Path, clip: Bbox | None) -> tuple[Ways, list[Row], Counter[str]]:
    """Read what `write_ways` wrote.

    Parameters
    ----------
    text
        The OPL file. A node without position is a gap: the way goes on after it as another piece.
    clip
        (left, bottom, right, top) in degrees: pieces without a vertex inside are left out. None keeps all.

    Returns
    -------
    tuple
        The roads in the order of the file, the named rivers (`geo.osm_water`), and how many roads were left out for
        which reason.
    """
    rules = Rules()
    counts: Counter[str] = Counter()
    rivers: list[Row] = []
    blocks = []
    if text.stat().st_size:
        with csv.open_csv(text, read_options=_LINE, parse_options=_FIELDS, convert_options=_LINE_TYPES) as lines:
            blocks = [_block_ways(block, rules, clip, counts, rivers) for block in lines]
    return _stacked(blocks or [_no_ways()]), rivers, counts


def _block_ways(
    block: pa.RecordBatch, rules: Rules, clip: Bbox | None, counts: Counter[str], rivers: list[Row]
) -> Ways:
    """Return the roads of some lines of the OPL file, and add its rivers."""
    there = compute.not_equal(block["state"], "dD")
    counts[DELETED] += len(block) - (there.true_count or 0)
    block = block.filter(there)
    tags = WayTags(block["tags"])
    rules_of = tags.rules(rules)
    ref, name, exit_ref = (tags.plain(values) for values in (tags.of("ref"), tags.names(), tags.of("junction:ref")))
    rows, water = np.flatnonzero(rules_of >= 0), np.flatnonzero(rules_of == RIVER)
    counts[CLOSED] += len(rules_of) - len(rows) - len(water)
    way_id = compute.cast(compute.utf8_slice_codeunits(block["way_id"], 1), pa.int64()).to_numpy(zero_copy_only=False)
    if len(water):
        row, size, (_, *lon_lat) = _pieces(block["nodes"].take(pa.array(water)), clip, Counter())
        piece = water[row]
        rivers += river_rows(way_id[piece], [name[at] for at in piece], size, np.column_stack(lon_lat))
    row, size, vertices = _pieces(block["nodes"].take(pa.array(rows)), clip, counts)
    way = rows[row]
    number = rules_of[way]
    return Ways(
        way_id=way_id[way],
        road_class=np.array(rules.road_class, np.int8)[number],
        maxspeed_kmh=np.array(rules.maxspeed_kmh, np.float64)[number],
        direction=np.array(rules.direction, np.int8)[number],
        ref=ref[way],
        name=name[way],
        exit_ref=exit_ref[way],
        size=size,
        node_id=vertices[0],
        lon=vertices[1],
        lat=vertices[2],
    )


def _pieces(
    nodes: pa.BinaryArray, clip: Bbox | None, counts: Counter[str]
) -> tuple[Ints, Ints, tuple[Ints, Floats, Floats]]:
    """Split ways where a node has no position or one far off, and keep the pieces that are lines inside the clip.

    Returns the way (row of `nodes`) and the number of vertices of each piece, and the vertices.
    """
    per_way = compute.count_substring(nodes, b"n").to_numpy(zero_copy_only=False)
    row = np.repeat(np.arange(len(nodes)), per_way)
    node_id, lon, lat = _vertices(nodes)
    known = ~np.isnan(lon)
    starts = known.copy()
    first = row[1:] != row[:-1]
    far = ~first & ((np.abs(np.diff(lon)) > _FAR_DEG) | (np.abs(np.diff(lat)) > _FAR_DEG))
    starts[1:] &= ~known[:-1] | first | far
    piece = np.cumsum(starts)[known] - 1
    way_of = row[starts]
    size = np.bincount(piece, minlength=len(way_of))
    is_line = keep = size > 1
    if clip is not None:
        inside = (clip[0] <= lon) & (lon <= clip[2]) & (clip[1] <= lat) & (lat <= clip[3])
        keep = is_line & (np.bincount(piece, inside[known], minlength=len(way_of)) > 0)
    has_line, has_kept, has_gap, has_far = (np.zeros(len(nodes), dtype=bool) for _ in range(4))
    has_line[way_of[is_line]] = has_kept[way_of[keep]] = has_gap[row[~known]] = has_far[row[1:][far]] = True
    counts.update(
        {
            FAR: int(np.count_nonzero(has_far)),
            CUT: int(np.count_nonzero(has_gap & has_line)),
            NO_NODES: int(np.count_nonzero(~has_line)),
            OUTSIDE: int(np.count_nonzero(has_line & ~has_kept)),
        }
    )
    mask = np.flatnonzero(known)[keep[piece]]
    return way_of[keep], size[keep], (node_id[mask], lon[mask], lat[mask])


def _vertices(nodes: pa.BinaryArray) -> tuple[Ints, Floats, Floats]:
    """Return id, longitude and latitude of the nodes of all ways; NaN where the file does not hold the node."""
    text = b"".join(nodes.to_pylist()).translate(_AS_CSV, b"n")
    if not text.strip():
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    table = csv.read_csv(BytesIO(text), read_options=_VERTEX, convert_options=_VERTEX_TYPES)
    node_id, lon, lat = (column.to_numpy() for column in table.columns)
    return node_id, lon, lat


def _no_ways() -> Ways:
    """Return nothing, with the right types."""
    none = np.zeros(0)
    ids, codes, texts = none.astype(np.int64), none.astype(np.int8), none.astype(np.object_)
    return Ways(ids, codes, none, codes, texts, texts, texts, ids, ids, none, none)


def _stacked(parts: Sequence[Ways]) -> Ways:
    """Return all parts one after another."""
    if len(parts) == 1:
        return parts[0]
    return Ways(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Ways)))


def join_roads(files: Sequence[Ways], exits: Ints) -> tuple[Roads, list[int]]:
    """Join the ways of several files at the nodes that they share.

    A way that stands in several files is taken from where it has the most nodes, among equals from the first. A node's
    position is that of the first file.

    Parameters
    ----------
    files
        The roads of each file.
    exits
        Node ids of the motorway exits.

    Returns
    -------
    tuple
        The roads, and for each file the number of its ways that were taken from another.
    """
    ways = _stacked(files)
    file = np.repeat(np.arange(len(files)), [len(part) for part in files])
    best = _best_files(ways, file) if len(files) > 1 else file
    taken = np.flatnonzero(file == best)
    taken = taken[np.argsort(ways.way_id[taken], kind="stable")]
    copies = [len(np.unique(ways.way_id[(file == number) & (best != number)])) for number in range(len(files))]
    kept = ways if np.array_equal(taken, np.arange(len(ways))) else _chosen(ways, taken)
    vertex, node_id = pd.factorize(kept.node_id)
    lon, lat = np.empty(len(node_id)), np.empty(len(node_id))
    lon[vertex[::-1]], lat[vertex[::-1]] = kept.lon[::-1], kept.lat[::-1]
    roads = Roads(
        node_id=np.asarray(node_id),
        lon=lon,
        lat=lat,
        is_exit=np.isin(node_id, exits),
        vertex=vertex.astype(np.int32),
        offset=np.concatenate([[0], np.cumsum(kept.size)]),
        way_id=kept.way_id,
        road_class=kept.road_class,
        maxspeed_kmh=kept.maxspeed_kmh,
        direction=kept.direction,
        ref=kept.ref,
        name=kept.name,
        exit_ref=kept.exit_ref,
    )
    return roads, copies


def _best_files(ways: Ways, file: Ints) -> Ints:
    """Return for each piece the file that holds its way with the most nodes."""
    table = pd.DataFrame({"way_id": ways.way_id, "file": file, "size": ways.size})
    nodes = table.groupby(["way_id", "file"], sort=True)["size"].sum().reset_index()
    nodes = nodes.sort_values(["size", "file"], ascending=[False, True], kind="stable").drop_duplicates("way_id")
    best: Ints = table["way_id"].map(nodes.set_index("way_id")["file"]).to_numpy()
    return best


def _chosen(ways: Ways, taken: Ints) -> Ways:
    """Return some pieces with their vertices."""
    offset = np.cumsum(ways.size) - ways.size
    size = ways.size[taken]
    vertex = np.repeat(offset[taken] - (np.cumsum(size) - size), size) + np.arange(size.sum())
    rows = {
        column.name: getattr(ways, column.name)[vertex if column.name in {"node_id", "lon", "lat"} else taken]
        for column in fields(Ways)
    }
    return Ways(**rows)
