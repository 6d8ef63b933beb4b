"""The example's people, venues and providers: invented, at plausible places, drawn with a fixed seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import Point

from examples.make_roads import XY, Exit, OsmFile

RURAL_PEOPLE_PER_KM2 = 11.0
"""Invented: with the towns it brings the state to about 2.97 million people."""
RURAL_POINTS = 4
"""Points per county that stand for the people outside its towns."""
FARTHEST_FROM_ROAD_M = 6000.0
"""Rural points are drawn within this distance of a road, as people live."""
SUBURBAN_SHARE = 0.15
"""Invented: people of a county's rural points who live about its towns, as a share of the towns' people."""
DELTA = Point(-90.75, 33.4)
"""About the middle of the Delta: invented poverty rises towards it and fewer people live outside its towns."""
DELTA_REACH_M = 100_000.0
LEAST_POVERTY_PCT, DELTA_POVERTY_PCT, DELTA_EMPTINESS = 14.0, 20.0, 0.7
VERIFIED_ON = "2026-10-15"

Row = dict[str, object]


@dataclass(frozen=True)
class Site:
    """A kind of venue: its tags, and the share of exits that have one."""

    name: str
    tags: Mapping[str, str]
    share: float


SITES = (
    Site("Example Truck Stop", {"amenity": "fuel", "hgv": "yes"}, 0.38),
    Site("Example Motel", {"tourism": "motel"}, 0.6),
    Site("Example Hotel", {"tourism": "hotel"}, 0.42),
    Site("Example Fuel", {"amenity": "fuel"}, 0.5),
)
REST_AREA_MILES = {"I 55": (10, 54, 148, 200, 270), "I 20": (2, 72, 112)}
"""Invented: at the exits nearest to these miles the example has a rest area on each side."""
BUS_STATIONS = ("Jackson", "Vicksburg", "Meridian", "McComb", "Brookhaven", "Grenada", "Batesville", "Hattiesburg")


def people(counties: gpd.GeoDataFrame, towns: Sequence[Row], roads: shapely.Geometry, *, seed: int) -> Iterator[Row]:
    """Yield the people of every county: its towns, and points that stand for everyone else.

    Parameters
    ----------
    counties
        ``GEOID`` and polygons in metres.
    towns
        ``name``, ``x``, ``y``, ``lon``, ``lat``, ``population`` and ``GEOID``.
    roads
        All roads in metres.
    """
    delta = gpd.GeoSeries([DELTA], crs=4326).to_crs(counties.crs).iloc[0]
    for county in counties.sort_values("GEOID").itertuples():
        rng = np.random.default_rng([seed, int(county.GEOID)])
        nearness = float(np.exp(-county.geometry.centroid.distance(delta) / DELTA_REACH_M))
        poverty = LEAST_POVERTY_PCT + DELTA_POVERTY_PCT * nearness + rng.normal(0, 2.5)
        here = [town for town in towns if town["GEOID"] == county.GEOID]
        for town in here:
            yield {"county": county.GEOID, "kind": "town", **town, **_indicators(poverty - 1.5, rng)}
        density = RURAL_PEOPLE_PER_KM2 * (1 - DELTA_EMPTINESS * nearness) * rng.uniform(0.7, 1.3)
        suburbs = SUBURBAN_SHARE * sum(int(str(town["population"])) for town in here)
        counts = (county.geometry.area / 1e6 * density + suburbs) * rng.dirichlet([6.0] * RURAL_POINTS)
        points = gpd.GeoSeries(_rural_points(county.geometry, roads, rng), crs=counties.crs).to_crs(4326)
        for number, (count, point) in enumerate(zip(counts, points, strict=True), start=1):
            yield {
                "county": county.GEOID,
                "kind": "rural",
                "name": f"Rural {county.NAME} {number}",
                "lon": f"{point.x:.4f}",
                "lat": f"{point.y:.4f}",
                "population": max(10, round(count / 10) * 10),
                **_indicators(poverty + 0.5, rng),
            }


def _indicators(poverty: float, rng: np.random.Generator) -> Row:
    """Return invented percentages around a county's poverty."""
    return {
        "poverty_pct": round(max(4.0, poverty + rng.normal(0, 2.5)), 1),
        "no_car_pct": round(max(1.5, 0.35 * poverty + rng.normal(0, 1.2)), 1),
        "uninsured_pct": round(max(4.0, 8 + 0.25 * poverty + rng.normal(0, 1.5)), 1),
    }


def _rural_points(county: shapely.Geometry, roads: shapely.Geometry, rng: np.random.Generator) -> list[Point]:
    """Return points in the county, apart from each other and not far from a road."""
    left, bottom, right, top = county.bounds
    chosen: list[Point] = []
    apart = 0.9 * np.sqrt(county.area / RURAL_POINTS)
    while len(chosen) < RURAL_POINTS:
        point = Point(rng.uniform(left, right), rng.uniform(bottom, top))
        apart *= 0.995  # so that a narrow county finds room in the end
        if (
            county.contains(point)
            and point.distance(roads) < FARTHEST_FROM_ROAD_M
            and all(point.distance(other) > apart for other in chosen)
        ):
            chosen.append(point)
    return chosen


def write_venues(osm: OsmFile, exits: Sequence[Exit], towns: Mapping[str, XY], *, seed: int) -> None:
    """Add venues along the corridor, and some along other motorways; every fifth one is mapped twice.

    Parameters
    ----------
    exits
        All exits of the network.
    towns
        Positions in metres by name.
    """
    rng = np.random.default_rng(seed)
    written = 0
    rest_areas = {
        min((exit_ for exit_ in exits if exit_.highway == highway), key=lambda exit_: abs(int(exit_.number) - mile))
        for highway, miles in REST_AREA_MILES.items()
        for mile in miles
    }
    for exit_ in exits:
        chance = 1.0 if exit_.highway in REST_AREA_MILES else 0.4
        for site in SITES:
            if rng.random() < site.share * chance:
                written += 1
                at = _beside(exit_, rng)
                name = f"{site.name}, {exit_.highway.replace(' ', '-')} exit {exit_.number}"
                _write_site(osm, at, {**site.tags, "name": name}, twice=written % 5 == 0, relation=written % 11 == 0)
        if exit_ in rest_areas:
            for side, (x, y) in zip(("A", "B"), exit_.terminals, strict=True):
                name = f"Example Rest Area {side}, {exit_.highway.replace(' ', '-')} mile {exit_.number}"
                _write_site(osm, (x + 90, y - 140), {"highway": "rest_area", "name": name}, twice=False, relation=False)
    for town in BUS_STATIONS:
        x, y = towns[town]
        osm.node((x + 120, y - 80), {"amenity": "bus_station", "name": f"Example Bus Station, {town}"})


def _beside(exit_: Exit, rng: np.random.Generator) -> XY:
    """Return a place beside the crossing road, a few hundred metres from the exit."""
    end = np.array(exit_.terminals[int(rng.integers(2))])
    out = end - np.array(exit_.at)
    out = out / max(np.hypot(*out), 1.0)
    aside = np.array([-out[1], out[0]]) * rng.choice([-1, 1])
    x, y = end + out * rng.uniform(40, 500) + aside * rng.uniform(50, 110)
    return (round(float(x), 1), round(float(y), 1))


def _write_site(osm: OsmFile, at: XY, tags: Mapping[str, str], *, twice: bool, relation: bool) -> None:
    """Add a venue as a node; as its grounds too when `twice`, or as a multipolygon only when `relation`."""
    x, y = at
    grounds = [(x - 25, y - 20), (x + 25, y - 20), (x + 25, y + 20), (x - 25, y + 20), (x - 25, y - 20)]
    if relation:
        osm.multipolygon(osm.way(grounds, {}), tags)
        return
    osm.node(at, tags)
    if twice:
        osm.way(grounds, tags)


def providers(
    services: Mapping[str, Any], towns: Mapping[str, Row], counties: Mapping[str, str], seed: int
) -> Iterator[Row]:
    """Yield the provider rows: public ones in towns, then confidential ones of which only the county is said.

    Parameters
    ----------
    services
        The parsed `services.toml`.
    towns
        ``lon``, ``lat`` and ``GEOID`` by name; "" for a town outside the state.
    counties
        ``GEOID`` by county name.
    """
    rng = np.random.default_rng(seed)
    number = 0
    for town, plan in services["towns"].items():
        for i, service in enumerate(plan["services"]):
            number += 1
            template, again = services["templates"][service], plan["services"][:i].count(service)
            lon, lat = (float(str(towns[town][axis])) + rng.uniform(-0.012, 0.012) for axis in ("lon", "lat"))
            yield {
                "id": f"EX-{number:03d}",
                "name": f"{template['name']} ({town}{f' {again + 1}' if again else ''})",
                "category": template["categories"],
                "lon": f"{lon:.4f}",
                "lat": f"{lat:.4f}",
                "phone": f"{plan['area_code']}-555-{100 + number:04d}",
                "website": f"https://example.org/EX-{number:03d}",
                "town": town,
                "region": towns[town]["GEOID"],
                "hours": template["hours"],
                "languages": template["languages"],
                "serves": template["serves"],
                "capacity": template.get("capacity", ""),
                "verified_on": VERIFIED_ON if number % 4 else "2025-06-30",
                "public": "yes",
            }
    for county in services["confidential"]["counties"]:
        number += 1
        yield {
            "id": f"EX-{number:03d}",
            "name": "Example confidential provider",
            "category": services["confidential"]["categories"],
            "region": counties[county],
            "serves": services["confidential"]["serves"],
            "verified_on": VERIFIED_ON,
            "public": "no",
        }
