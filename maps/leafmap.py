"""folium's map without what a page that works offline cannot have: web libraries, tiles and random names."""

from typing import Any

import folium
from folium.template import Template

from maps.bundle import SCHEME
from maps.figure import OfflineFigure


class OutreachMap(folium.Map):
    """A folium map whose page is one file that makes no request.

    It takes further folium layers as any map does, as long as they bring no script or style sheet of their own: those
    are refused when the page is rendered.

    Parameters
    ----------
    figure
        The page around the map.
    options
        Leaflet's map options in folium's spelling.
    """

    # folium's own lists would fetch jQuery, Bootstrap and two icon fonts from the web.
    default_js: list[tuple[str, str]] = [  # noqa: RUF012 - as folium declares it
        ("leaflet", f"{SCHEME}leaflet.js"),
        ("outreach", f"{SCHEME}outreach.js"),
    ]
    default_css: list[tuple[str, str]] = [  # noqa: RUF012
        ("leaflet_css", f"{SCHEME}leaflet.css"),
        ("outreach_css", f"{SCHEME}outreach.css"),
    ]

    _template = Template(
        """
        {% macro header(this, kwargs) %}{% endmacro %}
        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map(
            {{ this.get_name()|tojson }},
            {center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}}
        );
        {% endmacro %}
        """
    )

    def __init__(self, figure: OfflineFigure, **options: Any) -> None:  # noqa: ANN401 - folium's own signature
        super().__init__(tiles=None, **options)
        self._id = "main"
        self.figure = figure
        figure.add_child(self, name="map")

    def _repr_html_(self, **kwargs: Any) -> str:  # noqa: ANN401 - folium's own signature
        """Return the page in a frame of its own, as a notebook shows it."""
        return self.figure._repr_html_(**kwargs)
