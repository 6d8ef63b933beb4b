"""Areas and lines as folium layers that stay small: corners as steps in whole units instead of GeoJSON's decimals."""

from collections.abc import Sequence
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from folium.template import Template
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from maps.client import to_script
from maps.geometry import DECIMALS, Shapes, to_degrees

Packed = list[list[Any]]


class ShapeLayer(folium.map.Layer):
    """Areas or lines, drawn by ``OutreachMap.shapes`` as one Leaflet GeoJSON layer; the style sheet owns their colors.

    folium's GeoJson takes about 25 bytes a corner, this about 10, and a state's tracts have ten thousand corners.

    Parameters
    ----------
    key
        Name of the layer, which is also its id.
    class_name
        Class of each shape.
    pane
        Pane it is drawn in.
    shapes
        What `packed_shapes` returns.
    ramp
        Ramp color (1–5) of each shape, which becomes its second class; empty for none.
    lines
        Whether the shapes are lines.
    interactive
        Whether it can be clicked.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = OutreachMap.shapes({{ this.look }}, {{ this.shapes }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        key: str,
        class_name: str,
        pane: str,
        shapes: Packed,
        *,
        ramp: Sequence[int] = (),
        lines: bool = False,
        interactive: bool = False,
    ) -> None:
        # The page's program adds it, once it knows the view.
        super().__init__(name=key, overlay=True, control=False, show=False)
        self._name, self._id = "Shapes", key
        look = {"className": class_name, "pane": pane, "ramp": "".join(map(str, ramp))}
        self.look = to_script({**look, "lines": lines, "interactive": interactive})
        self.shapes = to_script(shapes)


def packed_shapes(shapes_m: Sequence[BaseGeometry] | Shapes, crs: CRS) -> Packed:
    """Return shapes as lists of parts: of a polygon a list of rings, of a line the line; an empty shape has no part.

    A ring or line is one flat list: longitude and latitude of the first corner in units of 0.0001 degrees (about
    11 m), then the step from each corner to the next. The last corner of a ring, which is its first, is left out.

    Parameters
    ----------
    shapes_m
        Polygons or lines in a metric CRS.
    crs
        Their CRS.

    Examples
    --------
    >>> packed_shapes([shapely.LineString([(500_000, 0), (501_000, 0), (501_000, 2_000)])], CRS("EPSG:32616"))
    [[[-870000, 0, 90, 0, 0, 181]]]
    """
    degrees = to_degrees(gpd.GeoSeries(list(shapes_m), crs=crs))
    return [[_part(part) for part in shapely.get_parts(shape) if not part.is_empty] for shape in degrees]


def _part(part: BaseGeometry) -> list[Any]:
    if isinstance(part, shapely.Polygon):
        return [_steps(shapely.get_coordinates(ring)[:-1]) for ring in (part.exterior, *part.interiors)]
    return _steps(shapely.get_coordinates(part))


def _steps(corners: np.ndarray) -> list[int]:
    whole = np.rint(corners * 10**DECIMALS).astype(int)
    steps = np.diff(whole, axis=0)
    return [int(value) for value in np.vstack([whole[:1], steps[steps.any(axis=1)]]).ravel()]
