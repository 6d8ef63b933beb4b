"""The commands as a planner types them, on the bundled example."""

import gc
import hashlib
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner, Result

import cli
from cli import main
from geo.beside import beside

FILES = {
    "map.html", "map.png", "map.svg", "map.pdf", "briefing.html", "ranking.csv", "ranking.xlsx", "gaps.csv", "areas.gpkg",
    "strip-i-20.png", "strip-i-20.svg", "strip-i-55.png", "strip-i-55.svg", "manifest.json",
}  # fmt: skip


ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.usefixtures("known_roads")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "example"
    assert run("example", folder).exit_code == 0
    return folder


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["map", "--help"], ["map", "no-project.toml"]])
def test_help_and_mistakes_wait_for_no_library_of_the_analysis(words, tmp_path):
    command = "import sys, cli; cli.main(sys.argv[1:], standalone_mode=False); print({*sys.modules})"
    ran = subprocess.run(
        [sys.executable, "-c", command, *words],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = ran.stdout + ran.stderr
    assert ("No such file" in said) == (words[-1] == "no-project.toml")
    assert not [name for name in ("numpy", "pandas", "geopandas", "scipy", "folium") if f"'{name}'" in said]


@pytest.fixture(scope="module")
def out(study: Path) -> Path:
    result = run("map", study / "project.toml", "--out", study / "first")
    assert result.exit_code == 0, result.stderr
    return study / "first"


@pytest.fixture(scope="module")
def again(study: Path) -> Result:
    """Run a second time, into the folder "printed"."""
    return run("map", study / "project.toml", "--out", study / "printed")


def test_map_writes_its_files_and_prints_the_top_ten(study: Path, out: Path, again: Result) -> None:
    result = again
    assert {path.name for path in out.iterdir()} == FILES
    for name in FILES:
        assert str(study / "printed" / name) in result.stdout
    ranking = pd.read_csv(out / "ranking.csv")
    for name in ranking["name"].head(10):
        assert name in result.stdout
    assert "Writing map.html" in result.stderr
    assert "Writing" not in result.stdout


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (["--only", "ranking.csv"], {"ranking.csv", "manifest.json"}),
        (["--only", "ranking", "--skip", "ranking.xlsx"], {"ranking.csv", "manifest.json"}),
        (
            ["--skip", "map", "--skip", "briefing", "--skip", "manifest"],
            FILES - {name for name in FILES if name.startswith(("map", "briefing"))},
        ),
    ],
)
def test_files_can_be_chosen(study: Path, tmp_path: Path, options: list[str], files: set[str]) -> None:
    result = run("map", study / "project.toml", "--out", tmp_path, *options)
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in tmp_path.iterdir()} == files
    assert "Writing map.png" not in result.stderr


@pytest.mark.parametrize("option", ["--only", "--skip"])
def test_an_unknown_file_is_refused_with_the_known_ones(study: Path, tmp_path: Path, option: str) -> None:
    result = run("map", study / "project.toml", "--out", tmp_path / "none", option, "map.jpeg")
    assert result.exit_code == 2
    assert "'map.jpeg' is none of the outputs; known: map.html, map.png" in result.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.usefixtures("again")
def test_two_runs_give_the_same_bytes(study: Path, out: Path) -> None:
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        for folder in (out, study / "printed")
    )
    assert first == second


def test_what_is_printed_is_rounded_as_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"rank": 1, "rank_low": 1, "rank_high": 2, "name": "Hinds", "priority": 54.65, "access_gap": 0.125}
    figures = {"need": 0.5, "reach": 0.5, "minutes_worst": 60.5, "population": 1200}
    cli._print_table(pd.DataFrame([row | figures]), noun="county")
    assert capsys.readouterr().out.splitlines()[1].split()[3:] == ["54.7", "0.13", "0.50", "0.50", "61", "1,200"]


def test_priorities_can_be_recomputed_from_the_csv(out: Path) -> None:
    table = pd.read_csv(out / "ranking.csv", dtype={"area_id": str})
    weights = json.loads((out / "manifest.json").read_text())["parameters"]["weights"]
    again = 100 * sum(weights[part] * table[part] for part in weights) / sum(weights.values())
    np.testing.assert_allclose(table["priority"], again.round(2), atol=0.0051)
    assert table["rank"].tolist() == table["priority"].rank(method="min", ascending=False).astype(int).tolist()
    assert table["rank"].is_monotonic_increasing
    assert len(table) == 82
    assert (
        not table[["priority", "rank", "rank_low", "rank_high", "access_gap", "need", "reach"]].isna().to_numpy().any()
    )


def test_the_geopackage_has_the_four_layers_and_no_confidential_provider(study: Path, out: Path) -> None:
    layers = dict(pyogrio.list_layers(out / "areas.gpkg"))
    assert set(layers) == {"areas", "corridor", "venues", "providers"}
    given = pd.read_csv(study / "providers.csv")
    providers = gpd.read_file(out / "areas.gpkg", layer="providers")
    assert len(providers) == (given["public"].str.lower() == "yes").sum() > 0
    assert providers.crs.to_epsg() == 4326


def test_venues_and_public_providers_have_their_exit_and_the_drive_from_it(out: Path) -> None:
    for layer in ("venues", "providers"):
        table = gpd.read_file(out / "areas.gpkg", layer=layer)
        near = table[table["exit_min"] <= 15]
        assert len(near) > 0
        assert near["exit_label"].ne("").all()
        assert near[["exit_m", "milepost"]].notna().to_numpy().all()
        assert near["route_id"].isin(["I 55", "I 20"]).all()
        assert (near["exit_m"] / 1000 <= near["exit_min"] / 60 * 125 + 0.1).all()


def test_the_corridor_ends_with_the_study_area(out: Path) -> None:
    # The example's roads run on into the neighboring states, where venues are listed, too.
    venues, areas, corridor = (
        gpd.read_file(out / "areas.gpkg", layer=name) for name in ("venues", "areas", "corridor")
    )
    assert venues["area_id"].isin(areas["area_id"]).all()
    venues = venues[venues["in_corridor"]]
    assert venues[["milepost", "exit_m"]].notna().to_numpy().all()
    assert venues["side"].isin(["NB", "SB", "EB", "WB"]).all()
    assert len(venues) == pd.read_csv(out / "ranking.csv")["n_venues"].sum()
    # Straight borders in degrees and in meters differ a little.
    assert corridor.union_all().difference(areas.union_all()).area < 1e-5


def test_gaps_say_from_where_to_where_the_longest_first(out: Path) -> None:
    gaps = pd.read_csv(out / "gaps.csv")
    assert len(gaps) > 0
    assert gaps["length"].is_monotonic_decreasing
    np.testing.assert_allclose(gaps["length"], gaps["to_milepost"] - gaps["from_milepost"], atol=0.11)
    assert gaps[["from_exit", "to_exit"]].notna().to_numpy().all()
    assert set(gaps["direction"]) == {"NB", "SB", "EB", "WB"}
    assert (gaps["n_venues"] >= 0).all()
    directions = {label: set(own["direction"]) for label, own in gaps.groupby("label")}
    assert directions == {"I-20": {"EB", "WB"}, "I-55": {"NB", "SB"}}


def test_manifest_names_inputs_and_parameters(study: Path, out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    by_file = {record["file"]: record for record in manifest["inputs"]}
    assert {"counties.geojson", "people.csv", "providers.csv", "roads.osm"} <= set(by_file)
    digest = hashlib.sha256((study / "people.csv").read_bytes()).hexdigest()
    assert by_file["people.csv"]["sha256"] == digest
    assert manifest["parameters"]["corridor"]["highways"] == ["I 55", "I 20"]
    assert str(study) not in (out / "manifest.json").read_text()
    # How the highways were measured, with the residual of the exit numbers.
    measured = {row["highway"]: row for row in manifest["measured"]}
    assert list(measured) == ["I-55", "I-20"]
    for row in measured.values():
        assert row["exit_numbers"] == "mileposts"
        assert 0 < row["median_off_by"] < 0.7
        assert row["n_exits"] > 10
        assert all(abs(off) > 2 for _, off in row["far_off"])


def test_rank_prints_a_table_csv_and_json(study: Path, out: Path) -> None:
    table = run("rank", study / "project.toml", "--top", 3)
    assert table.exit_code == 0
    text = run("rank", study / "project.toml", "--format", "csv")
    assert text.stdout_bytes == (out / "ranking.csv").read_bytes()
    rows = json.loads(run("rank", study / "project.toml", "--format", "json", "--top", 2).stdout)
    assert [row["rank"] for row in rows] == [1, 2]


def test_rank_heads_the_names_with_what_is_ranked(study: Path) -> None:
    assert "County" in run("rank", study / "project.toml", "--top", 1).stdout
    sections = run("rank", study / "project.toml", "--areas", "sections", "--top", 1).stdout
    assert "Section" in sections
    assert "County" not in sections


def test_check_says_what_it_read(study: Path) -> None:
    result = run("check", study / "project.toml")
    assert result.exit_code == 0
    assert "No problems found." in result.stdout
    assert "confidential" in result.stdout


def test_example_does_not_overwrite(study: Path) -> None:
    result = run("example", study)
    assert result.exit_code == 6
    assert "already holds" in result.stderr


def test_earlier_output_survives_a_failing_run(study: Path, out: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    broken = study / "broken.toml"
    broken.write_text((study / "project.toml").read_text().replace("people.csv", "poeple.csv"))
    result = run("map", broken, "--out", out)
    assert result.exit_code == 4
    assert "Did you mean 'people.csv'?" in result.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_output_that_cannot_be_written(study: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    result = run("map", study / "project.toml", "--out", tmp_path / "taken", "--only", "ranking.csv")
    assert result.exit_code == 6
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('"I 55", "I 20"', '"I 56", "I 20"', 5, ["I 56", "I 55"]),
        ("half_width_m", "half_widht_m", 3, ["corridor.half_widht_m", "half_width_m"]),
        ('crs = "EPSG:3814"', 'crs = "EPSG:4326"', 3, ["not measured in metres"]),
        ('source = "Invented providers"', 'category = "medical"\npublic = false', 4, ["crisis"]),
        ("population = ", "id = 3\npopulation = ", 3, ["people.id"]),
    ],
)
def test_one_clear_message_and_the_right_exit_code(
    study: Path, old: str, new: str, code: int, words: list[str]
) -> None:
    text = (study / "project.toml").read_text()
    assert old in text
    broken = study / "wrong.toml"
    broken.write_text(text.replace(old, new))
    result = run("check", broken)
    assert result.exit_code == code, result.output
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.output


def test_a_missing_project_file() -> None:
    result = run("map", "nowhere/project.toml")
    assert result.exit_code == 3
    assert "outreach example" in result.stderr


def test_only_libraries_are_never_looked_through_for_garbage(monkeypatch, tmp_path):
    monkeypatch.setenv("OUTREACH_CACHE_DIR", str(tmp_path))
    run("cache", "list")
    kept = gc.get_freeze_count()
    assert run("cache", "list").exit_code == 0
    assert gc.get_freeze_count() <= kept  # what was kept may be gone
    assert gc.isenabled()


def test_a_process_beside_leaves_the_spinner_alone(monkeypatch, tmp_path):
    """Its lock may be held by the thread that turns it: that thread does not exist over there."""
    told = tmp_path / "told"

    @contextmanager
    def status(*_):
        def update(doing):
            with told.open("a", encoding="utf-8") as file:
                file.write(f"{os.getpid()} {doing}\n")

        yield SimpleNamespace(update=update)

    monkeypatch.setattr("cli.Console", lambda **_: SimpleNamespace(is_terminal=True, status=status))
    with cli._progress() as say, beside(lambda: say("Elsewhere")) as result:
        say("Here")
        if sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1:
            result()
    assert told.read_text(encoding="utf-8") == f"{os.getpid()} Here\n"
