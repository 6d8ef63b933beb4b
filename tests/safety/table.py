"""Writes ``docs/safety.md`` from a run of the safety tests: ``make safety`` loads this as a pytest plugin."""

from collections import defaultdict
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "docs" / "safety.md"

TITLES = {
    "test_audit.py": "Planted leaks, and what the audit must leave alone",
    "test_nothing_depends_on_the_place.py": "Confidential by construction, inversion, no network",
    "test_disclosure.py": "Small counts",
    "test_doubts.py": "Questions of `check`",
    "test_mistakes.py": "Mistakes of a planner",
    "test_hostile.py": "Hostile input",
    "test_crash.py": "Killed, starved and doubled runs",
    "test_wording.py": "Words",
    "test_expiry.py": "Expiry and help line",
    "test_fuzz.py": "Fuzzing",
}

HEAD = """# Safety: what was attacked, and what held

Written by `make safety` from the tests named in the headings; do not edit. `SECURITY.md` has the threat model.

| group | attacks tried | held | not tried here |
|---|---|---|---|
"""

_outcomes: dict[str, dict[str, str]] = defaultdict(dict)
_figures: dict[str, list[str]] = defaultdict(list)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what became of each test of a group."""
    module, _, name = report.nodeid.partition("::")
    group = Path(module).name
    if group in TITLES and (report.when == "call" or report.outcome != "passed"):
        _outcomes[group][name] = report.outcome
        _figures[group] += [
            str(value) for key, value in report.user_properties if key == "figure" and report.when == "call"
        ]


def pytest_sessionfinish() -> None:
    """Write the table."""
    text = HEAD
    for group, title in TITLES.items():
        ends = list(_outcomes[group].values())
        text += (
            f"| {title} | {len(ends) - ends.count('skipped')} | {ends.count('passed')} | {ends.count('skipped')} |\n"
        )
    for group, title in TITLES.items():
        folder = "fuzz" if group == "test_fuzz.py" else "safety"
        text += f"\n## {title} (`tests/{folder}/{group}`)\n\n"
        by_test: dict[str, list[str]] = defaultdict(list)
        for name, outcome in _outcomes[group].items():
            test, _, case = name.removesuffix("]").partition("[")
            mark = "" if outcome == "passed" else f" **{outcome}**"
            by_test[test].append(f"{case}{mark}")
        for test, cases in by_test.items():
            said = test.removeprefix("test_").replace("_", " ")
            listed = [case for case in cases if case.strip()] if group != "test_wording.py" else []
            text += (
                f"- {said}"
                + (f" ({len(cases)})" if len(cases) > 1 else "")
                + (f": {'; '.join(listed)}" if listed else "")
                + "\n"
            )
        text += "".join(f"- figure: {figure}\n" for figure in _figures[group])
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text.replace("\\", "\\\\").replace("<", "&lt;"), encoding="utf-8")
