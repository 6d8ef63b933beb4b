"""Shapes in metres → what a screen can show: simplified, in degrees, rounded."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

WGS84 = CRS.from_epsg(4326)
DECIMALS = 4
"""Decimals of a degree: about 11 m."""

FINEST = 8_000
COARSEST = 50
"""Shapes are simplified by at least 1 / `FINEST` and at most about 1 / `COARSEST` of the width of the map."""

Shapes = np.ndarray[Any, np.dtype[np.object_]]


def to_degrees(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return geometry in WGS84 degrees.

    A study across the 180th meridian is kept in one piece: its western part then lies at 180 to 360 degrees east.
    """
    degrees = geometry.to_crs(WGS84)
    left, _, right, _ = degrees.total_bounds
    if not right - left > 180:  # noqa: PLR2004 - half the globe; "not" also holds for an empty series
        return degrees
    shifted = degrees.transform(lambda xy: xy + (xy[:, :1] < 0) * [[360.0, 0.0]])
    return gpd.GeoSeries(shifted, index=degrees.index, crs=WGS84)


def simplify(geometry: gpd.GeoSeries, vertices: int, *, coverage: bool = False) -> Shapes:
    """Return shapes with at most about `vertices` vertices together.

    Parameters
    ----------
    geometry
        Polygons or lines in a metric CRS.
    vertices
        The tolerance grows until there are not more of them.
    coverage
        True for areas that share borders: these stay shared, so that no slivers open between neighbours.
    """
    method: Callable[..., Shapes] = shapely.coverage_simplify if coverage else shapely.simplify
    source: Shapes = shapely.force_2d(geometry.to_numpy())
    # The ways of a road as one line: what simplifies a line keeps both its ends.
    lines = shapely.get_dimensions(source) == 1
    source[lines] = shapely.line_merge(source[lines])
    span = width_of(geometry)
    simple, tolerance = source, span / FINEST
    while (count := shapely.get_num_coordinates(simple).sum()) > vertices and tolerance < span / COARSEST:
        simple = method(simple, tolerance)
        tolerance *= 1.6 if count > 2 * vertices else 1.25
    return np.where(shapely.is_empty(simple), source, simple)


def width_of(geometry: gpd.GeoSeries) -> float:
    """Return the longer side of the box around shapes, in metres; at least 1."""
    left, bottom, right, top = geometry.total_bounds
    return float(max(right - left, top - bottom, 1.0))


def tidy(shape: BaseGeometry, smallest_m2: float) -> BaseGeometry:
    """Return polygons without the parts and holes that are smaller than `smallest_m2`."""
    kept = [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area >= smallest_m2])
        for part in shapely.get_parts(shape)
        if part.area >= smallest_m2
    ]
    return MultiPolygon(kept)
