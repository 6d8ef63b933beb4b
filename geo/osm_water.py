"""Water of OpenStreetMap files: lakes and rivers for the background of the map. They take part in no figure."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import shapely
from osmium.osm import Area

from geo.crs import WGS84

LAKE_TAGS = tuple(("water", kind) for kind in ("lagoon", "lake", "oxbow", "reservoir", "river"))
"""Ponds, and water of no kind, are left alone: an extract holds them by the hundred thousand."""
RIVER_TAG = ("waterway", "river")

FINEST_DEG = 5e-4
"""Outlines are thinned to this: about 50 m, finer than a map of a state shows."""

SMALLEST_DEG2 = 1e-5
"""Lakes smaller than this, about 0.1 km², are left out."""

Row = dict[str, object]
Bbox = tuple[float, float, float, float]


def lake_row(thing: Area, tags: Mapping[str, str], clip: Bbox | None) -> Row | None:
    """Return a lake or a broad river as a row; None for a pond, and for what lies outside the clip or is broken.

    Water that a map can show has a name or an outline of several ways.
    """
    if thing.from_way() and "name" not in tags:
        return None
    try:
        outline = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(thing))
    except RuntimeError:
        return None
    left, bottom, right, top = outline.bounds
    outside = clip is not None and (left > clip[2] or right < clip[0] or bottom > clip[3] or top < clip[1])
    if outside or outline.area < SMALLEST_DEG2:
        return None
    return {"water": f"a{thing.id}", "name": tags.get("name", ""), "geometry": outline.simplify(FINEST_DEG)}


def river_rows(
    way_ids: npt.NDArray[np.int64], names: Sequence[str], size: npt.NDArray[np.int64], lon_lat: npt.NDArray[np.float64]
) -> list[Row]:
    """Return the pieces of named rivers as rows.

    Parameters
    ----------
    way_ids, names, size
        Of each piece, with its number of vertices.
    lon_lat
        The vertices of all pieces, one after another.
    """
    lines = shapely.simplify(shapely.linestrings(lon_lat, indices=np.repeat(np.arange(len(size)), size)), FINEST_DEG)
    return [
        {"water": f"w{way_id}", "name": name, "geometry": line}
        for way_id, name, line in zip(way_ids, names, lines, strict=True)
        if name
    ]


def water_table(rows: Sequence[Row]) -> gpd.GeoDataFrame:
    """Return the rows of one or more files as a table in EPSG:4326: each lake and each piece of a river once."""
    once = {(str(row["water"]), shapely.to_wkb(row["geometry"])): row for row in rows}
    ordered = [once[key] for key in sorted(once)]
    names = pd.Series([row["name"] for row in ordered], dtype=str, name="name")
    return gpd.GeoDataFrame(names, geometry=[row["geometry"] for row in ordered], crs=WGS84)
