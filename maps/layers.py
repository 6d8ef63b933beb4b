"""Tables of a study → folium layers, styled by class name only: the page's style sheet owns every colour."""

from collections.abc import Iterator

import folium
import geopandas as gpd
import shapely
from folium.map import CustomPane

from layers.study import Study
from maps.first_sight import SMALLEST_PART
from maps.geometry import simplify, tidy, width_of
from maps.leafmap import OutreachMap
from maps.points import PointLayer, point_columns
from maps.shapes import ShapeLayer, packed_shapes
from maps.symbology import PROVIDER, VENUES
from maps.values import View

PANES = (
    "context",
    "areas",
    "marks",
    "water",
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
LINE_VERTICES = 2_000

BORDER_M = 3_000.0
"""The reach ends at the border of the study area because nothing beyond is asked: along it no outline is drawn."""

VENUE_FIELDS = ("name", "highway", "exit", "drive", "distance", "source")
PROVIDER_FIELDS = (
    "name", "categories", "phone", "website", "address", "town", "hours", "languages", "serves", "verified_on",
    "source", "exit", "drive",
)  # fmt: skip

Layers = dict[str, folium.map.Layer]
Named = tuple[str, ShapeLayer | None]


def add_panes(page_map: OutreachMap) -> None:
    """Add a pane per kind of layer: the order of drawing, whatever is switched on when."""
    for number, name in enumerate(PANES):
        base = _LABELS_Z if name in ("labels", "ranks") else _FIRST_Z
        pane = CustomPane(name, z_index=base + 5 * number, pointer_events=name in _TOUCHABLE)
        pane._id = name  # noqa: SLF001 - folium's ids are random
        pane.add_to(page_map, name=f"pane_{name}")


def add_layers(page_map: OutreachMap, study: Study, view: View) -> Layers:
    """Add all layers of a study to the map and return them by the name the page's program knows them by."""
    shapes = (*_ground(study), *_reach(study), *_roads(study))
    layers: Layers = {key: layer for key, layer in shapes if layer is not None} | _points(view)
    for key, layer in layers.items():
        layer.add_to(page_map, name=key)
    return layers


def _ground(study: Study) -> Iterator[Named]:
    """Yield the areas, the outline of the underserved ones, and what lies around them."""
    crs = study.areas.crs
    context: gpd.GeoDataFrame | None = study.context
    if context is not None:
        yield _layer("context", "context", "context", context, AREA_VERTICES // 4)
    simple = simplify(study.areas.geometry, AREA_VERTICES, coverage=True)
    yield "areas", ShapeLayer("areas", "area", "areas", packed_shapes(simple, crs), interactive=True)
    underserved = shapely.union_all(simple[study.areas["underserved"].to_numpy(dtype=bool)])
    if not underserved.is_empty:
        yield "under", ShapeLayer("under", "under", "lines", packed_shapes([underserved], crs))
    regions: gpd.GeoDataFrame | None = study.regions
    if regions is not None and len(regions) < len(study.areas):
        # Each border once, as one shape: it is drawn sooner than the outlines of all regions.
        outlines = shapely.boundary(simplify(regions.geometry, AREA_VERTICES // 4, coverage=True))
        borders = packed_shapes([shapely.line_merge(shapely.union_all(outlines))], crs)
        yield "regions", ShapeLayer("regions", "region", "marks", borders, lines=True)


def _reach(study: Study) -> Iterator[Named]:
    """Yield the outline of each band, the widest first."""
    smallest_m2 = (width_of(study.areas.geometry) / SMALLEST_PART) ** 2
    table = study.reach.sort_values("minutes", ascending=False)
    border = study.areas.geometry.union_all().boundary.buffer(BORDER_M)
    for minutes, shape in zip(table["minutes"], table.geometry, strict=True):
        ring = tidy(shape, smallest_m2).boundary
        inner = shapely.line_merge(ring.difference(border))
        outline = gpd.GeoDataFrame(geometry=[ring if inner.is_empty else inner], crs=table.crs)
        name = "reach far" if minutes == table["minutes"].max() else "reach near"
        yield _layer(f"reach{minutes:g}", name, "lines", outline, LINE_VERTICES)


def _roads(study: Study) -> Iterator[Named]:
    """Yield water, the corridor, main roads for orientation, and the studied highways."""
    water: gpd.GeoDataFrame | None = study.water
    if water is not None:
        for kind in ("lake", "river"):
            yield _layer(f"{kind}s", kind, "water", water[water["kind"].eq(kind)], LINE_VERTICES)
    yield _layer("band", "band", "lines", study.corridor, LINE_VERTICES // 2)
    roads: gpd.GeoDataFrame | None = study.roads_context
    if roads is not None:
        yield _layer("roads", "road", "roads", roads, LINE_VERTICES)
    yield _layer("highways", "highway", "highways", study.highways, LINE_VERTICES)


def _layer(key: str, class_name: str, pane: str, table: gpd.GeoDataFrame, vertices: int) -> Named:
    """Return a layer of all shapes of a table; None instead of one that would show nothing."""
    shown = table[~table.geometry.is_empty]
    if shown.empty:
        return key, None
    shapes = packed_shapes(simplify(shown.geometry, vertices), table.crs)
    lines = bool((shapely.get_dimensions(shown.geometry.to_numpy()) == 1).all())
    return key, ShapeLayer(key, class_name, pane, shapes, lines=lines)


def _points(view: View) -> Layers:
    numbers = {row.area_id: number for number, row in enumerate(view.rows)}
    layers: Layers = {}
    for kind in view.venue_counts:
        columns = point_columns([venue for venue in view.venues if venue.kind == kind], VENUE_FIELDS, numbers)
        layers[kind] = PointLayer(kind, VENUES[kind], kind, "venues", columns, show=False)
    if view.providers:
        columns = point_columns(view.providers, PROVIDER_FIELDS, numbers)
        layers["providers"] = PointLayer("providers", PROVIDER, "provider", "providers", columns, show=False)
    return layers
