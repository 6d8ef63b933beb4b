"""People drawn as polygons, spread over the areas that their polygons straddle."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same_crs

SLIVER = 0.01
"""Pieces smaller than this share of their polygon come from outlines drawn differently, not from people."""


def spread_over_areas(
    people: gpd.GeoDataFrame, outlines: gpd.GeoSeries, areas: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, float]:
    """Return `people` with every row whose polygon straddles areas cut into one row per area (areal weighting).

    The people of a piece are those of its polygon times the piece's share of the polygon's surface; indicators stay.
    A polygon that lies in one area but for slivers stays whole, at its own point.

    Parameters
    ----------
    people
        ``point_id``, ``population``, indicators and a point inside each polygon, metric CRS.
    outlines
        The polygons, on the same index and in the same CRS.
    areas
        The areas to rank, in the same CRS.

    Returns
    -------
    tuple of GeoDataFrame and float
        The rows, in the order of `people`, pieces numbered "id/1", "id/2" in the order of `areas`; and the number of
        people whose land lies outside all areas.

    Notes
    -----
    Goodchild and Lam (1980), Geo-Processing 1: 297-312: people are taken as evenly spread within each polygon.
    """
    require_same_crs(people, outlines.to_frame("geometry"), areas)
    polygon, area = areas.sindex.query(outlines, predicate="intersects", sort=True)
    pieces = shapely.intersection(outlines.to_numpy()[polygon], areas.geometry.to_numpy()[area])
    share = shapely.area(pieces) / shapely.area(outlines.to_numpy()[polygon])
    inside = np.bincount(polygon, share, minlength=len(people)).clip(0, 1)
    kept = share >= SLIVER
    polygon, pieces, share = polygon[kept], pieces[kept], share[kept]
    counted = np.bincount(polygon, share, minlength=len(people))
    # Slivers of neighbours and of the border go to the pieces that stay.
    whole = inside >= 1 - SLIVER
    scale = np.divide(np.where(whole, 1.0, inside), counted, out=np.zeros(len(people)), where=counted > 0)
    rows = people.iloc[polygon].copy()
    rows["population"] = rows["population"].to_numpy() * share * scale[polygon]
    straddles = np.bincount(polygon, minlength=len(people))[polygon] > 1
    number = pd.Series(polygon).groupby(polygon).cumcount().to_numpy() + 1
    rows["point_id"] = np.where(straddles, rows["point_id"] + "/" + number.astype(str), rows["point_id"])
    spots = np.where(straddles | ~whole[polygon], shapely.point_on_surface(pieces), rows.geometry.to_numpy())
    spread = rows.set_geometry(gpd.GeoSeries(spots, index=rows.index, crs=people.crs))
    return spread.reset_index(drop=True), float(people["population"].sum() - spread["population"].sum())
