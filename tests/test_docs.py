"""Documents and help cannot drift from the code."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from geo.errors import EXIT_CODES
from geo.project import Section
from geo.speeds import CLASS_SPEEDS_KMH

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
METHOD = (ROOT / "METHOD.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    assert f"outreach {name}" in README
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 3
    for parameter in main.commands[name].params:
        for option in (o for o in parameter.opts if o.startswith("--")):
            assert option in README, f"{option} of outreach {name} is not in README.md"


def keys(model: type[Section]) -> set[str]:
    return set(model.model_fields)


def sections(model: type[Section] = Section) -> list[type[Section]]:
    return [kind for child in model.__subclasses__() for kind in (child, *sections(child))]


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.__name__)
def test_every_project_key_stands_in_the_readme(section: type[Section]) -> None:
    missing = [key for key in keys(section) if f"`{key}`" not in README]
    assert not missing, f"README.md does not explain {missing} of {section.__name__}"


def test_exit_codes_are_the_documented_ones() -> None:
    for kind, code in EXIT_CODES.items():
        if code > 1:
            assert re.search(rf"^\| {code} \|", README, flags=re.MULTILINE), (
                f"{kind.__name__} ({code}) is not in README.md"
            )


def test_method_prints_the_speeds_of_the_code() -> None:
    for name, speed in CLASS_SPEEDS_KMH.items():
        assert f"| {name} | {speed:g} " in METHOD


def test_files_named_in_the_architecture_exist() -> None:
    for name in re.findall(r"`((?:geo|layers|maps)/[\w/.]+)`", ARCHITECTURE + METHOD):
        assert (ROOT / name).exists(), name


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {
        re.split("[=;]", line)[0].strip().lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    wanted = project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]
    for requirement in wanted:
        name = re.split(r"[<>=!~\[]", requirement)[0].lower().replace("_", "-")
        assert name in pinned, f"{name} is not pinned in constraints.txt"
