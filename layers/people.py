"""People: the points that stand for them, and the area each lies in."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import require_same_crs
from geo.points import held_by


def area_of(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the ``area_id`` each point lies in, ``""`` for none; a point on a border goes to the first area.

    Parameters
    ----------
    points, areas
        One metric CRS; `areas` is indexed by ``area_id``.
    """
    require_same_crs(points, areas)
    point, area = held_by(points.geometry.to_numpy(), areas.geometry.to_numpy())
    ids = np.sort(areas.index.to_numpy(dtype=np.object_))
    first = np.full(len(points), len(ids))
    np.minimum.at(first, point, np.searchsorted(ids, areas.index)[area])
    return pd.Series(pd.array(np.append(ids, ""), dtype="str").take(first), index=points.index, name="area_id")


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
    nobody = _points_of_nobody(areas.loc[areas.index.difference(pd.Index(settled["area_id"]))])
    return _together(settled, nobody.assign(area_id=nobody["of"]))


def settle_also(people: gpd.GeoDataFrame, sections: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return settled `people` with the ``section_id`` of each point ("" for none), and a point in each empty section.

    Parameters
    ----------
    people
        With ``area_id``, as `settle` returns them.
    sections, areas
        Indexed by ``area_id``.
    """
    empty = sections.index.difference(pd.Index(area_of(people, sections)))
    nobody = _points_of_nobody(sections.loc[empty])
    everybody = _together(people, nobody.assign(area_id=area_of(nobody, areas)))
    return everybody.assign(section_id=area_of(everybody, sections))


def _points_of_nobody(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"point_id": "nobody-" + areas.index, "population": 0.0, "of": areas.index},
        geometry=areas.geometry.representative_point().to_numpy(),
        crs=areas.crs,
    )


def _together(people: gpd.GeoDataFrame, nobody: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if nobody.empty:
        return people.reset_index(drop=True)
    return pd.concat([people, nobody.drop(columns="of")], ignore_index=True)
