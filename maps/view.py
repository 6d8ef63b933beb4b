"""Plain values that every output reads: the page, the static map and the briefing show the same ones."""

import math
import re
from collections.abc import Hashable, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from geo.project import Weights
from geo.vocabulary import CATEGORIES, VENUE_KINDS
from layers.study import Study
from maps import story
from maps.exit_names import exit_and_drive, exit_names
from maps.geometry import to_degrees
from maps.measures import make_measures
from maps.names import clean, isolate, web_address
from maps.shields import positions, shield
from maps.texts import METRES_PER, Texts, load_texts
from maps.values import Highway, Place, Provider, Row, Service, Town, Venue, View

_SHIELDS_ACROSS = 4


def make_view(study: Study) -> View:
    """Return the plain values of a study.

    Parameters
    ----------
    study
        What to tell. Its confidential providers are left out here, once for all outputs: only their number goes on.
        A study may also have ``regions`` (polygons with ``name``) that areas lie in.
    """
    project = study.project
    texts = load_texts(project.language)
    areas = study.areas
    place = make_place(study)
    highways = _highways(study, texts)
    towns = _towns(study.towns)
    rows = _rows(study, texts, place, highways)
    degrees = to_degrees(areas.geometry).total_bounds
    indicators = {
        name: (clean(indicator.label), clean(indicator.unit)) for name, indicator in project.people.indicators.items()
    }
    labels = tuple(
        isolate(texts("format.highway", n=highway.label) if highway.label[:1].isdigit() else highway.label)
        for highway in highways
    )
    return View(
        texts=texts,
        title=story.headline(study.figures, place, texts),
        subtitle=story.subtitle(labels, place, project.as_of, texts),
        example=bool(project.example),
        place=place,
        tiles=story.tiles(study.figures, labels, place, texts),
        measures=make_measures(rows, place, texts),
        rows=rows,
        highways=highways,
        venues=_venues(study, texts, place.unit),
        providers=_providers(study, texts),
        n_confidential=study.figures.n_confidential,
        confidential_note=story.confidential_note(study.figures.n_confidential, texts),
        towns=towns,
        weights=_weights(project.weights),
        indicators=indicators,
        about=story.about(study, place, texts),
        sources=tuple((texts.phrase(clean(source.what)), clean(source.text)) for source in study.sources),
        attribution=story.attribution(study, texts),
        as_of=project.as_of,
        expires_on=project.expires_on,
        hotline=project.hotline,
        bounds=((degrees[1], degrees[0]), (degrees[3], degrees[2])),
    )


def _weights(weights: Weights) -> dict[str, float]:
    parts = {part: float(getattr(weights, part)) for part in ("access_gap", "need", "reach")}
    total = sum(parts.values())
    return {part: weight / total for part, weight in parts.items()}


def make_place(study: Study) -> Place:
    """Return where and how a study is told."""
    project = study.project
    unit = project.units
    return Place(
        area=isolate(clean(project.study_area)),
        singular=_noun(project.areas.singular, project.language),
        plural=_noun(project.areas.plural, project.language),
        unit=unit if unit in METRES_PER else "mi",
        required=tuple(c for c in CATEGORIES if f"minutes_{c}" in study.areas.columns),
        headline_min=project.access.headline_min,
        bands_min=tuple(project.access.bands_min),
    )


def _noun(noun: str, language: str) -> str:
    """Return what an area is called; common English nouns are known in the other languages."""
    return load_texts(language).phrase(clean(noun))


def _rows(study: Study, texts: Texts, place: Place, highways: tuple[Highway, ...]) -> tuple[Row, ...]:
    areas = study.areas
    points = gpd.GeoSeries(areas.representative_point(), crs=areas.crs)
    degrees = to_degrees(points)
    regions = _region_names(study, points)
    search = _search_words(study)
    labels = {highway.ref: highway.label for highway in highways}
    rows = []
    records = areas.drop(columns="geometry").to_dict("records")
    for area_id, record, point in zip(areas.index, records, degrees, strict=True):
        row = _row(str(area_id), record, place, labels)
        known = {
            "place": regions.get(area_id, ""),
            "search": " ".join(search.get(area_id, ())),
            "confidence_why": texts.phrase(clean(record["confidence_why"])),
            "sentences": story.reason(record, row, study.project, place, texts),
            "label_lat": point.y,
            "label_lon": point.x,
        }
        rows.append(Row(**row, **known))
    return tuple(rows)


def _row(area_id: str, record: Mapping[Hashable, Any], place: Place, labels: Mapping[str, str]) -> dict[str, Any]:
    band = f"{place.headline_min:g}"
    refs = [ref for ref in str(record["highways"]).split(";") if ref]
    return {
        "area_id": clean(area_id),
        "name": _with_noun(clean(record["name"]) or clean(area_id), place.singular),
        "rank": int(record["rank"]),
        "rank_low": int(record["rank_low"]),
        "rank_high": int(record["rank_high"]),
        "priority": float(record["priority"]),
        "access_gap": float(record["access_gap"]),
        "need": float(record["need"]),
        "reach": float(record["reach"]),
        "population": float(record["population"]),
        "highways": tuple(labels.get(ref, clean(ref)) for ref in refs),
        "corridor_share": float(record["corridor_share"]),
        "venues": {kind: int(record.get(f"n_{kind}", 0)) for kind in VENUE_KINDS if record.get(f"n_{kind}", 0)},
        "services": tuple(
            Service(
                category,
                _minutes(record[f"minutes_{category}"]),
                float(record.get(f"beyond_{band}_{category}", math.nan)),
                float(record.get(f"unreachable_{category}", 0.0)),
            )
            for category in place.required
        ),
        "worst_min": _minutes(record["minutes_worst"]),
        "beyond_any": float(record.get(f"beyond_{band}_any", math.nan)),
        "indicators": {
            str(column).removeprefix("indicator_"): float(record[column])
            for column in record
            if str(column).startswith("indicator_")
        },
        "underserved": bool(record["underserved"]),
        "confidence": str(record["confidence"]),
        "rural_share": float(record.get("rural_share", math.nan)),
        "rural_beyond": float(record.get(f"rural_beyond_{band}_any", math.nan)),
    }


def _with_noun(name: str, noun: str) -> str:
    """Return a name; one that is a mere number with what it numbers: "Tract 9505.01"."""
    return f"{noun[:1].upper()}{noun[1:]} {name}" if re.fullmatch(r"[\d.\- ]+", name) else name


def _minutes(value: float) -> float:
    """Return minutes to one decimal, as the CSV has them; an unknown value counts as not reachable, never as near."""
    return math.inf if math.isnan(value) else round(float(value), 1)


def _region_names(study: Study, points: gpd.GeoSeries) -> dict[Any, str]:
    """Return the region each area lies in, unless the areas are the regions themselves."""
    regions = study.regions
    if regions is None or not len(regions) or "name" not in regions.columns:
        return {}
    if len(regions) == len(points) and set(regions["name"]) == set(study.areas["name"]):
        return {}
    frame = gpd.GeoDataFrame(geometry=points)
    joined = gpd.sjoin(frame, regions[["name", "geometry"]].to_crs(points.crs), predicate="within")
    return {area_id: clean(name) for area_id, name in joined["name"].groupby(level=0).first().items()}


def _search_words(study: Study) -> dict[Any, tuple[str, ...]]:
    """Return the town names in each area: of the towns table and of public providers."""
    words: dict[Any, set[str]] = {}
    towns = study.towns
    if towns is not None and len(towns):
        joined = gpd.sjoin(towns.to_crs(study.areas.crs), study.areas[["geometry"]], predicate="within")
        column = next(name for name in joined.columns if name.startswith("index_") or name == study.areas.index.name)
        for area_id, name in zip(joined[column], joined["name"], strict=True):
            words.setdefault(area_id, set()).add(clean(name))
    public = study.providers[study.providers["public"].astype(bool)]
    for area_id, name in zip(public["area_id"], public["town"], strict=True):
        words.setdefault(area_id, set()).add(clean(name))
    return {area_id: tuple(sorted(names - {""})) for area_id, names in words.items()}


def _highways(study: Study, texts: Texts) -> tuple[Highway, ...]:
    left, bottom, right, top = study.areas.total_bounds
    spacing_m = max(right - left, top - bottom) / _SHIELDS_ACROSS
    found = []
    for record in study.highways.itertuples():
        marks = gpd.GeoSeries(
            [Point(mark) for mark in positions(record.geometry, spacing_m=spacing_m)], crs=study.highways.crs
        )
        degrees = to_degrees(marks) if len(marks) else ()
        unit = study.project.units
        found.append(
            Highway(
                ref=clean(record.ref),
                label=clean(record.label),
                shield=shield(clean(record.ref)),
                length=texts.distance(record.length_m, unit),
                marks=tuple((point.y, point.x) for point in degrees),
            )
        )
    return tuple(found)


def _venues(study: Study, texts: Texts, unit: str) -> tuple[Venue, ...]:
    venues = study.venues[study.venues["in_corridor"].astype(bool)]
    degrees = to_degrees(venues.geometry)
    labels = dict(zip(study.highways["ref"], study.highways["label"], strict=True))
    names = exit_names(study, texts)
    return tuple(
        Venue(
            kind=record.kind,
            name=clean(record.name),
            highway=clean(labels.get(record.highway, record.highway)),
            distance=texts.distance(record.distance_m, unit),
            source=clean(record.source),
            area_id=clean(record.area_id),
            lat=point.y,
            lon=point.x,
            **exit_and_drive(record.exit_id, record.exit_min, names=names),
        )
        for record, point in zip(venues.itertuples(index=False), degrees, strict=True)
    )


def _providers(study: Study, texts: Texts) -> tuple[Provider, ...]:
    """Return the public providers only: what is confidential ends here."""
    public = study.providers[study.providers["public"].astype(bool)]
    degrees, records = to_degrees(public.geometry), public.drop(columns="geometry").to_dict("records")
    names = exit_names(study, texts)
    drives = pd.DataFrame(columns=["exit_id", "exit_min"]) if study.along is None else study.along.provider_exits
    by_exit = dict(zip(drives.index, zip(drives["exit_id"], drives["exit_min"], strict=True), strict=True))
    plain = ("phone", "address", "town", "hours", "languages", "serves", "verified_on", "source", "area_id")
    return tuple(
        Provider(
            name=clean(record["name"]),
            categories=tuple(category for category in str(record["categories"]).split(";") if category),
            website=web_address(record.get("website")),
            lat=point.y,
            lon=point.x,
            **{field: clean(record.get(field)) for field in plain},
            **exit_and_drive(*by_exit.get(index, ("", math.nan)), names=names),
        )
        for index, record, point in zip(public.index, records, degrees, strict=True)
    )


def _towns(towns: gpd.GeoDataFrame | None) -> tuple[Town, ...]:
    if towns is None or not len(towns):
        return ()
    degrees = to_degrees(towns.geometry)
    found = [
        Town(clean(name), int(population), point.y, point.x)
        for name, population, point in zip(towns["name"], towns["population"], degrees, strict=True)
    ]
    return tuple(sorted(found, key=lambda town: (-town.population, town.name, town.lat, town.lon)))
