"""Service providers, and the door that confidential ones come through.

A provider is confidential unless its row says ``public = yes``, or the project file declares its whole list public.
`read_providers` is the only function through which a row of a provider file enters. What leaves it for a confidential
row is its categories, its capacity and a point that stands for its region; name, contact, town and place stay behind,
also in every error message: these name rows and columns, never what a cell says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from geo.errors import InputError, Problem, with_rows_together
from geo.points import as_frame, coordinate_columns, expect_inside, held_by, points_of
from geo.project import ProviderFile
from geo.provider_fields import capacities, categories, is_public, iso_dates
from geo.provider_rows import Ground, Outcome, Rows, numbered, stand_ins
from geo.records import Dropped, FileRecord, Reading, Undrawn, counted
from geo.sources import Opened, choose, find_column, open_source, presentable_columns, record_of
from geo.tables import Column, Table, missing_column
from geo.vocabulary import CATEGORIES

COLUMNS = (
    "provider_id", "name", "categories", "phone", "website", "address", "town", "region", "hours", "languages",
    "serves", "capacity", "verified_on", "public", "source",
)  # fmt: skip
"""Columns of the table of providers, in order, before its points."""

PUBLIC_TEXT = ("name", "phone", "website", "address", "town", "hours", "languages", "serves", "verified_on")
"""Text columns that only a public provider has."""

OUR_NAMES = ("id", "region", "capacity", "public", "confidential", *PUBLIC_TEXT)
"""Columns that are found without a mapping when the file has the same name for them."""

_CHECKED = frozenset({"id", "category"})

ALL_ROWS = Table("providers", (Column("id", required=False, unique=True, meaning="Identifier within the file."),))
PUBLIC_ROWS = Table("public providers", (Column("name", meaning="Name shown to people."),))


@dataclass(frozen=True, eq=False)
class _Admitted:
    """What one file lets through."""

    public: gpd.GeoDataFrame | None = None
    hidden: gpd.GeoDataFrame | None = None
    dropped: Sequence[Dropped] = ()
    records: Sequence[FileRecord] = ()
    problems: Sequence[Problem] = ()


def read_providers(
    sections: Sequence[ProviderFile],
    *,
    regions: gpd.GeoDataFrame | None,
    within: gpd.GeoSeries | None,
    crs: CRS,
    undrawn: Undrawn | None = None,
) -> Reading:
    """Read the providers of all files; confidential ones keep nothing finer than their region.

    Parameters
    ----------
    sections
        The `[[providers]]` tables of the project file.
    regions
        ``region_id``, ``name`` and polygons in `crs`; None when the project has none. An empty table, for regions that
        could not be read, leaves confidential rows out without a word: that problem is reported already.
    within
        Where the roads are, in any CRS: providers elsewhere are dropped and counted. None leaves that check out.
    crs
        The project's metric CRS.
    undrawn
        Regions that their file holds without an outline; None when there are none.

    Returns
    -------
    Reading
        The columns `COLUMNS` and a point, in `crs`. ``region`` is the id of the region that holds the point, "" for
        none. Public providers come first, in the order of the files. A confidential one has the ``provider_id``
        "confidential-0001" and so on, ordered by region, categories and capacity, and a point inside its region that
        depends on the region alone.

    Raises
    ------
    InputError
        With every problem of every file; no message repeats what a row says.
    """
    ground = Ground(regions, within, crs, undrawn)
    admitted = [_admit(section, ground) for section in sections]
    problems = [problem for part in admitted for problem in part.problems]
    if problems:
        raise InputError(problems)
    dropped = tuple(entry for part in admitted for entry in part.dropped)
    public = [part.public for part in admitted if part.public is not None and len(part.public)]
    hidden = [part.hidden for part in admitted if part.hidden is not None and len(part.hidden)]
    tables = ([_identified(public)] if public else []) + ([numbered(hidden)] if hidden else [])
    if not tables and not (regions is not None and regions.empty):
        raise InputError([_nobody(dropped)])
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    table = table.reindex(columns=[*COLUMNS, "geometry"])
    texts = [name for name in COLUMNS if name not in {"capacity", "public"}]
    said = table[texts].astype("object")
    table[texts] = said.where(said.notna(), "").astype("str")
    table = table.astype({"public": "bool", "capacity": "float64"})
    records = tuple(record for part in admitted for record in part.records)
    return Reading(gpd.GeoDataFrame(table, geometry="geometry", crs=crs), dropped, records)


def missing_categories(providers: gpd.GeoDataFrame, required: Sequence[str]) -> list[Problem]:
    """Return a problem for each required category that no provider offers."""
    offered = set(";".join(providers["categories"]).split(";"))
    return [
        Problem(
            f"no provider offers the required category {category!r} ({CATEGORIES[category]}).",
            remedy="Add a provider of it, or take it out of `required` under [access].",
        )
        for category in required
        if category not in offered
    ]


def _admit(section: ProviderFile, ground: Ground) -> _Admitted:
    """Take one file through the door. Nothing that is raised inside, and may carry a cell, gets out."""
    try:
        return _split(section, ground)
    except InputError as error:
        return _Admitted(problems=error.problems)
    except Exception as error:  # noqa: BLE001 - the message of an unforeseen error may hold an address
        kind = type(error).__name__
    remedy = "To keep it confidential nothing of the file is shown here. Try halves of it to find the row."
    return _Admitted(problems=[Problem(f"could not be read ({kind}).", file=section.file, remedy=remedy)])


def _split(section: ProviderFile, ground: Ground) -> _Admitted:
    """Read one file and part its public rows from the others."""
    opened = open_source(section)
    rows = _chosen(section, opened)
    problems = [*rows.check(ALL_ROWS), *_absent_columns(section, opened)]
    shown, doubtful = is_public(rows.frame, section, rows.called, whole=opened.frame)
    offered, unknown = categories(rows.frame, section, rows.called)
    capacity, unread, dropped = capacities(rows.frame, section, rows.called)
    problems += [*doubtful, *unknown, *unread]
    source = section.source or section.file.stem
    facts = pd.DataFrame({"categories": offered, "capacity": capacity, "source": source})
    public = _public_rows(rows.where(shown), facts[shown], ground) if shown.any() else Outcome()
    hidden = stand_ins(rows.where(~shown), facts[~shown], ground) if not shown.all() else Outcome()
    problems += [*public.problems, *hidden.problems]
    dropped += [*public.dropped, *hidden.dropped]
    records = [] if problems else [_record(section, opened, shown, rows.called)]
    return _Admitted(public.table, hidden.table, dropped, records, with_rows_together(problems))


def _absent_columns(section: ProviderFile, opened: Opened) -> list[Problem]:
    """Return a problem for each column that the project names and the file lacks; others are checked for elsewhere."""
    present = presentable_columns(opened.frame, section)
    return [
        missing_column(theirs, present, section.file)
        for ours, theirs in section.columns.items()
        if ours not in _CHECKED and find_column(opened.frame, theirs) is None
    ]


def _chosen(section: ProviderFile, opened: Opened) -> Rows:
    """Pick our columns: those that the project file names, and those that have our names already."""
    named: dict[str, str] = {ours: theirs for ours, theirs in section.columns.items() if ours not in {"lon", "lat"}}
    if "lon" in section.columns or not isinstance(opened.frame, gpd.GeoDataFrame):
        lon, lat = section.columns.get("lon"), section.columns.get("lat")
        named |= coordinate_columns(opened.frame, lon=lon, lat=lat)
    if section.category is None:
        named.setdefault("category", "category")
    frame, called = choose(opened.frame, named=named, optional=OUR_NAMES)
    return Rows(section, frame, called, presentable_columns(opened.frame, section))


def _record(section: ProviderFile, opened: Opened, shown: pd.Series, called: Mapping[str, str]) -> FileRecord:
    """Return the record of a provider file; without digest when it holds confidential rows, left out or not."""
    hidden = int((~shown).sum())
    left_out = opened.left_out.rename(columns={called[name]: name for name in called if name == "public"})
    if not hidden:
        said, _ = is_public(left_out, section, called, whole=left_out)
        if said.all():
            return record_of(section, opened)
        note = f"{int((~said).sum())} of {len(said)} rows left out are confidential"
        return FileRecord(section.file, "", opened.rows, (*opened.notes, note))
    if section.public or "public" in left_out.columns:
        note = f"{hidden} of {len(shown)} rows are confidential"
    else:
        note = f"no column 'public': all {hidden} rows are confidential"
    return FileRecord(section.file, "", opened.rows, (*opened.notes, note))


def _public_rows(rows: Rows, facts: pd.DataFrame, ground: Ground) -> Outcome:
    """Read the rows that may be shown."""
    frame, file = rows.frame, rows.section.file
    problems = rows.check(PUBLIC_ROWS)
    texts = pd.DataFrame({name: frame.get(name, "") for name in PUBLIC_TEXT}, index=frame.index, dtype="str")
    if "verified_on" in frame.columns:
        texts["verified_on"], undated = iso_dates(frame["verified_on"], rows.section, rows.called["verified_on"])
        problems += undated
    points, misplaced = points_of(frame, called=rows.called, present=rows.present, file=file)
    if not misplaced:
        remedy = "Add its coordinates, or remove the row."
        misplaced = rows.problem(points.isna(), "is public and has no coordinates.", remedy)
    problems += misplaced
    if problems:
        return Outcome(problems=problems)
    reached = points.notna()
    if ground.within is not None:
        reached, problems = expect_inside(points, ground.within, file=file, place="the area of the road data")
    table = pd.concat([texts, facts], axis=1).assign(provider_id=frame.get("id", ""), public=True)
    placed = as_frame(table[reached], points, ground.crs)
    placed["region"] = _regions_of(placed, ground.regions)
    dropped = counted(file, "providers outside the area of the road data", (~reached).sum())
    return Outcome(placed, dropped, problems)


def _regions_of(points: gpd.GeoDataFrame, regions: gpd.GeoDataFrame | None) -> list[str]:
    """Return the id of the region that holds each point, "" for none; the first by id on a border."""
    held = np.full(len(points), "", dtype=object)
    if regions is not None:
        which, where = held_by(points.geometry.to_numpy(), regions.geometry.to_numpy())
        last_first = np.argsort(-where, kind="stable")
        held[which[last_first]] = regions["region_id"].to_numpy()[where[last_first]]
    return [str(region) for region in held]


def _identified(public: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Join the public tables and give each row an identifier of its own.

    A row without one is numbered among the public rows alone, so that no gap tells where a confidential row stood. One
    that an earlier row has already gets a number behind it.
    """
    table = pd.concat(public, ignore_index=True)
    given = table["provider_id"].mask(table["provider_id"].eq(""), [f"provider-{n:04d}" for n in table.index + 1])
    repeat = given.groupby(given).cumcount()
    return table.assign(provider_id=given.mask(repeat > 0, given + "-" + (repeat + 1).astype("str")))


def _nobody(dropped: Sequence[Dropped]) -> Problem:
    why = "; ".join(f"{entry.source}: {entry.count} {entry.reason}" for entry in dropped)
    return Problem(f"no provider is left ({why}).", remedy="Compare the provider files with the regions and roads.")
