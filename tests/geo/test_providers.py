"""The provider door: what enters, what may leave, and what a message never says."""

import json
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo import provider_fields, providers
from geo.areas import read_regions
from geo.errors import InputError
from geo.project import ProviderFile, Regions
from geo.providers import COLUMNS, missing_categories, read_providers
from geo.records import Dropped
from geo.vocabulary import CATEGORIES

METRIC = CRS.from_epsg(3814)
REGIONS = gpd.GeoDataFrame(
    {"region_id": ["001", "003", "005"], "name": ["Hinds", "Rankin", "Twin"]},
    geometry=[shapely.box(-91, 32, -90, 33), shapely.box(-90, 32, -89, 33), shapely.box(-89, 32, -88, 33)],
    crs=4326,
).to_crs(METRIC)
ROADS = gpd.GeoSeries([shapely.box(-91.5, 31.5, -87.5, 33.5)], crs=4326)
SECRETS = ("Hidden Haven", "12 Oak Lane", "601-555-0199", "Littletown", "haven.example", "ask for Ann")


def provider_file(folder, text, name="providers.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def read(*files, regions=REGIONS, within=ROADS, **changes):
    sections = [file if isinstance(file, ProviderFile) else ProviderFile(file=file, **changes) for file in files]
    return read_providers(sections, regions=regions, within=within, crs=METRIC)


def refused(*files, **changes):
    with pytest.raises(InputError) as error:
        read(*files, **changes)
    return [str(problem) for problem in error.value.problems]


def everything_in(reading):
    """Return all that a reading holds, as one text."""
    table = reading.table
    return repr(
        [table.to_dict("list"), [shape.wkt for shape in table.geometry], table.attrs, reading.dropped, reading.files]
    )


HEADER = "id,name,category,lon,lat,phone,website,address,town,region,hours,capacity,verified_on,public\n"
HIDDEN_ROW = (
    "X1,Hidden Haven,shelter,-90.41,32.43,601-555-0199,haven.example,12 Oak Lane,Littletown,,ask for Ann,12,2026-01-05,"
)


class TestPublic:
    def test_a_public_row_keeps_all_it_says(self, tmp_path):
        path = provider_file(
            tmp_path, HEADER + "P1,Clinic,medical,-90.5,32.5,601,c.example,1 A St,Jackson,MS,9-5,30,1/5/2026,Yes\n"
        )
        reading = read(path, source="List 2026")
        row = reading.table.iloc[0]
        assert list(reading.table.columns) == [*COLUMNS, "geometry"]
        assert row.drop("geometry").to_dict() == {
            "provider_id": "P1", "name": "Clinic", "categories": "medical", "phone": "601", "website": "c.example",
            "address": "1 A St", "town": "Jackson", "region": "001", "hours": "9-5", "languages": "", "serves": "",
            "capacity": 30.0, "verified_on": "2026-01-05", "public": True, "source": "List 2026",
        }  # fmt: skip
        assert reading.table.crs == METRIC
        assert reading.table.to_crs(4326).geometry[0].equals_exact(shapely.Point(-90.5, 32.5), 1e-9)
        assert len(reading.files[0].sha256) == 64

    def test_a_whole_official_list_may_be_public_yet_a_row_can_say_no(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat,public\nA,-90.5,32.5,\nB,-90.5,32.5,no\n")
        table = read(path, public=True, category="medical").table
        assert table["public"].tolist() == [True, False]
        assert table["name"].tolist() == ["A", "Confidential provider"]

    def test_columns_are_mapped_and_ours_found_in_any_case(self, tmp_path):
        path = provider_file(
            tmp_path, "FACILITY,Phone,X,Y,BEDS,STATUS\nA,601,-90.5,32.5,-999,OPEN\nB,602,-90.5,32.5,4,CLOSED\n"
        )
        columns = {"name": "FACILITY", "lon": "X", "lat": "Y", "capacity": "BEDS"}
        reading = read(path, public=True, category="medical", columns=columns, where={"STATUS": "OPEN"})
        assert reading.table[["provider_id", "name", "phone"]].to_numpy().tolist() == [["provider-0001", "A", "601"]]
        assert math.isnan(reading.table["capacity"][0])
        assert reading.dropped == (Dropped("providers.csv", "negative capacities, taken as unknown", 1),)

    def test_map_layers_are_read(self, tmp_path):
        path = tmp_path / "p.geojson"
        gpd.GeoDataFrame({"NAME": ["A"], "lon": ["7"]}, geometry=[shapely.Point(-90.5, 32.5)], crs=4326).to_file(path)
        assert read(path, public=True, category="legal").table["region"].tolist() == ["001"]

    def test_categories_by_identifier_or_label_in_the_order_of_the_vocabulary(self, tmp_path):
        path = provider_file(
            tmp_path, "name,category,lon,lat,public\nA,Mental health care; Crisis ;medical,-90.5,32.5,yes\n"
        )
        assert read(path).table["categories"].tolist() == ["crisis;medical;mental_health"]

    def test_identifiers_stay_unique_over_files(self, tmp_path):
        first = provider_file(tmp_path, "id,name,lon,lat\n1,A,-90.5,32.5\n,B,-90.5,32.5\n")
        second = provider_file(tmp_path, "id,name,lon,lat\n1,C,-90.5,32.5\n", "more.csv")
        table = read(first, second, public=True, category="medical").table
        assert table["provider_id"].tolist() == ["1", "provider-0002", "1-2"]

    def test_numbers_of_public_rows_show_no_gap_where_a_confidential_one_stood(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat,public\nA,-90.5,32.5,yes\nB,-90.5,32.5,no\nC,-90.5,32.5,yes\n")
        assert read(path, category="medical").table["provider_id"].tolist() == [
            "provider-0001", "provider-0002", "confidential-0001",
        ]  # fmt: skip

    def test_providers_beyond_the_areas_stay_and_those_beyond_the_roads_go(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat\nA,-91.4,31.6\nB,-95,32\n")
        reading = read(path, public=True, category="medical")
        assert reading.table["name"].tolist() == ["A"]
        assert reading.table["region"].tolist() == [""]
        assert reading.dropped == (Dropped("providers.csv", "providers outside the area of the road data", 1),)

    def test_odd_names_pass_unchanged(self, tmp_path):
        names = ["Joe`s ${x}", "<script>alert('1')</script>", "مستشفى 🏥", r"\u12 \\`);"]
        path = tmp_path / "p.csv"
        pd.DataFrame({"name": names, "lon": -90.5, "lat": 32.5}).to_csv(path, index=False)
        assert read(path, public=True, category="medical").table["name"].tolist() == names

    def test_all_problems_of_all_files_at_once(self, tmp_path):
        first = provider_file(
            tmp_path,
            "id,name,category,lon,lat,capacity,verified_on,public\n"
            "1,A,shleter,-90.5,32.5,many,31/12/2026,yes\n"
            "1,,medical,,,5,,yes\n"
            "3,C,,-90.5,32.5,5,,maybe\n",
        )
        second = provider_file(tmp_path, "name\n", "empty.csv")
        known = f"Known: {', '.join(CATEGORIES)}; several are joined by a semicolon."
        assert refused(first, second) == [
            "providers.csv, column 'id', rows 2, 3: holds the same value more than once. Give each row a value of its own.",
            "providers.csv, column 'public', row 4: must be yes or no. Write yes only when the operator publishes the "
            "address and has agreed. Empty means no.",
            f"providers.csv, column 'category', row 4: is empty. {known}",
            f"providers.csv, column 'category', row 2: is not a service category. Did you mean 'shelter'? {known}",
            "providers.csv, column 'capacity', row 2: is not a number. Write digits only, or leave the cell empty.",
            "providers.csv, column 'name', row 3: is empty. Fill it in, or remove the row.",
            "providers.csv, column 'verified_on', row 2: is not a date. Write dates as 2026-11-01.",
            "providers.csv, row 3: has no coordinates. Add longitude and latitude, or remove the row.",
            "empty.csv: has no rows. Add rows, or remove it from the project file.",
        ]

    def test_every_column_that_the_project_names_must_be_there(self, tmp_path):
        """A misspelled `public` would show the confidential rows of a list that is public as a whole."""
        path = provider_file(tmp_path, "name,Beds,lon,lat,OK to publish\nA,4,-90.5,32.5,no\n")
        columns = {"capacity": "Bed", "public": "OK to publish?", "phone": "Fax"}
        assert refused(path, public=True, category="medical", columns=columns) == [
            "providers.csv, column 'Bed': there is no such column. Did you mean 'Beds'?",
            "providers.csv, column 'OK to publish?': there is no such column. Did you mean 'OK to publish'?",
            "providers.csv, column 'Fax': there is no such column. "
            "Correct its name in the project file or add it to this file.",
            "providers.csv, column 'OK to publish', row 2: says no, but the row is public. "
            "Write no in a column `public`, or empty this cell when everybody may know the address.",
        ]

    def test_one_slip_in_public_and_other_rows_is_said_once(self, tmp_path):
        path = provider_file(tmp_path, 'name,lon,lat,public\nA,"-90,5",32.5,no\nB,"-90,5",32.5,yes\n')
        assert refused(path, category="medical") == [
            "providers.csv, column 'lon', rows 2, 3: has a decimal comma. Write a decimal point: 32.5, not 32,5."
        ]

    def test_swapped_coordinates(self, tmp_path):
        path = provider_file(tmp_path, "name,lat,lon\nA,-90.5,32.5\n")
        assert refused(path, public=True, category="medical") == [
            "providers.csv, column 'lon, lat', row 2: latitude and longitude are swapped. "
            "Exchange the two columns, here or in the project file."
        ]

    def test_a_public_layer_without_shapes(self, tmp_path):
        path = tmp_path / "p.geojson"
        gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=[shapely.Point(-90.5, 32.5), None], crs=4326).to_file(path)
        assert refused(path, public=True, category="legal") == [
            "p.geojson, row 2: is public and has no coordinates. Add its coordinates, or remove the row."
        ]

    def test_no_category_anywhere(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat\nA,-90.5,32.5\n")
        assert refused(path, public=True) == [
            "providers.csv, column 'category': there is no such column. "
            "Add it, or give the file one `category` in the project file."
        ]


class TestConfidential:
    def test_a_row_is_confidential_unless_it_says_otherwise(self, tmp_path):
        path = provider_file(tmp_path, HEADER + HIDDEN_ROW + "\n")
        reading = read(path, source="Coalition")
        row = reading.table.iloc[0]
        assert row.drop("geometry").to_dict() == {
            "provider_id": "confidential-0001", "name": "Confidential provider", "categories": "shelter", "phone": "",
            "website": "", "address": "", "town": "", "region": "001", "hours": "", "languages": "", "serves": "",
            "capacity": 12.0, "verified_on": "", "public": False, "source": "Coalition",
        }  # fmt: skip
        assert row["geometry"].equals(REGIONS.geometry[0].representative_point())
        assert not [secret for secret in SECRETS if secret in everything_in(reading)]

    @pytest.mark.parametrize("word", ["", "no", "No", "FALSE", "0"])
    def test_words_for_no(self, tmp_path, word):
        assert not read(provider_file(tmp_path, HEADER + HIDDEN_ROW + word + "\n")).table["public"].any()

    @pytest.mark.parametrize("other", ["Public", "PUBLIC"])
    def test_two_columns_public_are_refused(self, tmp_path, other):
        head = HEADER.replace("\n", f",{other}\n")
        assert refused(provider_file(tmp_path, head + HIDDEN_ROW + "yes,no\n")) == [
            "providers.csv, column 'public': there are several columns of this name, in capital and small letters. "
            "Keep the one that is meant."
        ]

    @pytest.mark.parametrize("word", ["y", "yes!", "public", "2", "ja", "-", "true-ish"])
    def test_any_other_word_is_refused_without_repeating_it(self, tmp_path, word):
        said = refused(provider_file(tmp_path, HEADER + HIDDEN_ROW + word + "\n"))
        assert said[0].startswith("providers.csv, column 'public', row 2: must be yes or no.")
        assert len(said) == 1

    @pytest.mark.parametrize(
        ("word", "whole", "clear"),
        [("yes", False, False), ("by request", True, False), ("No", True, True), ("", True, True)],
    )
    def test_a_public_row_that_says_confidential_is_refused(self, tmp_path, word, whole, clear):
        head, row = HEADER.replace("\n", ",Confidential\n"), HIDDEN_ROW + ("" if whole else "yes") + f",{word}\n"
        path = provider_file(tmp_path, head + row)
        if clear:
            assert read(path, public=whole).table["public"].all()
        else:
            (said,) = refused(path, public=whole)
            assert said.startswith("providers.csv, column 'Confidential', row 2: says so, but the row is public.")

    @pytest.mark.parametrize("whole", [True, False], ids=["a public list", "rows say it"])
    @pytest.mark.parametrize(
        ("header", "word"),
        [
            ("Public?", "No"), ("is_public", "no"), ("Okay to publish", "not yet"), ("May be shared", "0"),
            ("Publicar", "no"), ("not confidential", "no"),
            ("Confidential?", "YES"), ("confidential_address", "yes"), ("Is Confidential", "x"), ("Conf.", "1"),
            ("private", "true"), ("Confidentiality", "high"), ("do_not_publish", "yes"), ("DoNotPublish", "Y"),
            ("Address confidential (yes/no)", "yes"), ("undisclosed", "yes"), ("Location: non-public", "yes"),
            ("Dirección confidencial", "sí"),
        ],
    )  # fmt: skip
    def test_a_public_row_is_refused_whatever_the_column_is_called_that_says_otherwise(
        self, tmp_path, header, word, whole
    ):
        head, row = HEADER.replace("\n", f",{header}\n"), HIDDEN_ROW + ("" if whole else "yes") + ","
        (said,) = refused(provider_file(tmp_path, head + row + f"{word}\n"), public=whole)
        assert said.startswith(f"providers.csv, column '{header}', row 2: says ")
        assert "but the row is public" in said
        assert read(provider_file(tmp_path, head + row + "\n"), public=whole).table["public"].all()
        # A row that is confidential anyway may say so twice.
        agreeing = provider_file(tmp_path, head + HIDDEN_ROW + f"no,{word}\n")
        assert not read(agreeing, public=whole).table["public"].any()

    @pytest.mark.parametrize(
        "header", ["private_pay", "public_transport", "Privacy policy", "public phone", "hidden fees", "no", "status"]
    )
    def test_columns_about_something_else_say_nothing_of_that(self, tmp_path, header):
        head, row = HEADER.replace("\n", f",{header}\n"), HIDDEN_ROW + "yes,no\n"
        assert read(provider_file(tmp_path, head + row)).table["public"].all()

    @pytest.mark.parametrize("header", ["Secret", "not public", "confidential", "do not publish"])
    def test_a_column_that_says_the_opposite_is_not_taken_for_public(self, tmp_path, header):
        path = provider_file(tmp_path, HEADER.replace("public", header) + HIDDEN_ROW + "yes\n")
        said = refused(path, columns={"public": header})
        assert said[0].startswith(f"providers.csv, column '{header}': sounds like the opposite of `public`.")

    def test_the_region_may_be_named_and_then_coordinates_are_not_even_read(self, tmp_path):
        path = provider_file(
            tmp_path,
            "name,region,lon,lat,category\nA,rankin county,somewhere,x,shelter\nB,003,,,shelter\nC,005,-90.5,32.5,legal\n",
        )
        assert read(path).table["region"].tolist() == ["003", "003", "005"]

    def test_the_stand_in_depends_on_the_region_alone(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat\nA,-90.9,32.1\nB,-90.1,32.9\n")
        table = read(path, category="shelter").table
        assert table.geometry[0].equals(table.geometry[1])

    def test_numbers_follow_region_categories_and_capacity_not_the_file(self, tmp_path):
        rows = ["A,005,shelter,", "B,001,shelter,9", "C,001,legal,9", "D,001,legal,2", "E,001,legal,"]
        first = provider_file(tmp_path, "name,region,category,capacity\n" + "\n".join(rows) + "\n")
        second = provider_file(tmp_path, "name,region,category,capacity\n" + "\n".join(rows[::-1]) + "\n", "other.csv")
        forward, backward = (read(path, source="List").table for path in (first, second))
        pd.testing.assert_frame_equal(pd.DataFrame(forward), pd.DataFrame(backward))
        assert forward["provider_id"].tolist() == [f"confidential-000{n}" for n in range(1, 6)]
        assert forward["region"].tolist() == ["001"] * 4 + ["005"]
        assert forward["capacity"].fillna(-1).tolist() == [2, 9, -1, 9, -1]

    def test_the_digest_of_the_file_is_withheld(self, tmp_path):
        record = read(provider_file(tmp_path, HEADER + HIDDEN_ROW + "\n")).files[0]
        assert (record.sha256, record.rows, record.notes) == ("", 1, ("1 of 1 rows are confidential",))

    def test_a_file_without_the_column_is_all_confidential_and_says_so(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat\nA,-90.9,32.1\nB,-90.1,32.9\n")
        assert read(path, category="shelter").files[0].notes == ("no column 'public': all 2 rows are confidential",)

    def test_outside_every_region_is_dropped_and_counted_without_a_coordinate(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat\nA,-90.9,32.1\nB,-87.777,32.888\n")
        reading = read(path, category="shelter")
        assert len(reading.table) == 1
        assert reading.dropped == (Dropped("providers.csv", "confidential providers outside every region", 1),)

    def test_a_region_beyond_the_roads_is_dropped_and_counted(self, tmp_path):
        path = provider_file(tmp_path, "name,region\nA,Hinds\nB,Twin\n")
        near = gpd.GeoSeries([shapely.box(-91.5, 31.5, -89, 33.5)], crs=4326)
        reading = read(path, category="shelter", within=near)
        assert reading.table["region"].tolist() == ["001"]
        assert reading.dropped == (
            Dropped("providers.csv", "confidential providers whose region is outside the road data", 1),
        )

    def test_nobody_is_left(self, tmp_path):
        path = provider_file(tmp_path, "name,lon,lat\nB,-87.777,32.888\n")
        assert refused(path, category="shelter") == [
            "no provider is left (providers.csv: 1 confidential providers outside every region). "
            "Compare the provider files with the regions and roads."
        ]

    def test_without_regions_there_is_no_stand_in(self, tmp_path):
        assert refused(provider_file(tmp_path, HEADER + HIDDEN_ROW + "\n"), regions=None) == [
            "providers.csv, row 2: is confidential, and there are no regions to stand in for its place. "
            "Add a [regions] table with county outlines to the project file."
        ]

    def test_regions_that_could_not_be_read_add_no_message_and_let_nothing_through(self, tmp_path):
        path = provider_file(tmp_path, HEADER + HIDDEN_ROW + "\n")
        reading = read(path, regions=REGIONS.iloc[:0])
        assert len(reading.table) == 0
        assert list(reading.table.columns) == [*COLUMNS, "geometry"]

    def test_more_places_than_there_are_people_are_refused(self, tmp_path):
        path = provider_file(tmp_path, "name,region,capacity\nA,Hinds,1000000000\nB,Hinds,1e30\n")
        assert refused(path, category="shelter") == [
            "providers.csv, column 'capacity', row 3: is above 1,000,000,000. Correct the value or leave the cell empty."
        ]

    def test_unknown_and_ambiguous_regions(self, tmp_path):
        twice = pd.concat([REGIONS, REGIONS.iloc[:1].assign(region_id="009")], ignore_index=True)
        path = provider_file(tmp_path, "name,region\nA,Hinds\nB,Atlantis\nC,009\nD,5\n")
        assert refused(path, category="shelter", regions=twice) == [
            "providers.csv, column 'region', row 5: is the id of a region but for its leading zeros. Format the column as text, so that spreadsheets keep them.",
            "providers.csv, column 'region', row 3: is not the id or name of a region. Write it as the regions file does, or leave it empty and give coordinates.",
            "providers.csv, column 'region', row 2: is the name of several regions. Write the id of the region.",
        ]

    def test_neither_region_nor_place(self, tmp_path):
        remedy = "Add the `region` it is in (best: its place need not be written at all), or coordinates."
        for text in ("name,lon,lat\nHidden Haven,,\n", "name,town\nHidden Haven,Littletown\n"):
            assert refused(provider_file(tmp_path, text), category="shelter") == [
                f"providers.csv, row 2: is confidential and has neither region nor coordinates. {remedy}"
            ]

    def test_swapped_coordinates_are_said_without_repeating_them(self, tmp_path):
        regions = gpd.GeoDataFrame(
            {"region_id": ["1"], "name": ["M"]}, geometry=[shapely.box(14, 35, 15, 36)], crs=4326
        )
        path = provider_file(tmp_path, "name,lon,lat\nA,35.5,14.5\n")
        assert refused(path, category="shelter", regions=regions.to_crs(METRIC), within=None) == [
            "providers.csv, row 2: latitude and longitude are swapped. Exchange the two columns, here or in the project file."
        ]

    def test_a_file_without_header_does_not_put_its_first_row_into_the_message(self, tmp_path):
        for row in ("Hidden Haven,12 Oak Lane,Littletown", "naem,12 Oak Lane,categori"):
            said = " ".join(refused(provider_file(tmp_path, f"{row}\n{row}x\n"), where={"status": "x"}))
            assert not [cell for cell in row.split(",") if cell in said]

    def test_an_unforeseen_error_does_not_carry_a_cell(self, tmp_path, monkeypatch):
        def fails(frame, *_args):
            raise KeyError(frame["name"].iloc[0])

        monkeypatch.setattr(providers, "capacities", fails)
        with pytest.raises(InputError) as error:
            read(provider_file(tmp_path, HEADER + HIDDEN_ROW + "\n"))
        assert str(error.value) == (
            "providers.csv: could not be read (KeyError). To keep it confidential nothing of the file is shown here. "
            "Try halves of it to find the row."
        )
        assert error.value.__cause__ is None
        assert error.value.__context__ is None
        assert not any("Haven" in repr(frame.frame.f_locals) for frame in _frames(error.value.__traceback__))


def _frames(traceback):
    """Return the frames below this test file that a traceback with local variables would print."""
    found = []
    while traceback:
        if "geo/" in traceback.tb_frame.f_code.co_filename and "tests" not in traceback.tb_frame.f_code.co_filename:
            found.append(type("Entry", (), {"frame": traceback.tb_frame}))
        traceback = traceback.tb_next
    return found


@pytest.mark.parametrize(
    "name", ["hospitals_hifld", "mental_health_samhsa", "substance_use_samhsa", "police_sheriff_hifld"]
)
def test_real_lists_taken_as_confidential_leave_nothing_behind(name):
    folder = Path(__file__).parents[3] / "shared" / "data" / "real"
    if not folder.is_dir():
        pytest.skip("the shared real data are not here")
    counties = read_regions(Regions(file=folder / "counties_2016cb.gpkg", id="GEOID", name="NAME"), crs=METRIC).table
    reading = read(
        folder / f"{name}.geojson", regions=counties, within=None, category="medical", columns={"name": "in_ms"}
    )
    given = gpd.read_file(folder / f"{name}.geojson")
    found = everything_in(reading)
    told = given.drop(columns=["geometry", "in_ms"]).astype("str").fillna("")
    assert not {cell for column in told for cell in told[column] if len(cell) > 5 and " " in cell and cell in found}
    assert len(reading.table) + sum(entry.count for entry in reading.dropped) == len(given)
    stand_ins = {point.wkb for point in counties.geometry.representative_point()}
    assert {point.wkb for point in reading.table.geometry} <= stand_ins
    true_places = given.to_crs(METRIC).geometry
    assert not {point.wkb for point in true_places} & stand_ins


def test_missing_categories():
    table = pd.DataFrame({"categories": ["crisis;medical", "legal"]})
    assert [str(problem) for problem in missing_categories(table, ("medical", "shelter"))] == [
        "no provider offers the required category 'shelter' (Emergency shelter). "
        "Add a provider of it, or take it out of `required` under [access]."
    ]


@pytest.mark.parametrize("cell", ["2026-13-01", "yesterday", "2/30/2026", "31/12/2026", "20260101", "١/٢/٢٠٢٦"])
def test_dates_that_are_none(cell):
    section = ProviderFile(file="p.csv")
    dates, problems = provider_fields.iso_dates(pd.Series([cell]), section, "checked")
    assert dates.tolist() == [""]
    assert len(problems) == 1


WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=6, max_size=20).map(str.strip)
CELL = WORD.map(lambda text: f"§{text}")  # a mark that nothing else holds
ROW = st.fixed_dictionaries(
    {
        "name": CELL, "phone": CELL, "website": CELL, "address": CELL, "town": CELL, "hours": CELL, "languages": CELL,
        "serves": CELL, "notes": CELL, "id": CELL,
        "lon": st.integers(-90_990_000, -88_010_000).map(lambda value: value / 1e6 + 1e-7),
        "lat": st.integers(32_010_000, 32_990_000).map(lambda value: value / 1e6 + 1e-7),
        "category": st.sampled_from(sorted(CATEGORIES)),
        "capacity": st.sampled_from(["", "5", "-999", "12"]),
        "verified_on": st.sampled_from(["", "1987-06-05", "6/5/1987", CELL]).map(str),
        "public": st.sampled_from(["", "no", "FALSE", "0"]),
    }
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW, min_size=1, max_size=4, unique_by=lambda row: row["id"].strip()),
    kind=st.sampled_from(["csv", "json"]),
)
def test_nothing_of_any_confidential_row_survives(tmp_path, rows, kind):
    """Search all that comes back, or the error, for any cell and any coordinate of any row."""
    frame = pd.DataFrame(rows)
    if kind == "csv":
        path = tmp_path / "p.csv"
        frame.to_csv(path, index=False, encoding="utf-8")
    else:
        path = tmp_path / "p.geojson"
        features = [
            {
                "type": "Feature",
                "properties": row,
                "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            }
            for row in rows
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    try:
        reading = read(path, source="List")
    except InputError as error:
        found = str(error)
        assert "§" not in found
        assert not [row for row in rows if str(row["lon"]) in found or str(row["lat"]) in found]
        return
    found = everything_in(reading)
    assert "§" not in found
    assert not [row for row in rows if str(row["lon"]) in found or str(row["lat"]) in found]
    places = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326).to_crs(METRIC)
    distances = shapely.distance(places.to_numpy()[:, None], reading.table.geometry.to_numpy()[None, :])
    stand_ins = REGIONS.geometry.representative_point().to_numpy()
    assert set(reading.table.geometry.map(lambda point: point.wkt)) <= {point.wkt for point in stand_ins}
    assert np.isfinite(distances).all()
    assert reading.table["provider_id"].str.fullmatch(r"confidential-\d{4}").all()
    assert reading.table["region"].isin(REGIONS["region_id"]).all()
