"""Rows to points: coordinates read and checked, swapped ones recognised, and what lies outside told apart."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from geo.crs import WGS84
from geo.errors import Problem
from geo.roads import Ints
from geo.tables import missing_column, nearest, number_problems, parse_numbers, row_numbers

LON_NAMES = ("lon", "longitude", "long", "lng")
LAT_NAMES = ("lat", "latitude")

_SWAPPED = "latitude and longitude are swapped."
_SWAP_REMEDY = "Exchange the two columns, here or in the project file."


def coordinate_columns(frame: pd.DataFrame, *, lon: str | None, lat: str | None) -> dict[str, str]:
    """Return which columns hold longitude and latitude.

    Parameters
    ----------
    frame
        The table of a file.
    lon, lat
        What the project file says; None looks for the usual names.

    Returns
    -------
    dict
        "lon" and "lat" → a name; the names that were asked for even when the file lacks them, so that it is reported.
    """
    by_key = {str(name).casefold(): str(name) for name in reversed(frame.columns)}

    def usual(names: tuple[str, ...]) -> str | None:
        return next((by_key[name] for name in names if name in by_key), None)

    found = {"lon": lon or usual(LON_NAMES), "lat": lat or usual(LAT_NAMES)}
    return {ours: theirs for ours, theirs in found.items() if theirs}


def points_of(
    frame: pd.DataFrame, *, called: Mapping[str, str], present: Iterable[str], file: Path, blank_ok: bool = False
) -> tuple[gpd.GeoSeries, list[Problem]]:
    """Return the point of each row, in longitude and latitude (WGS 84).

    Parameters
    ----------
    frame
        Rows with columns ``lon`` and ``lat``, or with geometry: for anything but a point a point inside it.
    called
        Our column name → the file's, for messages.
    present
        All columns of the file, to propose one of them.
    file
        The file, for messages.
    blank_ok
        Whether a row may lack coordinates; its point is then None.

    Returns
    -------
    tuple of GeoSeries and list of Problem
        The points, None where there is none; and the problems.
    """
    absent = [called[axis] for axis in ("lon", "lat") if axis in called and axis not in frame.columns]
    if absent:
        return _no_points(frame), [missing_column(name, present, file) for name in absent]
    if "lon" in frame.columns and "lat" in frame.columns:
        return _from_degrees(frame, called, file, blank_ok=blank_ok)
    if isinstance(frame, gpd.GeoDataFrame):
        return representative_points(frame.geometry).to_crs(WGS84), []
    near = nearest("longitude", present)
    hint = f" Is it {near!r}?" if near and "lon" not in frame.columns else ""
    return _no_points(frame), [
        Problem(
            "has no coordinates.",
            file=file,
            remedy=f"Name its longitude and latitude columns as `lon` and `lat` in the project file.{hint}",
        )
    ]


def _no_points(frame: pd.DataFrame) -> gpd.GeoSeries:
    return gpd.GeoSeries([None] * len(frame), index=frame.index, crs=WGS84)


def representative_points(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return points as they are, and a point inside each other shape; None where there is no usable shape."""
    values = shapes.to_numpy()
    finite = np.isfinite(shapely.bounds(values)).all(axis=1)
    single = finite & (shapely.get_type_id(values) == shapely.GeometryType.POINT)
    points = np.full(len(values), None, dtype=object)
    points[single] = values[single]
    points[finite & ~single] = shapely.point_on_surface(values[finite & ~single])
    return gpd.GeoSeries(points, index=shapes.index, crs=shapes.crs)


def _from_degrees(
    frame: pd.DataFrame, called: Mapping[str, str], file: Path, *, blank_ok: bool
) -> tuple[gpd.GeoSeries, list[Problem]]:
    problems: list[Problem] = []
    read: dict[str, pd.Series] = {}
    unread = pd.Series(data=False, index=frame.index)
    for axis in ("lon", "lat"):
        values, reasons = parse_numbers(frame[axis])
        problems += number_problems(reasons, file, called.get(axis, axis))
        unread |= reasons != ""
        read[axis] = values.where(reasons == "")
    lon, lat = read["lon"], read["lat"]
    blank = (lon.isna() | lat.isna()) & ~unread
    if blank.any() and not blank_ok:
        problems.append(
            Problem(
                "has no coordinates.",
                file=file,
                rows=row_numbers(frame.index[blank]),
                remedy="Add longitude and latitude, or remove the row.",
            )
        )
    inside = (lon.abs() <= 180) & (lat.abs() <= 90)  # noqa: PLR2004 - degrees
    swapped = ~inside & (lon.abs() <= 90) & (lat.abs() <= 180)  # noqa: PLR2004
    beyond = ~inside & ~swapped & lon.notna() & lat.notna()
    pair = f"{called.get('lon', 'lon')}, {called.get('lat', 'lat')}"
    if swapped.any():
        problems.append(
            Problem(_SWAPPED, file=file, column=pair, rows=row_numbers(frame.index[swapped]), remedy=_SWAP_REMEDY)
        )
    if beyond.any():
        problems.append(
            Problem(
                "is not in degrees.",
                file=file,
                column=pair,
                rows=row_numbers(frame.index[beyond]),
                remedy="Convert the coordinates to longitude and latitude (WGS 84), with a decimal point.",
            )
        )
    good = inside.to_numpy(dtype=bool)
    points = np.full(len(frame), None, dtype=object)
    points[good] = shapely.points(lon.to_numpy()[good], lat.to_numpy()[good])
    return gpd.GeoSeries(points, index=frame.index, crs=WGS84), problems


def in_crs(points: gpd.GeoSeries, crs: CRS) -> gpd.GeoSeries:
    """Return points, None for those without a place, in another CRS: for points alone in half the time of `to_crs`."""
    there = points.notna().to_numpy()
    moved = np.full(len(points), None, dtype=object)
    xy = shapely.get_coordinates(points.to_numpy()[there]).T
    moved[there] = shapely.points(*Transformer.from_crs(points.crs, crs, always_xy=True).transform(*xy))
    return gpd.GeoSeries(moved, index=points.index, crs=crs)


def expect_inside(
    points: gpd.GeoSeries, polygons: gpd.GeoSeries, *, file: Path, place: str, projected: gpd.GeoSeries | None = None
) -> tuple[pd.Series, list[Problem]]:
    """Tell points in the expected place from others, and recognise coordinates that were mixed up.

    Parameters
    ----------
    points
        In longitude and latitude; None for rows without a place.
    polygons
        Where points are expected, in any CRS. A point on an edge is inside.
    file
        The file, for messages.
    place
        What the polygons are, to follow "lies in": "the study area".
    projected
        The points in the CRS of the polygons where the caller has them; None works them out.

    Returns
    -------
    tuple of Series and list of Problem
        True for each point inside; and what is wrong when outside points would lie inside with latitude and longitude
        exchanged or with a western longitude, or when no point is inside at all.
    """
    found = lies_in(points.to_crs(polygons.crs) if projected is None else projected, polygons)
    problems = mix_ups(points[~found], polygons.to_crs(WGS84), file=file)
    if not found.any() and not problems and points.notna().any():
        problems = [
            Problem(
                f"none of its {int(points.notna().sum()):,} points lies in {place}.",
                file=file,
                remedy="Check that it is about the same place, and its coordinate system.",
            )
        ]
    return found, problems


def lies_in(points: gpd.GeoSeries, polygons: gpd.GeoSeries) -> pd.Series:
    """Return whether each point lies in, or on the edge of, any polygon; both in one CRS. No point lies in none."""
    found = np.zeros(len(points), dtype=bool)
    found[held_by(_finite(points.to_numpy()), polygons.to_numpy())[0]] = True
    return pd.Series(found, index=points.index)


def held_by(points: npt.NDArray[np.object_], polygons: npt.NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Return the rows of points and of the polygons that they lie in, or on the edge of: an entry for each such pair.

    A search tree prepares what is looked for, the points. With the polygons prepared, detailed outlines take a fifth
    of the time.
    """
    point, polygon = shapely.STRtree(polygons).query(points)
    shapely.prepare(polygons)
    held = shapely.intersects_xy(polygons[polygon], *shapely.get_coordinates(points[point]).T)
    return point[held], polygon[held]


def mix_ups(points: gpd.GeoSeries, polygons: gpd.GeoSeries, *, file: Path) -> list[Problem]:
    """Return problems of points that lie in the polygons once their coordinates are put right; all in WGS 84."""
    tried = points[points.notna()]
    x, y = tried.x.to_numpy(), tried.y.to_numpy()
    problems: list[Problem] = []
    for (lon, lat), message, remedy in (
        ((y, x), _SWAPPED, _SWAP_REMEDY),
        ((-x, y), "the longitude lacks its minus sign.", "Longitudes west of Greenwich are negative: -90.18."),
    ):
        hits = lies_in(gpd.GeoSeries(shapely.points(lon, lat), index=tried.index, crs=WGS84), polygons)
        if hits.any():
            problems.append(Problem(message, file=file, rows=row_numbers(hits.index[hits]), remedy=remedy))
    return problems


def _finite(points: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return points with None for those that the projection could not place."""
    kept = points.copy()
    kept[~np.isfinite(shapely.bounds(points)).all(axis=1)] = None
    return kept


def as_frame(table: pd.DataFrame, points: gpd.GeoSeries, crs: CRS) -> gpd.GeoDataFrame:
    """Return the table with its points in `crs` and rows numbered afresh."""
    frame = gpd.GeoDataFrame(table, geometry=points.reindex(table.index).to_crs(crs))
    return frame.reset_index(drop=True)
