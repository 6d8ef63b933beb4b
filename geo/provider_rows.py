"""Provider rows on their way through the door, and what a confidential one is turned into.

Of a confidential row only its categories, its capacity and its region go on; its place becomes a point that stands for
the whole region. A random shift of the true place would average out over several lists; a point of the region cannot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from geo.crs import WGS84
from geo.errors import Problem, rows_in_words
from geo.points import held_by, lies_in, mix_ups, points_of
from geo.project import ProviderFile
from geo.records import Dropped, Undrawn, counted
from geo.tables import Table, check, row_numbers

CONFIDENTIAL_NAME = "Confidential provider"

KINDS_OF_REGION = ("county", "parish", "borough")
"""Words that may stand behind the name of a region."""

LEAST_REGION_KM2 = 25
"""A smaller region cannot stand in for a place: it may be a town, or a block, with few buildings."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Where providers can be.

    Parameters
    ----------
    regions
        ``region_id``, ``name`` and polygons in `crs`; None when the project has none; empty when they could not be
        read, which is reported elsewhere.
    within
        Where the roads are, in any CRS, or None.
    crs
        The project's metric CRS.
    undrawn
        Regions without an outline; None when every region has one.
    """

    regions: gpd.GeoDataFrame | None
    within: gpd.GeoSeries | None
    crs: CRS
    undrawn: Undrawn | None = None


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one provider file, by our column names.

    Parameters
    ----------
    section
        What the project file says about the file.
    frame
        The rows, as text; index = row numbers.
    called
        Our column name → the file's.
    present
        Columns of the file that a message may propose.
    """

    section: ProviderFile
    frame: pd.DataFrame
    called: dict[str, str]
    present: tuple[str, ...]

    def where(self, kept: pd.Series) -> "Rows":
        """Return the rows for which `kept` is true."""
        return Rows(self.section, self.frame[kept], self.called, self.present)

    def check(self, table: Table) -> list[Problem]:
        """Compare the rows with a declaration."""
        wanted = {column.name: self.called[column.name] for column in table.columns if column.name in self.called}
        rows = pd.DataFrame(self.frame)
        return check(rows, table, source=self.section.file, called=wanted, present=self.present)

    def problem(self, rows: pd.Series, message: str, remedy: str, *, column: str | None = None) -> list[Problem]:
        """Return a problem of the rows for which `rows` is true; none when there are none."""
        if not rows.any():
            return []
        shown = self.called.get(column, column) if column else None
        numbers = row_numbers(rows.index[rows])
        return [Problem(message, file=self.section.file, column=shown, rows=numbers, remedy=remedy)]


@dataclass(frozen=True, eq=False)
class Outcome:
    """A table of providers, or the problems that prevent it."""

    table: gpd.GeoDataFrame | None = None
    dropped: Sequence[Dropped] = ()
    problems: Sequence[Problem] = ()


def stand_ins(rows: Rows, facts: pd.DataFrame, ground: Ground) -> Outcome:
    """Return what may be known of confidential rows.

    Parameters
    ----------
    rows
        The confidential rows of one file.
    facts
        Their ``categories``, ``capacity`` and ``source``.
    ground
        Where providers can be.

    Returns
    -------
    Outcome
        ``categories``, ``capacity``, ``source``, ``region`` and a point of that region; nothing else of the rows.
    """
    everyone = pd.Series(data=True, index=rows.frame.index)
    if ground.regions is None:
        message = "is confidential, and there are no regions to stand in for its place."
        remedy = "Add a [regions] table with county outlines to the project file."
        return Outcome(problems=rows.problem(everyone, message, remedy))
    if ground.regions.empty:
        return Outcome()
    row, problems = region_rows(rows, ground.regions, ground.undrawn)
    if problems:
        return Outcome(problems=problems)
    m2 = ground.regions.area.to_numpy() if ground.crs.is_projected else np.full(len(ground.regions), np.inf)
    km2 = np.append(m2 / 1e6, np.inf)[row.to_numpy()]  # no region, at -1, is the last
    problems = rows.problem(
        pd.Series(km2 < LEAST_REGION_KM2, index=row.index),
        f"is confidential, and its region has less than {LEAST_REGION_KM2} km²: its place could be guessed.",
        "Give larger regions under [regions], such as counties, or leave the row out.",
    )
    if problems:
        return Outcome(problems=problems)
    file = rows.section.file
    known = row >= 0
    dropped = counted(file, "confidential providers outside every region", (~known).sum())
    position = row[known].to_numpy()
    table = pd.DataFrame(facts.loc[known, ["categories", "capacity", "source"]]).reset_index(drop=True)
    table["region"] = ground.regions["region_id"].to_numpy()[position]
    points = ground.regions.geometry.representative_point().to_numpy()[position]
    placed = gpd.GeoDataFrame(table, geometry=points, crs=ground.crs)
    if ground.within is not None and len(placed):
        reached = lies_in(placed.geometry.to_crs(ground.within.crs), ground.within)
        dropped += counted(file, "confidential providers whose region is outside the road data", (~reached).sum())
        placed = placed[reached]
    return Outcome(placed, dropped)


def numbered(hidden: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Name confidential providers by number, in an order that says nothing about the order of any file."""
    table = pd.concat(hidden, ignore_index=True)
    keys = ["region", "categories", "capacity", "source"]
    table = table.sort_values(keys, kind="stable", na_position="last").reset_index(drop=True)
    table["provider_id"] = [f"confidential-{number:04d}" for number in range(1, len(table) + 1)]
    return table.assign(name=CONFIDENTIAL_NAME, public=False)


def region_rows(
    rows: Rows, regions: gpd.GeoDataFrame, undrawn: Undrawn | None = None
) -> tuple[pd.Series, list[Problem]]:
    """Return the position of each row's region in `regions`, -1 for none.

    Regions in `undrawn` are told from unknown ones. A region that the row names goes before its coordinates: these are
    then not even read.
    """
    frame = rows.frame
    found = pd.Series(-1, index=frame.index)
    named = frame["region"].ne("") if "region" in frame.columns else pd.Series(data=False, index=frame.index)
    problems: list[Problem] = []
    if named.any():
        found[named] = frame.loc[named, "region"].map(_key).map(_region_names(regions)).fillna(-1).astype("int64")
        unknown = named & found.eq(-1)
        if undrawn:
            blank = unknown & frame["region"].map(_key).isin({_key(name) for name in undrawn.names})
            # All rows without an outline are named: which of them it is, is what the confidential row says.
            message = f"names a region that has no outline in {undrawn.file.name} ({rows_in_words(undrawn.rows)})."
            problems += rows.problem(blank, message, "Draw it there.", column="region")
            unknown &= ~blank
        unpadded = unknown & frame["region"].map(_unpadded).isin(set(regions["region_id"].map(_unpadded)) - {""})
        problems += rows.problem(
            unpadded,
            "is the id of a region but for its leading zeros.",
            "Format the column as text, so that spreadsheets keep them.",
            column="region",
        )
        problems += rows.problem(
            unknown & ~unpadded,
            "is not the id or name of a region.",
            "Write it as the regions file does, or leave it empty and give coordinates.",
            column="region",
        )
        problems += rows.problem(
            found.eq(-2), "is the name of several regions.", "Write the id of the region.", column="region"
        )
    located = rows.where(~named)
    if len(located.frame):
        positions, unplaced = _containing(located, regions)
        found.update(positions)
        problems += unplaced
    return found, problems


def _key(name: str) -> str:
    """Return a region's id or name in the form they are compared in: "Hinds County" is "hinds".

    Examples
    --------
    >>> _key(" St. Tammany  Parish")
    'st. tammany'
    """
    words = name.casefold().split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in KINDS_OF_REGION else words)


def _unpadded(identifier: str) -> str:
    """Return a number without its leading zeros, "" for any other text."""
    return identifier.lstrip("0") if identifier.isascii() and identifier.isdigit() else ""


def _region_names(regions: gpd.GeoDataFrame) -> dict[str, int]:
    """Return id or name → position of the region, -2 for a name that several share. An id goes before a name."""
    names: dict[str, int] = {}
    for position, name in enumerate(regions["name"].map(_key)):
        names[name] = -2 if name in names else position
    return names | {_key(identifier): position for position, identifier in enumerate(regions["region_id"])}


def _containing(rows: Rows, regions: gpd.GeoDataFrame) -> tuple[pd.Series, list[Problem]]:
    """Return the position of the region that holds each row's point, -1 for none; the first by id on a border."""
    nowhere = pd.Series(-1, index=rows.frame.index)
    if not {"lon", "lat"} <= set(rows.frame.columns) and not isinstance(rows.frame, gpd.GeoDataFrame):
        points = gpd.GeoSeries([None] * len(nowhere), index=nowhere.index, crs=WGS84)
        problems: list[Problem] = []
    else:
        points, problems = points_of(
            rows.frame, called=rows.called, present=rows.present, file=rows.section.file, blank_ok=True
        )
    if not problems:
        remedy = "Add the `region` it is in (best: its place need not be written at all), or coordinates."
        problems += rows.problem(points.isna(), "is confidential and has neither region nor coordinates.", remedy)
    if problems:
        return nowhere, problems
    shapes = regions.geometry
    which, where = held_by(points.to_crs(regions.crs).to_numpy(), shapes.to_numpy())
    first = pd.Series(where).groupby(which).min()
    positions = nowhere.to_numpy(copy=True)
    positions[first.index.to_numpy(dtype=np.int64)] = first.to_numpy()
    found = pd.Series(positions, index=nowhere.index)
    outside = points[found.eq(-1)]
    return found, mix_ups(outside, shapes.to_crs(WGS84), file=rows.section.file)
