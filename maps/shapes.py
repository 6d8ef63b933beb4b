"""Areas and lines as folium layers that stay small: corners as short text instead of GeoJSON's decimals."""

from collections.abc import Sequence

import folium
import geopandas as gpd
from folium.template import Template
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.compact import pack_shapes
from maps.client import to_script
from maps.geometry import DECIMALS, Shapes, to_degrees


class ShapeLayer(folium.map.Layer):
    """Areas or lines, drawn by ``OutreachMap.shapes`` as one Leaflet layer; the style sheet owns their colors.

    folium's GeoJson takes about 25 bytes a corner, this about 5, and a state's tracts have ten thousand corners.

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
        shapes: str,
        *,
        lines: bool = False,
        interactive: bool = False,
    ) -> None:
        # The page's program adds it, once it knows the view.
        super().__init__(name=key, overlay=True, control=False, show=False)
        self._name, self._id = "Shapes", key
        look = {"className": class_name, "pane": pane, "lines": lines, "interactive": interactive}
        self.look = to_script(look)
        self.shapes = to_script(shapes)


def packed_shapes(shapes_m: Sequence[BaseGeometry] | Shapes, crs: CRS) -> str:
    """Return shapes in degrees as `geo.compact` writes them, rounded to about 11 m; an empty shape keeps its place.

    Parameters
    ----------
    shapes_m
        Polygons or lines in a metric CRS.
    crs
        Their CRS.
    """
    return pack_shapes(to_degrees(gpd.GeoSeries(list(shapes_m), crs=crs)).to_list(), decimals=DECIMALS)
