"""Words of the page: complete in every language, and right about numbers."""

import datetime as dt
import math
import re
import string

import pytest

from geo.vocabulary import CATEGORIES, VENUE_KINDS
from maps.texts import languages, load_texts

NOUNS = {"singular", "plural"}
FORBIDDEN = ("hotspot", "hot spot", "suspect", "risk site", "sospechos")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", languages())
def test_catalogues_are_complete(language):
    english, other = load_texts("en").entries, load_texts(language).entries
    assert {key for key in other if not key.startswith("phrase.")} == set(english)
    for key, text in english.items():
        if key != "page.hotline_other_lang":
            assert gaps(text) - NOUNS == gaps(other[key]) - NOUNS or key.startswith("headline."), key


@pytest.mark.parametrize("language", languages())
def test_vocabulary_is_covered(language):
    entries = load_texts(language).entries
    for category in CATEGORIES:
        assert {f"category.{category}.{form}" for form in ("label", "nearest", "plain")} <= set(entries)
    for kind in VENUE_KINDS:
        assert {f"venue.{kind}.{form}" for form in ("one", "other", "count_one", "count_other")} <= set(entries)


@pytest.mark.parametrize("language", languages())
def test_wording_is_calm(language):
    for text in load_texts(language).entries.values():
        assert not any(word in text.lower() for word in FORBIDDEN)


@pytest.mark.parametrize("language", languages())
def test_no_line_ends_between_a_number_and_its_per_cent(language):
    texts = load_texts(language)
    assert [key for key, text in texts.entries.items() if re.search(r"[\d}] %", text)] == []
    assert " %" not in texts.percent(0.5) + texts.percent(0.001) + texts.percent(0.999)


def test_numbers_in_english():
    t = load_texts("en")
    assert t.number(1234567.8, 1) == "1,234,567.8"
    assert [t.rough(x) for x in (1_234_567, 993_400, 5_678, 640)] == ["1.2M", "993,000", "5,680", "640"]
    assert [t.percent(x) for x in (0, 0.004, 0.5, 0.999, 1)] == ["0%", "under 1%", "50%", "over 99%", "100%"]
    assert [t.minutes(x) for x in (52.4, math.inf)] == ["52 minutes", "no service reachable"]
    assert [t.distance(x, "mi") for x in (800, 1609.344 * 12.3, 8046.72)] == ["0.5 mi", "12 mi", "5 mi"]
    assert t.distance(8_000, "km") == "8 km"
    assert t.date(dt.date(2026, 11, 1)) == "November 1, 2026"
    assert t.listing(["a", "b", "c"]) == "a, b and c"
    assert t.listing(["a", "b"], last="or") == "a or b"
    assert t.listing([]) == ""
    assert t.count("confidential", 1).startswith("1 confidential service counts")


def test_dates_in_spanish():
    assert load_texts("es").date(dt.date(2026, 11, 1)) == "1 de noviembre de 2026"


def test_phrases_of_the_analysis_are_translated():
    spanish = load_texts("es")
    known = "no venue is listed along its stretch of the corridor"
    assert spanish.phrase(known) != known
    assert spanish.phrase(f"{known}; something new").endswith("; something new")
    assert load_texts("en").phrase(known) == known


def test_unknown_language():
    with pytest.raises(ValueError, match="no page text in 'xx'; known: en, es"):
        load_texts("xx")
