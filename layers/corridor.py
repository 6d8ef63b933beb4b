"""The corridor: the band along the studied highways, and each area's part in it."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same_crs
from geo.osm_tags import highway_label

JOIN_M = 60.0
"""Line ends closer than this belong to one stretch: opposite carriageways, or a junction drawn twice."""


def measure_highways(ways: gpd.GeoDataFrame, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return one row per highway: all its carriageways, its length and its pieces inside `extent`.

    Parameters
    ----------
    ways
        One row per way with ``ref`` (as the project writes it) and ``one_way``, metric CRS. A way of two highways that
        run together stands once for each.
    extent
        The study area in the same CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        ``ref``, ``label``, ``length_m`` (one direction), ``pieces`` (1 is unbroken, 0 is outside) and the lines, in
        the order in which the refs first occur.
    """
    rows = [
        {
            "ref": ref,
            "label": highway_label(ref),
            "length_m": one_way_length_m(own, extent),
            "pieces": count_pieces(own, extent),
            "geometry": shapely.multilinestrings(shapely.get_parts(own.geometry.to_numpy())),
        }
        for ref, own in ways.groupby("ref", sort=False)
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=ways.crs)


def corridor_bands(highways: gpd.GeoDataFrame, *, half_width_m: float) -> gpd.GeoDataFrame:
    """Return the corridor of each highway: everything within `half_width_m` of a carriageway.

    Parameters
    ----------
    highways
        One row per highway with ``ref``, ``label`` and all its carriageways, metric CRS.
    half_width_m
        Distance from a carriageway to the edge of the corridor, in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        ``ref``, ``label`` and a polygon, on the index of `highways`.
    """
    # Joined and thinned to 0.5 % of the width first: the edge moves by no more than that, and buffering is far faster.
    lines = shapely.simplify(shapely.line_merge(highways.geometry.to_numpy()), half_width_m * 0.005)
    band = gpd.GeoSeries(lines, index=highways.index, crs=highways.crs).buffer(half_width_m, quad_segs=16)
    return highways[["ref", "label"]].set_geometry(band)


def corridor_share(areas: gpd.GeoDataFrame, corridor: gpd.GeoDataFrame) -> pd.Series:
    """Return the share of each area's surface that lies in the corridor of any highway, 0–1."""
    require_same_crs(areas, corridor)
    band = corridor.geometry.union_all()
    shapely.prepare(band)
    share = areas.geometry.intersection(band).area / areas.geometry.area
    return share.clip(0, 1).rename("corridor_share")


def corridor_highways(areas: gpd.GeoDataFrame, corridor: gpd.GeoDataFrame) -> pd.Series:
    """Return, per area, the ``ref`` of each highway whose corridor reaches into it, joined by ``;``."""
    require_same_crs(areas, corridor)
    touched = pd.DataFrame(
        {row.ref: areas.geometry.intersects(row.geometry) for row in corridor.itertuples()}, index=areas.index
    )
    joined = [
        ";".join(ref for ref, inside in zip(touched.columns, row, strict=True) if inside) for row in touched.to_numpy()
    ]
    return pd.Series(joined, index=areas.index, name="highways", dtype=str)


def one_way_length_m(ways: gpd.GeoDataFrame, extent: shapely.Geometry) -> float:
    """Return the length of a highway inside `extent`, driven once in one direction, in metres.

    A two-way line counts in full and a one-way carriageway counts half, because the other half is its twin:
    L = Σ two-way + ½ Σ one-way.

    Parameters
    ----------
    ways
        The ways of one highway, with ``one_way`` (bool), metric CRS.
    extent
        The study area in the same CRS.
    """
    inside = ways.geometry.intersection(extent).length
    return float((inside * np.where(ways["one_way"], 0.5, 1.0)).sum())


def count_pieces(ways: gpd.GeoDataFrame, extent: shapely.Geometry) -> int:
    """Return in how many separate pieces the highway comes inside `extent`; 1 is unbroken."""
    parts = shapely.get_parts(shapely.get_parts(shapely.intersection(ways.geometry.to_numpy(), extent)))
    lines = shapely.multilinestrings(parts[shapely.get_dimensions(parts) == 1])  # not where it only touches the border
    joined = shapely.buffer(shapely.line_merge(lines), JOIN_M, quad_segs=2)
    return int(shapely.get_num_geometries(joined)) if not joined.is_empty else 0
