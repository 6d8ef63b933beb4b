"""Places, motorway exits, lakes and numbered routes of OpenStreetMap files: nodes, closed ways and relations."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import osmium
import pandas as pd
import shapely
from osmium.osm import AREA, NODE, RELATION, Area, Node, Relation

from geo.crs import WGS84
from geo.osm_routes import ROUTE_TAG, RouteRelation, read_route
from geo.osm_tags import JUNCTION_TAG, PLACE_TAGS, is_place, is_social_facility, place_text
from geo.osm_water import LAKE_TAGS, Bbox, Row, lake_row
from geo.osm_ways import DELETED, has_locations_on_ways

JUNCTION_COLUMNS = ("ref", "name", "exit_to")

_SOCIAL = "shelters and social facilities, which are never taken from OpenStreetMap"
_BROKEN = "places with an outline that does not close"
_OUTSIDE = "places beyond the study area and the travel distance around it"


@dataclass
class Places:
    """Places, exits and lakes of one file as rows, its routes, and how many places were left out for which reason."""

    places: list[Row] = field(default_factory=list)
    junctions: list[Row] = field(default_factory=list)
    lakes: list[Row] = field(default_factory=list)
    routes: list[RouteRelation] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def read_places(path: Path, clip: Bbox | None) -> Places:
    """Read the places, motorway exits, lakes and numbered routes of an OpenStreetMap file.

    Parameters
    ----------
    path
        The file.
    clip
        (left, bottom, right, top) in degrees: what lies outside is left out, but for routes. None keeps all.

    Raises
    ------
    RuntimeError
        If libosmium cannot read the file.
    """
    found = Places()
    processor = osmium.FileProcessor(str(path)).with_areas(osmium.filter.TagFilter(*LAKE_TAGS, *PLACE_TAGS))
    if has_locations_on_ways(processor.header):
        processor = processor.with_locations(None)  # type: ignore[arg-type] # there are no plain nodes to look up
    kinds = osmium.filter.EntityFilter(NODE | AREA | RELATION)
    tags = osmium.filter.TagFilter(JUNCTION_TAG, ROUTE_TAG, *LAKE_TAGS, *PLACE_TAGS)
    for thing in processor.with_filter(kinds).with_filter(tags):
        if isinstance(thing, Relation):
            route = read_route(thing)
            if route is not None and not _is_deleted(thing, found):
                found.routes.append(route)
        elif isinstance(thing, Node | Area) and not _is_deleted(thing, found):
            _add(thing, found, clip)
    return found


def _is_deleted(thing: Node | Area | Relation, found: Places) -> bool:
    """Return whether an object is marked as deleted, as in files with a history, and count it."""
    found.dropped[DELETED] += thing.deleted
    return bool(thing.deleted)


def _add(thing: Node | Area, found: Places, clip: Bbox | None) -> None:
    """Collect a node or area as an exit or a place."""
    tags = dict(thing.tags)
    if isinstance(thing, Area) and "water" in tags and (lake := lake_row(thing, tags, clip)):
        found.lakes.append(lake)
    if is_social_facility(tags):
        found.dropped[_SOCIAL] += 1
        return
    is_junction = isinstance(thing, Node) and tags.get(JUNCTION_TAG[0]) == JUNCTION_TAG[1]
    if not is_junction and not is_place(tags):
        return
    point = _position(thing)
    if point is None:
        found.dropped[_BROKEN] += 1
    elif clip is not None and not (clip[0] <= point.x <= clip[2] and clip[1] <= point.y <= clip[3]):
        found.dropped[_OUTSIDE] += 1
    else:
        text = {name: tags.get(name, "") for name in JUNCTION_COLUMNS} if is_junction else place_text(tags)
        row: Row = {"osm_id": _osm_id(thing), **text, "geometry": point}
        (found.junctions if is_junction else found.places).append(row)


def _osm_id(thing: Node | Area) -> str:
    """Return the id that OpenStreetMap shows, with n, w or r for node, way or relation."""
    if isinstance(thing, Node):
        return f"n{thing.id}"
    return f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"


def _position(thing: Node | Area) -> shapely.Point | None:
    """Return a node's point or a point inside an area; None when the outline is broken."""
    if isinstance(thing, Node):
        return shapely.Point(thing.location.lon, thing.location.lat) if thing.location.valid() else None
    try:
        outline = osmium.geom.WKBFactory().create_multipolygon(thing)
    except RuntimeError:
        return None
    return shapely.point_on_surface(shapely.from_wkb(outline))


def place_table(rows: Sequence[Row], columns: Sequence[str]) -> gpd.GeoDataFrame:
    """Return the rows of one or more files as a table: each object once, nodes before ways before relations, by id."""
    once = {str(row["osm_id"]): row for row in reversed(rows)}
    ordered = [once[key] for key in sorted(once, key=lambda key: ("nwr".index(key[0]), int(key[1:])))]
    table = {name: pd.Series([row[name] for row in ordered], dtype=str) for name in ("osm_id", *columns)}
    return gpd.GeoDataFrame(table, geometry=[row["geometry"] for row in ordered], crs=WGS84)
