"""Venues: what tags say, one site once, and where it lies on the corridor."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiLineString, Point

from geo.vocabulary import VENUE_KINDS
from layers.venues import count_by_kind, find_venues, merge_sites, nearest_highway, venue_kind

CRS = "EPSG:32616"
TAGS = (
    "osm_id", "name", "amenity", "highway", "tourism", "information", "public_transport", "hgv",
    "brand", "brand_wikidata",
)  # fmt: skip


def place(x: float = 0, y: float = 0, **tags: str) -> dict:
    return dict.fromkeys(TAGS, "") | tags | {"geometry": Point(x, y)}


def frame(*rows: dict) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs=CRS)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "fuel"}, "fuel"),
        ({"amenity": "fuel", "hgv": "yes"}, "truck_stop"),
        ({"amenity": "fuel", "hgv": "no"}, "fuel"),
        ({"amenity": "fuel", "brand_wikidata": "Q1872496"}, "truck_stop"),
        ({"amenity": "fuel", "name": "Dixie Truck Stop"}, "truck_stop"),
        ({"amenity": "fuel", "brand": "Love's Travel Stops"}, "truck_stop"),
        ({"amenity": "fuel", "name": "Pilothouse Gas"}, "fuel"),
        ({"highway": "services"}, "truck_stop"),
        ({"highway": "rest_area"}, "rest_area"),
        ({"information": "visitor_centre", "name": "Mississippi Welcome Center"}, "rest_area"),
        ({"information": "office", "name": "Tourist office"}, ""),
        ({"amenity": "truck_stop"}, "truck_stop"),
        ({"public_transport": "station"}, "bus_station"),
        ({"amenity": "parking", "hgv": "designated"}, "truck_stop"),
        ({"amenity": "parking"}, ""),
        ({"amenity": "weighbridge", "brand": "CAT Scale"}, "truck_stop"),
        ({"amenity": "weighbridge"}, ""),
        ({"tourism": "motel"}, "motel"),
        ({"tourism": "hotel"}, "hotel"),
        ({"tourism": "guest_house"}, "hotel"),
        ({"amenity": "bus_station"}, "bus_station"),
        ({"amenity": "social_facility"}, ""),
    ],
)
def test_kind_from_tags(tags: dict[str, str], kind: str) -> None:
    assert venue_kind(frame(place(**tags))).tolist() == [kind]


def venue(venue_id: str, kind: str, name: str, x: float, source: str = "OpenStreetMap") -> dict:
    return {"venue_id": venue_id, "kind": kind, "name": name, "source": source, "geometry": Point(x, 0)}


def test_one_site_mapped_three_times_is_one_venue_with_its_name_and_all_sources() -> None:
    merged = merge_sites(
        frame(
            venue("n1", "truck_stop", "", 0),
            venue("w2", "truck_stop", "Example Truck Stop", 200),
            venue("list-1", "truck_stop", "Example truck stop", 400, "Official list"),
        )
    )
    assert merged["venue_id"].tolist() == ["list-1"]
    assert merged["source"].tolist() == ["Official list; OpenStreetMap"]


@pytest.mark.parametrize(
    "rows",
    [
        (venue("n1", "motel", "A", 0), venue("n2", "motel", "B", 20)),  # neighbours with names of their own
        (venue("n1", "motel", "A", 0), venue("n2", "hotel", "A", 20)),  # two kinds
        (venue("n1", "motel", "A", 0), venue("n2", "motel", "A", 101)),  # too far apart
    ],
)
def test_what_is_not_one_site_stays_apart(rows: tuple[dict, ...]) -> None:
    assert merge_sites(frame(*rows))["venue_id"].tolist() == ["n1", "n2"]


def test_order_of_rows_does_not_matter() -> None:
    rows = [venue(f"n{i}", "motel", "" if i % 2 else "A", 60 * i) for i in range(6)]
    pd.testing.assert_frame_equal(merge_sites(frame(*rows)), merge_sites(frame(*reversed(rows))))


def test_no_venues_at_all() -> None:
    highways = gpd.GeoDataFrame({"ref": ["I 1"]}, geometry=[MultiLineString([[(0, 0), (1, 0)]])], crs=CRS)
    listed = frame(venue("x", "motel", "", 0)).iloc[:0]
    found = find_venues(frame(place(amenity="school")), listed, kinds=tuple(VENUE_KINDS))
    found = found.join(nearest_highway(found, highways))
    assert found.empty
    counts = count_by_kind(found.assign(area_id="", in_corridor=True), pd.Index(["A"], name="area_id"), VENUE_KINDS)
    assert counts.loc["A"].sum() == 0


def test_kinds_left_out_of_the_map_are_still_taken_from_lists() -> None:
    places = frame(place(osm_id="n1", tourism="hotel"), place(osm_id="n2", tourism="motel", x=900))
    listed = frame(venue("list-1", "hotel", "Listed", 5_000, "Official list"))
    found = find_venues(places, listed, kinds=("motel",))
    assert found["venue_id"].tolist() == ["list-1", "n2"]


def test_the_nearest_highway() -> None:
    highways = gpd.GeoDataFrame(
        {"ref": ["I 1", "I 2"]},
        geometry=[
            MultiLineString([LineString([(0, 0), (10_000, 0)])]),
            MultiLineString([[(0, 9_000), (10_000, 9_000)]]),
        ],
        crs=CRS,
    )
    venues = frame(venue("a", "motel", "", 2_100), venue("b", "motel", "", 8_000))
    venues.loc[1, "geometry"] = Point(8_000, 4_000)
    table = nearest_highway(venues, highways)
    assert table["highway"].tolist() == ["I 1", "I 1"]
    assert table["distance_m"].tolist() == [0, 4_000]
