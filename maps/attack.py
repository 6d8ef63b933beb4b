"""The attack on published minutes, as a part of the audit: they are read from the files, as everybody can."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS, Transformer

from geo.crs import WGS84
from geo.errors import OutreachError
from geo.files import read_table
from geo.search import Search
from geo.secrets import Secret
from geo.tables import parse_numbers
from layers.inversion import Hidden, Published, radius_said_m
from layers.study import Study

AREAS = "areas.gpkg"
"""The output whose minutes are attacked."""

MINUTES = {"minutes_": 1, "median_": 1, "p90_": 1, "second_": 2, "exit_median_": 1, "exit_worst_": 1}
"""What columns of minutes begin with, and to which provider they lead: 1 is the nearest."""

EXITS_APART_M = 20_000
"""Of the exits in one square of this size one is used: neighbours say the same, and not so many things."""


@dataclass(frozen=True, eq=False)
class Attack:
    """How near the minutes of a GeoPackage bring anybody to each known place, in metres, and the digest of the file."""

    radius_m: np.ndarray
    sha256: str


def attack_study(folder: Path, study: Study, search: Search) -> Attack:
    """Try to find the confidential places of a study from the minutes of the GeoPackage that is in a folder."""
    digest = sha256((folder / AREAS).read_bytes()).hexdigest()
    return Attack(radii_m(folder, search.placed, study.areas.crs, minutes_along(study)), digest)


def minutes_along(study: Study) -> list[gpd.GeoDataFrame]:
    """Return the exits, and the sections if there are any, with the minutes that the page and the tables tell."""
    if study.along is None:
        return []
    exits = study.along.exits[["exit_id", "geometry"]].merge(study.along.minutes, on="exit_id")
    square = np.floor(exits.geometry.get_coordinates().to_numpy() / EXITS_APART_M)
    apart = exits[~pd.DataFrame(square, index=exits.index).duplicated()]
    return [apart] if study.sections is None else [apart, study.sections]


def read_layer(folder: Path, name: str, *, numbers: bool = False) -> gpd.GeoDataFrame | None:
    """Return a layer of the GeoPackage in a folder, as text or with its numbers as such; None without it."""
    try:
        table = read_table(folder / AREAS, layer=name, numbers=numbers)
    except OutreachError:
        return None
    return table if isinstance(table, gpd.GeoDataFrame) else None


def radii_m(folder: Path, placed: Sequence[Secret], crs: CRS | None, along: Sequence[gpd.GeoDataFrame]) -> np.ndarray:
    """Try to find each place from the published minutes; NaN where the outputs or the region do not allow to try."""
    radii = np.full(len(placed), np.nan)
    tried = [i for i, secret in enumerate(placed) if np.isfinite(secret.region_radius_m)]
    areas = read_layer(folder, "areas", numbers=True) if tried else None
    if areas is None or crs is None:
        return radii
    to_metric = Transformer.from_crs(WGS84, crs, always_xy=True)
    hidden = [
        Hidden(
            placed[i].categories,
            np.array(to_metric.transform(*placed[i].stand_in)),
            np.array(to_metric.transform(placed[i].lon_deg, placed[i].lat_deg)),
            placed[i].region_radius_m,
        )
        for i in tried
    ]
    offered = _offered(read_layer(folder, "providers", numbers=True), crs)
    figures, *others = ([*_published(table.to_crs(crs), offered)] for table in (areas, *along))
    if figures and others:  # of people at home and of people on the road: independent, so that both add up
        figures[0] = dataclasses.replace(figures[0], also=next(iter(others[0]), None))
    attacks = [radius_said_m(published, hidden) for published in (*figures, *(one for part in others for one in part))]
    radii[tried] = np.min(attacks, axis=0) if attacks else [one.region_radius_m for one in hidden]
    return radii


def _published(table: gpd.GeoDataFrame, offered: Mapping[str, np.ndarray]) -> Iterator[Published]:
    """Yield each figure in minutes that the files give to everybody, with the public providers."""
    middles = table.geometry.centroid
    points = np.column_stack([middles.x, middles.y])
    for figure, nth in MINUTES.items():
        minutes = {
            str(name).removeprefix(figure): parse_numbers(table[name])[0].to_numpy()
            for name in table.columns
            if str(name).startswith(figure) and name != "minutes_worst"
        }
        if minutes:
            yield Published(points, minutes, offered, nth)


def _offered(public: gpd.GeoDataFrame | None, crs: CRS) -> dict[str, np.ndarray]:
    """Return where each category is offered by public providers."""
    if public is None or not len(public):
        return {}
    places = public.geometry.to_crs(crs)
    xy = np.column_stack([places.x, places.y])
    said = public["categories"].astype("str").str.split(";")
    return {category: xy[said.map(lambda parts, c=category: c in parts).to_numpy()] for category in set(said.explode())}
