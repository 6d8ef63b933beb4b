"""The sections of the highways as the page lists them: ranked like areas, with what drivers can reach told apart."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd

from geo.vocabulary import CATEGORIES
from layers.study import Study
from maps.client import measure_data, packed
from maps.geometry import simplify
from maps.names import clean
from maps.section_names import section_names
from maps.shapes import packed_shapes
from maps.strip_layout import category_label
from maps.texts import Texts
from maps.values import Row, View
from maps.view import make_view

PRINTED_SECTIONS = 40
"""More sections than this are not printed; the page says so."""

NUMBERED = 10
"""Sections whose rank is on the map."""

_VERTICES = 2_500


@dataclass(frozen=True)
class SectionView:
    """One section: its row as an area has one, and beside it the figures from its exits."""

    row: Row
    worst: str
    """In a few words, the service that is farthest from its exits."""
    exits: str
    """From which exits the drivers' minutes start, in words."""
    drivers: tuple[tuple[str, str, str], ...]
    """Per category: label, minutes from the middle exit, minutes from the farthest."""


@dataclass(frozen=True)
class SectionsView:
    """The list of sections."""

    rows: tuple[SectionView, ...]
    data: Mapping[str, Any]
    """What the page's program needs: where each lies along its highway, and its outline."""
    printed: int = PRINTED_SECTIONS


def make_sections(study: Study, view: View) -> SectionsView | None:
    """Return the sections as the page lists them; None when the study ranks none.

    Parameters
    ----------
    study
        The finished analysis.
    view
        Its plain values.
    """
    table = study.sections
    if table is None or table.empty or study.along is None:
        return None
    t = view.texts
    nouns = {"singular": t("sections.singular"), "plural": t("sections.plural")}
    project = study.project.model_copy(update={"areas": study.project.areas.model_copy(update=nouns)})
    table = table.assign(name=section_names(table.to_dict("records"), t))
    ranked = make_view(dataclasses.replace(study, areas=table, project=project))
    rows = ranked.rows
    order = {strip.route_id: number for number, strip in enumerate(study.along.strips)}
    outlines = packed_shapes(simplify(table.geometry, _VERTICES, coverage=True), table.crs)
    ends = zip(table["route_id"], table["from_milepost"], table["to_milepost"], strict=True)
    return SectionsView(
        rows=tuple(
            _section(row, record, view.place.required, t)
            for row, record in zip(rows, table.to_dict("records"), strict=True)
        ),
        data={
            "stretches": [[order[ref], round(float(low), 3), round(float(high), 3)] for ref, low, high in ends],
            "id": [row.area_id for row in rows],
            "columns": _columns(rows, table, study, view),
            **nouns,
            "ranks": [[row.rank, row.rank_low, row.rank_high] for row in rows],
            "point": [[round(row.label_lat, 4), round(row.label_lon, 4)] for row in rows[:NUMBERED]],
            "shapes": outlines,
            "measures": [measure_data(measure) for measure in ranked.measures],
        },
    )


def _columns(rows: tuple[Row, ...], table: gpd.GeoDataFrame, study: Study, view: View) -> dict[str, Any]:
    """Return what the page's filters ask of each section, in the columns that areas have."""
    highways = {highway.ref: highway.label for highway in view.highways}
    places = {row.area_id: row.place or row.name for row in view.rows}
    pairs = gpd.sjoin(table[["geometry"]], study.areas[["geometry"]].rename_axis("area"))
    crossed = pairs["area"].map(clean).map(places).groupby(level=0).agg(lambda own: "\n".join(sorted(set(own))))
    return {
        "name": [row.name for row in rows],
        "place": crossed.reindex(table.index).fillna("").tolist(),
        "search": packed([row.search for row in rows]),
        "highways": [highways.get(clean(ref), clean(ref)) for ref in table["ref"]],
        "underserved": "".join(str(int(row.underserved)) for row in rows),
        "rural": [_share(row.rural_share) for row in rows],
        "beyond": {
            category: [_share(row.services[at].beyond) for row in rows]
            for at, category in enumerate(view.place.required)
        },
    }


def _share(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None


def _section(row: Row, record: Mapping[Any, Any], required: tuple[str, ...], texts: Texts) -> SectionView:
    worst = {category: float(record[f"exit_worst_{category}"]) for category in required}
    known = {category: minutes for category, minutes in worst.items() if not math.isnan(minutes)}
    farthest = max(known, key=lambda category: (known[category], -list(CATEGORIES).index(category)), default="")
    number = int(record["n_exits"])
    return SectionView(
        row=row,
        worst=texts(
            "sections.worst",
            minutes=texts.minutes(known[farthest]),
            service=texts.get(f"category.{farthest}.plain", farthest),
        )
        if farthest
        else texts("sections.no_exits"),
        exits=texts.count("sections.from_exits", number)
        if number
        else texts("sections.from_nearest" if known else "sections.no_exits"),
        drivers=tuple(
            (
                category_label(category, texts),
                texts.minutes(float(record[f"exit_median_{category}"])),
                texts.minutes(minutes),
            )
            for category, minutes in known.items()
        ),
    )
