"""The roads of a study: read around its areas, joined into a network, and kept for the next run."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import shapely

from geo.cache import cache_folder, cache_key, fetch, keep
from geo.crs import WGS84
from geo.dead_ends import join_dead_ends
from geo.errors import InputError
from geo.fingerprints import Fingerprint, fingerprints
from geo.memory import give_back
from geo.network import RoadNetwork, build_network
from geo.osm import OsmData, read_osm, refusals
from geo.osm_water import Bbox
from geo.project import Project, Roads
from geo.road_entry import RoadEntry
from geo.speeds import class_speeds

DEPARTURES: Mapping[str, float] = MappingProxyType({"free_flow": 1.0, "typical": 1.15, "worst": 1.4})
"""Factor on the minutes along roads by time of departure: assumptions of this tool, not measurements.

An empty road; an ordinary weekday; rush hour, rain or night. The last is the longest that the rank interval tries.
"""


@dataclass(frozen=True, eq=False)
class StudyRoads:
    """What the road files hold, the network in minutes as the project wants them, and the files' SHA-256 digests.

    `key` is that of the cache entry, "" when there is none.
    """

    osm: OsmData
    network: RoadNetwork
    digests: tuple[str, ...]
    key: str


def read_study_roads(
    project: Project,
    areas: gpd.GeoDataFrame,
    *,
    urban: gpd.GeoSeries | None,
    say: Callable[[str], None],
    seen: Callable[[], Sequence[Fingerprint]] | None = None,
) -> StudyRoads:
    """Read the roads around the areas and build their network, or take both from the cache.

    Parameters
    ----------
    project
        The project.
    areas
        The areas to rank, in the metric CRS of the network.
    urban
        Urban areas in that CRS, where untagged roads are slower; None makes no difference.
    say
        Called with what is being done.
    seen
        Gives the fingerprints of the road files, from before anything else was read of them; None takes them here.

    Raises
    ------
    InputError
        If a road file is missing, damaged or of another kind, or holds no road for cars near the areas.
    NetworkError
        If the roads make no network.
    ProjectError
        If a speed of the project is impossible.
    """
    section = project.roads
    speeds = class_speeds(section.speeds_kmh)
    problems = refusals(section.osm)
    if problems:
        raise InputError(problems)
    clip = travel_box(areas, reach_m(project, speeds))
    before = seen() if seen else fingerprints(section.osm)
    digests = tuple(file.digest for file in before)
    parameters = {
        "clip": clip,
        "speeds": speeds,
        "crs": areas.crs.to_wkt(),
        "join_dead_ends_m": section.join_dead_ends_m,
        "urban": _urban_parameters(urban, section),
    }
    folder = cache_folder(section.cache)
    key = cache_key([(file.path.name, file.digest) for file in before], parameters)
    entry = fetch(folder, key, RoadEntry, crs=areas.crs) if folder else None
    if entry is not None:
        say("Taking the road network from the cache …")
    else:
        entry = _build(section, areas, clip, speeds, urban, say)
        if folder and all(file.unchanged() for file in before):
            _keep(folder, key, entry, say)
        else:
            key = ""
    return StudyRoads(entry.osm, entry.network.slowed(_factor(section)), digests, key)


def reach_m(project: Project, speeds_kmh: Mapping[str, float]) -> float:
    """Return how far from the areas roads and providers matter, in metres.

    As far as the last band reaches on the fastest class of road: 60 minutes at 105 km/h are 105 km.
    """
    return project.access.bands_min[-1] / 60 * max(speeds_kmh.values()) * 1000


def travel_box(areas: gpd.GeoDataFrame, margin_m: float) -> Bbox:
    """Return the box of the areas and a margin around them: (left, bottom, right, top) in degrees."""
    ring = shapely.segmentize(shapely.box(*areas.total_bounds).buffer(margin_m, join_style="mitre"), margin_m)
    left, bottom, right, top = (
        float(bound) for bound in gpd.GeoSeries([ring], crs=areas.crs).to_crs(WGS84).total_bounds
    )
    return left, bottom, right, top


def _factor(section: Roads) -> float:
    return DEPARTURES[section.departure] * section.minutes_factor


def _build(
    section: Roads,
    areas: gpd.GeoDataFrame,
    clip: Bbox,
    speeds: Mapping[str, float],
    urban: gpd.GeoSeries | None,
    say: Callable[[str], None],
) -> RoadEntry:
    osm = read_osm(section.osm, clip=clip, progress=say)
    say("Building the road network …")
    roads, links = join_dead_ends(osm.roads, within_m=section.join_dead_ends_m)
    if links:
        say(f"Joined dead ends with {links:,} links …")
    factor, file = section.urban_speed_factor, section.osm[0]
    network = build_network(roads, crs=areas.crs, speeds_kmh=speeds, urban=urban, urban_factor=factor, file=file)
    give_back()
    return RoadEntry(tuple(path.name for path in section.osm), osm, network, links)


def _keep(folder: Path, key: str, entry: RoadEntry, say: Callable[[str], None]) -> None:
    say("Keeping the road network for the next run …")
    try:
        keep(folder, key, replace(entry, network=entry.network.in_order_of_search()))
    except OSError as error:
        say(f"Going on without the road cache: {folder} cannot be written ({error.strerror or error}).")


def _urban_parameters(urban: gpd.GeoSeries | None, section: Roads) -> list[Any] | None:
    if urban is None:
        return None
    return [outlines_digest(urban), section.urban_speed_factor]


def outlines_digest(outlines: gpd.GeoSeries) -> str:
    """Return the SHA-256 digest of outlines: for the key of an entry of the cache that depends on them."""
    return hashlib.sha256(b"".join(shapely.to_wkb(outlines.to_numpy()).tolist())).hexdigest()
