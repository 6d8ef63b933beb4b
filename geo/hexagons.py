"""Hexagons as areas to rank: equal cells instead of districts drawn for other purposes."""

import geopandas as gpd
import h3
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import Problem, ProjectError

MOST_CELLS = 50_000
"""More hexagons than this are refused: no map shows them and no planner reads them."""


def hexagon_areas(areas: gpd.GeoDataFrame, *, resolution: int) -> gpd.GeoDataFrame:
    """Return the land of `areas` as H3 cells, cut at its outer border.

    Parameters
    ----------
    areas
        ``area_id``, ``name`` and polygons in any CRS.
    resolution
        H3 resolution: 5 is about 250 km² a cell, 6 about 36, 7 about 5.

    Returns
    -------
    geopandas.GeoDataFrame
        ``area_id`` (the H3 index), ``name`` (that of the area around its middle and a running number, "Hinds 3") and
        polygons, in the CRS of `areas`, sorted by ``area_id``.

    Raises
    ------
    ProjectError
        If that makes more than `MOST_CELLS` cells.
    """
    land = areas.to_crs(WGS84).geometry.union_all()
    expected = areas.geometry.area.sum() / h3.average_hexagon_area(resolution, unit="m^2")
    if expected > MOST_CELLS:
        raise ProjectError(
            [
                Problem(
                    f"resolution {resolution} makes about {expected:,.0f} hexagons, more than {MOST_CELLS:,}.",
                    column="areas.hexagons",
                    remedy="Use a lower resolution.",
                )
            ]
        )
    shape = h3.geo_to_h3shape(land)
    # Those that several parts of the land share come once for each of them.
    cells = sorted(set(h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap")))
    # H3 gives (lat, lon) pairs.
    outlines = [shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]) for cell in cells]
    grid = gpd.GeoDataFrame({"area_id": cells}, geometry=outlines, crs=WGS84).to_crs(areas.crs)
    border = areas.geometry.union_all()
    shapely.prepare(border)
    grid["geometry"] = grid.geometry.intersection(border)
    grid = grid[grid.geometry.area > 0].reset_index(drop=True)
    return grid.assign(name=_names(grid, areas))[["area_id", "name", "geometry"]]


def _names(grid: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the name of the area around each cell's middle, with a running number."""
    middles = gpd.GeoDataFrame(geometry=grid.representative_point(), crs=grid.crs)
    joined = gpd.sjoin_nearest(middles, areas[["name", "geometry"]])
    around = joined["name"].groupby(level=0).first()
    return around + " " + (around.groupby(around).cumcount() + 1).astype(str)
