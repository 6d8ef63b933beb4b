"""Reach of the services: the land from which every required service is within a given time."""

from collections.abc import Sequence
from itertools import pairwise

import contourpy
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from scipy.spatial import cKDTree

from geo.snap import off_road_minutes

CELL_M = 2_000.0
"""Spacing of the grid on which land times are worked out, in metres: about what a state map can show."""

NEAR_ROADS = 6
"""Road points tried from each grid point; the nearest road is not always the quickest."""

CELLS_PER_STEP = 4
"""Of the road points in a quarter of the grid's step only the quickest is kept: 500 m on a grid of 2 km."""

UNREACHED_MIN = 10_000.0
"""Stands for "not reachable" between grid points, where a contour cannot run to infinity."""


def service_reach(
    roads: pd.DataFrame,
    *,
    bands_min: tuple[float, ...],
    extent: shapely.Geometry,
    crs: CRS,
    max_off_road_m: float,
    cell_m: float = CELL_M,
) -> gpd.GeoDataFrame:
    """Return, per band, the part of `extent` from which all required services are within that many minutes.

    Each point of a grid takes the best of its nearest road points, the way to the road included, as people do when
    their minutes are worked out. The bands are the contours between the grid points, good to about `cell_m`.

    Parameters
    ----------
    roads
        Points along the roads: ``x``, ``y`` in the metric CRS and ``minutes`` to the farthest required service,
        ``inf`` where one is out of reach.
    bands_min
        Bands in minutes.
    extent
        The study area.
    crs
        The metric CRS of all of it.
    max_off_road_m
        Land farther from any road than this, in metres, is not connected.
    cell_m
        Spacing of the grid in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        ``minutes`` (the band) and a geometry, possibly empty.
    """
    left, bottom, right, top = extent.bounds
    x = np.arange(left - cell_m, right + 2 * cell_m, cell_m)
    y = np.arange(bottom - cell_m, top + 2 * cell_m, cell_m)
    lines = contourpy.contour_generator(
        x, y, _land_minutes(roads, x, y, max_off_road_m), fill_type=contourpy.FillType.OuterOffset
    )
    shapes = [_polygons(*lines.filled(-1.0, band)).intersection(extent) for band in bands_min]
    return gpd.GeoDataFrame({"minutes": list(bands_min)}, geometry=shapes, crs=crs)


def _land_minutes(roads: pd.DataFrame, x: np.ndarray, y: np.ndarray, max_off_road_m: float) -> np.ndarray:
    """Return the minutes from each grid point, one row per `y`, by the best of its nearest road points."""
    grid = np.column_stack([axis.ravel() for axis in np.meshgrid(x, y)])
    some = roads.iloc[_best_of_cells(roads, float(x[1] - x[0]) / CELLS_PER_STEP)]
    near = min(NEAR_ROADS, len(some))
    tree = cKDTree(some[["x", "y"]].to_numpy(), balanced_tree=False, compact_nodes=False)  # quick to build
    off_road_m, point = tree.query(grid, k=np.arange(1, near + 1))
    minutes = some["minutes"].to_numpy()[point] + off_road_minutes(off_road_m)
    best = np.where(off_road_m <= max_off_road_m, minutes, np.inf).min(axis=1)
    land: np.ndarray = np.minimum(best, UNREACHED_MIN).reshape(len(y), len(x))
    return land


def _best_of_cells(roads: pd.DataFrame, cell_m: float) -> np.ndarray:
    """Return the rows of the quickest road point of each cell: a state has millions of points, and the map 50,000."""
    column, row = (np.floor(roads[axis].to_numpy() / cell_m).astype(np.int64) for axis in ("x", "y"))
    cell = row * (np.ptp(column) + 1) + column
    return pd.Series(roads["minutes"].to_numpy()).groupby(cell).idxmin().to_numpy()


def _polygons(outlines: Sequence[np.ndarray], ends: Sequence[np.ndarray]) -> shapely.Geometry:
    """Return contours, each an outline with its holes behind it, as one valid geometry."""
    polygons = []
    for points, offsets in zip(outlines, ends, strict=True):
        rings = [points[start:end] for start, end in pairwise(offsets)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.union_all(shapely.make_valid(polygons))
