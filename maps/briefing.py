"""The briefing: one HTML file without script that prints to a few tidy pages."""

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from layers.study import Study
from maps.along_view import between_words, direction_words
from maps.names import clean
from maps.service_rows import rural_rows, sharing_rows
from maps.static import picture
from maps.static_parts import hotline_words, sources_by_kind
from maps.templating import template
from maps.values import View
from maps.view import make_view

ROWS = 25
"""Most areas in the table."""
EXPLAINED = 3
"""So many areas are told in words."""
GAPS = 10
"""Most stretches of highway in the table."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_PAGES: Mapping[str, str] = MappingProxyType({"letter": "Letter portrait", "a4": "A4 portrait"})
_UNREACHABLE_MIN = 1e6


def render_briefing(study: Study, *, view: View | None = None) -> str:
    """Return the briefing of a study as the text of one HTML file; the same study gives the same bytes.

    Parameters
    ----------
    study
        The finished analysis.
    view
        Its view, when it is at hand.
    """
    view = view or make_view(study)
    return template("briefing.html.j2").render(
        t=view.texts,
        view=view,
        policy=POLICY,
        page_size=_PAGES[study.project.paper],
        rows=view.rows[:ROWS],
        first=view.rows[:EXPLAINED],
        picture=base64.b64encode(picture(study, view)).decode(),
        rural=rural_rows(study, view),
        sharing=sharing_rows(study, view),
        gaps=_gaps(study, view),
        sources=sources_by_kind(view),
        headline=f"{view.place.headline_min:g}",
        last=f"{view.place.bands_min[-1]:g}",
        hotline=hotline_words(view) if view.hotline else None,
        crs=study.areas.crs.name,
        minutes=lambda value: _minutes(value, view),
    )


def _minutes(value: float, view: View) -> str:
    return view.texts.number(value) if value < _UNREACHABLE_MIN else view.texts("table.none")


def _gaps(study: Study, view: View) -> list[dict[str, str]]:
    """Return the longest stretches far from a service as rows of words; none when the study has no such table."""
    if study.along is None or study.along.gaps.empty:
        return []
    table = study.along.gaps
    own = table[table["band_min"].eq(view.place.headline_min) & (table["length"] > 0)].head(GAPS)
    return [_gap(record, view) for record in own.to_dict("records")]


def _gap(record: Mapping[Any, Any], view: View) -> dict[str, str]:
    t = view.texts
    return {
        "highway": f"{clean(record['label'])} {direction_words(record['direction'], t)}".strip(),
        "service": view.category(str(record["category"])),
        "between": between_words(record["from_exit"], record["to_exit"], record["unit"], t),
        "mileposts": f"{t.number(record['from_milepost'])}–{t.number(record['to_milepost'])}",
        "length": t(f"format.{record['unit']}", n=t.number(record["length"])),
        "worst": _minutes(float(record["minutes_worst"]), view),
    }
