"""Mistakes of a planner that would give somebody away are refused."""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import InputError, ProjectError
from geo.inputs import load_inputs
from geo.personal import personal_columns
from geo.project_file import load_project
from tests.safety.conftest import run


@pytest.fixture
def study(telling: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rows_of(study: Path) -> pd.DataFrame:
    return pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)


VENUES = '[[venues]]\nfile = "{}"\nkind = "motel"\n\n[people]'


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('towns = "towns.csv"', 'towns = "./providers.csv"', "towns"),
        ("[people]", VENUES.format("providers.csv"), "venues"),
        ("[people]", VENUES.format("link.csv"), "venues"),
        ('file = "people.csv"', 'file = "providers.csv"', "people"),
        ('file = "counties.geojson"', 'file = "providers.csv"', "areas"),
    ],
)
def test_a_list_of_providers_is_nothing_else(study: Path, old: str, new: str, key: str) -> None:
    (study / "link.csv").symlink_to(study / "providers.csv")
    replace(study / "project.toml", old, new)
    with pytest.raises(
        ProjectError, match=f"key '{key}': providers.csv is a list of providers, whose confidential rows"
    ):
        load_project(study / "project.toml")


@pytest.mark.parametrize(("old", "new"), [('towns = "towns.csv"', 'towns = "copy.csv"'), ("[people]", VENUES.format("copy.csv"))])  # fmt: skip
def test_a_copy_of_a_list_of_providers_is_told(study: Path, old: str, new: str) -> None:
    rows_of(study).rename(columns={"public": "Public"}).to_csv(study / "copy.csv", index=False)
    replace(study / "project.toml", old, new)
    result = run("check", study / "project.toml")
    assert result.exit_code == 4
    assert (
        "copy.csv, column 'public': looks like a list of providers, some of which may be confidential." in result.stderr
    )


def test_a_region_around_one_building_cannot_stand_in(study: Path) -> None:
    rows = rows_of(study)
    hidden = rows[rows["public"] != "yes"]
    rows.loc[hidden.index, "region"] = ""
    rows.to_csv(study / "providers.csv", index=False)
    places = gpd.GeoSeries(gpd.points_from_xy(hidden["lon"].astype(float), hidden["lat"].astype(float)), crs=4326)
    for radius_m, code in ((30, 4), (2_500, 4), (3_000, 0)):
        around = gpd.GeoDataFrame(geometry=places.to_crs(3814).buffer(radius_m)).to_crs(4326)
        around.assign(code=range(6), name="Block").astype({"code": str}).to_file(study / "blocks.geojson")
        text = (study / "project.toml").read_text().split("\n[regions]")[0]
        (study / "project.toml").write_text(f'{text}\n[regions]\nfile = "blocks.geojson"\nid = "code"\nname = "name"\n')
        result = run("check", study / "project.toml")
        assert result.exit_code == code, radius_m
        told = "is confidential, and its region has less than 25 km²: its place could be guessed."
        assert (told in result.stderr) == bool(code)


def test_a_row_that_is_left_out_is_no_less_confidential(study: Path) -> None:
    """No digest of its file is published, and the audit looks for it."""
    rows = rows_of(study)
    rows.assign(state=["MS" if public == "yes" else "XX" for public in rows["public"]]).to_csv(
        study / "providers.csv", index=False
    )
    replace(study / "project.toml", 'source = "Invented providers"', 'where = { state = "MS" }')
    inputs = load_inputs(load_project(study / "project.toml"))
    assert inputs.providers["public"].all()
    assert [record.sha256 for record in inputs.files if record.path.name == "providers.csv"] == [""]
    replace(study / "project.toml", "Outreach along I-55", "Outreach of Hidden Haven of Sister Alma")
    assert run("map", study / "project.toml", "--out", study / "out", "--only", "map.html").exit_code == 7


SPELLINGS = """client_name|victims_name|names of clients|resident_name|youth_name|CLIENTNAME|clientName|Client's Name|Name (client)|name of victim|Survivor Initials|victim|D.O.B.|d o b|birth_dt
year of birth|Date Of Birth (client)|first name + DOB|yob|S.S.N.|ssn_last4|last 4 ssn|Social Security #|Case #|CaseNbr|docket number|HMIS Client ID
Incident#|A#|A-Number|passport no|MRN|medical record number|nombre del cliente|nombre_victima|Víctima|edad de la víctima|fecha de nacimiento
Fecha nac.|número de caso|núm. de caso|No. de expediente|seguro social|NSS|CURP|sobreviviente|nombre del menor|trafficker name|pasaporte
caller_name|suspect_name|buyer name|victim_race|client code|nacionalidad de la víctima|Driver's License No.|visa number|alien registration number|USCIS #"""
SERVICES = """victim_services|clients_age|youth_services|youth|residents|resident_population|victim_services_phone|children|patients|births|birth_rate|low_birth_weight|serves_minors|number_of_clients|clients_served
Child Advocacy Center name|child_care_name|case_management|case management phone|intake_24_7|intake_phone|min_child_age|minor_civil_division|no_car_pct
place_of_birth_foreign_pct|social_security_income_pct|county_no|capacity_no|first_name|sex|age|public|victims|name|place name
guardian|beneficiary|drivers_license_required|visa_help|full_name|race_black_pct|area code"""


def spelled(words: str) -> list[str]:
    return [name for line in words.splitlines() for name in line.split("|")]


@pytest.mark.parametrize("column", spelled(SPELLINGS))
def test_data_of_people_who_were_helped_is_known_by_its_column(column: str) -> None:
    assert personal_columns(pd.DataFrame(columns=["name", column])) == [column]


@pytest.mark.parametrize("column", spelled(SERVICES))
def test_columns_of_services_are_left_alone(column: str) -> None:
    assert personal_columns(pd.DataFrame(columns=[column])) == []


def test_a_name_beside_the_traits_of_one_person() -> None:
    assert personal_columns(pd.DataFrame(columns=["Apellidos", "Edad", "town"])) == ["Apellidos", "Edad"]


@pytest.mark.parametrize("nested", [{"client": {"name": "x"}}, [{"of": {"Date of Birth": "1"}}], {"Case #": 3}])
def test_nested_data_of_people_is_found(study: Path, nested: object) -> None:
    counties = json.loads((study / "counties.geojson").read_text())
    counties["features"][3]["properties"]["more"] = nested
    (study / "counties.geojson").write_text(json.dumps(counties))
    with pytest.raises(InputError, match="column 'more': looks like personal data"):
        load_inputs(load_project(study / "project.toml"))
