"""Towns: names that help to find one's way on the map. They play no part in the analysis."""

from pathlib import Path

from pyproj import CRS

from geo.errors import InputError
from geo.points import as_frame, coordinate_columns, points_of
from geo.project import Source
from geo.records import Reading, counted
from geo.sources import choose, open_source, record_of
from geo.tables import Column, Table, check, parse_numbers, people_column

TOWNS = Table(
    "towns",
    (
        Column("name", meaning="Name of the town."),
        people_column("People in it: larger towns are named first."),
    ),
)


def read_towns(path: Path, *, crs: CRS) -> Reading:
    """Read the towns: ``name``, ``population`` (0 when not known) and a point, in `crs`.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    section = Source(file=path)
    opened = open_source(section)
    frame, called = choose(
        opened.frame,
        named={"name": "name", **coordinate_columns(opened.frame, lon=None, lat=None)},
        optional=("population",),
    )
    if "population" not in frame.columns:
        frame = frame.assign(population="")
    points, problems = points_of(frame, called=called, present=opened.frame.columns, file=path)
    problems += check(frame, TOWNS, source=path, called=called, present=opened.frame.columns)
    if problems:
        raise InputError(problems)
    table = frame[["name"]].assign(population=parse_numbers(frame["population"], whole=True)[0].fillna(0))
    placed = points.notna()
    dropped = counted(path, "without a place on the map", (~placed).sum())
    return Reading(as_frame(table[placed], points, crs), tuple(dropped), (record_of(section, opened),))
