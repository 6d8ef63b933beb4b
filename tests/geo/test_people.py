"""People: points and polygons, counts and indicators, and whom the study area leaves out."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geo.errors import InputError
from geo.people import read_people
from geo.points import held_by
from geo.project import People
from geo.records import Dropped

METRIC = CRS.from_epsg(3814)
AREAS = gpd.GeoDataFrame(
    {"area_id": ["1"], "name": ["A"]}, geometry=[shapely.box(-91, 32, -90, 33)], crs=4326
).to_crs(METRIC)  # fmt: skip
POVERTY = {"poverty": {"column": "poor", "label": "Poor", "unit": "%"}}


def people_file(folder, text, name="people.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def read(path, areas=AREAS, **changes):
    return read_people(People(**{"file": path, "id": "tract", "population": "pop", **changes}), areas=areas, crs=METRIC)


def refused(path, **changes):
    with pytest.raises(InputError) as error:
        read(path, **changes)
    return [str(problem) for problem in error.value.problems]


def test_people_become_points_in_metres(tmp_path):
    path = people_file(tmp_path, 'tract,pop,lon,lat,poor\n007,"1,234",-90.5,32.5,12%\n008,5,-90.6,32.6,-999\n')
    reading = read(path, indicators=POVERTY)
    table = reading.table
    assert list(table.columns) == ["point_id", "population", "poverty", "geometry"]
    assert table["point_id"].tolist() == ["007", "008"]
    assert table["population"].tolist() == [1234, 5]
    assert table["poverty"].tolist()[0] == 12
    assert table["poverty"].isna().tolist() == [False, True]
    assert table.crs == METRIC
    assert table.to_crs(4326).geometry[0].equals_exact(shapely.Point(-90.5, 32.5), 1e-9)
    assert reading.dropped == (Dropped("people.csv", "values of 'poor' that stand for unknown", 1),)


def test_without_id_the_row_number_is_it(tmp_path):
    path = people_file(tmp_path, "pop,Longitude,LAT\n3,-90.5,32.5\n")
    assert read(path, id=None).table["point_id"].tolist() == ["2"]


def test_polygons_become_a_point_inside(tmp_path):
    path = tmp_path / "tracts.gpkg"
    u_shape = shapely.box(-90.9, 32.1, -90.1, 32.9) - shapely.box(-90.8, 32.2, -90.2, 33)
    gpd.GeoDataFrame({"tract": ["1"], "pop": [5.0]}, geometry=[u_shape], crs=4326).to_file(path)
    point = read(path).table.to_crs(4326).geometry[0]
    assert u_shape.contains(point)


def test_people_elsewhere_or_without_count_or_place_are_dropped_and_counted(tmp_path):
    path = people_file(
        tmp_path, "tract,pop,lon,lat\n1,5,-90.5,32.5\n2,5,-80,32.5\n3,,-90.5,32.5\n4,5,-91,32\n5,NA,-90.5,32.5\n"
    )
    reading = read(path)
    assert reading.table["point_id"].tolist() == ["1", "4"]
    assert reading.dropped == (
        Dropped("people.csv", "without a population figure", 2),
        Dropped("people.csv", "outside every area", 1),
    )


def test_nobody_inside_the_areas_is_a_problem(tmp_path):
    path = people_file(tmp_path, "tract,pop,lon,lat\n1,,-90.5,32.5\n2,5,-80,32.5\n3,0,-90.5,32.5\n")
    assert refused(path) == [
        "people.csv, column 'pop': has nobody inside the areas; left out: 1 without a population figure, "
        "1 outside every area. Check that the file has the population of the areas' state."
    ]


def test_null_shapes_are_counted(tmp_path):
    path = tmp_path / "p.geojson"
    points = [shapely.Point(-90.5, 32.5), None]
    gpd.GeoDataFrame({"tract": ["1", "2"], "pop": [5, 6]}, geometry=points, crs=4326).to_file(path)
    assert read(path).dropped == (Dropped("p.geojson", "without a place on the map", 1),)


def test_all_problems_of_the_file_at_once(tmp_path):
    path = people_file(
        tmp_path, 'tract,pop,lon,lat,poor\n1,many,-90.5,32.5,1\n1,-3,-90.5,,200\n2,1,"-90,5",32.5,x\n3,1,-500000,32,1\n'
    )
    assert refused(path, indicators=POVERTY) == [
        "people.csv, column 'tract', rows 2, 3: holds the same value more than once. Give each row a value of its own.",
        "people.csv, column 'pop', row 2: is not a number. Write digits only, or leave the cell empty.",
        "people.csv, column 'pop', row 3: is negative. Correct the value or leave the cell empty.",
        "people.csv, column 'poor', row 4: is not a number. Write digits only, or leave the cell empty.",
        "people.csv, column 'poor', row 3: is above 100 %. Correct the value or leave the cell empty.",
        "people.csv, column 'lon', row 4: has a decimal comma. Write a decimal point: 32.5, not 32,5.",
        "people.csv, row 3: has no coordinates. Add longitude and latitude, or remove the row.",
        "people.csv, column 'lon, lat', row 5: is not in degrees. "
        "Convert the coordinates to longitude and latitude (WGS 84), with a decimal point.",
    ]


def test_missing_columns_are_named_with_near_ones(tmp_path):
    path = people_file(tmp_path, "tract_id,population,longitude,lat\n1,5,-90.5,32.5\n")
    assert refused(path, lon="longitud", indicators=POVERTY) == [
        "people.csv, column 'tract': there is no such column. Did you mean 'tract_id'?",
        "people.csv, column 'pop': there is no such column. Correct its name in the project file or add it to this file.",
        "people.csv, column 'poor': there is no such column. Correct its name in the project file or add it to this file.",
        "people.csv, column 'longitud': there is no such column. Did you mean 'longitude'?",
    ]


def test_a_table_without_coordinates(tmp_path):
    path = people_file(tmp_path, "tract,pop,longitude_deg\n1,5,-90.5\n")
    assert refused(path) == [
        "people.csv: has no coordinates. Name its longitude and latitude columns as `lon` and `lat` in the project "
        "file. Is it 'longitude_deg'?"
    ]


def test_swapped_out_of_range(tmp_path):
    path = people_file(tmp_path, "tract,pop,lat,lon\n1,5,-90.5,32.5\n")
    assert refused(path) == [
        "people.csv, column 'lon, lat', row 2: latitude and longitude are swapped. "
        "Exchange the two columns, here or in the project file."
    ]


def test_swapped_within_range_is_seen_by_the_study_area(tmp_path):
    areas = gpd.GeoDataFrame(geometry=[shapely.box(14, 35, 15, 36)], crs=4326).to_crs(32633)
    path = people_file(tmp_path, "tract,pop,lon,lat\n1,5,14.5,35.5\n2,5,35.6,14.6\n")
    assert refused(path, areas=areas) == [
        "people.csv, row 3: latitude and longitude are swapped. Exchange the two columns, here or in the project file."
    ]


def test_a_lost_minus_sign_is_seen(tmp_path):
    path = people_file(tmp_path, "tract,pop,lon,lat\n1,5,90.5,32.5\n2,5,-90.5,32.5\n")
    assert refused(path) == [
        "people.csv, row 2: the longitude lacks its minus sign. Longitudes west of Greenwich are negative: -90.18."
    ]


def test_nobody_in_the_study_area(tmp_path):
    path = people_file(tmp_path, "tract,pop,lon,lat\n1,5,-80,32.5\n2,5,-81,32.5\n")
    assert refused(path) == [
        "people.csv: none of its 2 points lies in the areas. "
        "Check that it is about the same place, and its coordinate system."
    ]


def test_without_areas_people_are_still_checked(tmp_path):
    assert len(read(people_file(tmp_path, "tract,pop,lon,lat\n1,5,-80,32.5\n"), areas=None).table) == 1


def test_codes_that_are_no_ruca_codes_are_refused_and_absent_ones_counted(tmp_path):
    rows = "tract,pop,lon,lat,code\n1,5,-90.5,32.5,10.6\n2,5,-90.5,32.5,{}\n3,5,-90.5,32.5,99\n4,5,-90.5,32.5,\n"
    reading = read(people_file(tmp_path, rows.format("1")), ruca="code")
    assert reading.dropped == (Dropped("people.csv", "without a RUCA code: kept, as not rural", 2),)
    assert refused(people_file(tmp_path, rows.format("14.3")), ruca="code") == [
        "people.csv, column 'code', row 3: is no RUCA code. Codes run from 1 to 10.6, and 99 means not coded."
    ]


def test_empty_columns(tmp_path):
    path = people_file(tmp_path, "tract,pop,lon,lat,poor\n1,0,-90.5,32.5,\n")
    assert refused(path, indicators=POVERTY) == [
        "people.csv, column 'poor': has no values. Fill it in, or take it out of the project."
    ]
    assert refused(path) == ["people.csv, column 'pop': has nobody in it. Check the column."]


def test_more_people_than_can_be_are_refused(tmp_path):
    path = people_file(
        tmp_path, "tract,pop,lon,lat\n1,1000000000,-90.5,32.5\n2,1e30,-90.5,32.5\n3,9999999999,-90.5,32.5\n"
    )
    assert refused(path) == [
        "people.csv, column 'pop', rows 3, 4: is above 1,000,000,000. Correct the value or leave the cell empty."
    ]


def test_indicators_beyond_all_figures_of_people_are_refused(tmp_path):
    path = people_file(
        tmp_path, "tract,pop,lon,lat,rent\n1,5,-90.5,32.5,1e308\n2,5,-90.5,32.5,-1e13\n3,5,-90.5,32.5,-40000\n"
    )
    rent = {"rent": {"column": "rent", "label": "Median rent", "unit": "$"}}
    assert refused(path, indicators=rent) == [
        "people.csv, column 'rent', row 3: is below -1,000,000,000,000 $. Correct the value or leave the cell empty.",
        "people.csv, column 'rent', row 2: is above 1,000,000,000,000 $. Correct the value or leave the cell empty.",
    ]


def test_a_header_alone(tmp_path):
    assert refused(people_file(tmp_path, "tract,pop,lon,lat\n")) == [
        "people.csv: has no rows. Add rows, or remove it from the project file."
    ]


@pytest.mark.parametrize("column", ["SSN", "Client Name", "case_id", "DateOfBirth", "victim", "survivor_age"])
def test_lists_of_people_who_were_helped_are_refused(tmp_path, column):
    path = people_file(tmp_path, f"tract,pop,lon,lat,{column}\n1,5,-90.5,32.5,x\n")
    assert refused(path) == [
        f"people.csv, column '{column}': looks like personal data about people who were helped or harmed. "
        "Such a file is not read. Remove these columns: the tool never needs them."
    ]


@pytest.mark.parametrize("column", ["victim_services", "children", "patients", "births", "serves_minors", "first_name"])
def test_other_columns_are_not_mistaken_for_them(tmp_path, column):
    assert len(read(people_file(tmp_path, f"tract,pop,lon,lat,{column}\n1,5,-90.5,32.5,x\n")).table) == 1


def test_points_are_held_as_shapely_says():
    x, y = np.random.default_rng(3).integers(0, 12, (2, 500)).astype(float)  # many lie on edges and corners
    points = np.array([*shapely.points(x, y), None, shapely.Point()])
    ring = shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 6, 6)
    two = shapely.MultiPolygon([shapely.box(9, 0, 11, 4), shapely.Point(6, 6).buffer(2.5)])
    polygons = np.array([ring, two, None, shapely.Polygon(), shapely.box(20, 20, 21, 21)])
    held = set(zip(*(rows.tolist() for rows in held_by(points, polygons)), strict=True))
    assert held == set(zip(*np.nonzero(shapely.intersects(points[:, None], polygons)), strict=True))
    assert not held_by(points, polygons[2:])[0].size
