"""Roads, places and network as one file of arrays: what the cache keeps. No pickle, so that a file can do no harm.

The file is mapped into memory, not copied: processes that run beside each other share it, and what a run does not look
at costs no more than its checksum.
"""

import hashlib
import json
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import WGS84
from geo.network import RoadNetwork, Samples
from geo.osm import OsmData
from geo.records import Dropped
from geo.roads import ROAD_TEXTS, Roads

MAGIC = b"outreach roads 4\n"
_DIGEST_LENGTH = 64
_HEAD_LENGTH = len(MAGIC) + _DIGEST_LENGTH
_ALIGNED = 64
_ARRAYS_AT = 2 * _ALIGNED
_SCALARS = ("n_components", "kept_components", "kept_share")

Arrays = dict[str, npt.NDArray[Any]]


class DamagedEntryError(ValueError):
    """A file of the cache that is cut short, altered, or was never one."""


@dataclass(frozen=True, eq=False)
class RoadEntry:
    """What a run takes from its road files: their names, content and network, and the number of dead ends joined."""

    sources: tuple[str, ...]
    osm: OsmData
    network: RoadNetwork
    links: int


def write_entry(entry: RoadEntry, path: Path) -> None:
    """Write an entry with the checksum of its bytes in front.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with path.open("wb+") as file:
        file.write(bytes(_ARRAYS_AT))
        arrays = _arrays(entry)
        for array in (_json(list(arrays)), *arrays.values()):
            np.save(file, array, allow_pickle=False)
            file.write(bytes(-file.tell() % _ALIGNED))
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            head = MAGIC + _digest(content)
        file.seek(0)
        file.write(head)


def read_entry(path: Path, *, crs: CRS) -> RoadEntry:
    """Read an entry, if it is whole.

    Parameters
    ----------
    path
        A file that `write_entry` wrote.
    crs
        The metric CRS that its network was built in.

    Raises
    ------
    DamagedEntryError
        If a single byte differs from what was written.
    OSError
        If the file cannot be read.
    """
    return _entry(dict(_kept(_mapped(path))), crs)


def entry_sources(path: Path) -> tuple[str, ...]:
    """Return the names of the road files that an entry was made from.

    Raises
    ------
    DamagedEntryError
        If the file is not whole.
    OSError
        If the file cannot be read.
    """
    return tuple(_notes(dict([next(_kept(_mapped(path)))]))["sources"])


def _mapped(path: Path) -> mmap.mmap:
    """Return the content of a file, if its checksum is right; it is unmapped with the last array that looks at it."""
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else None
    if content is None or content[:_HEAD_LENGTH] != MAGIC + _digest(content):
        msg = f"{path.name} is damaged"
        raise DamagedEntryError(msg)
    return content


def _kept(content: mmap.mmap) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield names and arrays: behind the head stands an array of the names, then those named, the notes first."""
    content.seek(_ARRAYS_AT)
    for name in json.loads(_next_array(content).tobytes()):
        yield name, _next_array(content)


def _next_array(content: mmap.mmap) -> npt.NDArray[Any]:
    """Return the array that begins where the content is, as a view, and go to the next."""
    np.lib.format.read_magic(content)
    shape, is_fortran, kind = np.lib.format.read_array_header_1_0(content)
    begin = content.tell()
    array: npt.NDArray[Any] = np.ndarray(shape, kind, content, begin, order="F" if is_fortran else "C")
    content.seek(begin + array.nbytes + -(begin + array.nbytes) % _ALIGNED)
    return array


def _digest(content: mmap.mmap) -> bytes:
    """Return the SHA-256 digest of everything behind the head, in hexadecimal."""
    with memoryview(content)[_HEAD_LENGTH:] as rest:
        return hashlib.sha256(rest).hexdigest().encode()


def _arrays(entry: RoadEntry) -> Arrays:
    """Return everything as named arrays of numbers; texts and single values as JSON."""
    osm, network = entry.osm, entry.network
    texts = {name: pd.factorize(getattr(osm.roads, name)) for name in ROAD_TEXTS}
    notes = {
        "sources": list(entry.sources),
        "dropped": [[part.source, part.reason, part.count] for part in osm.dropped],
        "texts": {name: list(values) for name, (_, values) in texts.items()},
        "signed": dict(osm.signed),
        "links": entry.links,
        **{name: getattr(network, name) for name in _SCALARS},
    }
    return {
        "notes": _json(notes),
        **{f"roads.{name}": codes.astype(np.int32) for name, (codes, _) in texts.items()},
        **_numbers(osm.roads, "roads."),
        **_numbers(network, "network."),
        **_numbers(network.samples, "samples."),
        **_table(osm.junctions, "junctions."),
        **_table(osm.places, "places."),
        **_shapes(osm.water, "water."),
    }


def _entry(arrays: Mapping[str, npt.NDArray[Any]], crs: CRS) -> RoadEntry:
    notes = _notes(arrays)
    texts = {name: np.array(notes["texts"][name], dtype=np.object_)[arrays[f"roads.{name}"]] for name in ROAD_TEXTS}
    osm = OsmData(
        Roads(**texts, **_fields(Roads, arrays, "roads.", but={*ROAD_TEXTS})),
        notes["signed"],
        _frame(arrays, "junctions."),
        _frame(arrays, "places."),
        _reshaped(arrays, "water."),
        tuple(Dropped(*part) for part in notes["dropped"]),
    )
    network = RoadNetwork(
        crs=crs,
        samples=Samples(**_fields(Samples, arrays, "samples.")),
        **_fields(RoadNetwork, arrays, "network.", but={"crs", "samples", *_SCALARS}),
        **{name: notes[name] for name in _SCALARS},
    )
    return RoadEntry(tuple(notes["sources"]), osm, network, notes["links"])


def _numbers(thing: object, prefix: str) -> Arrays:
    """Return the fields of a dataclass that are arrays of numbers."""
    values = {column.name: getattr(thing, column.name) for column in fields(thing)}  # type: ignore[arg-type]
    return {
        prefix + name: value
        for name, value in values.items()
        if isinstance(value, np.ndarray) and value.dtype != np.object_
    }


def _fields(
    kind: type, arrays: Mapping[str, npt.NDArray[Any]], prefix: str, *, but: set[str] | frozenset[str] = frozenset()
) -> dict[str, Any]:
    return {column.name: arrays[prefix + column.name] for column in fields(kind) if column.name not in but}


def _table(table: gpd.GeoDataFrame, prefix: str) -> Arrays:
    """Return a table of texts and points."""
    texts = {name: table[name].tolist() for name in table.columns if name != "geometry"}
    return {prefix + "texts": _json(texts), prefix + "xy": table.geometry.get_coordinates().to_numpy()}


def _frame(arrays: Mapping[str, npt.NDArray[Any]], prefix: str) -> gpd.GeoDataFrame:
    texts = json.loads(arrays[prefix + "texts"].tobytes())
    columns = {name: pd.Series(values, dtype=str) for name, values in texts.items()}
    return gpd.GeoDataFrame(columns, geometry=shapely.points(arrays[prefix + "xy"]), crs=WGS84)


def _shapes(table: gpd.GeoDataFrame, prefix: str) -> Arrays:
    """Return a table of names and shapes."""
    outlines = shapely.to_wkb(table.geometry.to_numpy())
    return {
        prefix + "names": _json(table["name"].tolist()),
        prefix + "size": np.array([len(outline) for outline in outlines], dtype=np.int64),
        prefix + "wkb": np.frombuffer(b"".join(outlines), dtype=np.uint8),
    }


def _reshaped(arrays: Mapping[str, npt.NDArray[Any]], prefix: str) -> gpd.GeoDataFrame:
    names = pd.Series(json.loads(arrays[prefix + "names"].tobytes()), dtype=str, name="name")
    end, text = np.cumsum(arrays[prefix + "size"]), arrays[prefix + "wkb"].tobytes()
    parts = [text[at - size : at] for at, size in zip(end, arrays[prefix + "size"], strict=True)]
    return gpd.GeoDataFrame(names, geometry=shapely.from_wkb(parts), crs=WGS84)


def _json(value: object) -> npt.NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)


def _notes(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    notes: dict[str, Any] = json.loads(arrays["notes"].tobytes())
    return notes
