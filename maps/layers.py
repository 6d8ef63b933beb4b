"""Tables of a study → folium layers: simplified, rounded, styled by class name only."""

from collections.abc import Callable, Sequence
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from folium.map import CustomPane
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from layers.study import Study
from maps.leafmap import OutreachMap
from maps.points import PointLayer, point_columns
from maps.symbology import PROVIDER, VENUES
from maps.values import View
from maps.view import to_degrees

PANES = (
    "context",
    "areas",
    "marks",
    "lines",
    "roads",
    "highways",
    "selection",
    "venues",
    "providers",
    "labels",
    "ranks",
)
"""Drawing order, from the ground up."""
_TOUCHABLE = {"areas", "venues", "providers"}
_FIRST_Z = 401
_LABELS_Z = 620

AREA_VERTICES = 10_000
LINE_VERTICES = 3_000
DECIMALS = 4

FINEST = 8_000
COARSEST = 50
"""Lines are simplified by at least 1 / `FINEST` and at most 1 / `COARSEST` of the width of the map."""
SMALLEST_PART = 60
"""Parts and holes of the reach smaller than a square of 1 / `SMALLEST_PART` of the map's width are not drawn."""

CROWD = 200
"""Points of one kind beyond which they would hide the map at first sight."""

VENUE_FIELDS = ("name", "highway", "exit", "distance", "source")
PROVIDER_FIELDS = (
    "name", "categories", "phone", "website", "address", "town", "hours", "languages", "serves", "verified_on", "source",
)  # fmt: skip

Layers = dict[str, folium.map.Layer]


def add_panes(page_map: OutreachMap) -> None:
    """Add a pane per layer: the order in which things are drawn, independent of what is switched on when."""
    for number, name in enumerate(PANES):
        base = _LABELS_Z if name in ("labels", "ranks") else _FIRST_Z
        pane = CustomPane(name, z_index=base + 5 * number, pointer_events=name in _TOUCHABLE)
        pane._id = name
        pane.add_to(page_map, name=f"pane_{name}")


def add_layers(page_map: OutreachMap, study: Study, view: View) -> Layers:
    """Add all layers of a study to the map and return them by the name the page's program knows them by."""
    layers: Layers = {}

    def add(key: str, features: list[dict[str, Any]], pane: str, class_name: str, **options: Any) -> None:
        if not features:
            return
        collection = {"type": "FeatureCollection", "features": features}
        style = options.pop("style", lambda _: {"className": class_name})
        layer = folium.GeoJson(
            collection, name=key, control=False, style_function=style, smooth_factor=0.6, pane=pane, **options
        )
        layer._id = key
        layer.add_to(page_map, name=key)
        layers[key] = layer

    fixed = {"interactive": False}
    classes = view.measures[0].classes
    context = getattr(study, "context", None)
    add("context", shapes(context, AREA_VERTICES // 4) if context is not None else [], "context", "context", **fixed)
    simple = simplify(study.areas.geometry, AREA_VERTICES, coverage=True)
    areas = features(simple, study.areas.crs)
    add("areas", areas, "areas", "", style=lambda feature: {"className": f"area k{classes[feature['id']]}"})
    underserved = shapely.union_all(simple[study.areas["underserved"].to_numpy(dtype=bool)])
    add("under", features([underserved], study.areas.crs) if underserved else [], "lines", "under", **fixed)
    regions = _other_regions(study)
    add(
        "regions",
        shapes(regions, AREA_VERTICES // 4, coverage=True) if regions is not None else [],
        "marks",
        "region",
        **fixed,
    )
    add("band", shapes(study.corridor, LINE_VERTICES // 2), "lines", "band", **fixed)
    bands = study.reach["minutes"]
    left, bottom, right, top = study.areas.total_bounds
    smallest_m2 = (max(right - left, top - bottom) / SMALLEST_PART) ** 2
    for minutes in sorted(bands, reverse=True):
        width = "far" if minutes == bands.max() else "near"
        land = [tidy(shape, smallest_m2) for shape in study.reach.geometry[bands == minutes]]
        outline = gpd.GeoDataFrame(geometry=[shape for shape in land if shape], crs=study.reach.crs)
        add(f"reach{minutes:g}", shapes(outline, LINE_VERTICES), "lines", f"reach {width}", **fixed)
    roads = getattr(study, "roads_context", None)
    add("roads", shapes(roads, LINE_VERTICES) if roads is not None else [], "roads", "road", **fixed)
    add("highways", shapes(study.highways, LINE_VERTICES), "highways", "highway", **fixed)
    _add_points(page_map, layers, view)
    return layers


def _add_points(page_map: OutreachMap, layers: Layers, view: View) -> None:
    area_numbers = {row.area_id: number for number, row in enumerate(view.rows)}
    shown = shown_at_start(view)
    for kind in view.venue_counts:
        columns = point_columns([venue for venue in view.venues if venue.kind == kind], VENUE_FIELDS, area_numbers)
        layers[kind] = PointLayer(kind, VENUES[kind], kind, "venues", columns, show=kind in shown)
    if view.providers:
        columns = point_columns(view.providers, PROVIDER_FIELDS, area_numbers)
        layers["providers"] = PointLayer("providers", PROVIDER, "provider", "providers", columns, show=False)
    for key in (*view.venue_counts, *(["providers"] if view.providers else [])):
        layers[key].add_to(page_map, name=key)


def shown_at_start(view: View) -> set[str]:
    """Return the kinds of venue and the service categories that are drawn when the page opens: few enough to be read."""
    venues = {kind for kind, number in view.venue_counts.items() if VENUES[kind].shown and number <= CROWD}
    needed = {c for c, number in view.provider_counts.items() if c in view.place.required and number <= CROWD}
    return venues | needed


def _other_regions(study: Study) -> gpd.GeoDataFrame | None:
    """Return the regions to outline: none when the areas themselves are the regions."""
    regions = getattr(study, "regions", None)
    if regions is None or len(regions) >= len(study.areas):
        return None
    return regions


def shapes(table: gpd.GeoDataFrame, vertices: int, *, coverage: bool = False) -> list[dict[str, Any]]:
    """Return a table's geometry as GeoJSON features in degrees, numbered from 0 in the table's order.

    Parameters
    ----------
    table
        Polygons or lines in a metric CRS.
    vertices
        The shapes are simplified until they have about this many vertices together.
    coverage
        True for areas that share borders: these stay shared, so that no slivers open between neighbours.
    """
    if not len(table):
        return []
    return features(simplify(table.geometry, vertices, coverage=coverage), table.crs)


def features(shapes_m: Sequence[Any] | np.ndarray, crs: Any) -> list[dict[str, Any]]:
    """Return shapes in a metric CRS as GeoJSON features in degrees, numbered from 0."""
    degrees = to_degrees(gpd.GeoSeries(list(shapes_m), crs=crs))
    return [
        {"type": "Feature", "id": number, "properties": {}, "geometry": rounded(mapping(geometry))}
        for number, geometry in enumerate(degrees)
    ]


def tidy(shape: BaseGeometry, smallest_m2: float) -> BaseGeometry:
    """Return polygons without the parts and holes that are smaller than `smallest_m2`."""
    kept = [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area >= smallest_m2])
        for part in shapely.get_parts(shape)
        if part.area >= smallest_m2
    ]
    return MultiPolygon(kept)


def simplify(geometry: gpd.GeoSeries, vertices: int, *, coverage: bool) -> np.ndarray:
    """Return geometry with at most about `vertices` vertices; the tolerance starts below what a screen can show."""
    method: Callable[..., np.ndarray] = shapely.coverage_simplify if coverage else shapely.simplify
    source = simple = shapely.force_2d(geometry.to_numpy())
    left, bottom, right, top = geometry.total_bounds
    span = max(right - left, top - bottom, 1.0)
    tolerance = span / FINEST
    while (count := shapely.get_num_coordinates(simple).sum()) > vertices and tolerance < span / COARSEST:
        simple = method(simple, tolerance)
        tolerance *= 1.6 if count > 2 * vertices else 1.25
    return np.where(shapely.is_empty(simple), source, simple)


def rounded(value: Any) -> Any:
    """Return GeoJSON with its coordinates rounded to `DECIMALS` decimals, about 11 m."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    return value
