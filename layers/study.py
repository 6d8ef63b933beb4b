"""The whole analysis, readable from top to bottom: inputs in, a `Study` out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.beside import beside, spread
from geo.inputs import Inputs
from geo.project import Project
from geo.records import Dropped, FileRecord
from geo.vocabulary import CATEGORIES
from layers.along import Along, corridor_land, cut_sections, look_along, place_venues
from layers.background import main_roads, neighbours, water
from layers.corridor import measure_highways
from layers.exits import ExitNetwork, attach_exits
from layers.figures import Figures, headline_figures
from layers.isochrones import service_reach
from layers.people import area_of, settle, settle_also
from layers.ranking import rank_areas
from layers.rural import is_rural, rural_gap
from layers.sections import section_minutes
from layers.sharing import decay_of, inequality, shared_capacity
from layers.travel import Travel, attach, minutes_to_help, offers, road_minutes, trips_within, unconnected
from layers.venues import find_venues, nearest_highway


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
    gap and the spread of capacity per category, `dropped` what the inputs held beside that. `audience` and
    `confidential`, the number of confidential providers by region, are set by `layers.disclosure.for_audience`.
    `towns`, `regions`, `context` (neighbouring regions), `roads_context` (main roads) and `water` (lakes and rivers)
    are background of the map.
    `along` is the study as people on the road see it, by exit and milepost; `sections` ranks stretches of highway like
    areas, None when the project does not ask for them.
    """

    project: Project
    areas: gpd.GeoDataFrame
    sections: gpd.GeoDataFrame | None
    people: gpd.GeoDataFrame
    highways: gpd.GeoDataFrame
    corridor: gpd.GeoDataFrame
    venues: gpd.GeoDataFrame
    providers: gpd.GeoDataFrame
    reach: gpd.GeoDataFrame
    towns: gpd.GeoDataFrame | None
    regions: gpd.GeoDataFrame | None
    context: gpd.GeoDataFrame | None
    roads_context: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    rural: pd.DataFrame
    sharing: pd.DataFrame
    figures: Figures
    dropped: tuple[Dropped, ...]
    files: tuple[FileRecord, ...]
    sources: tuple[Source, ...]
    audience: str = ""
    confidential: pd.Series | None = None
    along: Along | None = None


def make_study(
    project: Project, inputs: Inputs, *, progress: Callable[[str], None], meanwhile: Callable[[], None] = lambda: None
) -> Study:
    """Run the analysis.

    Parameters
    ----------
    project
        The planner's project.
    inputs
        The tables it names, read and checked, in one metric CRS.
    progress
        Called with what is being done.
    meanwhile
        Called while another process ranks: for what has to be done anyway and needs nothing of the study.

    Returns
    -------
    Study
        With `project.access.required` filled in where the planner left it to the data.
    """
    project = with_required(project, inputs.providers)
    areas = inputs.areas.set_index("area_id").sort_index()
    extent = areas.geometry.union_all()

    progress("Measuring the corridor …")
    highways = measure_highways(inputs.highways, extent)
    exits = attach_exits(inputs.routes, inputs.network)
    corridor = corridor_land(project, exits, highways, extent)
    sections, lost = cut_sections(project, inputs, corridor.geometry.union_all().intersection(extent))

    progress("Working out travel times …")
    people = settle(inputs.people, areas)
    if sections is not None:
        people = settle_also(people, sections, areas)
    travel = attach(people, inputs.providers, inputs.network, max_off_road_m=project.roads.max_off_road_m)
    apart = unconnected(travel, people_file=project.people.file, max_off_road_m=project.roads.max_off_road_m)
    tasks: list[list[Callable[[], Any]]] = [
        [lambda: _along_the_roads(travel, project, inputs, highways, exits, areas, extent)],
        [lambda: _shared(travel, project)],
        [lambda: is_rural(travel.people, inputs.urban), lambda: _background(inputs, extent)],
    ]
    [[(venues, along, minutes, reach)], [(shares, sharing)], [rural, (roads_context, context)]] = spread(tasks)
    people = people.join(minutes).join(shares).assign(rural=rural)

    progress("Ranking …")
    with beside(
        lambda: (
            rank_areas(areas, people, venues, corridor, project),
            _ranked_sections(sections, people, venues, corridor, project, along),
            rural_gap(people, categories=project.access.required, band_min=project.access.headline_min),
        )
    ) as ranking:
        meanwhile()
        ranked, ranked_sections, rural_beyond = ranking()
    return Study(
        project=project,
        areas=ranked,
        sections=ranked_sections,
        people=people,
        highways=highways,
        corridor=corridor,
        venues=venues,
        providers=inputs.providers.assign(area_id=area_of(inputs.providers, areas)),
        reach=reach,
        towns=inputs.towns,
        regions=inputs.regions,
        context=context,
        roads_context=roads_context,
        water=water(inputs.water, extent),
        rural=rural_beyond,
        sharing=sharing,
        figures=headline_figures(ranked, people, venues, inputs.providers, project),
        dropped=(*inputs.dropped, *lost, *apart),
        files=inputs.files,
        sources=credit_lines(project),
        along=along,
    )


def _along_the_roads(
    travel: Travel,
    project: Project,
    inputs: Inputs,
    highways: gpd.GeoDataFrame,
    exits: ExitNetwork,
    areas: gpd.GeoDataFrame,
    extent: shapely.Geometry,
) -> tuple[gpd.GeoDataFrame, Along, pd.DataFrame, gpd.GeoDataFrame]:
    """Return what is found by searches for the nearest provider, which they share: venues, exits, minutes, reach."""
    venues = _venues(project, inputs, highways, exits, areas)
    along = look_along(project, exits, venues, travel, inputs.towns)
    minutes = minutes_to_help(travel, categories=project.access.required)
    return venues, along, minutes, _reach(travel, project, extent)


def _venues(
    project: Project, inputs: Inputs, highways: gpd.GeoDataFrame, exits: ExitNetwork, areas: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return every venue of the areas once, with its area, its highway and its exit."""
    venues = find_venues(inputs.places, inputs.listed_venues, kinds=project.roads.venue_kinds)
    venues["area_id"] = area_of(venues, areas)
    venues = venues[venues["area_id"].ne("")].reset_index(drop=True)
    return place_venues(project, exits, venues.join(nearest_highway(venues, highways)))


def _reach(travel: Travel, project: Project, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the land from which every required service is within each band."""
    return service_reach(
        road_minutes(travel, categories=project.access.required),
        bands_min=project.access.bands_min,
        extent=extent,
        crs=travel.people.crs,
        max_off_road_m=project.roads.max_off_road_m,
    )


def _shared(travel: Travel, project: Project) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each point's share of the capacity, and how evenly that is spread."""
    access = project.access
    shares, basis = shared_capacity(
        travel.people,
        travel.providers,
        trips_within(travel, catchment_min=access.bands_min[-1]),
        categories=access.required,
        measure=access.sharing,
        decay=decay_of(access.decay, measure=access.sharing, catchment_min=access.bands_min[-1]),
    )
    return shares, inequality(travel.people.join(shares), basis)


def _background(inputs: Inputs, extent: shapely.Geometry) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    """Return the main roads and the neighbours of the study area."""
    return main_roads(inputs.network, extent), neighbours(inputs.regions, extent)


def _ranked_sections(
    sections: gpd.GeoDataFrame | None,
    people: gpd.GeoDataFrame,
    venues: gpd.GeoDataFrame,
    corridor: gpd.GeoDataFrame,
    project: Project,
    along: Along,
) -> gpd.GeoDataFrame | None:
    """Rank the sections by the people and venues in them; the figures from their exits stand beside, not in it.

    Those who live in none take part as well: need is relative to the people of the study area, here as for areas.
    """
    if sections is None:
        return None
    ranked = rank_areas(
        sections,
        people.assign(area_id=people["section_id"]),
        venues.assign(area_id=area_of(venues, sections)),
        corridor,
        project,
    )
    return ranked.join(section_minutes(ranked.reset_index(), along.minutes, categories=project.access.required))


def with_required(project: Project, providers: gpd.GeoDataFrame) -> Project:
    """Return `project` with the required categories named: the planner's, else every category that has a provider."""
    if project.access.required:
        return project
    offered = tuple(category for category in CATEGORIES if offers(providers, category).any())
    return project.model_copy(update={"access": project.access.model_copy(update={"required": offered})})


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
