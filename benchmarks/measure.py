"""A command in a process of its own: how long it took, how much it computed, and its highest memory."""

import itertools
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LIBRARIES = ("numpy", "scipy", "osmium", "pyarrow", "pandas", "geopandas", "shapely", "osmnx", "networkx")


@dataclass(frozen=True)
class Measured:
    """Wall and processor seconds of a process, its peak memory in gigabytes, and the last line it printed."""

    wall_s: float
    cpu_s: float
    peak_gb: float
    last_line: str

    @property
    def told(self) -> dict[str, Any]:
        """What it told as JSON."""
        told: dict[str, Any] = json.loads(self.last_line)
        return told

    @property
    def stage_s(self) -> float:
        """Seconds of its steps together."""
        return float(sum(self.told["seconds"].values()))


def measured(*arguments: str | Path, env: dict[str, str] | None = None) -> Measured:
    """Run Python with some arguments and measure it.

    Raises
    ------
    RuntimeError
        If the command fails.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **(env or {})},
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = f"{' '.join(map(str, arguments))} ended with {process.returncode}"
        raise RuntimeError(msg)
    lines = printed.strip().splitlines()
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e9, lines[-1] if lines else "")


def steps(*arguments: str | Path, env: dict[str, str] | None = None) -> dict[str, float]:
    """Run Python with some arguments, and return the seconds behind each line by which it tells what it is doing."""
    seconds: dict[str, float] = {}
    doing, began = "Start: Python and its libraries", time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        for line in itertools.chain(process.stderr, [""]):
            now = time.perf_counter()
            seconds[doing] = seconds.get(doing, 0.0) + now - began
            # Outputs are written side by side: what one of them takes cannot be told from here.
            doing, began = "Writing the results" if line.startswith("Writing ") else line.strip(" …\n"), now
    if process.returncode:
        msg = f"{' '.join(map(str, arguments))} ended with {process.returncode}"
        raise RuntimeError(msg)
    return seconds


def stage(name: str, *arguments: object) -> Measured:
    """Measure a stage of `benchmarks.stages`."""
    return measured("-m", "benchmarks.stages", name, *map(str, arguments))


def machine() -> str:
    """Describe the machine, without its name."""
    model = "processor not named"
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        lines = facts.read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; {libraries}."
    )
