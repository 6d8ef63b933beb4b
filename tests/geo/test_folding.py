"""Texts in the form in which they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.folding import fold

ANY = st.text(
    st.one_of(st.characters(), st.sampled_from("eiİßſﬁΣςÅ\u0301\u0300\u0327\u00ad\u200b’\u00a0١\ud800")), max_size=30
)


@given(ANY)
def test_a_text_folds_alike_alone_and_among_many_plain_words(text: str) -> None:
    """What is not ASCII is looked at all at once, or sign by sign where it is little of a text."""
    many = 100 * (len(text) + 1)
    assert fold(f"{text} {'word ' * many}") == fold(text) + ("word",) * many


@given(ANY, ANY)
def test_words_fold_one_by_one(one: str, other: str) -> None:
    assert fold(f"{one} {other}") == fold(one) + fold(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÉCOLE e\u0301cole", ("ecole", "ecole")),
        ("Stra\u00ade STRASSE stra\u00dfe", ("strae", "strasse", "strasse")),
        ("\ufb01re, o\u2019clock", ("fire", "o", "clock")),
        ("12 Oak\u00a0Lane", ("12", "oak", "lane")),
        ("", ()),
    ],
)
def test_small_letters_without_accents_and_signs(text: str, folded: tuple[str, ...]) -> None:
    assert fold(text) == fold(text + " " * 1000) == folded
