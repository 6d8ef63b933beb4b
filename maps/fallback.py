"""The still map for readers that run no script: inline SVG from the same values."""

from collections.abc import Callable, Iterable

import numpy as np
import shapely
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from layers.study import Study
from maps.geometry import Shapes, simplify
from maps.values import View

WIDTH = 1000
_MARGIN = 18
_VERTICES = 3_000
_PER_AREA = 10
_NUMBERED = 10
_DISC = 32
"""Two radii of a disc."""

Move = Callable[[np.ndarray], np.ndarray]


def static_map(study: Study, view: View) -> Markup:
    """Return the map as one SVG element in the projection of the study, `WIDTH` units wide and as high as it needs."""
    left, bottom, right, top = study.areas.total_bounds
    scale = WIDTH / max(right - left, 1.0)

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack([(xy[:, 0] - left) * scale + _MARGIN, (top - xy[:, 1]) * scale + _MARGIN])

    head = Markup('<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">').format(
        WIDTH + 2 * _MARGIN,
        (top - bottom) * scale + 2 * _MARGIN,
        view.texts("page.static_label", plural=view.place.plural),
    )
    groups = (*_areas(study, view, move), *_lines(study, move), _dots(study, move))
    drawn = (Markup('<path class="{}" d="{}"/>').format(name, "".join(paths)) for name, paths in groups if paths)
    return Markup("").join([head, *drawn, _ranks(study, view, move), Markup("</svg>")])


def _areas(study: Study, view: View, move: Move) -> list[tuple[str, list[str]]]:
    simple: Shapes = shapely.transform(
        simplify(study.areas.geometry, max(_VERTICES, _PER_AREA * len(study.areas)), coverage=True), move
    )
    groups: dict[str, list[str]] = {}
    for shape, colour, row in zip(simple, view.measures[0].classes, view.rows, strict=True):
        groups.setdefault(f"area k{colour}", []).append(_path(shape))
        if row.confidence == "low":
            groups.setdefault("weak", []).append(_path(shape))
    return sorted(groups.items())


def _lines(study: Study, move: Move) -> Iterable[tuple[str, list[str]]]:
    far = study.reach[study.reach["minutes"] == study.reach["minutes"].max()]
    for table, *names in ((far, "reach far"), (study.highways, "casing highways", "highway")):
        shapes = shapely.transform(simplify(table.geometry, _VERTICES // 4), move) if len(table) else []
        paths = [_path(shape) for shape in shapes]
        yield from ((name, paths) for name in names)


def _dots(study: Study, move: Move) -> tuple[str, list[str]]:
    """Return the public providers. A line of no length with round ends is a dot, and takes a tenth of a drawn one."""
    public = study.providers[study.providers["public"].astype(bool)]
    corners = move(shapely.get_coordinates(public.geometry.to_numpy()))
    return "dot", [f"M{x:.0f} {y:.0f}h0" for x, y in corners]


def _ranks(study: Study, view: View, move: Move) -> Markup:
    discs = Markup("")
    taken: list[np.ndarray] = []
    points = move(shapely.get_coordinates(study.areas.representative_point().to_numpy()))
    for row, point in zip(view.rows[:_NUMBERED], points, strict=False):
        if any(np.hypot(*(point - other)) < _DISC for other in taken):
            continue
        taken.append(point)
        discs += Markup('<circle class="disc" cx="{:.0f}" cy="{:.0f}" r="15"/>').format(*point)
        discs += Markup('<text class="disc" x="{:.0f}" y="{:.0f}">{}</text>').format(point[0], point[1] + 6, row.rank)
    return discs


def _path(shape: BaseGeometry) -> str:
    """Return the SVG path of polygons or lines whose coordinates are already those of the picture."""
    found = []
    for part in shapely.get_parts(shape):
        closed = part.geom_type == "Polygon"
        for ring in [part.exterior, *part.interiors] if closed else [part]:
            corners = np.rint(shapely.get_coordinates(ring)).astype(int)
            steps = np.diff(corners[:-1] if closed else corners, axis=0)
            moves = "".join(f"{x:+d}{y:+d}" for x, y in steps[steps.any(axis=1)].tolist()).replace("+", " ")
            found.append(f"M{corners[0, 0]},{corners[0, 1]}{f'l{moves}' if moves else 'h0'}{'z' if closed else ''}")
    return "".join(found)
