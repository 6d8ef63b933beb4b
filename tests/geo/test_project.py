"""The project file: what is accepted, and how mistakes are told."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from geo.errors import EXIT_CODES, OutreachError, Problem, ProjectError
from geo.project_file import load_project

GOOD = """
title = "T"
study_area = "S"
as_of = 2026-11-01
[roads]
osm = "r.osm"
[corridor]
highways = "I 55"
[areas]
file = "sub/a.gpkg"
id = "GEOID"
name = "NAME"
[people]
file = "p.csv"
[[providers]]
file = "s.csv"
category = "shelter"
"""

POOR = '[people.indicators.poor]\ncolumn = "p"\nlabel = "Poor"\nweight = {}'


def write(folder: Path, text: str) -> Path:
    path = folder / "project.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ProjectError) as caught:
        load_project(write(folder, text))
    return [str(problem) for problem in caught.value.problems]


def test_paths_are_absolute_and_defaults_filled_in(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, GOOD))
    assert project.areas.file == tmp_path / "sub/a.gpkg"
    assert project.roads.osm == (tmp_path / "r.osm",)
    assert project.corridor.highways == ("I 55",)
    assert project.providers[0].public is False
    assert project.access.bands_min == (30, 60)


@pytest.mark.parametrize(
    ("access", "bands", "headline"),
    [
        ("", (30, 60), 30),
        ("[access]\nbands_min = [20, 40]", (20, 40), 20),
        ("[access]\nheadline_min = 60", (30, 60), 60),
        ("[access]\nbands_min = [0.1, 0.2, 0.3]", (0.1, 0.2, 0.3), 0.1),
        ('[access]\nbands_min = "cms_rural"', (40, 60, 75), 40),
    ],
)
def test_bands_by_minutes_or_by_policy(tmp_path: Path, access: str, bands: tuple, headline: float) -> None:
    project = load_project(write(tmp_path, f"{GOOD}\n{access}"))
    assert (project.access.bands_min, project.access.headline_min) == (bands, headline)


@pytest.mark.parametrize("band", ["700", "0.00001", "-3", "true", '"soon"', "nan", "[]"])
def test_a_wrong_band_is_one_problem(tmp_path: Path, band: str) -> None:
    (problem,) = problems(tmp_path, f"{GOOD}\n[access]\nbands_min = [{band}]")
    assert problem.startswith("project.toml, key 'access.bands_min.1': input should be ")


def test_a_project_is_frozen(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, GOOD))
    with pytest.raises(ValidationError):
        project.title = "other"


@pytest.mark.parametrize("path", ["", ".", "..", "sub/..", " ", "/"])
@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"r.osm"', '["r.osm", "{}"]', "roads.osm.2"),
        ('"sub/a.gpkg"', '"{}"', "areas.file"),
        ('file = "s.csv"', 'file = "{}"', "providers.1.file"),
        ('file = "p.csv"', 'file = "p.csv"\nurban_areas = "{}"', "people.urban_areas"),
        ("as_of =", 'towns = "{}"\nas_of =', "towns"),
    ],
)
def test_a_path_names_a_file(tmp_path: Path, path: str, old: str, new: str, key: str) -> None:
    assert problems(tmp_path, GOOD.replace(old, new.replace("{}", path))) == [
        f"project.toml, key '{key}': names a folder or nothing. Write the name of a file."
    ]


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_project(tmp_path / "project.toml").title == "T"


def test_backslashes_in_a_path_are_told(tmp_path: Path) -> None:
    remedy = "In paths write / instead of \\, or put them in single quotes."
    assert problems(tmp_path, GOOD.replace('"sub/a.gpkg"', '"sub\\a.gpkg"'))[0].endswith(remedy)


def test_all_problems_at_once_with_the_nearest_known_key(tmp_path: Path) -> None:
    text = GOOD.replace("study_area", "studyarea").replace('category = "shelter"', 'category = "shelters"\nclmns = {}')
    text = text.replace("[people]", "[poeple]")
    assert problems(tmp_path, text) == [
        "project.toml, key 'study_area': is missing. Add it; README lists every key.",
        "project.toml, key 'people': is missing. Add it; README lists every key.",
        "project.toml, key 'providers.1.category': 'shelters' is not a service category; did you mean 'shelter'? "
        "Known: crisis, shelter, housing, medical, mental_health, substance_use, legal, immigration, case_management, "
        "job_training, law_enforcement.",
        "project.toml, key 'providers.1.clmns': unknown key. Did you mean 'columns'?",
        "project.toml, key 'studyarea': unknown key. Did you mean 'study_area'?",
        "project.toml, key 'poeple': unknown key. Did you mean 'people'?",
    ]


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("[access]\nbands_min = [60, 30]", "bands_min must rise"),
        ("[access]\nbands_min = [20, 60]\nheadline_min = 30", "headline_min must be one of bands_min"),
        ('[access]\nbands_min = "cms"', "key 'access.bands_min': 'cms' is not a preset; known: hpsa, cms_rural, far"),
        ("[access]\nbands_min = {}", "key 'access.bands_min'"),
        ("[access]\nbands_min = []", "at least 1 item"),
        (
            "[access]\nbands_min = [0.00001, 60]\nheadline_min = 60",
            "key 'access.bands_min.1': input should be greater than",
        ),
        ("[access]\nbands_min = [30, 30.0000001]", "key 'access': bands_min must rise by 0.1 minutes or more"),
        ("[weights]\naccess_gap = 0\nneed = 0\nreach = 0", "at least one weight must be above 0"),
        ("[weights]\nneed = -1", "greater than or equal to 0"),
        ("[sections]\nlength = 0.001", "key 'sections.length': input should be greater than or equal to 1"),
        ("[weights]\nneed = nan", "finite number"),
        ("[weights]\nneed = 1e308", "key 'weights.need': must be 0, or from 0.001 to 1000; only the ratios of weights"),
        ("[weights]\naccess_gap = 5e-324", "key 'weights.access_gap': must be 0, or from 0.001 to 1000"),
        (POOR.format(1e308), "key 'people.indicators.poor.weight': must be 0, or from 0.001 to 1000"),
        (POOR.format(0), "key 'people': at least one indicator must have a weight above 0."),
        ('[people.indicators."Poverty %"]\ncolumn = "p"\nlabel = "x"', "should match pattern"),
        ('[sections]\nby = "towns"', "sections.by is towns: name the file of towns too"),
        ('file = "x"', "unknown key"),
        ('towns = "a\\u0000.csv"', "a file name in it holds a zero byte"),
    ],
)
def test_impossible_values(tmp_path: Path, extra: str, words: str) -> None:
    text = f"{extra}\n{GOOD}" if extra.startswith(("file", "towns")) else f"{GOOD}\n{extra}"
    assert any(words in problem for problem in problems(tmp_path, text))


@pytest.mark.parametrize(
    ("table", "line", "key"),
    [
        ("corridor", "half_width_m = true", "corridor.half_width_m"),
        ("corridor", "within_min = true", "corridor.within_min"),
        ("roads", "minutes_factor = true", "roads.minutes_factor"),
        ("roads", "speeds_kmh = { primary = true }", "roads.speeds_kmh.primary"),
        ("areas", "hexagons = true", "areas.hexagons"),
        ("sections", "length = true", "sections.length"),
        ("access", "bands_min = [true, 60]", "access.bands_min.1"),
        ("access", "headline_min = true", "access.headline_min"),
        ("weights", "reach = false", "weights.reach"),
        ("people.indicators.poor", 'column = "p"\nlabel = "P"\nweight = true', "people.indicators.poor.weight"),
    ],
)
def test_true_and_false_are_no_numbers(tmp_path: Path, table: str, line: str, key: str) -> None:
    heading = f"[{table}]\n"
    text = GOOD.replace(heading, f"{heading}{line}\n") if heading in GOOD else f"{GOOD}\n{heading}{line}\n"
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"project.toml, key '{key}': input should be a valid ")


def test_true_and_false_stay_what_they_are_elsewhere(tmp_path: Path) -> None:
    text = GOOD.replace('name = "NAME"', 'name = "NAME"\nwhere = { land = true }')
    project = load_project(write(tmp_path, f"example = true\n{text}public = false\n"))
    assert (project.example, project.providers[0].public, project.areas.where) == (True, False, {"land": True})


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"title = T", "not valid TOML"), (b"\xff\xfe\x00", "UTF-8"), (b"", "is missing")],
)
def test_a_file_that_is_no_project(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "project.toml"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match=words):
        load_project(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "key 'as_of': is missing. Add it; README lists every key."),
        ("as_of = 11/01/2026", "is not valid TOML"),
        ('as_of = "November 2026"', "key 'as_of': is not a date. Write dates as 2026-11-01."),
        ("as_of = 2026", "key 'as_of': is not a date. Write dates as 2026-11-01."),
    ],
)
def test_a_date_that_is_none_is_one_problem(tmp_path: Path, line: str, said: str) -> None:
    (problem,) = problems(tmp_path, GOOD.replace("as_of = 2026-11-01", line))
    assert said in problem
    assert "2026-11-01" in problem or not line


def test_a_date_in_quotes_is_a_date(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, GOOD.replace("2026-11-01", '"2026-11-01"')))
    assert (project.as_of.isoformat(), project.expires_on.isoformat()) == ("2026-11-01", "2027-11-01")


def test_one_list_may_stand_in_a_table_of_its_own(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, GOOD.replace("[[providers]]", "[providers]")))
    assert [section.category for section in project.providers] == ["shelter"]


def test_a_table_that_stands_twice_is_told_as_that(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, GOOD + '[areas]\nid = "x"\n')
    assert problem.endswith("Write each table and key once.")


def test_a_folder_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="is a folder"):
        load_project(tmp_path)


def test_a_problem_names_place_rows_and_remedy() -> None:
    problem = Problem(
        "is negative.", file=Path("/x/p.csv"), column="pop", rows=tuple(range(2, 14)), remedy="Correct it."
    )
    assert str(problem) == ("p.csv, column 'pop', rows 2, 3, 4, 5, 6, 7, 8, 9 and 4 more: is negative. Correct it.")


def test_every_error_is_of_the_family_and_has_its_own_exit_code() -> None:
    assert all(issubclass(kind, OutreachError) for kind in EXIT_CODES)
    assert len(set(EXIT_CODES.values())) == len(EXIT_CODES)


HOTLINE = '\n[hotline]\n{key} = "{value}"\n'


@pytest.mark.parametrize(
    "value",
    [
        "humantraffickinghotline.org",
        "https://humantraffickinghotline.org/en/chat",
        "HTTP://línea.example.mx:8080",
        "help.example.org/?a=b",
        "",
    ],
)
def test_addresses_of_a_help_line(tmp_path: Path, value: str) -> None:
    text = GOOD + HOTLINE.replace("{key}", "url").replace("{value}", value)
    assert load_project(write(tmp_path, text)).hotline.url == value


NO_WEBSITES = (
    "javascript:alert(1)", "mailto:help@example.org", "see our website", "help", "https://", "ftp://example.org",
    "https://me@example.org", "example.org/<b>",
)  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        *(
            ("url", url, f"{url!r} is not the address of a website. Write it as help.example.org.")
            for url in NO_WEBSITES
        ),
        ("phone", "call us", "'call us' is no telephone number: there is no digit in it."),
    ],
)
def test_help_lines_that_nobody_could_reach_are_refused(tmp_path: Path, key: str, value: str, said: str) -> None:
    text = GOOD + HOTLINE.replace("{key}", key).replace("{value}", value)
    assert problems(tmp_path, text) == [f"project.toml, key 'hotline.{key}': {said}"]


TILES = '\n[tiles]\nurl = "{url}"\nattribution = "Example tiles"\n'


def test_tiles_are_asked_for_in_words(tmp_path: Path) -> None:
    assert load_project(write(tmp_path, GOOD)).tiles is None
    url = "https://tiles.example.org:8443/topo/{z}/{y}/{x}.png?key=1"
    tiles = load_project(write(tmp_path, GOOD + TILES.replace("{url}", url))).tiles
    assert tiles is not None
    assert tiles.host == "tiles.example.org:8443"


@pytest.mark.parametrize(
    "url",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https://{s}.tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org;script-src/{z}/{x}/{y}.png",
        "https://*.example.org/{z}/{x}/{y}.png",
        "https://me:secret@tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png' onload='",
        "//tiles.example.org/{z}/{x}/{y}.png",
    ],
)
def test_addresses_that_are_not_of_tiles_are_refused(tmp_path: Path, url: str) -> None:
    (problem,) = problems(tmp_path, GOOD + TILES.replace("{url}", url))
    assert "tiles.url" in problem
