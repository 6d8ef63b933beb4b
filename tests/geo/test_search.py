"""Phrases in texts: found as by trying each one at every word."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from geo.search import Search
from geo.secrets import Secret
from geo.unpack import Piece

WORD = st.text("ab", min_size=1, max_size=3)
PHRASES = st.lists(st.lists(WORD, min_size=2, max_size=4).map(tuple), min_size=1, max_size=6, unique=True)


def secret(row: int, words: tuple[str, ...]) -> Secret:
    nowhere = float("nan")
    return Secret(
        file=Path("providers.csv"), row=row, words=(("name", words),), phones=(), links=(), lon_deg=nowhere,
        lat_deg=nowhere, categories=(), stand_in=(nowhere, nowhere), region_radius_m=nowhere,
    )  # fmt: skip


def stands_in(phrase: tuple[str, ...], words: list[str], *, loose: bool) -> bool:
    """Return whether a phrase stands among words, when `loose` also within a longer first and last one."""
    for begin in range(len(words) - len(phrase) + 1):
        first, *middle, last = words[begin : begin + len(phrase)]
        if tuple(middle) != phrase[1:-1]:
            continue
        if (first, last) == (phrase[0], phrase[-1]):
            return True
        if loose and first.endswith(phrase[0]) and last.startswith(phrase[-1]):
            return True
    return loose and "".join(phrase) in "".join(words)


@given(PHRASES, st.lists(WORD, max_size=12), st.booleans())
def test_phrases_are_found_as_by_trying_each_at_every_word(phrases, words, loose):
    search = Search([secret(row, phrase) for row, phrase in enumerate(phrases)])
    found = {which for _, which in search._texts.search(Piece("a", text=" ".join(words), dense=loose))}
    assert found == {row for row, phrase in enumerate(phrases) if stands_in(phrase, words, loose=loose)}
