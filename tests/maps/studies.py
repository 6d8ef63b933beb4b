"""Studies made in code, as `layers.study.Study` has them: a grid of areas in any metric CRS."""

import dataclasses
import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, MultiLineString, Point, box

from geo.hexagons import hexagon_areas
from geo.project import Project
from geo.records import Dropped
from geo.vocabulary import VENUE_KINDS
from layers.figures import headline_figures
from layers.study import Source, Study

REQUIRED = ("shelter", "medical", "legal")
BANDS = (30.0, 60.0)
HOSTILE = (
    'Joe`s ${alert(1)} <img src=x onerror=alert(1)> "Inn" & </script><script>alert(2)</script> \\u0041 {{7*7}}'
    " \u202eevil \u05d0\u05d1 \U0001f699 \u2028 \x07"
)


def make_project(**changes) -> Project:
    """Return a project; `changes` replace its keys."""
    return Project.model_validate(
        {
            "title": "Outreach along I-5 and US-9",
            "study_area": "Gridland",
            "example": True,
            "as_of": dt.date(2026, 11, 1),
            "roads": {"osm": ["roads.osm"], "source": "OpenStreetMap, 1 November 2026"},
            "corridor": {"highways": ["I 5", "US 9"]},
            "areas": {
                "file": "areas.geojson", "id": "id", "name": "name",
                "singular": "county", "plural": "counties", "source": "Survey of Gridland",
            },
            "people": {
                "file": "people.csv",
                "source": "Census of Gridland, 2025",
                "indicators": {
                    "poverty": {"column": "poverty", "label": "Below the poverty line", "unit": "%"},
                    "no_vehicle": {"column": "no_vehicle", "label": "Without a vehicle", "unit": "%"},
                },
            },
            "providers": [{"file": "providers.csv"}],
            "access": {"required": list(REQUIRED), "bands_min": list(BANDS)},
            **changes,
        }
    )  # fmt: skip


def make_study(
    *,
    side: int = 9,
    cell_m: float = 30_000,
    crs: str = "EPSG:32616",
    origin: tuple[float, float] = (200_000, 3_450_000),
    unreachable: bool = True,
    hostile: str | None = None,
    n_venues: int = 120,
    hexagons: int | None = None,
    shelters_named: bool = False,
    seed: int = 5,
    **project_changes,
) -> Study:
    """Return a study of ``side`` × ``side`` square areas.

    Parameters
    ----------
    side, cell_m, crs, origin
        The grid of areas.
    unreachable
        Whether nobody in the last area reaches legal help.
    hostile
        A text that stands in every field that comes from data.
    n_venues
        Number of venues along the highways.
    hexagons
        H3 resolution of the hexagons that are ranked instead of the squares.
    """
    rng = np.random.default_rng(seed)
    x0, y0 = origin
    span = side * cell_m
    cells = [
        box(x0 + i * cell_m, y0 + j * cell_m, x0 + (i + 1) * cell_m, y0 + (j + 1) * cell_m)
        for j in range(side)
        for i in range(side)
    ]
    ids = [f"{number:05d}" for number in range(1, side * side + 1)]
    names = [
        hostile or f"{_NAMES[number % len(_NAMES)]}{'' if number < len(_NAMES) else f' {number}'}"
        for number in range(side * side)
    ]
    if hostile:
        ids[0] = f"{hostile} 0"
    project = make_project(**({"study_area": hostile, "title": hostile} if hostile else {}), **project_changes)
    highways = _highways(x0, y0, span, crs)
    areas = gpd.GeoDataFrame({"area_id": ids, "name": names}, geometry=cells, crs=crs)
    if hexagons is not None:
        areas = hexagon_areas(areas, resolution=hexagons)
    areas = areas.set_index("area_id")
    providers = _providers(rng, x0, y0, span, crs, areas, hostile)
    areas = _with_measures(areas, providers, highways, rng, unreachable=unreachable)
    venues = _venues(rng, highways, areas, n_venues, crs, hostile)
    people = gpd.GeoDataFrame(
        {
            "population": areas["population"], "area_id": areas.index,
            **{f"minutes_{c}": areas[f"minutes_{c}"] for c in REQUIRED}, "minutes_worst": areas["minutes_worst"],
        },
        geometry=areas.representative_point().to_numpy(), crs=crs,
    ).reset_index(drop=True)  # fmt: skip
    public = providers[providers["public"]]
    near, far = (gpd.GeoSeries(public.geometry.buffer(d)).union_all() for d in (span / 12, span / 6))
    reach = gpd.GeoDataFrame({"minutes": list(BANDS)}, geometry=[near, far], crs=crs)
    towns = gpd.GeoDataFrame(
        {"name": [hostile or f"Town {i}" for i in range(14)], "population": [90_000 // (i + 1) for i in range(14)]},
        geometry=[Point(x0 + rng.random() * span, y0 + rng.random() * span) for _ in range(14)],
        crs=crs,
    )
    return complete_study(
        project=project,
        areas=areas,
        people=people,
        highways=highways,
        corridor=highways[["ref", "label"]].set_geometry(highways.geometry.buffer(8_000), crs=crs),
        venues=venues,
        providers=providers,
        reach=reach,
        towns=towns,
        figures=headline_figures(areas, people, venues, providers, project),
        dropped=(Dropped("people.csv", hostile or "outside the study area", 3),),
        files=(),
        sources=(
            Source("Roads and places", "OpenStreetMap, 1 November 2026"),
            Source("Counties", hostile or "Survey of Gridland"),
        ),
    )


def complete_study(**tables) -> Study:
    """Return a study of these tables; what the map does not draw is None."""
    return Study(**{field.name: tables.get(field.name) for field in dataclasses.fields(Study)})


_NAMES = (
    "Adams", "Alcorn", "Amite", "Benton", "Bolivar", "Calhoun", "Carroll", "Choctaw", "Claiborne", "Clarke", "Copiah",
    "Covington", "Forrest", "Franklin", "George", "Greene", "Grenada", "Hancock", "Harrison", "Hinds", "Holmes",
    "Issaquena", "Itawamba", "Jackson", "Jasper", "Jefferson Davis", "Jones", "Kemper", "Lafayette", "Lamar",
)  # fmt: skip


def _highways(x0, y0, span, crs) -> gpd.GeoDataFrame:
    def carriageways(points):
        line = LineString([(x0 + x * span, y0 + y * span) for x, y in points])
        return MultiLineString([line, line.offset_curve(30)])

    return gpd.GeoDataFrame(
        {"ref": ["I 5", "US 9"], "label": ["I-5", "US-9"], "length_m": [1.05 * span, 1.02 * span], "pieces": [1, 1]},
        geometry=[
            carriageways([(0.45, 0), (0.5, 0.3), (0.42, 0.6), (0.5, 1)]),
            carriageways([(0, 0.4), (0.4, 0.45), (1, 0.38)]),
        ],
        crs=crs,
    )


def _providers(rng, x0, y0, span, crs, areas, hostile) -> gpd.GeoDataFrame:
    rows = []
    for number in range(60):
        category = ("medical", "legal", "shelter", "medical;mental_health", "law_enforcement")[number % 5]
        confidential = category == "shelter" and number % 10 == 2
        rows.append(
            {
                "provider_id": f"p{number}", "name": "Confidential provider" if confidential else hostile or f"Example service {number}",
                "categories": category, "phone": "" if confidential else hostile or f"601-555-{number:04d}",
                "website": "" if confidential else hostile or "www.example.org/help", "address": "" if confidential else f"{number} Main Street",
                "town": "" if confidential else hostile or f"Town {number % 14}", "region": "", "hours": "" if confidential else "24/7",
                "languages": "" if confidential else "English; Spanish", "serves": "" if confidential else "Adults and minors",
                "capacity": float("nan"), "verified_on": "" if confidential else "2026-10-15", "public": not confidential,
                "source": "State directory", "off_road_m": 10.0,
                "geometry": Point(x0 + rng.beta(2, 2) * span, y0 + rng.beta(2, 2) * span),
            }
        )  # fmt: skip
    table = gpd.GeoDataFrame(rows, crs=crs)
    return table.assign(area_id=_area_of(table, areas))


def _area_of(points, areas) -> pd.Series:
    joined = gpd.sjoin(points[["geometry"]], areas[["geometry"]].rename_axis("area"), how="left", predicate="within")
    return joined["area"].groupby(level=0).first().fillna("")


def _with_measures(areas, providers, highways, rng, *, unreachable) -> gpd.GeoDataFrame:
    n = len(areas)
    centres = areas.representative_point()
    columns: dict[str, object] = {"population": rng.lognormal(10, 0.8, n).round()}
    for category in REQUIRED:
        offering = providers[providers["categories"].str.contains(category)]
        minutes = centres.distance(offering.geometry.union_all()) / 1000 * 1.1 + rng.random(n) * 8 + 4
        columns |= {
            f"minutes_{category}": minutes, f"median_{category}": minutes * 0.95, f"p90_{category}": minutes * 1.4,
            f"unreachable_{category}": 0.0,
            **{f"beyond_{band:g}_{category}": 1 / (1 + np.exp((band - minutes) / 8)) for band in BANDS},
        }  # fmt: skip
    table = areas.assign(**columns)
    if unreachable:
        table.loc[table.index[-1], ["minutes_legal", "median_legal", "p90_legal"]] = np.inf
        table.loc[table.index[-1], ["unreachable_legal", "beyond_30_legal", "beyond_60_legal"]] = 1.0
    table["minutes_worst"] = table[[f"minutes_{c}" for c in REQUIRED]].max(axis=1)
    for band in BANDS:
        table[f"beyond_{band:g}_any"] = table[[f"beyond_{band:g}_{c}" for c in REQUIRED]].max(axis=1)
    share = pd.DataFrame(
        {
            ref: areas.intersection(line.buffer(8_000)).area / areas.area
            for ref, line in zip(highways["ref"], highways.geometry, strict=True)
        }
    )
    table["rural_share"] = rng.beta(2, 1, n).round(3)
    touched = (share > 0).to_numpy()
    table["highways"] = [";".join(share.columns[own]) for own in touched]
    table["corridor_share"] = share.max(axis=1)
    for kind in VENUE_KINDS:
        table[f"n_{kind}"] = np.where(table["highways"] != "", rng.poisson(2, n), 0)
    table["n_venues"] = table[[f"n_{kind}" for kind in VENUE_KINDS]].sum(axis=1)
    table["indicator_poverty"] = rng.normal(21, 6, n).clip(2, 60)
    table["indicator_no_vehicle"] = rng.normal(7, 2, n).clip(0.4, 30)
    table["access_gap"] = (table["minutes_worst"].clip(upper=60) / 60).round(4)
    table["need"] = (table["indicator_poverty"].rank(pct=True)).round(4)
    table["reach"] = (0.5 * table["n_venues"] / (table["n_venues"] + 5) + 0.5 * table["corridor_share"]).round(4)
    table["priority"] = (50 * table["access_gap"] + 30 * table["need"] + 20 * table["reach"]).round(2)
    table["rank"] = table["priority"].rank(method="min", ascending=False).astype(int)
    spread = rng.integers(1, 20, n)
    table["rank_low"] = (table["rank"] - spread).clip(1)
    table["rank_high"] = (table["rank"] + spread).clip(upper=n)
    table["underserved"] = table["beyond_30_any"] > 0.5
    table["confidence"] = np.where(spread > 16, "low", np.where(spread > 10, "medium", "high"))
    table["confidence_why"] = np.where(
        spread > 10, "its rank depends strongly on the weights and travel speeds chosen", ""
    )
    return table.sort_values("rank", kind="stable")


def _venues(rng, highways, areas, count, crs, hostile) -> gpd.GeoDataFrame:
    kinds = list(VENUE_KINDS)
    ways = [(ref, line.geoms[0]) for ref, line in zip(highways["ref"], highways.geometry, strict=True)]
    rows = []
    for number in range(count):
        ref, line = ways[number % len(ways)]
        point = line.interpolate(rng.random(), normalized=True)
        kind = kinds[int(rng.choice(6, p=[0.2, 0.1, 0.35, 0.2, 0.05, 0.1]))]
        rows.append(
            {
                "venue_id": f"v{number}", "kind": kind, "name": hostile or f"Example place {number}",
                "highway": ref, "distance_m": abs(rng.normal(0, 1500)), "exit_id": "", "exit_min": float("nan"),
                "in_corridor": number % 20 != 0, "source": "OpenStreetMap",
                "geometry": Point(point.x + rng.normal(0, 1500), point.y + rng.normal(0, 1500)),
            }
        )  # fmt: skip
    table = gpd.GeoDataFrame(rows, crs=crs)
    return table.assign(area_id=_area_of(table, areas))
