"""All inputs of a project: read, checked and brought to metres, with every problem of every file in one error."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.areas import read_areas, read_outlines, read_regions
from geo.crs import WGS84, to_metric
from geo.dead_ends import join_dead_ends
from geo.errors import InputError, NetworkError, OutreachError, Problem
from geo.files import require_file, sha256_of
from geo.network import RoadNetwork, build_network
from geo.osm import OsmData, read_osm
from geo.people import read_people
from geo.project import Areas, Project, Regions
from geo.providers import missing_categories, read_providers
from geo.records import Dropped, FileRecord, Reading
from geo.roads import highway_ways
from geo.speeds import class_speeds
from geo.towns import read_towns
from geo.venue_lists import read_venue_lists

REACH_M = 120_000
"""Roads and providers up to this far from the areas are read, in metres: an hour and a half of main road."""

COARSE_AREAS = frozenset({"county", "parish", "borough"})
"""Areas, by their name in the singular, that are coarse enough to stand in for a confidential provider."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Inputs:
    """The tables of a study, in the project's metric CRS.

    Parameters
    ----------
    network
        The roads as a travel-time network.
    highways
        The ways of the studied highways, one row per way: `geo.roads.highway_ways`.
    junctions, places
        Exits, and places not yet classified, from OpenStreetMap: `geo.osm.OsmData`.
    areas, people, providers, listed_venues
        As `read_areas`, `read_people`, `read_providers` and `read_venue_lists` describe them.
    regions
        The regions that stand in for confidential providers; None when there are none.
    towns
        Town names for the map; None when there are none.
    urban
        Urban areas, outside which people are rural; None when the project has no such file.
    dropped
        What the files hold beside that, and why it is left out.
    files
        The files read.
    """

    network: RoadNetwork
    highways: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    people: gpd.GeoDataFrame
    providers: gpd.GeoDataFrame
    listed_venues: gpd.GeoDataFrame
    regions: gpd.GeoDataFrame | None
    towns: gpd.GeoDataFrame | None
    urban: gpd.GeoDataFrame | None
    dropped: tuple[Dropped, ...]
    files: tuple[FileRecord, ...]


@dataclass
class _Attempts:
    """Steps that may each fail; what went wrong is kept until all have been tried."""

    errors: list[OutreachError] = field(default_factory=list)

    def run(self, step: Callable[[], T]) -> T | None:
        """Return the result of a step, None when it failed."""
        try:
            return step()
        except OutreachError as error:
            self.errors.append(error)
            return None

    def finish(self) -> None:
        """Raise one error with all problems: of their kind when they are of one kind, else an `InputError`."""
        if self.errors:
            kinds = {type(error) for error in self.errors}
            kind = kinds.pop() if len(kinds) == 1 else InputError
            raise kind(list(dict.fromkeys(problem for error in self.errors for problem in error.problems)))


def load_inputs(project: Project, *, progress: Callable[[str], None] | None = None) -> Inputs:
    """Read and check every input of a project.

    Parameters
    ----------
    project
        The project.
    progress
        Called with what is being done.

    Returns
    -------
    Inputs
        Checked tables in one metric CRS.

    Raises
    ------
    OutreachError
        With every problem of every file: `ProjectError` or `NetworkError` when all are of that kind, else `InputError`.
    """
    say = progress or (lambda _: None)
    attempts = _Attempts()
    say("Reading areas …")
    areas = attempts.run(lambda: read_areas(project.areas, crs=project.crs))
    # Without areas there is no metric CRS; the other tables are still checked, in degrees.
    crs = areas.table.crs if areas else WGS84
    roads = attempts.run(lambda: _read_roads(project, areas, say))
    say("Reading people, providers and venues …")
    within = _extent(roads[0], crs, project.roads.max_off_road_m) if roads else None
    regions = _regions(project, attempts, crs)
    inhabited = areas.table if areas else None
    people = attempts.run(lambda: read_people(project.people, areas=inhabited, crs=crs))
    providers = attempts.run(lambda: _read_providers(project, regions, within, crs))
    venues = attempts.run(lambda: read_venue_lists(project.venues, within=within, crs=crs))
    town_file = project.towns
    towns = attempts.run(lambda: read_towns(town_file, crs=crs)) if town_file else None
    urban_file = project.people.urban_areas
    urban = attempts.run(lambda: read_outlines(urban_file, crs=crs)) if urban_file else None
    attempts.finish()
    if not (areas and roads and people and providers and venues):
        msg = "a step failed without saying why"
        raise RuntimeError(msg)
    readings = [part for part in (areas, regions, people, providers, venues, towns, urban) if part]
    osm, network, highways = roads
    return Inputs(
        network=network,
        highways=to_metric(highways, crs),
        junctions=to_metric(osm.junctions, crs),
        places=to_metric(osm.places, crs),
        areas=areas.table,
        people=people.table,
        providers=providers.table,
        listed_venues=venues.table,
        regions=regions.table if regions else None,
        towns=towns.table if towns else None,
        urban=urban.table if urban else None,
        dropped=(*osm.dropped, *dict.fromkeys(entry for part in readings for entry in part.dropped)),
        files=(
            *_road_records(project, osm, network),
            *dict.fromkeys(record for part in readings for record in part.files),
        ),
    )


def _read_roads(
    project: Project, areas: Reading | None, say: Callable[[str], None]
) -> tuple[OsmData, RoadNetwork, gpd.GeoDataFrame] | None:
    """Read the roads around the areas; without areas only see whether the files are there."""
    attempts = _Attempts()
    speeds = attempts.run(lambda: class_speeds(project.roads.speeds_kmh))
    if areas is None:
        for path in project.roads.osm:
            attempts.run(partial(require_file, path))
        attempts.finish()
        return None
    osm = attempts.run(lambda: read_osm(project.roads.osm, clip=_clip(areas.table), progress=say))
    if osm is None or speeds is None:
        attempts.finish()
        return None
    say("Building the road network …")
    roads, links = join_dead_ends(osm.roads, within_m=project.roads.join_dead_ends_m)
    if links:
        say(f"Joined dead ends with {links:,} links …")
    network = attempts.run(lambda: build_network(roads, crs=areas.table.crs, speeds_kmh=speeds))
    if network is not None:
        # Highways are looked for among roads that come near the areas: others would be said to be missing.
        attempts.run(lambda: _refuse_no_contact(areas.table, network, project))
        attempts.finish()
    highways = attempts.run(lambda: highway_ways(osm.roads, project.corridor.highways))
    attempts.finish()
    return (osm, network, highways) if network and highways is not None else None


def _clip(areas: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the box of the areas and `REACH_M` around them, in degrees."""
    box = gpd.GeoSeries([shapely.box(*areas.total_bounds).buffer(REACH_M)], crs=areas.crs).to_crs(WGS84)
    left, bottom, right, top = (float(bound) for bound in box.total_bounds)
    return left, bottom, right, top


def _refuse_no_contact(areas: gpd.GeoDataFrame, network: RoadNetwork, project: Project) -> None:
    """Refuse roads none of which comes near the box around any area."""
    x, y, near = network.samples.x, network.samples.y, project.roads.max_off_road_m
    for left, bottom, right, top in areas.bounds.to_numpy():
        if np.any((left - near <= x) & (x <= right + near) & (bottom - near <= y) & (y <= top + near)):
            return
    raise NetworkError(
        [
            Problem(
                f"no road comes within {near:g} m of any of the {project.areas.plural}.",
                file=project.roads.osm[0],
                remedy="Check that the road file and the areas are of the same place.",
            )
        ]
    )


def _extent(osm: OsmData, crs: CRS, margin_m: float) -> gpd.GeoSeries:
    """Return the box of all roads, `margin_m` wider: what is outside cannot be reached."""
    left, right = float(osm.roads.lon.min()), float(osm.roads.lon.max())
    bottom, top = float(osm.roads.lat.min()), float(osm.roads.lat.max())
    # The edges of a box in degrees are curves in metres: bounds of many points on them hold the whole of it.
    ring = shapely.segmentize(shapely.box(left, bottom, right, top), 0.1)
    bounds = gpd.GeoSeries([ring], crs=WGS84).to_crs(crs).total_bounds
    return gpd.GeoSeries([shapely.box(*bounds).buffer(margin_m, join_style="mitre")], crs=crs)


def _regions(project: Project, attempts: _Attempts, crs: CRS) -> Reading | None:
    """Read the regions that stand in for confidential providers, if the project has any."""
    section: Areas | Regions | None = project.regions
    if section is None and project.areas.singular.casefold() in COARSE_AREAS:
        section = project.areas
    if section is None:
        return None
    chosen = section
    reading = attempts.run(lambda: read_regions(chosen, crs=crs))
    return reading or Reading(gpd.GeoDataFrame({"region_id": []}, geometry=[], crs=crs))


def _read_providers(project: Project, regions: Reading | None, within: gpd.GeoSeries | None, crs: CRS) -> Reading:
    places = regions.table if regions else None
    reading = read_providers(project.providers, regions=places, within=within, crs=crs)
    if places is not None and places.empty:
        return reading
    problems = missing_categories(reading.table, project.access.required)
    if problems:
        raise InputError(problems)
    return reading


def _road_records(project: Project, osm: OsmData, network: RoadNetwork) -> list[FileRecord]:
    rows = len(osm.roads) + len(osm.places) + len(osm.junctions)
    together = " in all road files together" if len(project.roads.osm) > 1 else ""
    notes = (
        f"{len(osm.roads):,} road pieces, {len(osm.places):,} places, {len(osm.junctions):,} exits{together}",
        f"{network.kept_share:.1%} of the length of all roads is connected and used",
    )
    return [FileRecord(path, sha256_of(path), rows, notes) for path in project.roads.osm]
