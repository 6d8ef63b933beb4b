"""Declared tables and the reading of numbers."""

from pathlib import Path

import pandas as pd
import pytest

from geo.tables import ROW, Column, Table, check, nearest, parse_numbers, without_codes

FILE = Path("areas.csv")
TABLE = Table(
    "areas",
    (
        Column("area_id", unique=True),
        Column("population", "count", low=0),
        Column("poverty", "number", "%", 0, 100, required=False),
    ),
)


def frame(**columns):
    rows = pd.RangeIndex(2, 2 + len(next(iter(columns.values()))), name=ROW)
    return pd.DataFrame(columns, index=rows, dtype="str")


def said(table, **columns):
    return [str(problem) for problem in check(frame(**columns), table, source=FILE)]


def test_a_good_table_has_no_problems():
    assert said(TABLE, area_id=["01", "02"], population=["5", "1,234"], poverty=["12.5 %", ""]) == []


def test_every_problem_is_named_at_once_with_file_column_and_rows():
    assert said(TABLE, area_id=["01", "01", ""], population=["many", "-3", ""], poverty=["12,5", "101", "1,234"]) == [
        "areas.csv, column 'area_id', row 4: is empty. Fill it in, or remove the row.",
        "areas.csv, column 'area_id', rows 2, 3: holds the same value more than once. Give each row a value of its own.",
        "areas.csv, column 'population', row 2: is not a number. Write digits only, or leave the cell empty.",
        "areas.csv, column 'population', row 3: is negative. Correct the value or leave the cell empty.",
        "areas.csv, column 'population', row 4: is empty. Fill it in, or remove the row.",
        "areas.csv, column 'poverty', row 2: has a decimal comma. Write a decimal point: 32.5, not 32,5.",
        "areas.csv, column 'poverty', row 4: has a number that can be read in two ways, as thousands or as a decimal. "
        "Write numbers without thousands separators and with a decimal point.",
        "areas.csv, column 'poverty', row 3: is above 100 %. Correct the value or leave the cell empty.",
    ]


def test_a_missing_column_is_named_with_the_nearest_that_exists():
    assert said(TABLE, area_id=["01"], POPULATON=["5"]) == [
        "areas.csv, column 'population': there is no such column. Did you mean 'POPULATON'?"
    ]


def test_messages_use_the_names_of_the_file():
    problems = check(frame(area_id=[""]), Table("t", (Column("area_id"),)), source=FILE, called={"area_id": "GEOID"})
    assert problems[0].column == "GEOID"


def test_identifiers_that_a_spreadsheet_made_numbers_are_refused():
    assert said(Table("t", (Column("area_id", unique=True),)), area_id=["2.80010E+10", "28"]) == [
        "areas.csv, column 'area_id', row 2: is in scientific notation: a spreadsheet has cut off digits. "
        "Format the column as text before entering the identifiers."
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("-1.5", -1.5), (" 7 ", 7), ("1e3", 1000), ("12.5%", 12.5), ("1,234,567", 1234567),
        ("1,234.5", 1234.5), ("1 234", 1234), ("1\u202f234\u00a0567", 1234567), ("4710.0", 4710),
    ],
)  # fmt: skip
def test_numbers_that_can_mean_one_thing_are_read(text, number):
    values, reasons = parse_numbers(pd.Series([text]))
    assert (values[0], reasons[0]) == (number, "")


@pytest.mark.parametrize("text", ["", "NA", "n/a", "NULL", "None", "-", "nan", "#N/A"])
def test_words_for_unknown_are_not_numbers_and_no_problem(text):
    values, reasons = parse_numbers(pd.Series([text]))
    assert pd.isna(values[0])
    assert reasons[0] == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("about 12", "text"), ("12 000 people", "text"), ("$5", "text"), ("3,5", "comma"), ("1.234,5", "comma"),
        ("12,34", "comma"), ("1,234", "ambiguous"), ("inf", "infinite"), ("1e999", "infinite"), ("1,23,456", "text"),
    ],
)  # fmt: skip
def test_other_numbers_are_refused_with_the_reason(text, reason):
    assert parse_numbers(pd.Series([text]))[1][0] == reason


def test_counts_may_have_thousands_separators():
    assert parse_numbers(pd.Series(["1,234", "12,345"]), whole=True)[0].tolist() == [1234, 12345]
    assert parse_numbers(pd.Series(["1,5"]), whole=True)[1][0] == "comma"


def test_counts_grouped_by_dots_are_not_taken_for_fractions():
    assert parse_numbers(pd.Series(["4.710", "2.350", "900"]), whole=True)[1].tolist() == ["ambiguous"] * 2 + [""]
    assert parse_numbers(pd.Series(["4.710", "2350.25"]), whole=True)[1].tolist() == ["", ""]


def test_numbers_stay_numbers():
    values, reasons = parse_numbers(pd.Series([1, 2.5, float("inf")]))
    assert values[:2].tolist() == [1, 2.5]
    assert reasons.tolist() == ["", "", "infinite"]


def test_codes_for_unknown_are_emptied_and_counted():
    cells, count = without_codes(pd.Series(["-999", "-999.0", "-666666666", "-9", "5"]))
    assert (cells.tolist(), count) == (["", "", "", "-9", "5"], 3)


def test_nearest_ignores_case_and_knows_when_nothing_is_near():
    assert nearest("latitude", ["LATITUDE_", "x"]) == "LATITUDE_"
    assert nearest("latitude", ["12 Oak Street"]) is None
