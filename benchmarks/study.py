"""A study of a made-up state: 82 counties, people at street corners, providers in towns."""

import itertools
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.state import LAT_M, LON_M, SEED, SOUTH, WEST, State

ROWS, COLUMNS, EXTRA = 10, 8, 2
"""Ten rows of eight counties, the first two with one more: 82, as many as Mississippi has."""

CATEGORIES = ("crisis", "shelter", "medical", "mental_health", "legal")
PROJECT = """\
title = "Outreach along I-55 and I-20 in a made-up state"
study_area = "Benchmark"
example = true
as_of = 2026-11-01

[roads]
osm = "{roads}"

[corridor]
highways = ["I 55", "I 20"]

[areas]
file = "counties.gpkg"
id = "id"
name = "name"
singular = "county"
plural = "counties"

[people]
file = "people.csv"
lon = "lon"
lat = "lat"

[people.indicators.poverty]
column = "poverty_pct"
label = "Below the poverty line"
unit = "%"

[[providers]]
file = "providers.csv"

[access]
required = ["crisis", "shelter", "medical", "mental_health", "legal"]
"""


def make_study_files(state: State, folder: Path, *, people: int = 100_000, providers: int = 300) -> Path:
    """Write a project and its inputs, and return the project file.

    Parameters
    ----------
    state
        The made-up state.
    folder
        Where the files go; made when missing.
    people, providers
        How many points of each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED + 1)
    _counties(state).to_file(folder / "counties.gpkg", layer="counties")
    at = rng.integers(len(state.lon), size=people)
    lon, lat = _near(rng, state, at, 100)
    pd.DataFrame(
        {
            "lon": lon,
            "lat": lat,
            "population": rng.integers(1, 60, people),
            "poverty_pct": rng.uniform(5, 45, people).round(1),
        }
    ).to_csv(folder / "people.csv", index=False)
    at = rng.choice(np.flatnonzero(state.in_town), providers)
    lon, lat = _near(rng, state, at, 50)
    pd.DataFrame(
        {
            "id": [f"P-{number}" for number in range(providers)],
            "name": [f"Helping Hands Number {number:04d} House" for number in range(providers)],
            "category": [CATEGORIES[number % len(CATEGORIES)] for number in range(providers)],
            "lon": lon,
            "lat": lat,
            "capacity": rng.integers(5, 60, providers),
            "public": np.where(rng.random(providers) < 0.7, "yes", "no"),
        }
    ).to_csv(folder / "providers.csv", index=False)
    project = folder / "project.toml"
    project.write_text(PROJECT.format(roads=state.file.resolve().as_posix()), encoding="utf-8")
    return project


def _near(rng: np.random.Generator, state: State, at: np.ndarray, spread_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return positions around some junctions."""
    off = rng.normal(0, spread_m, (2, len(at)))
    return (state.lon[at] + off[0] / LON_M).round(6), (state.lat[at] + off[1] / LAT_M).round(6)


def _counties(state: State) -> gpd.GeoDataFrame:
    width, height = state.width_m / LON_M, state.height_m / LAT_M
    boxes = []
    for row in range(ROWS):
        columns = COLUMNS + (row < EXTRA)
        south, north = SOUTH + height * row / ROWS, SOUTH + height * (row + 1) / ROWS
        edges = WEST + width * np.arange(columns + 1) / columns
        boxes += [shapely.box(left, south, right, north) for left, right in itertools.pairwise(edges)]
    ids = [f"{number:03d}" for number in range(len(boxes))]
    return gpd.GeoDataFrame({"id": ids, "name": [f"County {i}" for i in ids]}, geometry=boxes, crs=4326)
