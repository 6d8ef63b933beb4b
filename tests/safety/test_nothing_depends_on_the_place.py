"""Where in its region a confidential provider is, and what it is called, changes no byte of any output.

So nothing that anybody computes from the outputs, the inversion of minutes included, can say more than the region.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.crs import to_metric
from geo.project import ProviderFile
from geo.providers import read_providers
from layers.inversion import SURE, Hidden, Published, evidence, locate, radius_said_m
from tests.safety.conftest import tell_all

ROOT = Path(__file__).parents[2]


PLANNER = (
    "import json, sys, cli; sys.exit(any([cli.main(words, standalone_mode=False) for words in json.load(sys.stdin)]))"
)
"""Types one command after another."""


@pytest.fixture(scope="module")
def cut_off() -> list[str]:
    """Return the words before a command that take the network away from it; none where that is not allowed."""
    alone = ["unshare", "-r", "-n"] if hasattr(os, "geteuid") and os.geteuid() else ["unshare", "-n"]
    allowed = (
        shutil.which("unshare") and not subprocess.run([*alone, "true"], capture_output=True, check=False).returncode
    )
    return alone if allowed else []


def said(*commands: Sequence[object], before: Sequence[str]) -> str:
    """Run commands in a process of its own, and return all it prints, also what the processes beside it print."""
    words = json.dumps([[str(word) for word in command] for command in commands])
    process = [*before, sys.executable, "-c", PLANNER]
    done = subprocess.run(process, cwd=ROOT, input=words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def made(telling: Path, tmp_path_factory: pytest.TempPathFactory, cut_off: list[str]) -> dict[int, dict[str, bytes]]:
    """Return all files made, by audience and name, the road cache and what is printed, for two sets of places.

    All this is done without a network, where the system can take it away.
    """
    base = tmp_path_factory.mktemp("places")
    study = Path(shutil.copytree(telling, base / "study", ignore=shutil.ignore_patterns("out")))
    project, made = study / "project.toml", {}
    project.write_text(project.read_text() + "\n[sections]\nlength = 10\n")
    for seed in (7, 8):
        tell_all(study, seed=seed)
        out, cache, commands = base / f"out-{seed}", base / f"cache-{seed}", []
        for audience, skipped in (("public", ()), ("taskforce", ("--skip", "map.png", "--skip", "map.pdf"))):
            options = ("--audience", audience)
            commands += [
                ("map", project, "--out", out / audience, *options, *skipped),
                ("check", project, *options),
                ("rank", project, "--format", "json", "--areas", "sections", *options),
            ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OUTREACH_CACHE_DIR", str(cache))
            printed = said(*commands, before=cut_off).replace(out.name, "out")
        files = [*out.rglob("*"), *cache.iterdir()]
        made[seed] = {
            "/".join(path.parts[len(base.parts) + 1 :]): path.read_bytes() for path in files if path.is_file()
        }
        made[seed]["what was printed"] = "\n".join(sorted(printed.splitlines())).encode()  # steps run side by side
    return made


@pytest.mark.parametrize("audience", ["public", "taskforce"])
def test_other_names_and_places_in_the_same_regions_give_the_same_bytes(
    made: dict[int, dict[str, bytes]], audience: str, record_property: Callable[[str, object], None]
) -> None:
    """In every output, sections, gaps and strip charts too, in the road cache, and in every word that is printed."""
    lines = [set(made[seed]["what was printed"].decode().splitlines()) for seed in (7, 8)]
    assert lines[0] == lines[1]
    assert {name for name in made[7] if made[7][name] != made[8].get(name)} == set()
    assert made[7].keys() == made[8].keys()
    seen = {name.removeprefix(f"{audience}/") for name in made[7] if name.startswith(audience) or "/" not in name}
    assert seen >= {"sections.csv", "gaps.csv", "strip-i-55.svg", "briefing.html", "ranking.xlsx"}
    record_property(
        "figure",
        f"{audience}: {len(seen)} files, cache and printed words included, without a byte that depends on a place",
    )


def test_the_door_lets_nothing_else_through(telling: Path, tmp_path: Path) -> None:
    import geopandas as gpd

    regions = gpd.read_file(telling / "counties.geojson").rename(columns={"GEOID": "region_id", "NAME": "name"})
    regions = to_metric(regions, "EPSG:3814")
    shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out"))
    tables = []
    for seed in range(25):
        tell_all(tmp_path / "study", seed=seed)
        section = ProviderFile(file=tmp_path / "study" / "providers.csv")
        tables.append(read_providers([section], regions=regions, within=None, crs=regions.crs).table)
    for table in tables[1:]:
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(tables[0]))


def scene(true_minutes: bool, *, n: int = 400, seed: int = 3) -> tuple[Published, list[Hidden]]:
    """Make areas in a square of 150 km with a public provider in a corner and two confidential ones."""
    rng = np.random.default_rng(seed)
    areas = rng.uniform(0, 150_000, (n, 2))
    hidden = [
        Hidden(("shelter",), np.array([50_000.0, 50_000]), np.array([61_000.0, 38_000]), 25_000.0),
        Hidden(("shelter",), np.array([105_000.0, 95_000]), np.array([98_000.0, 110_000]), 25_000.0),
    ]
    public = np.array([[140_000.0, 10_000]])
    sites = np.vstack([public, *([one.place if true_minutes else one.stand_in] for one in hidden)])
    distance = np.min(np.hypot(*(areas[:, None] - sites[None]).transpose(2, 0, 1)), axis=1)
    minutes = distance / 1000 * 1.1 * rng.normal(1, 0.12, n) + 4
    return Published(areas, {"shelter": minutes}, {"shelter": public}), hidden


@pytest.mark.parametrize("seed", range(5))
def test_minutes_of_true_places_are_caught(seed: int) -> None:
    published, hidden = scene(true_minutes=True, seed=seed)
    assert evidence(published, hidden, chosen=[0, 1]) > SURE
    radii = radius_said_m(published, hidden)
    assert (radii < 8_000).all()


@pytest.mark.parametrize("seed", range(5))
def test_minutes_of_stand_ins_lead_to_the_stand_ins(seed: int) -> None:
    published, hidden = scene(true_minutes=False, seed=seed)
    assert evidence(published, hidden, chosen=[0, 1]) < 0
    assert radius_said_m(published, hidden).tolist() == [25_000, 25_000]
    for one, found in zip(hidden, locate(published, hidden), strict=True):
        assert np.hypot(*(found - one.stand_in)) < np.hypot(*(found - one.place))


def test_errors_that_neighbours_share_are_no_false_alarm() -> None:
    """Roads are winding in one county and straight in the next; and many places are many chances."""
    rng = np.random.default_rng(55)
    areas = rng.uniform(0, 400_000, (660, 2))
    middles = np.stack(np.meshgrid(*[np.arange(25_000, 400_000, 50_000)] * 2), axis=-1).reshape(-1, 2)
    distance = np.min(np.hypot(*(areas[:, None] - middles[None]).transpose(2, 0, 1)), axis=1)
    bends = rng.uniform(0.7, 2.5, (20, 20))[tuple((areas / 40_000).astype(int).T)]
    published = Published(areas, {"shelter": distance / 1000 * bends + 4}, {})
    draw = np.random.default_rng(5)
    for _ in range(8):
        places = middles + draw.uniform(-25_000, 25_000, middles.shape)
        hidden = [Hidden(("shelter",), *pair, 35_000) for pair in zip(middles, places, strict=True)]
        assert (radius_said_m(published, hidden) == 35_000).all()


def test_few_areas_or_other_categories_say_nothing() -> None:
    published, hidden = scene(true_minutes=True, n=5)
    assert evidence(published, hidden, chosen=[0]) == 0
    other = Published(published.areas, {"legal": published.minutes["shelter"]}, {})
    assert evidence(other, hidden, chosen=[0]) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are a thing of Linux")
def test_what_is_cut_off_has_no_network(cut_off: list[str]) -> None:
    """So the tests above show that the main job needs none."""
    if not cut_off:
        pytest.skip("network namespaces are not allowed here")
    call = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    alone = subprocess.run([*cut_off, sys.executable, "-c", call], capture_output=True, text=True, check=False)
    assert "Network is unreachable" in alone.stderr
