"""The ranking of areas, whatever they are: counties, tracts, hexagons or sections of a highway."""

import geopandas as gpd
import pandas as pd

from geo.project import Project
from geo.vocabulary import VENUE_KINDS
from layers.access import access_by_area, sum_over_people
from layers.corridor import corridor_highways, corridor_share
from layers.need import need_by_area
from layers.priority import PART_DECIMALS, nobody_to_meet, priority, rank, reach, underserved
from layers.rural import rural_by_area
from layers.sharing import sharing_by_area
from layers.uncertainty import confidence, rank_interval
from layers.venues import count_by_kind


def rank_areas(
    areas: gpd.GeoDataFrame,
    people: gpd.GeoDataFrame,
    venues: gpd.GeoDataFrame,
    corridor: gpd.GeoDataFrame,
    project: Project,
) -> gpd.GeoDataFrame:
    """Return `areas` with every figure, priority and rank, and how sure they are.

    Parameters
    ----------
    areas
        Indexed by ``area_id``, with ``name`` and polygons.
    people
        With the ``area_id`` of the area each point lies in (none outside), and all travel and sharing figures.
    venues
        With ``area_id``, ``kind`` and ``in_corridor``.
    corridor
        The corridor of each highway.
    project
        The project, with its required categories named.

    Returns
    -------
    geopandas.GeoDataFrame
        Sorted by rank, equal ranks by ``area_id``. METHOD.md lists the columns.
    """
    required, bands = project.access.required, project.access.bands_min
    headline_min = project.access.headline_min
    people = people.assign(area_id=people["area_id"].astype("category"))  # told apart once for all sums over areas
    areas = areas.assign(
        population=sum_over_people(people["population"], people["area_id"]),
        highways=corridor_highways(areas, corridor),
        corridor_share=corridor_share(areas, corridor),
    )
    figures = [
        count_by_kind(venues, areas.index, VENUE_KINDS),
        access_by_area(people, categories=required, bands_min=bands),
        sharing_by_area(people, categories=required),
        rural_by_area(people, categories=required, band_min=headline_min),
        need_by_area(people, project.people.indicators),
    ]
    areas = areas.join(pd.concat(figures, axis=1))
    areas = areas.assign(reach=reach(areas["n_venues"], areas["corridor_share"]))
    parts = areas[["access_gap", "need", "reach"]].round(PART_DECIMALS)
    parts[["access_gap", "need"]] = parts[["access_gap", "need"]].mask(nobody_to_meet(areas), 0.0)
    areas = areas.assign(**parts, priority=priority(parts, project.weights))
    far = underserved(areas[f"beyond_{headline_min:g}_any"], areas["population"])
    areas = areas.assign(rank=rank(areas["priority"]), underserved=far)
    areas = areas.join(rank_interval(areas, people, project))
    areas = areas.join(confidence(areas, people))
    return areas.sort_index().sort_values("rank", kind="stable")
