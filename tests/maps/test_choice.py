"""Which files are wanted: each has something that writes it and a module that is loaded for it."""

import sys
from importlib.util import find_spec

import pytest

from maps.choice import ALWAYS, OUTPUTS, choose_outputs, load_libraries
from maps.outputs import LONGEST, WRITERS


def test_every_output_has_a_writer_and_a_module_that_exists():
    assert WRITERS.keys() == OUTPUTS.keys()
    assert all(find_spec(module) for module in OUTPUTS.values())
    assert {name for group in LONGEST for name in group} < OUTPUTS.keys()


def test_only_what_is_wanted_is_loaded(monkeypatch):
    monkeypatch.delitem(sys.modules, "maps.workbook", raising=False)
    load_libraries(["ranking.csv"])
    assert "maps.workbook" not in sys.modules
    load_libraries(["ranking.xlsx"])
    assert "maps.workbook" in sys.modules


@pytest.mark.parametrize(
    ("only", "skip", "left"),
    [
        (["map"], ["map.png"], ["map.html", "map.svg", "map.pdf", ALWAYS]),
        (["gaps.csv"], ["manifest"], ["gaps.csv", ALWAYS]),
        ([], ["map", "strip", "sections", "ranking", "gaps", "areas"], ["briefing.html", ALWAYS]),
    ],
)
def test_files_and_stems_choose(only, skip, left):
    assert choose_outputs(only, skip) == tuple(left)
