"""Listed venues: kinds, mapping, and what lies beyond the roads."""

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geo.errors import InputError
from geo.project import VenueFile
from geo.records import Dropped
from geo.venue_lists import read_venue_lists

METRIC = CRS.from_epsg(3814)
ROADS = gpd.GeoSeries([shapely.box(-91.5, 31.5, -87.5, 33.5)], crs=4326)


def venue_file(folder, text, name="venues.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def read(*sections):
    return read_venue_lists(sections, within=ROADS, crs=METRIC)


def test_without_lists_there_is_an_empty_table():
    table = read().table
    assert list(table.columns) == ["venue_id", "kind", "name", "source", "geometry"]
    assert len(table) == 0
    assert table.crs == METRIC


def test_lists_are_joined_in_order_with_identifiers_of_their_own(tmp_path):
    first = venue_file(tmp_path, "id,name,kind,lon,lat\n7,A,Rest area,-90,32\n,,Truck-stop,-90,32\n")
    second = venue_file(tmp_path, "STOP,longitude,latitude\nB,-90,32\n", "stops.csv")
    table = read(
        VenueFile(file=first, columns={"id": "id"}, source="NTAD"),
        VenueFile(file=second, kind="motel", columns={"name": "STOP"}),
    ).table
    assert table.drop(columns="geometry").to_numpy().tolist() == [
        ["list1-7", "rest_area", "A", "NTAD"],
        ["list1-3", "truck_stop", "", "NTAD"],
        ["list2-2", "motel", "B", "stops"],
    ]
    assert table.to_crs(4326).geometry[2].equals_exact(shapely.Point(-90, 32), 1e-9)


def test_outlines_stand_as_a_point_inside_and_what_is_far_is_counted(tmp_path):
    path = tmp_path / "v.geojson"
    shapes = [shapely.box(-90, 32, -89.9, 32.1), shapely.Point(-80, 32), None]
    gpd.GeoDataFrame({"name": list("ABC")}, geometry=shapes, crs=4326).to_file(path)
    reading = read(VenueFile(file=path, kind="rest_area"))
    assert reading.table["name"].tolist() == ["A"]
    assert reading.table.geometry[0].geom_type == "Point"
    assert reading.dropped == (
        Dropped("v.geojson", "without a place on the map", 1),
        Dropped("v.geojson", "outside the area of the road data", 1),
    )


def test_problems_of_all_lists_at_once(tmp_path):
    first = venue_file(tmp_path, "name,kind,lon,lat\nA,motle,-90,32\nB,,-90,32\nC,motel,32,-90\n")
    second = venue_file(tmp_path, "name,lon,lat\nA,-90,32\n", "stops.csv")
    with pytest.raises(InputError) as error:
        read(VenueFile(file=first), VenueFile(file=second))
    known = "Known: truck_stop, rest_area, motel, hotel, bus_station, fuel."
    assert [str(problem) for problem in error.value.problems] == [
        f"venues.csv, column 'kind', row 2: 'motle' is not a kind of venue. Did you mean 'motel'? {known}",
        "venues.csv, column 'kind', row 3: is empty. Fill it in, or remove the row.",
        "stops.csv, column 'kind': there is no such column. Correct its name in the project file or add it to this file.",
    ]
