"""What the map can be coloured by: priority, its parts, the minutes to each service, and the rural gap."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from maps.symbology import band_breaks, classify, quantile_breaks, ramp_positions
from maps.texts import Texts
from maps.values import Measure, Place, Row

_SHORT = 1000
"""Numbers of people from this one on are told in thousands."""


def make_measures(rows: Sequence[Row], place: Place, texts: Texts) -> tuple[Measure, ...]:
    """Return the measures of the rows: priority first, then minutes, the rural gap, and the parts of the priority."""
    scores: list[tuple[str, Callable[[Row], float]]] = [
        ("priority", lambda row: row.priority),
        ("access_gap", lambda row: 100 * row.access_gap),
        ("need", lambda row: 100 * row.need),
        ("reach", lambda row: 100 * row.reach),
    ]
    measures = [_scores(key, texts(f"measure.{key}"), [pick(row) for row in rows], texts) for key, pick in scores]
    worst = _minutes("worst", texts("measure.worst"), [row.worst_min for row in rows], place, texts)
    each = [
        _minutes(
            f"minutes_{category}",
            texts("measure.minutes", service=texts.entries[f"category.{category}.nearest"]),
            [row.services[position].minutes for row in rows],
            place,
            texts,
        )
        for position, category in enumerate(place.required)
    ]
    return (measures[0], worst, *(each if len(each) > 1 else ()), *_rural(rows, place, texts), *measures[1:])


def _rural(rows: Sequence[Row], place: Place, texts: Texts) -> tuple[Measure, ...]:
    """Return the number of rural people beyond the headline band, unless there is none anywhere."""
    values = [row.rural_beyond for row in rows]
    most = max((value for value in values if math.isfinite(value)), default=0.0)
    if most < 1:
        return ()
    # Breaks that are read at a glance: 1,200 instead of 1,187.
    breaks = quantile_breaks(values, decimals=min(0, 2 - len(f"{most:.0f}")))
    label = texts("measure.rural", minutes=f"{place.headline_min:g}")
    words = _words(breaks, 0, texts)
    if breaks and breaks[0] >= _SHORT:
        words = [_short(cuts, texts) for cuts in (breaks[:1], *pairwise(breaks), breaks[-1:])]
        words[0], words[-1] = texts("key.under_n", n=words[0]), texts("key.over", n=words[-1])
    return (_measure("rural", label, "people", values, breaks, words),)


def _short(cuts: Sequence[float], texts: Texts) -> str:
    """Return numbers of people in thousands: five of them stand side by side in the key."""
    thousands = (cut / 1000 for cut in cuts)
    numbers = [texts.number(value, 0 if value == int(value) else 1) for value in thousands]
    return texts("format.thousand", n="–".join(numbers))


def _scores(key: str, label: str, values: list[float], texts: Texts) -> Measure:
    decimals = 0 if len(quantile_breaks(values, decimals=0)) == len(quantile_breaks(values, decimals=1)) else 1
    breaks = quantile_breaks(values, decimals=decimals)
    return _measure(key, label, "score", values, breaks, _words(breaks, decimals, texts))


def _minutes(key: str, label: str, values: list[float], place: Place, texts: Texts) -> Measure:
    breaks = band_breaks(place.bands_min)
    decimals = 0 if all(cut == int(cut) for cut in breaks) else 1
    words = _words(breaks, decimals, texts)
    if any(math.isinf(value) for value in values):
        words[-1] = texts("key.or_none", words=words[-1])
    return _measure(key, label, "minutes", values, breaks, words)


def _words(breaks: Sequence[float], decimals: int, texts: Texts) -> list[str]:
    if not breaks:
        return [texts("key.all")]
    cuts = [texts.number(cut, decimals) for cut in breaks]
    between = [f"{low}–{high}" for low, high in pairwise(cuts)]
    return [texts("key.under_n", n=cuts[0]), *between, texts("key.over", n=cuts[-1])]


def _measure(
    key: str, label: str, unit: str, values: Sequence[float], breaks: Sequence[float], words: Sequence[str]
) -> Measure:
    classes = tuple(classify(value, breaks) for value in values)
    ramp = ramp_positions(len(breaks) + 1)
    legend = tuple((colour, text, classes.count(colour)) for colour, text in zip(ramp, words, strict=True))
    return Measure(key, label, unit, legend, classes, tuple(values))
