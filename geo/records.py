"""What reading leaves behind beside the tables: which files were read, and what was left out of them and why."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd


@dataclass(frozen=True)
class Dropped:
    """Rows, or values of rows, that an input held and the study does not use.

    Parameters
    ----------
    source
        Name of the file they stand in.
    reason
        Why they are not used, in words that follow a number: "outside the study area".
    count
        How many; None when that is not said.
    """

    source: str
    reason: str
    count: int | None


@dataclass(frozen=True)
class FileRecord:
    """One input file as it was read.

    Parameters
    ----------
    path
        The file.
    sha256
        Hexadecimal digest of its bytes. Empty for a file that holds confidential providers: whoever knows the rest of
        such a file could try addresses until the digest fits.
    rows
        Number of data rows, or of map features; for a road file the number of objects used. None when it is not said.
    notes
        What the reader had to assume: the text encoding, a coordinate system.
    """

    path: Path
    sha256: str
    rows: int | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Undrawn:
    """Areas or regions that a file holds without an outline.

    Parameters
    ----------
    file
        The file.
    rows
        Their row numbers.
    names
        Their identifiers and names.
    """

    file: Path
    rows: tuple[int, ...]
    names: frozenset[str]


@dataclass(frozen=True, eq=False)
class Reading:
    """A table in the project's metric CRS, with what was dropped on the way and the files it came from."""

    table: gpd.GeoDataFrame
    dropped: tuple[Dropped, ...] = ()
    files: tuple[FileRecord, ...] = ()
    undrawn: Undrawn | None = None


def noun(count: int, one: str) -> str:
    """Return a noun in the form that follows a number.

    Examples
    --------
    >>> noun(1, "short piece"), noun(2, "short piece"), noun(2, "stretch")
    ('short piece', 'short pieces', 'stretches')
    """
    return one if count == 1 else one + ("es" if one.endswith("ch") else "s")


def counted(source: Path, reason: str, count: int) -> list[Dropped]:
    """Return one `Dropped` when there is something to count, else nothing."""
    return [Dropped(source.name, reason, int(count))] if count else []
