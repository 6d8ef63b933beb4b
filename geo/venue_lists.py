"""Listed venues: official lists of rest areas, truck stops and the like, beside what OpenStreetMap has."""

import difflib
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geo.errors import InputError, Problem
from geo.points import as_frame, coordinate_columns, expect_inside, points_of
from geo.project import VenueFile
from geo.records import Reading, counted
from geo.sources import choose, open_source, record_of
from geo.tables import Column, Table, check, row_numbers
from geo.vocabulary import VENUE_KINDS

VENUES = Table(
    "listed venues",
    (
        Column("venue_id", required=False, unique=True, meaning="Identifier within all lists."),
        Column("kind", meaning="One of the kinds of venue."),
        Column("name", required=False, meaning="Name, empty when not known."),
    ),
)


def read_venue_lists(sections: Sequence[VenueFile], *, within: gpd.GeoSeries | None, crs: CRS) -> Reading:
    """Read the venues of all lists.

    Parameters
    ----------
    sections
        The `[[venues]]` tables of the project file.
    within
        Where the roads are, in any CRS: venues elsewhere are dropped and counted. None leaves that check out.
    crs
        The project's metric CRS.

    Returns
    -------
    Reading
        ``venue_id``, ``kind``, ``name`` ("" when not known), ``source`` and a point, in `crs`; in the order of the
        project file and its files. Empty without lists.

    Raises
    ------
    InputError
        With every problem of every list.
    """
    problems: list[Problem] = []
    readings: list[Reading] = []
    for number, section in enumerate(sections, start=1):
        try:
            readings.append(_read_list(section, number, within, crs))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    columns = ["venue_id", "kind", "name", "source"]
    empty = gpd.GeoDataFrame(pd.DataFrame(columns=columns, dtype="str"), geometry=[], crs=crs)
    tables = [reading.table for reading in readings if len(reading.table)] or [empty]
    return Reading(
        gpd.GeoDataFrame(pd.concat(tables, ignore_index=True)),
        tuple(part for reading in readings for part in reading.dropped),
        tuple(part for reading in readings for part in reading.files),
    )


def _read_list(section: VenueFile, number: int, within: gpd.GeoSeries | None, crs: CRS) -> Reading:
    opened = open_source(section)
    named: dict[str, str] = {ours: theirs for ours, theirs in section.columns.items() if ours not in {"lon", "lat"}}
    if "lon" in section.columns or not isinstance(opened.frame, gpd.GeoDataFrame):
        lon, lat = section.columns.get("lon"), section.columns.get("lat")
        named |= coordinate_columns(opened.frame, lon=lon, lat=lat)
    if section.kind is None:
        named.setdefault("kind", "kind")
    named = {"venue_id" if ours == "id" else ours: theirs for ours, theirs in named.items()}
    frame, called = choose(opened.frame, named=named, optional=("name",))
    frame = frame.assign(name=frame.get("name", ""))
    problems: list[Problem] = []
    if section.kind is not None:
        frame = frame.assign(kind=section.kind)
    elif "kind" in frame.columns:
        frame = frame.assign(kind=frame["kind"].str.lower().str.replace(r"[\s-]+", "_", regex=True))
        problems += _unknown_kinds(frame["kind"], section, called)
    problems += check(pd.DataFrame(frame), VENUES, source=section.file, called=called, present=opened.frame.columns)
    points, misplaced = points_of(frame, called=called, present=opened.frame.columns, file=section.file)
    problems += misplaced
    if problems:
        raise InputError(problems)
    reached = points.notna()
    if within is not None:
        reached, problems = expect_inside(points, within, file=section.file, place="the area of the road data")
        if problems:
            raise InputError(problems)
    dropped = counted(section.file, "without a place on the map", points.isna().sum())
    dropped += counted(section.file, "outside the area of the road data", (points.notna() & ~reached).sum())
    fallback = f"list{number}-" + frame.index.astype("str").to_series(index=frame.index)
    given = f"list{number}-" + frame["venue_id"] if "venue_id" in frame.columns else fallback
    table = pd.DataFrame(frame[["kind", "name"]]).assign(source=section.source or section.file.stem)
    table.insert(0, "venue_id", given.where(given != f"list{number}-", fallback))
    return Reading(as_frame(table[reached], points, crs), tuple(dropped), (record_of(section, opened),))


def _unknown_kinds(kinds: pd.Series, section: VenueFile, called: dict[str, str]) -> list[Problem]:
    problems: list[Problem] = []
    unknown = kinds[~kinds.isin([*VENUE_KINDS, ""])]
    for word in dict.fromkeys(unknown):
        near = difflib.get_close_matches(word, VENUE_KINDS, n=1, cutoff=0)[0]
        problems.append(
            Problem(
                f"{word!r} is not a kind of venue.",
                file=section.file,
                column=called.get("kind", "kind"),
                rows=row_numbers(unknown.index[unknown == word]),
                remedy=f"Did you mean {near!r}? Known: {', '.join(VENUE_KINDS)}.",
            )
        )
    return problems
