"""Entries of the cache, each one file of arrays. No pickle, so that a file can do no harm.

The file is mapped into memory, not copied: processes that run beside each other share it, and what a run does not look
at costs no more than its checksum.
"""

import hashlib
import mmap
import os
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from geo.as_arrays import as_json, from_arrays, from_json, to_arrays
from geo.network import RoadNetwork
from geo.osm import OsmData
from geo.routes import Routes

MAGIC = b"outreach roads 6\n"
_DIGEST_LENGTH = 64
_HEAD_LENGTH = len(MAGIC) + _DIGEST_LENGTH
_ALIGNED = 64
_ARRAYS_AT = 2 * _ALIGNED
_BLOCK = 1 << 22


class DamagedEntryError(ValueError):
    """A file of the cache that is cut short, altered, or was never one."""


@dataclass(frozen=True, eq=False)
class RoadEntry:
    """What a run takes from its road files: their names, content and network, and the number of dead ends joined."""

    sources: tuple[str, ...]
    osm: OsmData
    network: RoadNetwork
    links: int


@dataclass(frozen=True, eq=False)
class HighwayEntry:
    """The studied highways, in the metric CRS.

    Parameters
    ----------
    sources
        Names of the road files.
    ways
        Their ways, one row per way: `geo.roads.highway_ways`.
    routes
        The highways as measured lines.
    extent
        The study area.
    """

    sources: tuple[str, ...]
    ways: gpd.GeoDataFrame
    routes: Routes
    extent: shapely.Geometry


Entry = TypeVar("Entry", RoadEntry, HighwayEntry)


def write_entry(entry: RoadEntry | HighwayEntry, path: Path) -> None:
    """Write an entry with the checksum of its bytes in front.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with path.open("wb+") as file:
        file.write(bytes(_ARRAYS_AT))
        arrays = to_arrays(entry)
        for array in (as_json(list(arrays)), *arrays.values()):
            np.save(file, array, allow_pickle=False)
            file.write(bytes(-file.tell() % _ALIGNED))
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            head = MAGIC + _digest(content)
        file.seek(0)
        file.write(head)


def read_entry(path: Path, kind: type[Entry], *, crs: CRS) -> Entry:
    """Read an entry, if it is whole.

    Parameters
    ----------
    path
        A file that `write_entry` wrote.
    kind
        Which of the two stands in it.
    crs
        The metric CRS that it was made in.

    Raises
    ------
    DamagedEntryError
        If a single byte differs from what was written.
    OSError
        If the file cannot be read.
    """
    return from_arrays(kind, dict(_kept(_mapped(path))), crs=crs)


def entry_sources(path: Path) -> tuple[str, ...]:
    """Return the names of the road files that an entry was made from.

    Raises
    ------
    DamagedEntryError
        If the file is not whole.
    OSError
        If the file cannot be read.
    """
    _, plain = next(_kept(_mapped(path)))
    return tuple(from_json(plain)["sources"])


def _mapped(path: Path) -> mmap.mmap:
    """Return the content of a file, if its checksum is right; it is unmapped with the last array that looks at it."""
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else None
    if content is None or content[:_HEAD_LENGTH] != MAGIC + _digest(content):
        msg = f"{path.name} is damaged"
        raise DamagedEntryError(msg)
    return content


def _kept(content: mmap.mmap) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield names and arrays: behind the head stands an array of the names, then those named, `PLAIN` first."""
    content.seek(_ARRAYS_AT)
    for name in from_json(_next_array(content)):
        yield name, _next_array(content)


def _next_array(content: mmap.mmap) -> npt.NDArray[Any]:
    """Return the array that begins where the content is, as a view, and go to the next."""
    np.lib.format.read_magic(content)
    shape, is_fortran, kind = np.lib.format.read_array_header_1_0(content)
    if kind.hasobject:  # no entry has any, and they would be addresses in memory that stand in the file
        msg = "the file holds an array of objects"
        raise DamagedEntryError(msg)
    begin = content.tell()
    array: npt.NDArray[Any] = np.ndarray(shape, kind, content, begin, order="F" if is_fortran else "C")
    content.seek(begin + array.nbytes + -(begin + array.nbytes) % _ALIGNED)
    return array


def _digest(content: mmap.mmap) -> bytes:
    """Return a digest of the checksums of all blocks behind the head, in hexadecimal: each core takes some.

    Against damage CRC-32 is enough, in a third of the time of SHA-256; against people no checksum in the file would be.
    """
    with memoryview(content) as whole, ThreadPoolExecutor(os.cpu_count()) as pool:
        begins = range(_HEAD_LENGTH, len(whole), _BLOCK)
        sums = list(pool.map(lambda begin: zlib.crc32(whole[begin : begin + _BLOCK]), begins))
        return hashlib.sha256(repr(sums).encode()).hexdigest().encode()
