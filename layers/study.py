"""The whole analysis, readable from top to bottom: inputs in, a `Study` out."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.inputs import Inputs
from geo.project import Project
from geo.records import Dropped, FileRecord
from geo.vocabulary import CATEGORIES, VENUE_KINDS
from layers.access import access_by_area
from layers.corridor import corridor_bands, corridor_highways, corridor_share, measure_highways
from layers.figures import Figures, headline_figures
from layers.isochrones import service_reach
from layers.need import need_by_area
from layers.people import area_of, settle
from layers.priority import PART_DECIMALS, priority, rank, reach, underserved
from layers.rural import is_rural, rural_by_area, rural_gap
from layers.sharing import decay_of, inequality, shared_capacity, sharing_by_area
from layers.travel import attach, minutes_to_help, offers, road_minutes, trips_within
from layers.uncertainty import confidence, rank_interval
from layers.venues import count_by_kind, find_venues, place_on_corridor


@dataclass(frozen=True)
class Source:
    """Who published a kind of data, in the planner's words."""

    what: str
    text: str


@dataclass(frozen=True, eq=False)
class Study:
    """Everything the outputs draw or write, in the project's metric CRS.

    `areas` is indexed by ``area_id`` and sorted by rank; METHOD.md lists its columns. `reach` has the land within each
    band of all required services, `venues` and `providers` the points, `rural` and `sharing` the rural service
    gap and the spread of capacity per category, `dropped` what the inputs held beside that.
    """

    project: Project
    areas: gpd.GeoDataFrame
    people: gpd.GeoDataFrame
    highways: gpd.GeoDataFrame
    corridor: gpd.GeoDataFrame
    venues: gpd.GeoDataFrame
    providers: gpd.GeoDataFrame
    reach: gpd.GeoDataFrame
    towns: gpd.GeoDataFrame | None
    rural: pd.DataFrame
    sharing: pd.DataFrame
    figures: Figures
    dropped: tuple[Dropped, ...]
    files: tuple[FileRecord, ...]
    sources: tuple[Source, ...]


def make_study(project: Project, inputs: Inputs, *, progress: Callable[[str], None]) -> Study:
    """Run the analysis.

    Parameters
    ----------
    project
        The planner's project.
    inputs
        The tables it names, read and checked, in one metric CRS.
    progress
        Called with what is being done.

    Returns
    -------
    Study
        With `project.access.required` filled in where the planner left it to the data.
    """
    project = with_required(project, inputs.providers)
    required, bands = project.access.required, project.access.bands_min
    headline_min = project.access.headline_min
    areas = inputs.areas.set_index("area_id").sort_index()
    extent = areas.geometry.union_all()

    progress("Measuring the corridor …")
    highways = measure_highways(inputs.highways, extent)
    half_width_m = project.corridor.half_width_m
    corridor = corridor_bands(highways, half_width_m=half_width_m)
    venues = find_venues(inputs.places, inputs.listed_venues, kinds=project.roads.venue_kinds)
    venues = venues.join(place_on_corridor(venues, highways, inputs.junctions, half_width_m=half_width_m))
    venues["area_id"] = area_of(venues, areas)
    venues = venues[venues["area_id"].ne("") | venues["in_corridor"]]

    progress("Working out travel times …")
    travel = attach(
        settle(inputs.people, areas),
        inputs.providers,
        inputs.network,
        max_off_road_m=project.roads.max_off_road_m,
    )
    people = travel.people.join(minutes_to_help(travel, categories=required))
    roads = road_minutes(travel, categories=required)
    shared, basis = shared_capacity(
        people,
        inputs.providers,
        trips_within(travel, catchment_min=bands[-1]),
        categories=required,
        measure=project.access.sharing,
        decay=decay_of(project.access.decay, measure=project.access.sharing, catchment_min=bands[-1]),
    )
    people = people.join(shared)
    people["rural"] = is_rural(people, inputs.urban)

    progress("Ranking …")
    areas = areas.assign(
        population=people.groupby("area_id")["population"].sum(),
        highways=corridor_highways(areas, corridor),
        corridor_share=corridor_share(areas, corridor),
    )
    areas = areas.join(count_by_kind(venues, areas.index, VENUE_KINDS))
    areas = areas.join(access_by_area(people, categories=required, bands_min=bands))
    areas = areas.join(sharing_by_area(people, categories=required))
    areas = areas.join(rural_by_area(people, categories=required, band_min=headline_min))
    areas = areas.join(need_by_area(people, project.people.indicators))
    areas = _ranked(areas.assign(reach=reach(areas["n_venues"], areas["corridor_share"])), people, project)

    return Study(
        project=project,
        areas=areas,
        people=people,
        highways=highways,
        corridor=corridor,
        venues=venues.reset_index(drop=True),
        providers=inputs.providers.assign(area_id=area_of(inputs.providers, areas)),
        reach=service_reach(
            roads, bands_min=bands, extent=extent, crs=areas.crs, max_off_road_m=project.roads.max_off_road_m
        ),
        towns=inputs.towns,
        rural=rural_gap(people, categories=required, band_min=headline_min),
        sharing=inequality(people, basis),
        figures=headline_figures(areas, people, venues, inputs.providers, project),
        dropped=inputs.dropped,
        files=inputs.files,
        sources=credit_lines(project),
    )


def with_required(project: Project, providers: gpd.GeoDataFrame) -> Project:
    """Return `project` with the required categories named: the planner's, else every category that has a provider."""
    if project.access.required:
        return project
    offered = tuple(category for category in CATEGORIES if offers(providers, category).any())
    return project.model_copy(update={"access": project.access.model_copy(update={"required": offered})})


def _ranked(areas: gpd.GeoDataFrame, people: gpd.GeoDataFrame, project: Project) -> gpd.GeoDataFrame:
    """Add priority, rank and how sure they are; sort by rank, equal ranks by ``area_id``."""
    parts = areas[["access_gap", "need", "reach"]].round(PART_DECIMALS)
    ranked = areas.assign(**parts, priority=priority(parts, project.weights))
    ranked = ranked.assign(
        rank=rank(ranked["priority"]),
        underserved=underserved(ranked[f"beyond_{project.access.headline_min:g}_any"]),
    )
    ranked = ranked.join(rank_interval(ranked, people, project))
    ranked = ranked.join(confidence(ranked, people))
    return ranked.sort_values("rank", kind="stable")


def credit_lines(project: Project) -> tuple[Source, ...]:
    """Return who published what, as the project file says it, each once."""
    named = [
        Source("Roads and places", project.roads.source),
        Source(f"{project.areas.plural.capitalize()}", project.areas.source),
        Source("People and need", project.people.source),
        *(Source("Service providers", section.source) for section in project.providers),
        *(Source("Venues", section.source) for section in project.venues),
    ]
    return tuple(dict.fromkeys(source for source in named if source.text))
