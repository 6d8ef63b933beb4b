"""Text from strangers, made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.names import MAX_LENGTH, clean, isolate, web_address


@given(st.text(st.characters(), max_size=400))
def test_clean_text_can_always_be_written(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert len(cleaned) <= MAX_LENGTH
    assert not any(ord(sign) < 32 for sign in cleaned)
    assert clean(cleaned) == cleaned


def test_lone_surrogates_are_replaced():
    assert clean("a\ud800b") == "a?b"


def test_numbers_and_nothing():
    assert [clean(value) for value in (None, float("nan"), 12, "")] == ["", "", "12", ""]


@pytest.mark.parametrize("text", ["\u05d0", "abc\u202e", "\u0645", "x\u200fy", "\u2067a"])
def test_turning_text_is_isolated(text):
    assert isolate(text) == f"\u2068{text}\u2069"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("example.org", "https://example.org"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://a b.org", ""),
        ('https://a.org/"><script>', ""),
        ("//example.org", ""),
        ("n/a", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_are_linked(text, address):
    assert web_address(text) == address
