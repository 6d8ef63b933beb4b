"""Background of the map: what helps people find their way and takes part in no figure."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.network import RoadNetwork
from geo.osm_tags import ROAD_CLASSES

MAIN_CLASSES = ("motorway", "trunk", "primary")
FINEST_M = 100.0
"""Lines are thinned to this, in metres: a state map shows no more."""

LAKES_ACROSS, RIVERS_ACROSS = 300, 12

AROUND_M = 60_000.0
"""Neighbouring regions are shown up to this far from the study area, in metres."""


def main_roads(network: RoadNetwork, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the motorways, trunk and primary roads of the network inside `extent`, one row per class.

    Parameters
    ----------
    network
        The road network.
    extent
        The study area in its CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        ``road_class`` and lines; classes without a road are left out.
    """
    samples = network.samples
    rows = []
    for name in MAIN_CLASSES:
        wanted = network.edge_class == ROAD_CLASSES.index(name)
        points = np.flatnonzero(wanted[samples.edge])
        if not len(points):
            continue
        _, edge = np.unique(samples.edge[points], return_inverse=True)
        lines = shapely.linestrings(np.column_stack([samples.x[points], samples.y[points]]), indices=edge)
        merged = shapely.line_merge(shapely.multilinestrings(lines)).simplify(FINEST_M)
        rows.append({"road_class": name, "geometry": merged.intersection(extent)})
    table = gpd.GeoDataFrame(rows, columns=["road_class", "geometry"], geometry="geometry", crs=network.crs)
    return table[~table.geometry.is_empty].reset_index(drop=True)


def neighbours(regions: gpd.GeoDataFrame | None, extent: shapely.Geometry) -> gpd.GeoDataFrame | None:
    """Return the regions around the study area, cut `AROUND_M` from it; None where the project has no such regions.

    Parameters
    ----------
    regions
        Polygons, or None.
    extent
        The study area in the same CRS.
    """
    if regions is None:
        return None
    shapely.prepare(extent)
    middles = shapely.point_on_surface(regions.geometry.to_numpy())
    outside = regions[~shapely.intersects(extent, middles)]
    around = outside.assign(geometry=outside.geometry.intersection(shapely.box(*extent.bounds).buffer(AROUND_M)))
    around = around[~around.geometry.is_empty]
    return around.reset_index(drop=True) if len(around) else None


def water(found: gpd.GeoDataFrame, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the lakes and rivers that a map of the study area can show, in it and `AROUND_M` around.

    Parameters
    ----------
    found
        ``name`` and polygons (lakes, broad rivers) or lines (pieces of rivers), in a metric CRS.
    extent
        The study area in the same CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        ``kind`` ("lake", "river") and geometry, a row per kind that there is: lakes broader than 1 / `LAKES_ACROSS` of
        the study area's box, and rivers that are longer than 1 / `RIVERS_ACROSS` of it under one name.
    """
    left, bottom, right, top = extent.bounds
    across, frame = max(right - left, top - bottom), shapely.box(left, bottom, right, top).buffer(AROUND_M)
    shapes = shapely.intersection(found.geometry.to_numpy(), frame)
    broad = shapely.area(shapes) >= (across / LAKES_ACROSS) ** 2
    length_m = pd.Series(shapely.length(shapes)).where(shapely.get_dimensions(shapes) == 1, 0.0)
    long = length_m.groupby(found["name"].to_numpy()).transform("sum").to_numpy() >= across / RIVERS_ACROSS
    rows = [
        {"kind": "lake", "geometry": shapely.union_all(shapes[broad])},
        {"kind": "river", "geometry": shapely.line_merge(shapely.union_all(shapes[long & (length_m > 0)]))},
    ]
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs=found.crs)
    return table[~table.geometry.is_empty].reset_index(drop=True)
