"""The areas that are ranked, and the regions that stand in for confidential providers."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import metric_crs
from geo.errors import InputError, Problem
from geo.hexagons import hexagon_areas
from geo.project import Areas, Regions, Source
from geo.records import Dropped, Reading, Undrawn, counted
from geo.sources import choose, open_source, record_of
from geo.tables import Column, Table, check, row_numbers

AREAS = Table(
    "areas",
    (
        Column("area_id", unique=True, meaning="Identifier of the area, as text: leading zeros count."),
        Column("name", meaning="Name of the area, for people."),
    ),
)
REGIONS = Table(
    "regions",
    (
        Column("region_id", unique=True, meaning="Identifier of the region, as text."),
        Column("name", meaning="Name of the region."),
    ),
)


def read_areas(section: Areas, *, crs: str | None) -> Reading:
    """Read the areas to rank.

    Parameters
    ----------
    section
        The `[areas]` table of the project file.
    crs
        Code of the project's metric CRS; None chooses the UTM zone of the areas.

    Returns
    -------
    Reading
        Columns ``area_id``, ``name`` and a valid (Multi)Polygon in the metric CRS, sorted by ``area_id``: those of the
        file, or the hexagons that cover them.

    Raises
    ------
    InputError
        With every problem of the file.
    ProjectError
        If `crs` is not a metric CRS.
    """
    reading = _read_polygons(section, AREAS)
    table = reading.table.to_crs(metric_crs(crs, reading.table))
    if section.hexagons is not None:
        table = hexagon_areas(table, resolution=section.hexagons)
    return replace(reading, table=table)


def read_regions(section: Areas | Regions, *, crs: CRS) -> Reading:
    """Read the regions that stand in for confidential providers.

    Parameters
    ----------
    section
        The `[regions]` table of the project file, or `[areas]` when those are coarse enough.
    crs
        The project's metric CRS.

    Returns
    -------
    Reading
        Columns ``region_id``, ``name`` and a valid (Multi)Polygon in `crs`, sorted by ``region_id``.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    reading = _read_polygons(section, REGIONS)
    return replace(reading, table=reading.table.to_crs(crs))


def read_outlines(path: Path, *, crs: CRS) -> Reading:
    """Read the polygons of a map file that needs no columns, such as urban areas.

    Returns
    -------
    Reading
        Valid polygons in `crs`.

    Raises
    ------
    InputError
        If the file cannot be read or holds no polygon.
    """
    section = Source(file=path)
    opened = open_source(section)
    frame = opened.frame
    if not isinstance(frame, gpd.GeoDataFrame) or not frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).any():
        raise InputError([Problem("has no outlines.", file=path, remedy="Use a map file of polygons.")])
    polygons = frame.geometry[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    shapes, _ = _mended(polygons)
    return Reading(gpd.GeoDataFrame(geometry=shapes).to_crs(crs), (), (record_of(section, opened),))


def _read_polygons(section: Areas | Regions, table: Table) -> Reading:
    """Read identifier, name and polygon of each row, in the file's CRS, sorted by identifier."""
    opened = open_source(section)
    key = table.columns[0].name
    frame, called = choose(opened.frame, named={key: section.id, "name": section.name})
    shapes = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else gpd.GeoSeries(None, index=frame.index)
    empty = shapes.isna() | shapes.is_empty | _infinite(shapes)
    if empty.all():
        remedy = "Use a map file with polygons: GeoJSON, GeoPackage, shapefile."
        raise InputError([Problem("has no outlines.", file=section.file, remedy=remedy)])
    blank, frame, shapes = frame[empty], frame[~empty], shapes[~empty]
    dropped = counted(section.file, "without an outline", empty.sum())
    flat = shapes.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    problems: list[Problem] = []
    if not flat.all():
        rows = row_numbers(frame.index[~flat])
        problems.append(Problem("is not a polygon.", file=section.file, rows=rows, remedy="Use a file of outlines."))
    problems += check(pd.DataFrame(frame), table, source=section.file, called=called, present=opened.frame.columns)
    if problems:
        raise InputError(problems)
    shapes, mended = _mended(shapes)
    if copies := _copies(shapes, section.file):
        raise InputError(copies)
    dropped += [Dropped(section.file.name, "outlines that crossed themselves, mended", mended)] if mended else []
    table_out = gpd.GeoDataFrame(frame[[key, "name"]], geometry=shapes)
    table_out = table_out.sort_values(key, kind="stable").reset_index(drop=True)
    return Reading(table_out, tuple(dropped), (record_of(section, opened),), _undrawn(section, blank, key))


def _undrawn(section: Areas | Regions, rows: pd.DataFrame, key: str) -> Undrawn | None:
    names = frozenset({*rows[key], *rows["name"]} - {""})
    return Undrawn(section.file, row_numbers(rows.index), names) if len(rows) else None


def _copies(shapes: gpd.GeoSeries, file: Path) -> list[Problem]:
    """Return a problem of the outlines that stand more than once: what lies in them can count for one row alone."""
    alike = pd.DataFrame(shapely.bounds(shapes.to_numpy()), index=shapes.index).duplicated(keep=False)
    outlines = pd.Series(shapely.to_wkb(shapely.normalize(shapes[alike].to_numpy())), index=shapes.index[alike])
    rows = row_numbers(outlines.index[outlines.duplicated(keep=False)])
    remedy = "Keep one of them, or give each its own outline."
    return [Problem("has the same outline as another row.", file=file, rows=rows, remedy=remedy)] if rows else []


def _infinite(shapes: gpd.GeoSeries) -> pd.Series:
    finite = np.isfinite(shapely.bounds(shapes.to_numpy())).all(axis=1)
    return pd.Series(~finite, index=shapes.index)


def _mended(shapes: gpd.GeoSeries) -> tuple[gpd.GeoSeries, int]:
    """Return valid polygons, and how many were not valid. Lines that mending leaves over are let go."""
    invalid = ~shapes.is_valid
    values = shapes.to_numpy().copy()
    values[invalid] = [_polygons(shape) for shape in shapely.make_valid(values[invalid])]
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs), int(invalid.sum())


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shapely.get_parts([shape])) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
