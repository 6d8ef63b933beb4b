"""All inputs of a project: read, checked and brought to metres, with every problem of every file in one error."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.areas import read_areas, read_outlines, read_regions
from geo.crs import WGS84, require_true_lengths, to_metric
from geo.errors import InputError, NetworkError, OutreachError, Problem, keys_of
from geo.files import require_file
from geo.fingerprints import Fingerprint
from geo.network import RoadNetwork
from geo.osm import OsmData
from geo.people import read_people
from geo.points import held_by
from geo.project import Areas, Project, Regions
from geo.providers import missing_categories, read_providers
from geo.records import Dropped, FileRecord, Reading, Undrawn
from geo.road_entry import HighwayEntry
from geo.routes import Routes
from geo.speeds import class_speeds
from geo.study_highways import study_highways
from geo.study_roads import StudyRoads, read_study_roads
from geo.towns import read_towns
from geo.venue_lists import read_venue_lists

COARSE_AREAS = frozenset({"county", "parish", "borough"})
"""Areas, by their name in the singular, that are coarse enough to stand in for a confidential provider."""

_OVERLAP = 0.02
_NAMED = 3

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
    routes
        The studied highways as measured lines with their exits: `geo.routes.measure_routes`.
    places
        Places not yet classified, from OpenStreetMap: `geo.osm.OsmData`.
    water
        Lakes and rivers, for the background of the map: `geo.osm.OsmData`.
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
    undrawn
        Areas and regions that their files hold without an outline, by file.
    """

    network: RoadNetwork
    highways: gpd.GeoDataFrame
    routes: Routes
    places: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    people: gpd.GeoDataFrame
    providers: gpd.GeoDataFrame
    listed_venues: gpd.GeoDataFrame
    regions: gpd.GeoDataFrame | None
    towns: gpd.GeoDataFrame | None
    urban: gpd.GeoDataFrame | None
    dropped: tuple[Dropped, ...]
    files: tuple[FileRecord, ...]
    undrawn: tuple[Undrawn, ...]


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


def load_inputs(
    project: Project,
    *,
    seen: Callable[[], Sequence[Fingerprint]] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Inputs:
    """Read and check every input of a project.

    Parameters
    ----------
    project
        The project.
    seen
        Gives the fingerprints of the road files, where they are being taken already.
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
    with keys_of(project.file):
        return _load(project, seen, progress or (lambda _: None))


def _load(project: Project, seen: Callable[[], Sequence[Fingerprint]] | None, say: Callable[[str], None]) -> Inputs:
    attempts = _Attempts()
    say("Reading areas …")
    areas = attempts.run(lambda: read_areas(project.areas, crs=project.crs))
    if areas and project.crs:
        attempts.run(lambda: require_true_lengths(areas.table))
    # Without areas there is no metric CRS; the other tables are still checked, in degrees.
    crs = areas.table.crs if areas else WGS84
    inhabited, urban_file, town_file = areas.table if areas else None, project.people.urban_areas, project.towns
    urban = attempts.run(lambda: read_outlines(urban_file, crs=crs)) if urban_file else None
    found = attempts.run(lambda: _read_roads(project, areas, urban, seen, say))
    nothing: AbstractContextManager[Callable[[], HighwayEntry | None]] = nullcontext(lambda: None)
    roads, measuring = found or (None, nothing)
    with measuring as measured, ThreadPoolExecutor(1) as aside:
        if roads:  # what the analysis asks for first, and later in two processes at once
            aside.submit(lambda: roads.network.joinable_tree)
        say("Reading people, providers and venues …")
        within = _extent(roads.osm, crs, project.roads.max_off_road_m) if roads else None
        regions = _regions(project, areas, attempts, crs)
        people = attempts.run(lambda: read_people(project.people, areas=inhabited, crs=crs))
        providers = attempts.run(lambda: _read_providers(project, regions, within, crs))
        venues = attempts.run(lambda: read_venue_lists(project.venues, within=within, crs=crs))
        towns = attempts.run(lambda: read_towns(town_file, crs=crs)) if town_file else None
        attempts.finish()
        highways = measured()
        if not (areas and roads and people and providers and venues and highways):
            msg = "a step failed without saying why"
            raise RuntimeError(msg)
        return _joined(project, roads, highways, _Tables(areas, regions, people, providers, venues, towns, urban))


class _Tables(NamedTuple):
    """The tables of a project, each as it was read."""

    areas: Reading
    regions: Reading | None
    people: Reading
    providers: Reading
    venues: Reading
    towns: Reading | None
    urban: Reading | None


def _joined(project: Project, roads: StudyRoads, highways: HighwayEntry, read: _Tables) -> Inputs:
    """Join what was read, with notes of what only shows when tables are laid over each other."""
    areas, osm = read.areas.table, roads.osm
    _refuse_no_corridor(highways.ways, areas, project)
    readings = [part for part in read if part]
    return Inputs(
        network=roads.network,
        highways=highways.ways,
        routes=highways.routes,
        places=to_metric(osm.places, areas.crs),
        water=to_metric(osm.water, areas.crs),
        areas=areas,
        people=read.people.table,
        providers=read.providers.table,
        listed_venues=read.venues.table,
        regions=read.regions.table if read.regions else None,
        towns=read.towns.table if read.towns else None,
        urban=read.urban.table if read.urban else None,
        dropped=(
            *osm.dropped,
            *highways.routes.notes,
            *_overlap(areas, highways.extent, project),
            *_empty(areas, read.people.table, project),
            *dict.fromkeys(entry for part in readings for entry in part.dropped),
        ),
        files=(
            *_road_records(project, roads),
            *dict.fromkeys(record for part in readings for record in part.files),
        ),
        undrawn=tuple(dict.fromkeys(part.undrawn for part in readings if part.undrawn)),
    )


def _read_roads(
    project: Project,
    areas: Reading | None,
    urban: Reading | None,
    seen: Callable[[], Sequence[Fingerprint]] | None,
    say: Callable[[str], None],
) -> tuple[StudyRoads, AbstractContextManager[Callable[[], HighwayEntry]]] | None:
    """Read the roads around the areas and their highways; without areas only see whether the files are there."""
    attempts = _Attempts()
    attempts.run(lambda: class_speeds(project.roads.speeds_kmh))
    if areas is None or attempts.errors:
        for path in project.roads.osm:
            attempts.run(partial(require_file, path))
        attempts.finish()
        return None
    outlines = urban.table.geometry if urban else None
    roads = read_study_roads(project, areas.table, urban=outlines, say=say, seen=seen)
    # Highways are looked for among roads that come near the areas: others would be said to be missing.
    attempts.run(lambda: _refuse_no_contact(areas.table, roads.network, project))
    attempts.finish()
    return roads, study_highways(project, areas.table, roads, say=say)


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


def _overlap(areas: gpd.GeoDataFrame, extent: shapely.Geometry, project: Project) -> list[Dropped]:
    """Return a note where the areas lie on top of each other, by more than their borders may be drawn apart."""
    share = areas.geometry.area.sum() / extent.area - 1
    if share <= _OVERLAP:
        return []
    text = (
        f"{project.areas.plural} overlap on {share:.0%} of the land: people and venues there count in one of them only"
    )
    return [Dropped(project.areas.file.name, text, None)]


def _empty(areas: gpd.GeoDataFrame, people: gpd.GeoDataFrame, project: Project) -> list[Dropped]:
    """Return a note of the areas without anybody: their people may be missing from the file."""
    living = people.geometry.to_numpy()[people["population"].to_numpy() > 0]
    lived_in = held_by(living, areas.geometry.to_numpy())[1]
    names = areas["name"].to_numpy()[np.setdiff1d(np.arange(len(areas)), lived_in)]
    if not len(names):
        return []
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    text = f"in which nobody of this file lives, ranked as empty: {', '.join(names[:_NAMED])}{rest}"
    what = project.areas.singular if len(names) == 1 else project.areas.plural
    return [Dropped(project.people.file.name, f"{what} {text}", len(names))]


def _refuse_no_corridor(ways: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, project: Project) -> None:
    """Refuse highways none of which comes so near any area that there is a corridor."""
    width, near = project.corridor.half_width_m, project.areas.plural
    tree = shapely.STRtree(ways.geometry.to_numpy())
    if tree.query(areas.geometry.to_numpy(), predicate="dwithin", distance=width).size:
        return
    message = f"none of these highways comes within {width:g} m of any of the {near}."
    remedy = f"Name the highways of these {near}, or the areas that they run through."
    raise NetworkError([Problem(message, column="corridor.highways", remedy=remedy)])


def _extent(osm: OsmData, crs: CRS, margin_m: float) -> gpd.GeoSeries:
    """Return the box of all roads, `margin_m` wider: what is outside cannot be reached."""
    left, right = float(osm.roads.lon.min()), float(osm.roads.lon.max())
    bottom, top = float(osm.roads.lat.min()), float(osm.roads.lat.max())
    # The edges of a box in degrees are curves in metres: bounds of many points on them hold the whole of it.
    ring = shapely.segmentize(shapely.box(left, bottom, right, top), 0.1)
    bounds = gpd.GeoSeries([ring], crs=WGS84).to_crs(crs).total_bounds
    return gpd.GeoSeries([shapely.box(*bounds).buffer(margin_m, join_style="mitre")], crs=crs)


def _regions(project: Project, areas: Reading | None, attempts: _Attempts, crs: CRS) -> Reading | None:
    """Read the regions that stand in for confidential providers, if the project has any."""
    chosen = _region_section(project)
    if chosen is None:
        return None
    if areas and chosen is project.areas and project.areas.hexagons is None:
        return replace(areas, table=areas.table.rename(columns={"area_id": "region_id"}))
    reading = attempts.run(lambda: read_regions(chosen, crs=crs))
    return reading or Reading(gpd.GeoDataFrame({"region_id": []}, geometry=[], crs=crs))


def _region_section(project: Project) -> Areas | Regions | None:
    """Return the section of the regions: their own, else the areas when these are coarse enough."""
    if project.regions is None and project.areas.singular.casefold() in COARSE_AREAS:
        return project.areas
    return project.regions


def _read_providers(project: Project, regions: Reading | None, within: gpd.GeoSeries | None, crs: CRS) -> Reading:
    places = regions.table if regions else None
    undrawn = regions.undrawn if regions else None
    reading = read_providers(project.providers, regions=places, within=within, crs=crs, undrawn=undrawn)
    if places is not None and places.empty:
        return reading
    problems = missing_categories(reading.table, project.access.required)
    if problems:
        raise InputError(problems)
    return reading


def _road_records(project: Project, roads: StudyRoads) -> list[FileRecord]:
    osm = roads.osm
    rows = len(osm.roads) + len(osm.places) + len(osm.junctions)
    share, pieces = roads.network.kept_share, roads.network.n_components - roads.network.kept_components
    together = " in all road files together" if len(project.roads.osm) > 1 else ""
    notes = (
        f"{len(osm.roads):,} road pieces, {len(osm.places):,} places, {len(osm.junctions):,} exits{together}",
        f"{share:.1%} of the length of all roads is connected and used; {pieces:,} cut-off pieces left out",
    )
    return [
        FileRecord(path, digest, rows, notes) for path, digest in zip(project.roads.osm, roads.digests, strict=True)
    ]
