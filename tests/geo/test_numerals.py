"""Numbers in texts and among bytes, against slow rules that say the same."""

import itertools
import re
import struct

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.numerals import BETWEEN, GAP_CHARS, binary_pairs, numbers_in

NUMBER = re.compile(r"(?<![\w.])[-+]?\d{1,9}(?:\.(\d{1,20}))?(?![\w.]*[A-Za-z_])")
LEAST, MOST = 29.0, 1.1e7
KINDS = ("<d", ">d", "<f", ">f")

TEXTS = st.text("01239" * 3 + "..--+,[] \n\t_aZe\u0663\u00b2\u00e9\ud800", max_size=80)
PARTS = st.one_of(
    st.binary(max_size=9),
    st.builds(struct.pack, st.sampled_from(KINDS), st.floats(-MOST, MOST, width=32)),
    st.builds(lambda kind, x, y: struct.pack(kind[0] + 2 * kind[1], x, y), st.sampled_from(KINDS), *(st.floats(29, 92, width=32),) * 2),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("-90.4177 32.4312\n+1.5, x86 3rd 1.2.3 1234567890.5 1.123456789012345678901 5-6 --7 \u0663.\u0664")
@example("")
def test_numbers_are_those_of_one_pattern(text: str) -> None:
    found = list(NUMBER.finditer(text))
    numbers = numbers_in(text)
    assert numbers.value.tolist() == [float(number[0]) for number in found]
    assert numbers.decimals.tolist() == [len(number[1] or "") for number in found]
    assert numbers.start.tolist() == [number.start() for number in found]
    assert numbers.end.tolist() == [number.end() for number in found]
    lines = [text.count("\n", 0, number.start()) for number in found]
    assert numbers.line.tolist() == [line + 1 for line in lines]
    lengths = [len(line) + 1 for line in text.split("\n")]
    assert numbers.line_chars.tolist() == [lengths[line] for line in lines]
    between = [text[one.end() : later.start()] for one, later in itertools.pairwise(found)]
    linked = [len(gap) <= GAP_CHARS and not gap.strip(BETWEEN) for gap in between]
    assert np.diff(numbers.run).tolist() == [int(not link) for link in linked]


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=8).map(b"".join))
def test_no_pair_of_binary_numbers_is_left_out(raw: bytes) -> None:
    found = {tuple(pair) for pairs in binary_pairs(raw, least=LEAST, most=MOST) for pair in pairs.tolist()}
    for kind in KINDS:
        both = struct.Struct(kind[0] + 2 * kind[1])
        for at in range(len(raw) - both.size + 1):
            pair = both.unpack_from(raw, at)
            if all(LEAST <= abs(number) <= MOST for number in pair):
                decimals = 4 if both.size == 8 else None
                assert tuple(pair if decimals is None else np.round(pair, decimals).tolist()) in found


def test_a_place_at_the_meridian_is_found_among_bytes() -> None:
    raw = b"x" + struct.pack(">2d", 0.0, 51.4779)
    pairs = np.concatenate(list(binary_pairs(raw, least=0.0, most=51.5)))
    assert [0.0, 51.4779] in pairs.tolist()
