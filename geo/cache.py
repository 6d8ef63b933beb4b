"""The road cache: reading a state's extract takes seconds, so what comes out of it is kept for the next run.

There are two kinds of entry: roads with their network, and the measured highways of a study, which depend on its areas.

An entry is found by the contents of the road files, the parameters, the code that reads them and the versions of the
libraries it uses: change any of them and it is made anew. Only what stands in the road files, and the outlines of
the areas around it, ever gets here, never a provider or a place where people live.
"""

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import platformdirs
from pyproj import CRS

from geo.errors import OutputError, Problem
from geo.road_entry import DamagedEntryError, Entry, HighwayEntry, RoadEntry, entry_sources, read_entry, write_entry
from geo.workspace import remove_abandoned, workspace

OFF: Final = "off"
VARIABLE = "OUTREACH_CACHE_DIR"
"""Environment variable that names the folder, or switches the cache off, where the project does not say."""

LIMIT_BYTES = 4 * 1024**3
"""The entries used last are kept up to this size together; a state takes about 0.25 GB."""

_WRITING = ".roads-writing-"
_STEMS = {RoadEntry: "roads", HighwayEntry: "highways"}
_LIBRARIES = ("geopandas", "numpy", "osmium", "pandas", "pyarrow", "pyproj", "scipy", "shapely")


@dataclass(frozen=True)
class CacheEntry:
    """A file of the cache: its name, size in bytes, time of last use (seconds since 1970) and the road files in it.

    `sources` is empty when the file is damaged.
    """

    path: Path
    size: int
    used_at: float
    sources: tuple[str, ...]


def cache_folder(chosen: Path | Literal["off"] | None) -> Path | None:
    """Return the folder of the cache, None when there is to be no cache.

    Parameters
    ----------
    chosen
        What the project says: a folder, "off", or None for the folder in `VARIABLE`, else the user's own cache folder.
    """
    named = str(chosen) if chosen is not None else os.environ.get(VARIABLE, "")
    if named == OFF:
        return None
    return Path(named) if named else platformdirs.user_cache_path("outreach-map", appauthor=False)


def cache_key(files: Sequence[tuple[str, str]], parameters: Mapping[str, Any]) -> str:
    """Return the name under which an entry is kept.

    Parameters
    ----------
    files
        Name and SHA-256 digest of each road file, in the order of the project.
    parameters
        Everything else that the entry depends on, as JSON values.
    """
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return derived_key("", [list(files), parameters, versions, _code_digest()])


def derived_key(key: str, parameters: object) -> str:
    """Return the name of an entry that depends on another one, of some `key`, and on parameters: JSON values."""
    return hashlib.sha256(json.dumps([key, parameters], sort_keys=True).encode()).hexdigest()[:32]


def _code_digest(folder: Path = Path(__file__).parent) -> str:
    """Return the digest of the code that makes an entry: a cache must not outlive the rules it was made by.

    All of `geo` counts. A list of the modules that matter would be a little kinder and sooner or later wrong.
    """
    code = ((path.name.encode(), path.read_bytes()) for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(b"".join(part for parts in code for part in parts)).hexdigest()


def fetch(folder: Path, key: str, kind: type[Entry], *, crs: CRS) -> Entry | None:
    """Return an entry, None when there is none or it is not whole; a damaged one is thrown away.

    Parameters
    ----------
    folder
        The cache's folder.
    key
        From `cache_key` or `derived_key`.
    kind
        `RoadEntry` or `HighwayEntry`.
    crs
        The metric CRS; a part of the key.
    """
    path = _path(folder, key, kind)
    try:
        entry = read_entry(path, kind, crs=crs)
        os.utime(path)  # the entries used last are kept
    except DamagedEntryError:
        _remove(path)
        return None
    except OSError:
        return None
    return entry


def keep(folder: Path, key: str, entry: RoadEntry | HighwayEntry, *, limit_bytes: int = LIMIT_BYTES) -> None:
    """Put an entry into the cache, whole or not at all, and throw out the ones used longest ago beyond the limit.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    path = _path(folder, key, type(entry))
    folder.mkdir(parents=True, exist_ok=True)
    with workspace(folder, _WRITING) as unfinished:
        part = unfinished / "entry"
        write_entry(entry, part)
        part.replace(path)
    _trim(folder, path, limit_bytes)


def entries(folder: Path) -> list[CacheEntry]:
    """Return the entries of the cache, the one used last first."""
    found = []
    for path in _paths(folder):
        try:
            status = path.stat()
            sources = entry_sources(path)
        except DamagedEntryError:
            sources = ()
        except OSError:
            continue
        found.append(CacheEntry(path, status.st_size, status.st_mtime, sources))
    return sorted(found, key=lambda entry: (-entry.used_at, entry.path.name))


def clear(folder: Path) -> tuple[int, int]:
    """Remove all entries, and what interrupted runs left; other files in the folder stay.

    Returns
    -------
    tuple of int
        Number of entries removed, and their size in bytes.

    Raises
    ------
    OutputError
        If a file cannot be removed.
    """
    paths = _paths(folder)
    size = 0
    remove_abandoned(folder, _WRITING)
    for path in paths:
        try:
            size += path.stat().st_size
            path.unlink()
        except OSError as error:
            raise OutputError(
                [Problem(f"cannot be removed: {error.strerror}.", file=path, remedy=f"Look at {folder}.")]
            ) from None
    return len(paths), size


def _path(folder: Path, key: str, kind: type[RoadEntry | HighwayEntry]) -> Path:
    return folder / f"{_STEMS[kind]}-{key}.cache"


def _paths(folder: Path) -> list[Path]:
    return sorted(path for stem in _STEMS.values() for path in folder.glob(f"{stem}-*.cache"))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # somebody else's file, or a read-only folder: it is never trusted anyway


def _trim(folder: Path, newest: Path, limit_bytes: int) -> None:
    """Remove the entries used longest ago beyond the limit."""
    try:
        known = [(path, path.stat()) for path in _paths(folder)]
    except OSError:
        return  # another run is tidying up at the same time
    total = 0
    for path, status in sorted(known, key=lambda item: (item[0] != newest, -item[1].st_mtime)):
        total += status.st_size
        if total > limit_bytes and path != newest:
            _remove(path)
