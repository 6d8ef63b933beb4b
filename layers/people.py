"""People: the points that stand for them, and the area each lies in."""

import geopandas as gpd
import pandas as pd

from geo.crs import require_same_crs


def area_of(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the ``area_id`` each point lies in, ``""`` for none; a point on a border goes to the first area.

    Parameters
    ----------
    points, areas
        One metric CRS; `areas` is indexed by ``area_id``.
    """
    require_same_crs(points, areas)
    pairs = gpd.sjoin(points[["geometry"]], areas[["geometry"]], predicate="intersects")
    first = pairs.groupby(level=0)["area_id"].min()
    return first.reindex(points.index).fillna("").astype(str).rename("area_id")


def settle(people: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `people` with the ``area_id`` of each point, and one point of nobody in every area that has none.

    The stand-in point lies inside its area and has population 0, so that an uninhabited area keeps a place in the
    ranking with the minutes of its own land.

    Parameters
    ----------
    people
        ``point_id``, ``population``, indicators and points.
    areas
        Indexed by ``area_id``.
    """
    settled = people.assign(area_id=area_of(people, areas))
    settled = settled[settled["area_id"].ne("")]
    empty = areas.loc[areas.index.difference(pd.Index(settled["area_id"]))]
    stand_ins = gpd.GeoDataFrame(
        {"point_id": "nobody-" + empty.index, "population": 0.0, "area_id": empty.index},
        geometry=empty.geometry.representative_point().to_numpy(),
        crs=areas.crs,
    )
    if stand_ins.empty:
        return settled.reset_index(drop=True)
    return pd.concat([settled, stand_ins], ignore_index=True)
