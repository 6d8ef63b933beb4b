"""What was measured, as the page docs/benchmarks.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import Measured, machine

SHOWN_S = 0.01
BESIDE = (
    "On two cores the search tree of the roads grows beside the reading of people, capacity is shared beside the "
    "other travel times, pictures are drawn beside the other files, and each is searched by the process that is free."
)


@dataclass
class Report:
    """The results of a run, filled by the benchmarks one after another."""

    stages: dict[str, Measured] = field(default_factory=dict)
    pipeline: Measured | None = None
    prototype: Measured | None = None
    maps: dict[str, Measured] = field(default_factory=dict)
    reference: tuple[Measured, Measured] | None = None
    curves: dict[str, list[tuple[str, Measured]]] = field(default_factory=dict)
    floor: Mapping[str, float] = field(default_factory=dict)
    whole: Mapping[str, float] = field(default_factory=dict)
    pages: dict[str, Mapping[str, float]] = field(default_factory=dict)
    state: str = ""
    proportion: str = ""

    def table(self) -> list[str]:
        """Return the one table of all stages."""
        rows = [(name, f"{m.stage_s:.2f}", "", f"{m.peak_gb:.2f}") for name, m in self.stages.items()]
        whole = {"file → 2SFCA": self.pipeline, "the prototype, the same": self.prototype}
        whole |= {f"`outreach map`, {name}": m for name, m in self.maps.items()}
        rows += [
            (f"**{name}**", f"{m.wall_s:.2f}", f"{m.cpu_s:.2f}", f"{m.peak_gb:.2f}") for name, m in whole.items() if m
        ]
        return _table(("stage", "seconds", "processor seconds", "peak GB"), rows)

    def write(self, path: Path) -> None:
        """Write the page."""
        lines = ["# Benchmarks", "", "Written by `make bench`; numbers of one run.", "", machine(), "", self.state, ""]
        lines += ["## A state", "", *self.table(), ""]
        lines += [
            "The stages stand alone in a process each, with what they need loaded from a file: seconds of the stage,",
            "peak memory of its process. The lines in bold are whole processes, start of Python included; all modules",
            "are compiled.",
        ]
        if self.proportion:
            lines += ["", self.proportion]
        if self.reference:
            lines += ["", "## Against osmnx and networkx", "", *self._against()]
        if self.curves:
            lines += ["", "## How time grows", ""]
            for name, points in self.curves.items():
                lines += [f"**{name}**", "", *_table(("size", "seconds", "peak GB"), _points(points)), ""]
        if self.floor:
            lines += ["## What the floor is made of", "", "Reading and graph of the state, step by step:", ""]
            lines += [*_steps(self.floor), ""]
        if self.whole:
            lines += ["The whole `outreach map`, warm, by what it tells that it is doing. " + BESIDE, ""]
            lines += [*_steps(self.whole), ""]
        if self.pages:
            lines += ["## The page", "", *self._pages(), ""]
            lines += ["Ready: until the first view stands, in Chromium, from the start of the visit, median of 5."]
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")

    def _pages(self) -> list[str]:
        head = ("page", "MB", "MB gzipped", "built (s)", "ready (ms)", "ready, processor 4 × slower (ms)")
        rows = [
            (
                name,
                f"{m['bytes'] / 1e6:.2f}",
                f"{m['packed'] / 1e6:.2f}",
                f"{m['built_s']:.1f}",
                f"{m['ready_ms']:.0f}",
                f"{m['slow_ms']:.0f}",
            )
            for name, m in self.pages.items()
        ]
        return _table(head, rows)

    def _against(self) -> list[str]:
        assert self.reference is not None
        usual, ours = self.reference
        mine = {**ours.told["seconds"]}
        theirs = {**usual.told["seconds"]}
        theirs["read"] = theirs.pop("filter") + theirs["read"]
        rows = [
            (step, f"{theirs[step]:.2f}", f"{mine[step]:.2f}", f"{theirs[step] / mine[step]:.0f} ×")
            for step in ("read", "graph", "snap", "nearest", "pairs")
        ]
        total = sum(theirs.values()), sum(mine[step] for step in theirs)
        rows.append(("together", f"{total[0]:.2f}", f"{total[1]:.2f}", f"{total[0] / total[1]:.0f} ×"))
        rows.append(("peak GB", f"{usual.peak_gb:.2f}", f"{ours.peak_gb:.2f}", f"{usual.peak_gb / ours.peak_gb:.1f} ×"))
        head = "A sixteenth of the state with 10,000 people and 30 providers: there the usual stack ends in time."
        return [head, "", *_table(("step", "osmnx, networkx (s)", "this tool (s)", "ratio"), rows)]


def _steps(seconds: Mapping[str, float]) -> list[str]:
    """Return the steps that take a hundredth of a second or more, and their sum."""
    rows = [(name, f"{spent:.2f}") for name, spent in seconds.items() if spent >= SHOWN_S]
    return _table(("step", "seconds"), [*rows, ("together", f"{sum(seconds.values()):.2f}")])


def _points(points: Sequence[tuple[str, Measured]]) -> list[tuple[str, str, str]]:
    return [(name, f"{m.stage_s:.2f}", f"{m.peak_gb:.2f}") for name, m in points]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    line = "| " + " | ".join(head) + " |"
    rule = "|" + "---|" * len(head)
    return [line, rule, *("| " + " | ".join(row) + " |" for row in rows)]
