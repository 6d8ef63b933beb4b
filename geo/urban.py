"""Which of very many points lie in urban areas."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.roads import Floats


def in_any(polygons: gpd.GeoSeries, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Return which points lie inside any of some polygons.

    Parameters
    ----------
    polygons
        (Multi)Polygons; missing and empty ones hold nothing.
    x, y
        Positions in their CRS.

    Examples
    --------
    >>> squares = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(4, 4, 5, 5)])
    >>> in_any(squares, np.array([0.5, 2.0, 4.5]), np.array([0.5, 2.0, 4.5])).tolist()
    [True, False, True]
    """
    inside = np.zeros(len(x), dtype=bool)
    order = np.argsort(x, kind="stable")
    along = x[order]
    for polygon in polygons.explode().to_numpy():
        if polygon is None or polygon.is_empty:
            continue
        left, bottom, right, top = polygon.bounds
        rows = order[np.searchsorted(along, left) : np.searchsorted(along, right, side="right")]
        rows = rows[(bottom <= y[rows]) & (y[rows] <= top)]
        shapely.prepare(polygon)
        inside[rows[shapely.contains_xy(polygon, x[rows], y[rows])]] = True
    return inside
