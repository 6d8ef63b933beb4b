"""Road files saved by an editor: what was deleted there still stands in them, and is read like everything else."""

import bz2
import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geo.errors import Problem

_OPENERS: Mapping[str, Callable[..., Any]] = MappingProxyType({".osm": open, ".gz": gzip.open, ".bz2": bz2.open})
_EDITOR = b"JOSM"
_DELETED = re.compile(rb"""\saction=["']delete["']""")
_LONGEST = len(b" action='delete'")
_HEAD, _BLOCK = 1_000, 1 << 20


def deleted_in_editor(path: Path) -> Problem | None:
    """Return the problem of an XML file of JOSM with objects that were deleted and not uploaded, or None.

    Only the mark of the editor tells them apart, and no reader of OpenStreetMap files passes it on. Files that are
    damaged are left to their reader.

    Parameters
    ----------
    path
        A .osm, .osm.gz or .osm.bz2 file; others hold no such marks.
    """
    kind = path.suffix.lower()
    if kind not in _OPENERS:
        return None
    count, end = 0, b""
    try:
        with _OPENERS[kind](path, mode="rb") as file:
            block = file.read(_HEAD)
            while block and (count or end or _EDITOR in block):
                block = end + block
                count += len(_DELETED.findall(block))
                end = block[1 - _LONGEST :]  # too short to be counted twice
                block = file.read(_BLOCK)
    except (OSError, EOFError, zlib.error):
        return None
    if not count:
        return None
    return Problem(
        f"JOSM has marked {count:,} of its objects as deleted, which would be used all the same.",
        file=path,
        remedy="In JOSM upload the changes, or take these objects out with Purge; then save the file once more.",
    )
