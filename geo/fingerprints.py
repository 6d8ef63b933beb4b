"""What a file was when it was read through, so that it is known again."""

import glob
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_BLOCK = 1 << 24
"""Bytes read at a time: many, as a thread that reads waits for its turn after each."""


class Fingerprint(NamedTuple):
    """What a file was when it was read through: SHA-256 digest, and size and time of change (ns) right before."""

    path: Path
    digest: str
    size: int
    changed_ns: int

    def unchanged(self) -> bool:
        """Return whether nobody has written to the file since: what was read of it in between is then of one piece."""
        status = self.path.stat()
        return (self.size, self.changed_ns) == (status.st_size, status.st_mtime_ns)


def fingerprints(paths: Iterable[Path]) -> tuple[Fingerprint, ...]:
    """Read some files through, to know them again."""
    states = [(path, path.stat()) for path in paths]
    return tuple(Fingerprint(path, sha256_of(path), state.st_size, state.st_mtime_ns) for path, state in states)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 digest of a file (of all its parts for a shapefile), in hexadecimal."""
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts = sorted(part for part in path.parent.glob(f"{glob.escape(path.stem)}.*") if part.is_file())
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()
