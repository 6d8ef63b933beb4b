"""The wheel, installed into an empty environment and run from another folder."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: object, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_installed_tool_runs_without_the_repository(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    wheel = next(tmp_path.glob("*.whl"))
    run(sys.executable, "-m", "venv", tmp_path / "empty", cwd=tmp_path)
    scripts = tmp_path / "empty" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / Path(sys.executable).name
    install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    run(*install, "--constraint", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    outreach = scripts / "outreach"
    study = tmp_path / "study"
    run(outreach, "example", study, cwd=Path("/"))
    printed = run(outreach, "map", study / "project.toml", "--out", tmp_path / "out", cwd=Path("/"))
    assert "map.html" in printed
    assert (tmp_path / "out" / "map.html").stat().st_size > 100_000
