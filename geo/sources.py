"""From a `[section]` of the project file to the rows it means: opened, refused when personal, filtered, renamed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

import geopandas as gpd
import pandas as pd

from geo.errors import InputError, Problem
from geo.files import read_table
from geo.fingerprints import sha256_of
from geo.personal import personal_columns
from geo.project import ProviderColumn, ProviderFile, Source
from geo.records import FileRecord
from geo.tables import missing_column

PROVIDER_WORDS = frozenset({"category", "categories", "capacity", "phone"})
"""Columns that, beside ``public``, tell a list of providers."""


@dataclass(frozen=True, eq=False)
class Opened:
    """The rows of a source that its `where` keeps, as text.

    Parameters
    ----------
    frame
        The rows; index = row numbers of the file.
    rows
        Number of rows in the file, before `where`.
    notes
        What the reader had to assume.
    whole
        All rows.
    """

    frame: pd.DataFrame
    rows: int
    notes: tuple[str, ...]
    whole: pd.DataFrame

    @property
    def left_out(self) -> pd.DataFrame:
        """The rows that `where` does not keep."""
        return self.whole.drop(self.frame.index)


def open_source(section: Source) -> Opened:
    """Read the file of a section and keep the rows that its `where` names.

    Raises
    ------
    InputError
        If the file cannot be read, has no rows, looks like a list of people who were helped, or `where` fits nothing.
    """
    frame = read_table(section.file, layer=section.layer, encoding=section.encoding)
    notes: tuple[str, ...] = frame.attrs.pop("notes")
    problems = [*_personal_columns(frame, section), *_provider_columns(frame, section)]
    if not problems and frame.empty:
        problems = [Problem("has no rows.", file=section.file, remedy="Add rows, or remove it from the project file.")]
    kept = frame
    for name, values in section.where.items():
        column = find_column(frame, name)
        if column is None:
            problems.append(missing_column(name, presentable_columns(frame, section), section.file))
        else:
            kept = kept[_matches(kept[column], values)]
    if not problems and kept.empty:
        problems = [
            Problem(
                f"`where` keeps none of the {len(frame)} rows.",
                file=section.file,
                remedy="Compare its values with those in the file; text is compared exactly.",
            )
        ]
    if problems:
        raise InputError(problems)
    if section.where:
        notes = (*notes, f"{len(kept):,} of {len(frame):,} rows kept by `where`")
    return Opened(kept, len(frame), notes, frame)


def presentable_columns(frame: pd.DataFrame, section: Source) -> tuple[str, ...]:
    """Return the column names that a message may propose.

    In a list of providers whose header is missing the "names" are the first provider: there none is shown unless
    some column that the project asks for is found.
    """
    names = tuple(str(name) for name in frame.columns)
    if not isinstance(section, ProviderFile):
        return names
    asked = {name.casefold() for name in (*get_args(ProviderColumn), *section.columns.values(), *section.where)}
    return names if asked & {name.casefold() for name in names} else ()


def record_of(section: Source, opened: Opened, *, notes: tuple[str, ...] = ()) -> FileRecord:
    """Return the record of a file that holds nothing confidential."""
    return FileRecord(section.file, sha256_of(section.file), opened.rows, (*opened.notes, *notes))


def find_column(frame: pd.DataFrame, name: str) -> str | None:
    """Return the column called `name`, or the only one that differs from it in upper and lower case alone."""
    if name in frame.columns:
        return name
    alike = [str(column) for column in frame.columns if str(column).casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None


def choose(
    frame: pd.DataFrame, *, named: Mapping[str, str], optional: Iterable[str] = ()
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Pick and rename the columns that a section asks for.

    Parameters
    ----------
    frame
        The rows of the file.
    named
        Our name → the file's, as the project file says.
    optional
        Our names that are also the file's if it has such a column.

    Returns
    -------
    tuple of DataFrame and dict
        The columns found, by our names (and the geometry of a layer); and our name → the file's, for those too that
        were named and are not there: `geo.tables.check` reports them.
    """
    called = {ours: find_column(frame, theirs) or theirs for ours, theirs in named.items()}
    for ours in optional:
        column = None if ours in named else find_column(frame, ours)
        if column is not None:
            called[ours] = column
    found = {ours: theirs for ours, theirs in called.items() if theirs in frame.columns}
    picked = pd.DataFrame({ours: frame[theirs] for ours, theirs in found.items()}, index=frame.index)
    if isinstance(frame, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(picked, geometry=frame.geometry), called
    return picked, called


def _personal_columns(frame: pd.DataFrame, section: Source) -> list[Problem]:
    return [
        Problem(
            "looks like personal data about people who were helped or harmed. Such a file is not read.",
            file=section.file,
            column=name,
            remedy="Remove these columns: the tool never needs them.",
        )
        for name in personal_columns(frame)
    ]


def _provider_columns(frame: pd.DataFrame, section: Source) -> list[Problem]:
    """Refuse a list of providers that is given as something else: its rows would be shown, public or not."""
    names = {str(name).casefold() for name in frame.columns}
    if isinstance(section, ProviderFile):
        return _spelled_twice(frame, section)
    if "public" not in names or not names & PROVIDER_WORDS:
        return []
    return [
        Problem(
            "looks like a list of providers, some of which may be confidential.",
            file=section.file,
            column="public",
            remedy="List it under [[providers]] only, or remove this column.",
        )
    ]


def _spelled_twice(frame: pd.DataFrame, section: ProviderFile) -> list[Problem]:
    """Refuse "public" beside "Public": one may say yes where the other says no."""
    own = section.columns.get("public", "public").casefold()
    if sum(str(name).casefold() == own for name in frame.columns) < 2:  # noqa: PLR2004
        return []
    message = "there are several columns of this name, in capital and small letters."
    return [Problem(message, file=section.file, column=own, remedy="Keep the one that is meant.")]


def _matches(cells: pd.Series, values: object) -> pd.Series:
    """Return which cells equal one of the values of a `where`: as text, true and false in any case and as 1 and 0."""
    wanted: set[str] = set()
    for value in values if isinstance(values, list | tuple) else [values]:
        if isinstance(value, bool):
            wanted |= {"true", "True", "TRUE", "1"} if value else {"false", "False", "FALSE", "0"}
        elif isinstance(value, float) and value.is_integer():
            wanted.add(str(int(value)))
        else:
            wanted.add(str(value).strip())
    return cells.isin(wanted)
