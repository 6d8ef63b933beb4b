"""The map of a study for paper and slides, as PNG, SVG and PDF from one drawing, and a picture for reports."""

from collections.abc import Mapping
from types import MappingProxyType

from layers.study import Study
from maps.static_map import Choice, choose, draw_map, proportion
from maps.static_marks import POINTS_PER_INCH, Box
from maps.static_parts import draw_footer, draw_header, draw_key, draw_table, key_entries, lay_key
from maps.static_sheet import DPI, Form, Sheet
from maps.values import View
from maps.view import make_view

PAPERS: Mapping[str, tuple[int, int]] = MappingProxyType({"letter": (3300, 2550), "a4": (3508, 2480)})
"""Width and height of a sheet in landscape, in dots at 300 dpi."""

PICTURE_IN = (6.9, 6.6)
PICTURE_DPI = 170
"""Width, most height in inches, and resolution of the picture for reports."""

_MARGIN = 29.0
_GAP = 16.0
_NARROWEST_TABLE = 262.0
_WIDEST_TABLE = 410.0
_TABLE_BELOW = 168.0
_KEY_SHARE = 0.33
_KEY_BESIDE = 185.0
_TALL = 0.85
_LOWEST = 160.0
_CLEARLY = 1.15
"""The table goes below the map where the map becomes larger by at least this factor."""


def draw_poster(study: Study, view: View) -> Sheet:
    """Return the sheet with the map, its key, the first ranks, the sources and the hotline.

    Parameters
    ----------
    study
        The finished analysis.
    view
        What `maps.view.make_view` returns for it.
    """
    sheet = Sheet(*PAPERS[study.project.paper], language=view.texts.language)
    page = sheet.box.grown(-_MARGIN)
    bottom, top = draw_footer(sheet, page, study, view), draw_header(sheet, page, view)
    body = Box(page.left, bottom, page.right, top)
    draw = _draw_stacked if _table_below(body, proportion(study)) else _draw_beside
    draw(sheet, body, study, view, choose(study, view))
    return sheet


def _table_below(body: Box, shape: float) -> bool:
    """Return whether the map is clearly larger with the table below it than with the table at its side."""
    beside = min((body.width - _GAP - _NARROWEST_TABLE) / shape, body.height)
    below = min(body.width / shape, body.height - _GAP - _TABLE_BELOW)
    return below > _CLEARLY * beside


def _draw_beside(sheet: Sheet, body: Box, study: Study, view: View, choice: Choice) -> None:
    widest, narrowest = (body.width - _GAP - table for table in (_NARROWEST_TABLE, _WIDEST_TABLE))
    across = min(widest, max(narrowest, body.height * proportion(study)))
    draw_map(sheet, Box(body.left, body.bottom, body.left + across, body.top), study, view, choice)
    left = body.left + across + _GAP
    key = lay_key(key_entries(study, view, choice), body.right - left)
    draw_key(sheet, left, body.top, key, view)
    draw_table(sheet, Box(left, body.bottom, body.right, body.top - key.height - 6), view)


def _draw_stacked(sheet: Sheet, body: Box, study: Study, view: View, choice: Choice) -> None:
    split = body.left + _KEY_SHARE * body.width
    key = lay_key(key_entries(study, view, choice), split - body.left)
    height = body.height - _GAP / 2 - max(_TABLE_BELOW, key.height)
    frame = Box(body.left, body.top - height, body.right, body.top)
    draw_map(sheet, frame, study, view, choice)
    draw_key(sheet, body.left, frame.bottom - _GAP / 2, key, view)
    table = Box(split + _GAP, body.bottom, body.right, frame.bottom - _GAP / 2)
    draw_table(sheet, table, view, blocks=2)


def static_map(study: Study, form: Form, *, view: View | None = None) -> bytes:
    """Return the printed map as a file of the given form; the same study gives the same bytes.

    Parameters
    ----------
    study
        The finished analysis.
    form
        "png" (300 dpi), "svg" or "pdf".
    view
        Its view, when it is at hand.
    """
    view = view or make_view(study)
    return draw_poster(study, view).save(form, title=view.title)


def picture(study: Study, view: View) -> bytes:
    """Return map and key alone as a PNG, for a report that has its own words around them.

    The key stands beside a tall study area, and below one that is wide.
    """
    choice, shape = choose(study, view), proportion(study)
    width = PICTURE_IN[0] * POINTS_PER_INCH - 2
    most = PICTURE_IN[1] * POINTS_PER_INCH
    tall = shape < _TALL
    key = lay_key(key_entries(study, view, choice), _KEY_BESIDE if tall else width)
    across = width - (_KEY_BESIDE + 10 if tall else 0)
    high = max(min(across / shape, most - (0 if tall else key.height)), _LOWEST)
    total = max(high, key.height) if tall else high + key.height
    sheet = Sheet(*(round(side / POINTS_PER_INCH * DPI) for side in (width + 2, total + 2)))
    page = sheet.box.grown(-1)
    frame = Box(page.left, page.top - high, page.left + across, page.top)
    draw_map(sheet, frame, study, view, choice)
    corner = (frame.right + 10, page.top) if tall else (page.left, frame.bottom - 6)
    draw_key(sheet, *corner, key, view)
    return sheet.save("png", title=view.title, dpi=PICTURE_DPI)
