"""The sentences of the page: the finding, what lies behind each rank, the method and its limits."""

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from geo.project import Project
from geo.vocabulary import VENUE_KINDS
from layers.disclosure import LEAST
from layers.figures import Figures
from layers.study import Study
from maps.names import clean, isolate
from maps.texts import Texts
from maps.values import Chapter, Place, Service

SENTENCES = 4
"""Number of sentences of a reason."""

_NAMED_SERVICES = 3
"""More required services than this are summed up in the headline instead of named."""
_NAMED_INDICATORS = 2


def headline(figures: Figures, place: Place, texts: Texts) -> str:
    """Return the finding with its number."""
    n_underserved, n_areas = int(figures.n_underserved), int(figures.n_areas)
    form = "none" if n_underserved == 0 else "all" if n_underserved == n_areas else "some"
    return texts(
        f"headline.{form}",
        n=texts.number(n_underserved),
        total=texts.number(n_areas),
        area=place.area,
        singular=place.singular,
        plural=place.plural,
        minutes=f"{place.headline_min:g}",
        services=services_in_words(place, texts, last="and" if form == "none" else "or"),
        share=texts.percent(figures.share_beyond),
    )


def services_in_words(place: Place, texts: Texts, *, last: str) -> str:
    """Return the required services as a phrase: "emergency shelter, medical care or legal help"."""
    if len(place.required) > _NAMED_SERVICES:
        return texts(f"headline.services_{last}")
    return texts.listing([texts.entries[f"category.{c}.plain"] for c in place.required], last=last)


def subtitle(highways: Sequence[str], place: Place, as_of: dt.date | None, texts: Texts) -> str:
    """Return measure, place and date."""
    words = texts("subtitle.measure", highways=texts.listing(highways), singular=place.singular, area=place.area)
    return f"{words} {texts('subtitle.date', date=texts.date(as_of))}" if as_of else words


def tiles(figures: Figures, highways: Sequence[str], place: Place, texts: Texts) -> tuple[tuple[str, str], ...]:
    """Return the three figures: value and what it counts."""
    minutes = f"{place.headline_min:g}"
    hardest = texts.entries.get(f"category.{figures.hardest_category}.plain", "")
    share = texts.percent(figures.share_beyond)
    return (
        (texts.rough(figures.people_beyond), texts("tile.people", minutes=minutes, share=share)),
        (texts.percent(figures.hardest_share), texts("tile.hardest", minutes=minutes, service=hardest)),
        (texts.number(figures.n_venues), texts("tile.venues", highways=texts.listing(highways))),
    )


def reason(
    record: Mapping[Hashable, Any], row: Mapping[str, Any], project: Project, place: Place, texts: Texts
) -> tuple[str, ...]:
    """Return why an area ranks where it does, a sentence each: the part that weighs most, access, venues, need."""
    parts = {
        "access_gap": project.weights.access_gap * row["access_gap"],
        "need": project.weights.need * row["need"],
        "reach": project.weights.reach * row["reach"],
    }
    main = max(parts, key=lambda part: parts[part])
    sentences = [
        texts(f"reason.{main}"),
        _access_sentence(row["services"], place, texts) if row["population"] else texts("reason.nobody"),
        _venue_sentence(row, place, texts),
        _need_sentence(record, project, texts),
    ]
    return tuple(sentences)


def _access_sentence(services: Sequence[Service], place: Place, texts: Texts) -> str:
    if not services:
        return ""
    farthest = max(services, key=lambda service: service.minutes)
    words = {
        "service": texts.entries[f"category.{farthest.category}.nearest"],
        "minutes": f"{place.headline_min:g}",
        "share": texts.percent(farthest.beyond),
    }
    if farthest.minutes == float("inf"):
        return texts("reason.unreachable", **words)
    known = "reason.minutes" if farthest.beyond == farthest.beyond else "reason.minutes_only"
    return texts(known, mean=texts.minutes(farthest.minutes), **words)


def _venue_sentence(row: Mapping[str, Any], place: Place, texts: Texts) -> str:
    if not row["highways"]:
        return texts("reason.off_corridor", singular=place.singular)
    highways = texts.listing([isolate(label) for label in row["highways"]])
    counts = [
        texts(f"venue.{kind}.count_{'one' if number == 1 else 'other'}", n=texts.number(number))
        for kind in VENUE_KINDS
        if (number := row["venues"].get(kind, 0))
    ]
    if not counts:
        return texts("reason.no_venues", highways=highways)
    return texts("reason.venues", venues=texts.listing(counts), highways=highways)


def _need_sentence(record: Mapping[Hashable, Any], project: Project, texts: Texts) -> str:
    found = []
    for name, indicator in list(project.people.indicators.items())[:_NAMED_INDICATORS]:
        value = record.get(f"indicator_{name}", float("nan"))
        if value == value:  # noqa: PLR0124 - NaN
            label = isolate(clean(indicator.label))
            found.append(texts("reason.indicator", label=label, value=indicator_value(value, indicator.unit, texts)))
    return texts("reason.need_figures", figures=". ".join(found)) if found else ""


def indicator_value(value: float, unit: str, texts: Texts) -> str:
    """Return an indicator with its unit: "31.2%"."""
    decimals = 0 if abs(value) >= 1000 else 2 if abs(value) < 1 else 1  # noqa: PLR2004
    number = texts.number(value, decimals)
    return texts("format.percent", n=number) if unit == "%" else f"{number} {clean(unit)}".strip()


def about(study: Study, place: Place, texts: Texts) -> tuple[Chapter, ...]:
    """Return method and limits as chapters."""
    project = study.project
    total = project.weights.access_gap + project.weights.need + project.weights.reach
    words = {
        "plural": place.plural,
        "singular": place.singular,
        "services": texts.listing([texts.entries[f"category.{c}.plain"] for c in place.required]),
        "headline": f"{place.headline_min:g}",
        "last": f"{place.bands_min[-1]:g}",
        "gap_share": texts.percent(project.weights.access_gap / total),
        "need_share": texts.percent(project.weights.need / total),
        "reach_share": texts.percent(project.weights.reach / total),
        "indicators": texts.listing(
            [texts("format.quoted", words=isolate(clean(i.label))) for i in project.people.indicators.values()]
        )
        or texts.entries["method.no_indicators"],
        "width": texts.distance(project.corridor.half_width_m, place.unit),
    }
    chapters = [
        Chapter(texts(f"method.{part}.title"), tuple(text.format_map(words) for text in paragraphs))
        for part in ("shows", "ranking", "sure", "not_shown")
        if (paragraphs := [texts.entries[f"method.{part}.text"], *_extra(part, study, place, texts)])
    ]
    if study.dropped:
        lines = tuple(
            f"{clean(d.source)}: {clean(d.reason)}"
            if d.count is None
            else f"{clean(d.source)}: {texts.number(d.count)}, {clean(d.reason)}"
            for d in study.dropped
        )
        chapters.append(Chapter(texts("method.dropped.title"), lines))
    return tuple(chapters)


def _extra(part: str, study: Study, place: Place, texts: Texts) -> list[str]:
    if part == "not_shown":
        tiles = study.project.tiles
        note = confidential_note(study.figures.n_confidential, texts)
        return [note] * bool(note) + ([texts("method.tiles", host=tiles.host)] if tiles else [])
    if part == "shows" and study.project.example:
        return [texts("method.example", plural=place.plural)]
    return []


def confidential_note(number: int | None, texts: Texts) -> str:
    """Return how many confidential services count, None meaning too few to say; "" for none."""
    if number is None:
        return texts("confidential.few", n=LEAST)
    return texts.count("confidential", number) if number else ""


def attribution(study: Study, texts: Texts) -> str:
    """Return the credit line that follows the OpenStreetMap one on the map."""
    boundary = clean(study.project.areas.source)
    words = texts("attribution.areas", source=isolate(boundary)) if boundary else ""
    as_of = study.project.as_of
    return ". ".join(part for part in (words, texts("subtitle.date", date=texts.date(as_of)) if as_of else "") if part)
