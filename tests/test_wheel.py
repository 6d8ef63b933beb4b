"""The wheel, in an environment of what it says it needs, run from another folder."""

import os
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def run(*command: object, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def needed_by(requirements: list[str]) -> set[str]:
    """Return the names of distributions that these requirements need, and what those need, without any extras."""
    found, left = set(), [Requirement(line) for line in requirements]
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        left += [Requirement(line) for line in distribution(requirement.name).requires or ()]
    return found


def lend(names: set[str], site: Path) -> None:
    """Link the files of distributions that are installed here into another environment."""
    for name in names:
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}:
            (site / top).symlink_to(Path(installed.locate_file(top)))


@pytest.mark.skipif(os.name != "posix", reason="packages are lent by symbolic links")
def test_the_installed_tool_runs_without_the_repository(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    wheel = next(tmp_path.glob("*.whl"))
    venv.create(tmp_path / "empty", symlinks=True)
    python = tmp_path / "empty" / "bin" / Path(sys.executable).name
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    run(sys.executable, *install, wheel, cwd=tmp_path)
    (site,) = (tmp_path / "empty" / "lib").glob("python*/site-packages")
    (metadata,) = site.glob("outreach_map-*.dist-info/METADATA")
    needed = [line.partition(": ")[2] for line in metadata.read_text().splitlines() if line.startswith("Requires-Dist")]
    lend(needed_by(needed), site)
    assert not (site / "pytest").exists()
    outreach = tmp_path / "empty" / "bin" / "outreach"
    study = tmp_path / "study"
    run(outreach, "example", study, cwd=Path("/"))
    printed = run(outreach, "map", study / "project.toml", "--out", tmp_path / "out", cwd=Path("/"))
    assert "map.html" in printed
    assert (tmp_path / "out" / "map.html").stat().st_size > 100_000
