"""The still map for readers that run no script: inline SVG from the same values."""

from typing import Any

import numpy as np
import shapely
from markupsafe import Markup

from layers.study import Study
from maps.layers import simplify
from maps.texts import Texts
from maps.values import View

WIDTH = 640
_VERTICES = 3_000
_NUMBERED = 10


def static_map(study: Study, view: View) -> Markup:
    """Return the map as one SVG element, in the projection of the study; 640 units wide, as high as the area needs."""
    left, bottom, right, top = study.areas.total_bounds
    scale = WIDTH / max(right - left, 1.0)
    margin = 12

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack([(xy[:, 0] - left) * scale + margin, (top - xy[:, 1]) * scale + margin])

    height = (top - bottom) * scale + 2 * margin
    label = view.texts("page.static_label", plural=view.place.plural)
    parts = [
        Markup('<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">').format(
            WIDTH + 2 * margin, height, label
        ),
        _areas(study, view, move),
        _lines(study, move),
        _points(study, move),
        _ranks(study, view, move),
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def _areas(study: Study, view: View, move: Any) -> Markup:
    simple = shapely.transform(simplify(study.areas.geometry, _VERTICES, coverage=True), move)
    groups: dict[str, list[str]] = {}
    for shape, colour, row in zip(simple, view.measures[0].classes, view.rows, strict=True):
        groups.setdefault(f"area k{colour}", []).append(path(shape))
        if row.confidence == "low":
            groups.setdefault("weak", []).append(path(shape))
    return _paths(sorted(groups.items()))


def _lines(study: Study, move: Any) -> Markup:
    groups = []
    far = study.reach[study.reach["minutes"] == study.reach["minutes"].max()]
    for name, table in (("reach far", far), ("casing highways", study.highways), ("highway", study.highways)):
        simple = shapely.transform(simplify(table.geometry, _VERTICES // 4, coverage=False), move) if len(table) else []
        groups.append((name, [path(shape) for shape in simple]))
    return _paths(groups)


def _points(study: Study, move: Any) -> Markup:
    public = study.providers[study.providers["public"].astype(bool)]
    corners = move(shapely.get_coordinates(public.geometry.to_numpy())) if len(public) else []
    # A line of no length with round ends is a dot, and takes a tenth of a drawn one.
    return _paths([("dot", [f"M{x:.0f} {y:.0f}h0" for x, y in corners])])


def _ranks(study: Study, view: View, move: Any) -> Markup:
    discs = Markup("")
    taken: list[np.ndarray] = []
    points = move(shapely.get_coordinates(study.areas.representative_point().to_numpy()))
    for row, point in zip(view.rows[:_NUMBERED], points, strict=False):
        if any(np.hypot(*(point - other)) < 21 for other in taken):  # noqa: PLR2004 - two radii
            continue
        taken.append(point)
        discs += Markup('<circle class="disc" cx="{:.1f}" cy="{:.1f}" r="10"/>').format(*point)
        discs += Markup('<text class="disc" x="{:.1f}" y="{:.1f}">{}</text>').format(point[0], point[1] + 4, row.rank)
    return discs


def _paths(groups: Any) -> Markup:
    element = Markup('<path class="{}" d="{}"/>')
    return Markup("").join(element.format(name, "".join(paths)) for name, paths in groups if paths)


def path(shape: Any) -> str:
    """Return the SVG path of polygons or lines whose coordinates are already those of the picture."""
    found = []
    for part in shapely.get_parts(shape):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in shapely.get_coordinates(ring))
            found.append(f"M{corners}{'z' if part.geom_type == 'Polygon' else ''}")
    return "".join(found)


def caption(texts: Texts, plural: str) -> str:
    """Return the words below the still map."""
    return texts("page.static_caption", plural=plural[:1].upper() + plural[1:])
