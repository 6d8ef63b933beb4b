"""The map page of a study."""

from types import MappingProxyType
from typing import Any

from layers.study import Study
from maps.along_view import make_along
from maps.client import App, page_data
from maps.fallback import static_map
from maps.figure import OfflineFigure
from maps.first_sight import shown_at_start
from maps.layers import Layers, add_layers, add_panes
from maps.leafmap import OutreachMap
from maps.names import clean
from maps.section_view import SectionsView, make_sections
from maps.service_rows import rural_rows, sharing_rows
from maps.symbology import PROVIDER, VENUES, outline
from maps.values import View
from maps.view import make_view

PRINTED_ROWS = 160
"""More rows than this are not printed; the page says so."""
MOST_ROWS = 1_000
"""Up to so many rows are all in the document; of more only those that are printed, and a reader who runs no scripts is
told which file has them all."""
ROWS_AT_ONCE = 100
"""So many rows are seen at first where scripts run, as in `table.js`: the others wait in bodies of their own, so that a
browser need not lay them out."""
PRINTED_FIRST = 15
SHEETS = MappingProxyType({"letter": ("letter", 259), "a4": ("A4", 277)})
"""Size of the printed page as CSS has it, and its width between the margins in mm."""
RURAL = 0.5
"""An area is rural when more than this share of its people is."""


def build_map(study: Study, view: View | None = None) -> OutreachMap:
    """Return the map of a study: a folium map that shows its own page in a notebook and saves it as one file.

    Parameters
    ----------
    study
        A `layers.study.Study`.
    view
        Its view, when it is at hand.
    """
    view = view or make_view(study)
    figure = OfflineFigure(view.title)
    (south, west), (north, east) = view.bounds
    page_map = OutreachMap(
        figure,
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=7,
        zoom_snap=0.25,
        zoom_delta=0.5,
        max_zoom=15,
        zoom_control=False,
        attribution_control=False,
        bounce_at_zoom_limits=False,
    )
    add_panes(page_map)
    layers = add_layers(page_map, study, view)
    along, sections = make_along(study, view), make_sections(study, view)
    tiles = study.project.tiles
    figure.picture_hosts = (tiles.host,) if tiles else ()
    own = {"along": along, "sections": sections, "counties": _counties(view, sections)}
    figure.context = {**_context(study, view, layers), **own}
    data = {**page_data(view), "printed": PRINTED_ROWS, **({"along": along.data} if along else {})}
    if tiles:
        data["tiles"] = {"url": tiles.url, "credit": clean(tiles.attribution), "zoom": tiles.max_zoom}
    if sections:
        data["sections"] = sections.data
    page_map.add_child(App(layers, data), name="app")
    return page_map


def render_page(study: Study, view: View | None = None) -> str:
    """Return the map page of a study as the text of one HTML file; the same study gives the same bytes."""
    return str(build_map(study, view).get_root().render())


def _counties(view: View, sections: SectionsView | None) -> list[str]:
    """Return the counties that rankings can be cut down to: those the areas lie in, or that sections run through."""
    if any(row.place for row in view.rows):
        return sorted({row.place for row in view.rows} - {""})
    return sorted(row.name for row in view.rows) if sections else []


def _table_parts(served: int) -> list[tuple[int, int, str]]:
    """Return first row, last row and class of each body of the ranking."""
    ends = (0, min(ROWS_AT_ONCE, served), min(PRINTED_ROWS, served), served)
    return list(zip(ends[:-1], ends[1:], ("", "later", "later unprinted"), strict=True))


def _context(study: Study, view: View, layers: Layers) -> dict[str, Any]:
    """Return what the page's template shows."""
    bands = [f"{minutes:g}" for minutes in sorted(study.reach["minutes"])]
    served = len(view.rows) if len(view.rows) <= MOST_ROWS else PRINTED_ROWS
    return {
        "view": view,
        "t": view.texts,
        "kinds": [(kind, VENUES[kind], number) for kind, number in view.venue_counts.items()],
        "provider": PROVIDER,
        "outline": outline,
        "shown": shown_at_start(study, view),
        "reach": [minutes for minutes in bands if f"reach{minutes}" in layers],
        "band_width": view.texts.distance(study.project.corridor.half_width_m, view.place.unit),
        "has": {name: name in layers for name in ("under", "roads", "context", "regions", "lakes", "rivers")},
        "tiles": study.project.tiles,
        "rural": rural_rows(study, view),
        "sharing": sharing_rows(study, view),
        "headline": f"{view.place.headline_min:g}",
        "last": f"{view.place.bands_min[-1]:g}",
        "n_underserved": sum(row.underserved for row in view.rows),
        "any_rural": any(row.rural_share > RURAL for row in view.rows),
        "n_low": sum(row.confidence == "low" for row in view.rows),
        "printed_rows": PRINTED_ROWS,
        "served_rows": served,
        "table_parts": [part for part in _table_parts(served) if part[0] < part[1]],
        "sheet": SHEETS[study.project.paper],
        "printed_first": min(PRINTED_FIRST, len(view.rows)),
        "static_map": static_map(study, view),
        "static_caption": view.texts(
            "page.static_caption", plural=view.place.plural[:1].upper() + view.place.plural[1:]
        ),
    }
