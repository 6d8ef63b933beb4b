"""The highways of a study: found among its roads, measured beside other work, and kept for the next run."""

import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import geopandas as gpd

from geo.beside import beside
from geo.cache import cache_folder, derived_key, fetch, keep
from geo.crs import to_metric
from geo.osm import OsmData
from geo.project import Project
from geo.road_entry import HighwayEntry
from geo.roads import highway_ways
from geo.route_access import access_points
from geo.routes import measure_routes
from geo.study_roads import StudyRoads, outlines_digest


def study_highways(
    project: Project, areas: gpd.GeoDataFrame, roads: StudyRoads, *, say: Callable[[str], None]
) -> AbstractContextManager[Callable[[], HighwayEntry]]:
    """Find the highways, and give what waits until they are measured, or takes them from the cache.

    Parameters
    ----------
    project
        The project.
    areas
        The areas to rank, in the metric CRS.
    roads
        The roads around them.
    say
        Called with what is being done.

    Raises
    ------
    NetworkError
        If a highway is not among the roads.
    """
    folder, refs = cache_folder(project.roads.cache), project.corridor.highways
    outlines = areas.geometry
    parameters = {"refs": refs, "unit": project.units, "areas": outlines_digest(outlines)}
    key = derived_key(roads.key, parameters) if folder and roads.key else None
    kept = fetch(folder, key, HighwayEntry, crs=outlines.crs) if folder and key else None
    if kept is not None:
        return nullcontext(lambda: kept)
    ways = to_metric(highway_ways(roads.osm.roads, refs, file=project.roads.osm[0]), outlines.crs)
    say("Measuring the highways …")

    def measured() -> HighwayEntry:
        highways = _measured(roads.osm, refs, ways, outlines, project)
        if folder and key:
            with contextlib.suppress(OSError):  # a folder that cannot be written is told of with the roads
                keep(folder, key, highways)
        return highways

    return beside(measured)


def _measured(
    osm: OsmData, refs: Sequence[str], ways: gpd.GeoDataFrame, outlines: gpd.GeoSeries, project: Project
) -> HighwayEntry:
    extent = outlines.union_all()
    access = to_metric(access_points(osm.roads, osm.junctions, refs), ways.crs)
    routes = measure_routes(ways, access, extent=extent, unit=project.units, signed=osm.signed)
    return HighwayEntry(tuple(path.name for path in project.roads.osm), ways, routes, extent)
