"""Points as a folium layer that stays small: one column per field instead of one object per point."""

from collections.abc import Mapping, Sequence
from typing import Any

import folium
import numpy as np
from folium.template import Template

from geo.compact import pack_points
from maps.client import packed, to_parsed, to_script
from maps.geometry import DECIMALS
from maps.symbology import Symbol


class PointLayer(folium.map.Layer):
    """Points of one kind, drawn with their kind's shape by ``OutreachMap.points``.

    folium's GeoJson takes about 300 bytes a point, this about 100, and a state has thousands of services.

    Parameters
    ----------
    key
        Name of the layer, which is also its id.
    symbol
        How its points look.
    kind
        Name of its colour.
    pane
        Pane it is drawn in.
    columns
        What `point_columns` returns.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = OutreachMap.points({{ this.look }}, {{ this.columns }});
        {% endmacro %}
        """
    )

    def __init__(
        self, key: str, symbol: Symbol, kind: str, pane: str, columns: Mapping[str, Any], *, show: bool
    ) -> None:
        super().__init__(name=key, overlay=True, control=False, show=show)
        self._name, self._id = "Points", key
        self.look = to_script({"shape": symbol.shape, "className": f"point p-{kind}", "pane": pane})
        self.columns = to_parsed(columns)


def point_columns(places: Sequence[Any], fields: Sequence[str], area_numbers: Mapping[str, int]) -> dict[str, Any]:
    """Return places as columns: ``at`` (packed), ``area`` (number of the row, -1 outside) and the text fields.

    A field that no place has is left out.
    """
    columns: dict[str, Any] = {
        "at": pack_points(np.array([[place.lon, place.lat] for place in places]), decimals=DECIMALS),
        "area": [area_numbers.get(place.area_id, -1) for place in places],
    }
    for field in fields:
        values = [_text(getattr(place, field)) for place in places]
        if any(values):
            columns[field] = packed(values)
    return columns


def _text(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else " ".join(value)
