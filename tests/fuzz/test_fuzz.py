"""Files of all kinds, made up or changed: an answer or a clear message, never a traceback, a hang or a leak.

A short run is part of the gate. ``make fuzz SECONDS=600`` runs until the time is over, and what came of it is kept in
``tally.json``. What was found stays in ``corpus`` and is tried again in every run.
"""

import datetime as dt
import gc
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.made_up import files
from tests.fuzz.targets import KINDS, Tally, attempt

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS, TALLY = HERE / "corpus", HERE / "tally.json"
SECONDS = float(os.environ.get("OUTREACH_FUZZ_SECONDS", "0"))
SEED = int(os.environ.get("OUTREACH_FUZZ_SEED", "1"))
SHARE_S = SECONDS / (2 * len(KINDS))
"""Time for one kind of input and one way of making them up."""

GATE_INPUTS = {"hypothesis": 60, "atheris": 150}
AT_ONCE = 1_000
"""Inputs of one process: each damaged road file leaves a thread of libosmium behind."""

ENDED_WELL = "0"


def finds() -> Iterator[tuple[str, Path]]:
    for path in sorted(CORPUS.glob("[!.]*")):
        yield path.name.split("-")[0], path


@pytest.mark.parametrize(("kind", "path"), list(finds()), ids=lambda value: getattr(value, "name", ""))
def test_what_was_found_once(kind: str, path: Path, tmp_path: Path) -> None:
    attempt(kind, path.read_bytes(), tmp_path)
    gc.collect()  # a damaged file has ended the process when its reader was thrown away


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_made_up_files(kind: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    tally, until, number = Tally(), time.monotonic() + SHARE_S, SEED
    found: list[bytes] = []

    @settings(
        max_examples=GATE_INPUTS["hypothesis"] if not SECONDS else 2_000,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=not SECONDS,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(files(kind))
    def tried(content: bytes) -> None:
        if SECONDS and time.monotonic() > until:
            return
        found.append(content)
        attempt(kind, content, tmp_path, tally)
        found.pop()

    try:
        tried()
        while SECONDS and time.monotonic() < until:
            number += 1
            hypothesis.seed(number)(tried)()
    except BaseException:
        keep(kind, found[-1])  # the simplest that hypothesis came to
        raise
    report(kind, "hypothesis", tally, record_property)


@pytest.fixture(scope="module")
def instrumented() -> Iterator[subprocess.Popen[str]]:
    """Start the guided fuzzer: one for all kinds, since it takes longer to prepare the code than for most inputs."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.guided"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes) as process:
        yield process


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris has no build for this machine (only for Linux on x86-64 and some versions of Python)",
)
@pytest.mark.parametrize("kind", KINDS)
def test_files_that_follow_the_branches(
    instrumented: subprocess.Popen[str], kind: str, record_property: Callable[[str, object], None]
) -> None:
    together, until, seed = Tally(), time.monotonic() + SHARE_S, SEED
    while not together.inputs or time.monotonic() < until:
        together += guided(instrumented, kind, max(1, round(until - time.monotonic())), seed)
        seed += 1
    report(kind, "atheris", together, record_property)


def guided(fuzzer: subprocess.Popen[str], kind: str, most_s: int, seed: int) -> Tally:
    """Run the guided fuzzer in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tally = Path(folder) / "tally.json"
        effort = [f"-max_total_time={most_s}", f"-runs={AT_ONCE}"] if SECONDS else [f"-runs={GATE_INPUTS['atheris']}"]
        options = [f"-seed={seed}", f"-artifact_prefix={folder}/found-", *effort]
        print(json.dumps([kind, folder, *options]), file=fuzzer.stdin, flush=True)
        ended = fuzzer.stdout.readline().strip()
        for path in Path(folder).glob("found-*"):
            keep(kind, path.read_bytes())
        assert ended == ENDED_WELL, (Path(folder) / "said.txt").read_text(errors="replace")[-4500:]
        return Tally(**json.loads(tally.read_text())) if tally.exists() else Tally()


def keep(kind: str, content: bytes) -> None:
    """Keep what was found in a long run: it becomes a test."""
    if SECONDS:
        (CORPUS / f"{kind}-{zlib.crc32(content):08x}").write_bytes(content)


def report(kind: str, way: str, tally: Tally, record_property: Callable[[str, object], None]) -> None:
    """Put what came of the inputs into the table of attacks, and that of a long run into a file as well."""
    said = f"{kind}, {way}: {tally.inputs:,} inputs, {tally.read:,} of them read as valid; longest {tally.slowest_s:.1f} s; most memory {tally.peak_mb:,} MB"
    sys.stderr.write(said + "\n")
    if not SECONDS:
        record_property("figure", f"this run: {said}")
        return
    runs = json.loads(TALLY.read_text()) if TALLY.exists() else {}
    before = runs.get(f"{kind}, {way}", {"seconds": 0})
    together = tally + Tally(*(before.get(name, 0) for name in asdict(tally)))
    runs[f"{kind}, {way}"] = {
        **asdict(together),
        "seconds": before["seconds"] + round(SHARE_S),
        "last": dt.datetime.now(dt.UTC).date().isoformat(),
        "code": code_digest(),
    }
    TALLY.write_text(json.dumps(dict(sorted(runs.items())), indent=1) + "\n")


def code_digest() -> str:
    """Return the digest of the code that reads inputs."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted((ROOT / "geo").glob("*.py")))).hexdigest()[:12]


def test_what_long_runs_tried(record_property: Callable[[str, object], None]) -> None:
    """Runs that found something do not count: they end where they do, and what they found is in the corpus."""
    if not TALLY.exists():
        pytest.skip("there was none: make fuzz SECONDS=3600")
    runs = json.loads(TALLY.read_text())
    for name, run in runs.items():
        same = "" if run["code"] == code_digest() else "; geo/ has changed since"
        record_property(
            "figure",
            f"long runs, {name}: {run['inputs']:,} inputs in {run['seconds']:,} s, {run['read']:,} of them read as valid; longest "
            f"{run['slowest_s']:.1f} s; most memory {run['peak_mb']:,} MB; last on {run['last']}{same}",
        )
    together = sum(run["inputs"] for run in runs.values())
    record_property(
        "figure",
        f"long runs together: {together:,} inputs without a find; {len(list(finds()))} earlier finds are tried again",
    )
