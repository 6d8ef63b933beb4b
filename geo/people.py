"""People: where they live, how many they are, and the need indicators that come with them."""

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geo.errors import InputError, Problem
from geo.people_grid import GRID_SUFFIXES, read_people_grid
from geo.points import as_frame, coordinate_columns, expect_inside, in_crs, points_of
from geo.project import Indicator, People
from geo.records import Dropped, Reading, counted
from geo.sources import choose, open_source, record_of
from geo.spread import spread_over_areas
from geo.tables import Column, Table, as_numbers, check, parse_numbers, people_column, row_numbers, without_codes

RUCA_UNKNOWN = 99
"""The RUCA code of what has none."""

_BEYOND_RUCA = 11

_MOST = 1e12
"""No figure about people is larger, in whatever currency: larger ones lose their digits when they are summed."""


def people_table(section: People) -> Table:
    """Return the declaration of the people table, with the indicators that a project names."""
    return Table(
        "people",
        (
            *((Column("point_id", unique=True, meaning="Identifier of the point."),) if section.id else ()),
            people_column("Number of people it stands for."),
            *((Column("ruca", "number", required=False, meaning="RUCA code."),) if section.ruca else ()),
            *(_indicator_column(name, indicator) for name, indicator in section.indicators.items()),
        ),
    )


def _indicator_column(name: str, indicator: Indicator) -> Column:
    low, high = (0.0, 100.0) if indicator.unit.strip() == "%" else (-_MOST, _MOST)
    return Column(name, "number", indicator.unit, low, high, required=False, meaning=indicator.label)


def read_people(section: People, *, areas: gpd.GeoDataFrame | None, crs: CRS) -> Reading:
    """Read the people of the study area as points.

    Parameters
    ----------
    section
        The `[people]` table of the project file.
    areas
        The areas to rank: people outside all of them are dropped and counted. None, when the areas could not be read,
        leaves that check out.
    crs
        The project's metric CRS.

    Returns
    -------
    Reading
        ``point_id``, ``population`` (people, 0 or more), one column per indicator (NaN when not known) and a point
        inside what the file draws, in `crs`; in the order of the file.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    if section.file.suffix.lower() in GRID_SUFFIXES:
        return read_people_grid(section, areas=areas, crs=crs)
    opened = open_source(section)
    frame, called = choose(opened.frame, named=_named(section, opened.frame))
    numbers = [name for name in ("population", "ruca", *section.indicators) if name in frame.columns]
    frame = frame.assign(**{name: as_numbers(frame[name], whole=name == "population") for name in numbers})
    frame, dropped = _without_codes(frame, section)
    problems = check(
        pd.DataFrame(frame), people_table(section), source=section.file, called=called, present=opened.frame.columns
    )
    points, misplaced = points_of(frame, called=called, present=opened.frame.columns, file=section.file)
    problems += misplaced + _odd_codes(frame, section)
    if problems:
        raise InputError(problems)
    point_id = frame["point_id"] if section.id else frame.index.to_series().astype("str")
    table = pd.DataFrame({"point_id": point_id}, frame.index)
    for name in ("population", *(("ruca",) if section.ruca else ()), *section.indicators):
        table[name] = parse_numbers(frame[name], whole=name == "population")[0]
    problems = _without_values(table, section)
    at_home, projected = points.notna(), in_crs(points, crs)
    if areas is not None:
        at_home, elsewhere = expect_inside(
            points, areas.geometry, file=section.file, place="the areas", projected=projected
        )
        problems += elsewhere
    if problems:
        raise InputError(problems)
    unplaced, uncounted = points.isna(), table["population"].isna()
    dropped += counted(section.file, "without a place on the map", unplaced.sum())
    dropped += counted(section.file, "without a population figure", (uncounted & ~unplaced).sum())
    dropped += counted(section.file, "outside every area", (~at_home & ~unplaced & ~uncounted).sum())
    if section.ruca:
        uncoded = ~table["ruca"].lt(RUCA_UNKNOWN) & at_home & ~uncounted
        dropped += counted(section.file, "without a RUCA code: kept, as not rural", uncoded.sum())
    kept = as_frame(table[at_home & ~uncounted], projected, crs)
    outlines = _outlines(frame[at_home & ~uncounted], crs)
    if areas is not None and outlines is not None:
        kept, beyond = spread_over_areas(kept, outlines, areas)
        dropped += counted(section.file, "people whose land lies outside every area", round(beyond))
    if kept["population"].sum() == 0:
        left_out = ", ".join(f"{part.count:,} {part.reason}" for part in dropped)
        raise InputError([_nobody_inside(section, left_out)])
    return Reading(kept, tuple(dropped), (record_of(section, opened),))


def _odd_codes(frame: pd.DataFrame, section: People) -> list[Problem]:
    """Return a problem for numbers that are no RUCA codes: the column may be another one."""
    if not section.ruca or "ruca" not in frame.columns:
        return []
    codes = parse_numbers(frame["ruca"])[0]
    odd = codes.notna() & ~codes.between(1, _BEYOND_RUCA, inclusive="left") & codes.ne(RUCA_UNKNOWN)
    if not odd.any():
        return []
    remedy = f"Codes run from 1 to 10.6, and {RUCA_UNKNOWN} means not coded."
    rows = row_numbers(frame.index[odd])
    return [Problem("is no RUCA code.", file=section.file, column=section.ruca, rows=rows, remedy=remedy)]


def _nobody_inside(section: People, left_out: str) -> Problem:
    return Problem(
        f"has nobody inside the areas; left out: {left_out}." if left_out else "has nobody inside the areas.",
        file=section.file,
        column=section.population,
        remedy="Check that the file has the population of the areas' state.",
    )


def _outlines(frame: pd.DataFrame, crs: CRS) -> gpd.GeoSeries | None:
    """Return the polygons of the rows, numbered from 0; None when the file has points."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return None
    shapes = frame.geometry.reset_index(drop=True)
    if not shapes.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        return None
    return shapes.to_crs(crs).make_valid()


def _named(section: People, frame: pd.DataFrame) -> dict[str, str]:
    """Return our name → the file's for every column that a project asks for."""
    named = {"point_id": section.id} if section.id else {}
    named["population"] = section.population
    named |= {"ruca": section.ruca} if section.ruca else {}
    named |= {name: indicator.column for name, indicator in section.indicators.items()}
    if section.lon or section.lat or not isinstance(frame, gpd.GeoDataFrame):
        named |= coordinate_columns(frame, lon=section.lon, lat=section.lat)
    return named


def _without_codes(frame: pd.DataFrame, section: People) -> tuple[pd.DataFrame, list[Dropped]]:
    """Empty the cells by which an indicator says "not known" in numbers, such as -999, and count them."""
    dropped: list[Dropped] = []
    for name, indicator in section.indicators.items():
        if name in frame.columns:
            cells, count = without_codes(frame[name])
            frame = frame.assign(**{name: cells})
            dropped += counted(section.file, f"values of {indicator.column!r} that stand for unknown", count)
    return frame, dropped


def _without_values(table: pd.DataFrame, section: People) -> list[Problem]:
    """Return a problem for each column that is there but says nothing."""
    named = {"population": section.population}
    named |= {name: indicator.column for name, indicator in section.indicators.items()}
    problems = [
        Problem("has no values.", file=section.file, column=theirs, remedy="Fill it in, or take it out of the project.")
        for ours, theirs in named.items()
        if table[ours].isna().all()
    ]
    if not problems and table["population"].sum() == 0:
        problems.append(
            Problem("has nobody in it.", file=section.file, column=section.population, remedy="Check the column.")
        )
    return problems
