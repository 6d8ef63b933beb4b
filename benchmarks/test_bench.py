"""Speed and memory on a made-up state, the bars they must keep, and how both grow. `make bench` runs them."""

import shutil
import statistics
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.measure import ROOT, Measured, measured, stage, steps
from benchmarks.report import Report
from benchmarks.state import State, make_state
from benchmarks.study import make_study_files

pytestmark = pytest.mark.bench

KEPT = ROOT / "out" / "bench"
PROTOTYPE = ROOT.parent / "shared" / "guide" / "prototype" / "engine" / "end_to_end.py"
PROTOTYPE_S, PROTOTYPE_GB = 11.3, 0.75
"""What the prototype was measured at where it is not there to be run."""

PEOPLE, PROVIDERS = 100_000, 300
MARGIN = 1.2
COLD_S, COLD_GB, WARM_S = 30.0, 1.5, 6.0
SMALL = 1 / 16
ROUNDS = 3

MB = 1e6
PAGES = {
    "81 counties": (0.6 * MB, 0.16 * MB, 1_000, 2_500),
    "900 tracts, 400 venues": (1.5 * MB, 0.4 * MB, 1_000, 2_500),
    "878 tracts of Mississippi, 2,046 services": (1.5 * MB, 0.4 * MB, 1_000, 2_500),
    "5,092 hexagons, 19,000 venues": (4 * MB, 1 * MB, 2_000, 8_000),
}
"""What a page may weigh, plain and gzipped, and the milliseconds to its first view, here and four times slower."""

Bench = Callable[[Callable[[], Measured]], Measured]


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Collect the results, and write the page when all are there."""
    results = Report()
    yield results
    if results.stages and results.maps and results.curves:
        results.write(ROOT / "docs" / "benchmarks.md")
    print("", *results.table(), sep="\n")


def made_state(size: float) -> State:
    """Return a state, made in a process of its own: what is started from a large process counts its memory too."""
    measured("-m", "benchmarks.state", KEPT, str(size))
    return make_state(KEPT, size=size)


@pytest.fixture(scope="session")
def state(report: Report) -> State:
    """Return the whole state."""
    made = made_state(1.0)
    size = made.file.stat().st_size / 1e6
    counts = f"{PEOPLE:,} people points, {PROVIDERS} providers"
    report.state = f"The state is made up (`benchmarks/state.py`): a file of {size:.0f} MB, {counts}."
    return made


@pytest.fixture(scope="session")
def entry(state: State) -> Path:
    """Return the file with the state's network."""
    path = KEPT / "state-1.entry"
    stage("prepare", state.file, path)
    return path


@pytest.fixture
def run(benchmark: BenchmarkFixture) -> Bench:
    """Return a function that measures one process, once, and notes its figures."""

    def once(command: Callable[[], Measured]) -> Measured:
        result: Measured = benchmark.pedantic(command, rounds=1, iterations=1)
        benchmark.extra_info |= {"peak_gb": result.peak_gb, "cpu_s": result.cpu_s}
        return result

    return once


def test_reading(state: State, run: Bench, report: Report) -> None:
    report.stages["reading roads and places"] = run(partial(stage, "read", state.file))


def test_graph(entry: Path, run: Bench, report: Report) -> None:
    report.stages["graph"] = run(partial(stage, "graph", entry))


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("snap", "snapping 100,000 points"),
        ("nearest", "nearest of 300 providers, 100,000 points"),
        ("pairs", "300 providers × 100,000 points within 60 minutes"),
    ],
)
def test_access_stages(entry: Path, run: Bench, report: Report, step: str, name: str) -> None:
    report.stages[name] = run(partial(stage, "one", entry, PEOPLE, PROVIDERS, step))


def test_the_pipeline_keeps_up_with_the_prototype(state: State, run: Bench, report: Report) -> None:
    result = report.pipeline = run(partial(stage, "pipeline", state.file, PEOPLE, PROVIDERS))
    seconds, memory = PROTOTYPE_S, PROTOTYPE_GB
    if PROTOTYPE.exists():
        report.prototype = measured(PROTOTYPE, state.file, "osmium")
        seconds, memory = report.prototype.wall_s, report.prototype.peak_gb
    told = result.told["seconds"]
    report.stages["E2SFCA of these pairs"] = Measured(0, 0, result.peak_gb, f'{{"seconds": {{"s": {told["e2sfca"]}}}}}')
    assert result.wall_s <= MARGIN * seconds
    assert result.peak_gb <= MARGIN * memory


def in_proportion(warm_s: float, prototype_s: float) -> str:
    """Return how a warm run compares with the prototype, here and where the bar was set: machines differ."""
    return (
        f"The warm run is the median of {ROUNDS}, with the prototype between them: {prototype_s:.1f} s, of which it "
        f"took {warm_s / prototype_s:.2f}. The bar, {WARM_S:g} s, was set on a machine on which the prototype took "
        f"{PROTOTYPE_S:g} s: {WARM_S / PROTOTYPE_S:.2f}."
    )


def test_the_whole_map(state: State, benchmark: BenchmarkFixture, report: Report) -> None:
    project = make_study_files(state, KEPT / "study-1", people=PEOPLE, providers=PROVIDERS)
    cache = KEPT / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    command = ("-m", "cli", "map", project, "--out", KEPT / "map")
    env = {"OUTREACH_CACHE_DIR": str(cache)}
    warm: list[Measured] = []
    beside: list[float] = []

    def cold_and_warm() -> None:
        report.maps["cold"] = measured(*command, env=env)
        for _ in range(ROUNDS):  # one after the other: a machine may change its speed by the minute
            warm.append(measured(*command, env=env))
            if PROTOTYPE.exists():
                beside.append(measured(PROTOTYPE, state.file, "osmium").wall_s)

    benchmark.pedantic(cold_and_warm, rounds=1, iterations=1)
    report.maps["warm"] = sorted(warm, key=lambda run: run.wall_s)[ROUNDS // 2]
    report.proportion = in_proportion(report.maps["warm"].wall_s, statistics.median(beside)) if beside else ""
    report.whole = steps(*command, env=env)
    assert report.maps["cold"].wall_s <= COLD_S
    assert max(part.peak_gb for part in report.maps.values()) <= COLD_GB
    assert report.maps["warm"].wall_s <= WARM_S


def test_against_the_usual_stack(run: Bench, report: Report) -> None:
    small = made_state(SMALL)
    usual = run(partial(measured, "-m", "benchmarks.reference", small.file, "10000", "30"))
    ours = stage("pipeline", small.file, 10_000, 30)
    report.reference = usual, ours
    assert usual.stage_s > 5 * ours.stage_s


def test_time_grows_with_the_file(state: State, benchmark: BenchmarkFixture, report: Report) -> None:
    files = [*(made_state(size).file for size in (0.25, 0.5)), state.file]
    points: list[tuple[str, Measured]] = []
    benchmark.pedantic(
        lambda: points.extend((f"{file.stat().st_size / 1e6:.0f} MB", stage("read", file)) for file in files), rounds=1
    )
    report.curves["Reading, by size of the file: linear"] = points
    assert points[-1][1].stage_s < 6 * points[0][1].stage_s


def test_time_grows_with_the_providers(entry: Path, benchmark: BenchmarkFixture, report: Report) -> None:
    points: list[tuple[str, Measured]] = []
    benchmark.pedantic(
        lambda: points.extend(
            (f"{count} providers", stage("one", entry, PEOPLE, count, "pairs")) for count in (150, 300, 600)
        ),
        rounds=1,
    )
    report.curves["Pairs within 60 minutes, by number of providers: linear"] = points
    assert points[-1][1].stage_s < 6 * points[0][1].stage_s


def test_time_hardly_grows_with_demand(entry: Path, benchmark: BenchmarkFixture, report: Report) -> None:
    points: list[tuple[str, Measured]] = []
    benchmark.pedantic(
        lambda: points.extend(
            (f"{count:,} people points", stage("one", entry, count, PROVIDERS, "nearest"))
            for count in (25_000, 100_000, 400_000)
        ),
        rounds=1,
    )
    report.curves["Nearest, by number of people points: nearly flat"] = points
    assert points[-1][1].stage_s < 4 * points[0][1].stage_s


def test_what_the_floor_is_made_of(state: State, run: Bench, report: Report) -> None:
    report.floor = run(partial(stage, "floor", state.file)).told["seconds"]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_opens_soon(name: str, run: Bench, report: Report) -> None:
    if "Mississippi" in name and not (ROOT.parent / "shared" / "data").is_dir():
        pytest.skip("no real data here")
    found = report.pages[name] = run(partial(measured, "-m", "benchmarks.page", name)).told
    figures = [found[figure] for figure in ("bytes", "packed", "ready_ms", "slow_ms")]
    assert [figure <= most for figure, most in zip(figures, PAGES[name], strict=True)] == [True] * 4, figures
