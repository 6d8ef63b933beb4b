"""The tags of ways in an OPL file, the text format of libosmium: worked out once for each value that occurs."""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from geo.graph import Int32s
from geo.osm_tags import LINK_CLASSES, ROAD_CLASSES, direction, is_open_to_cars
from geo.osm_water import RIVER_TAG
from geo.roads import Ints
from geo.speeds import parse_maxspeed

_RULE_KEYS = (
    "highway",
    "area",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "oneway",
    "junction",
    "maxspeed",
    RIVER_TAG[0],
)
_SIGN_KEYS = ("destination:ref", "destination:street", "destination")
_KEYS = (*_RULE_KEYS, "ref", "name", "junction:ref", *_SIGN_KEYS)
_PLACES = {key: place for place, key in enumerate(_KEYS)}
_ESCAPED = re.compile(r"%([0-9a-fA-F]+)%")
_HALVES = range(0xD800, 0xE000)
"""Numbers of halves of characters, which UTF-16 uses in pairs."""

NO_ROAD, RIVER = -1, -2
"""Rules of ways that are no roads for cars, and of rivers."""


class Rules:
    """What the tags of ways amount to, worked out once for each set of values that occurs."""

    def __init__(self) -> None:
        self.number: dict[tuple[str | None, ...], int] = {}
        self.road_class: list[int] = []
        self.direction: list[int] = []
        self.maxspeed_kmh: list[float] = []

    def of(self, values: tuple[str | None, ...]) -> int:
        """Return the row of the rule for the values of `_RULE_KEYS` (None: absent); else `NO_ROAD` or `RIVER`."""
        number = self.number.get(values)
        if number is None:
            tags = {key: _plain(value) for key, value in zip(_RULE_KEYS, values, strict=True) if value is not None}
            number = self.number[values] = self._add(tags)
        return number

    def _add(self, tags: dict[str, str]) -> int:
        """Work out a rule."""
        if tags.get("highway") not in ROAD_CLASSES:
            return RIVER
        if tags.get("area") == "yes" or not is_open_to_cars(tags.get):
            return NO_ROAD
        limit = tags.get("maxspeed")
        self.road_class.append(ROAD_CLASSES.index(tags["highway"]))
        self.direction.append(direction(tags["highway"], tags.get))
        self.maxspeed_kmh.append(parse_maxspeed(limit) if limit else np.nan)
        return len(self.road_class) - 1


class WayTags:
    """The tags of some lines of an OPL file: for each line and key that counts, which of the texts is its value.

    The last of the texts is empty: it stands for a tag that is absent.
    """

    def __init__(self, column: pa.StringArray) -> None:
        split = compute.split_pattern(compute.utf8_slice_codeunits(column, 1), ",")
        tags = compute.dictionary_encode(split.flatten())
        parts = compute.extract_regex(tags.dictionary, r"^(?P<key>[^=]*)=?(?P<value>.*)$")
        keys = compute.dictionary_encode(parts.field("key"))
        places = [_PLACES.get(key, -1) for key in keys.dictionary.to_pylist()]
        code, line = (
            numbers.to_numpy(zero_copy_only=False) for numbers in (tags.indices, compute.list_parent_indices(split))
        )
        place = np.array(places, dtype=np.int8)[keys.indices.to_numpy(zero_copy_only=False)][code]
        known = np.flatnonzero(place >= 0)
        self.texts = pa.concat_arrays([parts.field("value"), pa.array([""])])
        self.value = np.full((len(_KEYS), len(column)), len(self.texts) - 1, dtype=np.int32)
        self.value[place[known], line[known]] = code[known]

    def of(self, key: str) -> Int32s:
        """Return which text is the value of a key, for each line."""
        values: Int32s = self.value[_PLACES[key]]
        return values

    def names(self) -> Int32s:
        """Return which text is the name; of a slip road, what its signs say it leads to."""
        is_link = compute.is_in(self.texts, pa.array(sorted(LINK_CLASSES))).to_numpy(zero_copy_only=False)
        says = compute.not_equal(self.texts, "").to_numpy(zero_copy_only=False)
        sign = np.full(self.value.shape[1], len(self.texts) - 1, dtype=np.int32)
        for key in reversed(_SIGN_KEYS):
            sign = np.where(says[self.of(key)], self.of(key), sign)
        return np.where(is_link[self.of("highway")], sign, self.of("name"))

    def rules(self, rules: Rules) -> Ints:
        """Return the rule of each line."""
        number = np.zeros(self.value.shape[1], dtype=np.int64)
        for values in self.value[: len(_RULE_KEYS)]:
            number = pd.factorize(number * len(self.texts) + values)[0]
        first = np.unique(number, return_index=True)[1]
        absent = len(self.texts) - 1
        sets = [
            tuple(None if text == absent else self.texts[text].as_py() for text in row)
            for row in self.value[: len(_RULE_KEYS), first].T.tolist()
        ]
        return np.array([rules.of(values) for values in sets], dtype=np.int64)[number]

    def plain(self, values: Int32s) -> npt.NDArray[np.object_]:
        """Return some values as texts without escapes."""
        used = np.flatnonzero(np.bincount(values, minlength=len(self.texts)))
        texts = self.texts.take(pa.array(used))
        # In most texts nothing but spaces is escaped.
        signs, spaces = compute.count_substring(texts, "%"), compute.count_substring(texts, "%20%")
        plain = compute.replace_substring(texts, "%20%", " ").to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(compute.not_equal(signs, compute.multiply(spaces, 2))):
            plain[row] = _plain(texts[row].as_py())
        of_text = np.empty(len(self.texts), dtype=np.object_)
        of_text[used] = plain
        return of_text[values]


def _plain(text: str) -> str:
    """Return a text of an OPL file without its escapes; half a character, which no text may hold, becomes a mark."""
    return _ESCAPED.sub(lambda match: _character(int(match[1], 16)), text)


def _character(number: int) -> str:
    return "\ufffd" if number in _HALVES else chr(number)
