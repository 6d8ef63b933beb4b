"""What exits are called: by number and road, by the road alone, by milepost."""

from types import SimpleNamespace

import pandas as pd
import pytest

from layers.strip import Strip, StripExit
from maps.exit_names import exit_names
from maps.texts import load_texts
from tests.maps.studies import HOSTILE


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["I-5, exit 26, Mill Road", "I-5, US 82", "I-5, mile 26", "I-5, road 7"]),
        ("es", ["I-5, salida 26, Mill Road", "I-5, US 82", "I-5, milla 26", "I-5, carretera 7"]),
    ],
)
def test_names(language, expected):
    exits = (
        StripExit(26, "exit 26", "26", "", "Mill Road"),
        StripExit(30, "US 82", "", "", "US 82"),
        StripExit(31, "milepost 26", "", ""),
        StripExit(32, "road 7", "", "", "road 7"),
    )
    assert list(names(language, *exits).values()) == expected


def test_hostile_names_are_cleaned():
    name = names("en", StripExit(1, "exit 1", "1", "", HOSTILE))["0"]
    assert "\x07" not in name
    assert name.startswith("I-5, exit 1, \u2068")


def test_a_study_without_highways():
    assert exit_names(SimpleNamespace(along=None), load_texts("en")) == {}


def names(language, *exits):
    strip = Strip("r", "I-5", "mi", ("NB", "SB"), 0, 40, (), (), exits, (), (), (), ())
    table = pd.DataFrame({"exit_id": [str(n) for n in range(len(exits))], "route_id": "r"})
    return exit_names(SimpleNamespace(along=SimpleNamespace(strips=(strip,), exits=table)), load_texts(language))
