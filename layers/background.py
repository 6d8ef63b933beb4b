"""Background of the map: what helps people find their way and takes part in no figure."""

import geopandas as gpd
import numpy as np
import shapely

from geo.network import RoadNetwork
from geo.osm_tags import ROAD_CLASSES

MAIN_CLASSES = ("motorway", "trunk", "primary")
FINEST_M = 100.0
"""Lines are thinned to this, in metres: a state map shows no more."""

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
        merged = shapely.line_merge(shapely.union_all(lines)).simplify(FINEST_M)
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
