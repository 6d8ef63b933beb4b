"""A highway's strip chart as marks: where everything stands on the line. How it looks is not said here."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from geo.vocabulary import CATEGORIES, VENUE_KINDS
from layers.strip import Strip, StripExit, StripGap, StripProfile
from maps.names import clean, isolate
from maps.strip_marks import LETTER, Bar, Drawing, Mark, Point, Words, cut, place_labels, width_of, wrapped
from maps.symbology import PROVIDER, VENUES, band_breaks, classify, ramp_positions
from maps.texts import Texts

WIDTH = 1000.0
LEFT, RIGHT = 178.0, 984.0
_TEXT, _SMALL, _SMALLEST = 11.0, 10.0, 8.5
_TITLE = 15.0
_FOOT = 8.5
_ROW = 13.0
_EXIT_ROWS = 2
_TOWN_ROWS = 2
_AXIS = 6.0
_VENUE_ROW = 17.0
_BY_SIDE = 3.4
_LANE = 8.0
_BRACKET = 4.2
_LANES_APART = 5.0
_RADIUS = 3.1
_CROSSES_APART = 3.0
_THIN, _THICK = 1.4, 3.2

Stretch = tuple[float, float, float]
"""From milepost, to milepost, minutes."""


@dataclass
class _Pen:
    """Marks so far, and how far down the chart is."""

    strip: Strip
    texts: Texts
    bands_min: tuple[float, ...]
    y: float = 0.0
    marks: list[Mark] = field(default_factory=list)

    def x(self, milepost: float) -> float:
        span = self.strip.to_milepost - self.strip.from_milepost
        share = (milepost - self.strip.from_milepost) / span if span > 0 else 0.5
        return round(LEFT + min(1.0, max(0.0, share)) * (RIGHT - LEFT), 1)

    def add(self, *marks: Mark) -> None:
        self.marks.extend(marks)

    def head(self, text: str, y: float, *, indent: float = 0.0, look: str = "words") -> None:
        # Behind words without a sign before them stand the directions.
        width = LEFT - (8 if indent else 34) - indent
        # A long word is written smaller before anything of it is cut.
        size = max(_SMALLEST, min(_TEXT, round(width / (LETTER * max(len(text), 1)) - 0.05, 1)))
        self.add(Words(indent, y, cut(text, width, size), size, look))


def lay_out(strip: Strip, texts: Texts, *, bands_min: Sequence[float], title: str = "", footer: str = "") -> Drawing:
    """Return the chart of a highway.

    Parameters
    ----------
    strip
        The highway's values.
    texts
        The catalogue.
    bands_min
        The study's bands, in minutes.
    title, footer
        What to write above and below it, here in one or more lines; the page has words of its own.
    """
    pen = _Pen(strip, texts, tuple(sorted(bands_min)))
    if title:
        pen.add(Words(0, _TITLE, cut(title, WIDTH, _TITLE), _TITLE, "words strong"))
        pen.y = _TITLE + 10
    for draw in (_towns, _exits, _axis, _venues, _providers, _lanes, _key):
        draw(pen)
    for line in (part for whole in footer.splitlines() for part in wrapped(whole, WIDTH, _FOOT)):
        pen.y += 14
        pen.add(Words(0, pen.y, line, _FOOT, "words soft"))
    return Drawing(WIDTH, round(pen.y + 4, 1), LEFT, RIGHT, tuple(pen.marks))


def kind_label(kind: str, number: int, texts: Texts) -> str:
    """Return the name of a kind of venue, singular or plural."""
    return texts.get(f"venue.{kind}.{'one' if number == 1 else 'other'}", VENUE_KINDS.get(kind, kind))


def category_label(category: str, texts: Texts) -> str:
    """Return the name of a service category."""
    return texts.get(f"category.{category}.label", CATEGORIES.get(category, category))


def exit_label(label: str, number: str, unit: str, texts: Texts) -> str:
    """Return an exit's name in the language of the page: its number, else what it leads to, else where it is."""
    if number:
        return texts("strip.exit", n=isolate(clean(number)))
    if place := re.fullmatch(r"milepost (\S+)", label):
        return texts(f"strip.at_{unit}", n=place[1])
    return _roads(label, texts)


def exit_words(exit_: StripExit, unit: str, texts: Texts) -> str:
    """Return an exit's name with the road that it leads to: "exit 26, County Line Road"."""
    label = exit_label(exit_.label, exit_.number, unit, texts)
    return f"{label}, {_roads(exit_.road, texts)}" if exit_.number and clean(exit_.road) else label


def _roads(names: str, texts: Texts) -> str:
    """Return the names of roads; one that is a mere number says what it is, in the language of the page."""
    numbers = [re.fullmatch(r"road (\S+)", name) for name in names.split(" / ")]
    return " / ".join(
        texts("strip.road", n=isolate(clean(number[1]))) if number else isolate(clean(name))
        for number, name in zip(numbers, names.split(" / "), strict=True)
    )


def highway_name(label: str, texts: Texts) -> str:
    """Return a highway's name; one that is a mere number says what it is, and one in parts which of them it is."""
    ref, part = re.fullmatch(r"(.*?)(?: \(part (\d+)\))?", label, re.DOTALL).groups()  # type: ignore[union-attr]
    name = isolate(clean(ref))
    name = texts("format.highway", n=name) if ref[:1].isdigit() else name
    return texts("strip.part", highway=name, n=part) if part else name


def stretches(profile: StripProfile, strip: Strip) -> tuple[Stretch, ...]:
    """Return the minutes along the highway in one direction, from the minutes of its exits.

    Whoever has passed an exit can next leave at the one ahead, so a stretch has the minutes of the exit that ends it.
    Beyond the last exit nothing is known.

    Examples
    --------
    >>> strip = Strip("I 5", "I-5", "mi", ("NB", "SB"), 0, 9, (), (), (), (), (), (), ())
    >>> stretches(StripProfile("NB", "legal", (2, 6), (10, 40)), strip)
    ((0, 2, 10), (2, 6, 40))
    >>> stretches(StripProfile("SB", "legal", (2, 6), (10, 40)), strip)
    ((2, 6, 10), (6, 9, 40))
    """
    points = sorted(zip(profile.mileposts, profile.minutes, strict=True))
    if profile.direction == strip.directions[0]:
        ends = [strip.from_milepost, *(milepost for milepost, _ in points)]
    else:
        ends = [*(milepost for milepost, _ in points), strip.to_milepost]
    parts = zip(pairwise(ends), points, strict=True)
    return tuple((low, high, minutes) for (low, high), (_, minutes) in parts if high > low)


def towns_along(strip: Strip) -> tuple[tuple[float, str], ...]:
    """Return the towns and their mileposts, those with most exits first: they are the larger ones."""
    found: dict[str, list[float]] = {}
    for exit_ in strip.exits:
        for town in exit_.towns.split(","):
            if name := clean(town):
                found.setdefault(name, []).append(exit_.milepost)
    numbers = Counter({name: len(mileposts) for name, mileposts in found.items()})
    ranked = sorted(found, key=lambda name: (-numbers[name], found[name][0], name))
    return tuple((sum(found[name]) / len(found[name]), isolate(name)) for name in ranked)


def _towns(pen: _Pen) -> None:
    towns = [(pen.x(milepost), name) for milepost, name in towns_along(pen.strip)]
    placed = list(place_labels(towns, rows=_TOWN_ROWS, size=_SMALL, left=LEFT - 30, right=WIDTH))
    if not placed:
        return
    deepest = max(row for _, row, _ in placed) + 1
    pen.head(pen.texts("strip.towns"), pen.y + deepest * _ROW - 3, look="words soft")
    for x, row, name in placed:
        pen.add(Words(x, pen.y + (deepest - row) * _ROW - 3, name, _SMALL, "words soft", "middle"))
    pen.y += deepest * _ROW + 2


def _exits(pen: _Pen) -> None:
    """Draw exit numbers and, below them, a tick for every exit, also for those whose number finds no room."""
    exits = pen.strip.exits
    if not exits:
        pen.head(pen.texts("strip.no_exits"), pen.y + _ROW - 3, look="words soft")
        pen.y += _ROW + 4
        return
    named = [(pen.x(exit_.milepost), _short(pen, exit_)) for exit_ in exits]
    placed = list(place_labels(named, rows=_EXIT_ROWS, size=_SMALL, left=LEFT - 12, right=WIDTH))
    deepest = max(row for _, row, _ in placed) + 1
    pen.head(pen.texts("strip.exits"), pen.y + deepest * _ROW - 3)
    for x, row, text in placed:
        pen.add(Words(x, pen.y + (deepest - row) * _ROW - 3, text, _SMALL, "words", "middle"))
    pen.y += deepest * _ROW
    for number, exit_ in enumerate(exits):
        words = (exit_words(exit_, pen.strip.unit, pen.texts), clean(exit_.towns))
        title = ", ".join(part for part in words if part)
        pen.add(Bar(pen.x(exit_.milepost) - 0.6, pen.y, 1.2, 7, "tick", f"exit {number}", title))
    pen.y += 7


def _short(pen: _Pen, exit_: StripExit) -> str:
    """Return what stands above an exit: its number alone."""
    number = isolate(clean(exit_.number))
    return number or exit_label(exit_.label, "", pen.strip.unit, pen.texts)


def _axis(pen: _Pen) -> None:
    strip = pen.strip
    pen.head(capital(highway_name(strip.label, pen.texts)), pen.y + _AXIS + 1, look="words strong")
    pen.add(Bar(LEFT, pen.y, RIGHT - LEFT, _AXIS, "road"))
    for low, high in strip.outside:
        width = max(1.0, round(pen.x(high) - pen.x(low), 1))
        pen.add(Bar(pen.x(low), pen.y, width, _AXIS, "off", title=pen.texts("strip.outside")))
    pen.y += _AXIS
    pen.head(pen.texts(f"strip.unit_{strip.unit}"), pen.y + 14, look="words soft")
    for tick in strip.ticks:
        x = pen.x(tick)
        pen.add(Bar(x - 0.5, pen.y, 1, 4, "tick"))
        pen.add(Words(x, pen.y + 14, _number(tick, pen.texts), _SMALL, "words soft", "middle"))
    pen.y += 20


def capital(text: str) -> str:
    """Return a text as it stands at the beginning of a line."""
    return text[:1].upper() + text[1:]


def _number(value: float, texts: Texts) -> str:
    return texts.number(value, 0 if value == int(value) else 1)


def _side(pen: _Pen, side: str) -> float:
    """Return how far a place stands from the middle of its row: traffic to the right keeps to the lower half."""
    return {pen.strip.directions[0]: _BY_SIDE, pen.strip.directions[1]: -_BY_SIDE}.get(side, 0.0)


def _venues(pen: _Pen) -> None:
    for kind in VENUE_KINDS:
        own = [(number, venue) for number, venue in enumerate(pen.strip.venues) if venue.kind == kind]
        if not own:
            continue
        middle = pen.y + _VENUE_ROW / 2
        look = f"point p-{kind}"
        label = pen.texts("strip.count", label=kind_label(kind, len(own), pen.texts), n=pen.texts.number(len(own)))
        pen.add(Bar(LEFT, middle - 0.4, RIGHT - LEFT, 0.8, "rail"), Point(6, middle, 5, VENUES[kind].shape, look))
        pen.head(label, middle + 4, indent=18)
        for number, venue in own:
            x, y = pen.x(venue.milepost), middle + _side(pen, venue.side)
            title = clean(venue.name) or kind_label(kind, 1, pen.texts)
            pen.add(Point(x, y, _RADIUS, VENUES[kind].shape, look, f"venue {number}", title))
        pen.y += _VENUE_ROW
    pen.y += 2


def _providers(pen: _Pen) -> None:
    """Draw the public services as crosses, one where several would lie on each other."""
    own = pen.strip.providers
    if not own:
        return
    middle = pen.y + _VENUE_ROW / 2
    label = pen.texts("strip.count", label=pen.texts("strip.providers"), n=pen.texts.number(len(own)))
    pen.add(Bar(LEFT, middle - 0.4, RIGHT - LEFT, 0.8, "rail"), Point(6, middle, 5, PROVIDER.shape, "point p-provider"))
    pen.head(label, middle + 4, indent=18)
    last = -math.inf
    for x in sorted({pen.x(provider.milepost) for provider in own}):
        if x - last >= _CROSSES_APART:
            pen.add(Point(x, middle, _RADIUS + 0.6, PROVIDER.shape, "point p-provider"))
            last = x
    pen.y += _VENUE_ROW + 2


def _lanes(pen: _Pen) -> None:
    """Draw a band for every category: a lane per direction, one for both where they do not differ."""
    strip = pen.strip
    if not strip.profiles:
        return
    pen.y += 4
    pen.head(pen.texts("strip.minutes"), pen.y + 9, look="words soft")
    pen.y += _ROW + 1
    up, down = strip.directions
    for category in dict.fromkeys(profile.category for profile in strip.profiles):
        lanes = {p.direction: stretches(p, strip) for p in strip.profiles if p.category == category}
        own = [(number, gap) for number, gap in enumerate(strip.gaps) if gap.category == category]
        gaps = {direction: [item for item in own if item[1].direction == direction] for direction in lanes}
        shown = [d for d in (down, up) if d in lanes]
        alike = len(shown) > 1 and _alike(pen, lanes, gaps)
        top = pen.y
        for direction in shown[:1] if alike else shown:
            above = direction == down
            if above:
                _brackets(pen, gaps[direction], pen.y)
                pen.y += _BRACKET
            _lane(pen, lanes[direction], "" if alike else direction)
            if not above:
                _brackets(pen, gaps[direction], pen.y)
                pen.y += _BRACKET
        pen.head(category_label(category, pen.texts), (top + pen.y) / 2 + 4)
        pen.y += _LANES_APART


def _alike(pen: _Pen, lanes: dict[str, tuple[Stretch, ...]], gaps: dict[str, list[tuple[int, StripGap]]]) -> bool:
    """Say whether both directions would look the same."""
    breaks = band_breaks(pen.bands_min)
    drawn = [_runs(parts, breaks) for parts in lanes.values()]
    marked = [[(g.band_min, g.from_milepost, g.to_milepost) for _, g in own] for own in gaps.values()]
    return all(each == drawn[0] for each in drawn) and all(each == marked[0] for each in marked)


def _runs(parts: Sequence[Stretch], breaks: Sequence[float]) -> list[tuple[float, float, int, bool]]:
    """Return neighbouring stretches of one class as one: from, to, class, whether nothing can be reached."""
    runs: list[tuple[float, float, int, bool]] = []
    for low, high, minutes in parts:
        if math.isnan(minutes):
            continue
        look = (classify(minutes, breaks), math.isinf(minutes))
        if runs and runs[-1][1] == low and runs[-1][2:] == look:
            runs[-1] = (runs[-1][0], high, *look)
        else:
            runs.append((low, high, *look))
    return runs


def _lane(pen: _Pen, parts: Sequence[Stretch], direction: str) -> None:
    if direction:
        # Long words of a direction would run into the name of the service.
        label = pen.texts.get(f"strip.lane.{direction}", pen.texts.get(f"strip.direction.{direction}", direction))
        pen.add(Words(LEFT - 5, pen.y + _LANE - 0.6, label, 8.5, "words soft", "end"))
    pen.add(Bar(LEFT, pen.y, RIGHT - LEFT, _LANE, "blank"))
    for low, high, colour, cut_off in _runs(parts, band_breaks(pen.bands_min)):
        x, width = pen.x(low), round(pen.x(high) - pen.x(low), 1)
        pen.add(Bar(x, pen.y, width, _LANE, f"k{colour}"))
        if cut_off:
            pen.add(Bar(x, pen.y, width, _LANE, "weak"))
    for low, high in pen.strip.outside:
        pen.add(Bar(pen.x(low), pen.y, round(pen.x(high) - pen.x(low), 1), _LANE, "blank"))
    pen.add(Bar(LEFT, pen.y, RIGHT - LEFT, _LANE, "frame"))
    pen.y += _LANE


def _brackets(pen: _Pen, gaps: Sequence[tuple[int, StripGap]], y: float) -> None:
    """Mark gaps: a thin bar for the first band, a thick one for those beyond."""
    for number, gap in sorted(gaps, key=lambda item: item[1].band_min):
        thickness = _thickness(pen, gap.band_min)
        x, width = pen.x(gap.from_milepost), round(pen.x(gap.to_milepost) - pen.x(gap.from_milepost), 1)
        top = round(y + (_BRACKET - thickness) / 2, 1)
        pen.add(Bar(x, top, max(width, 1.5), thickness, "mark", f"gap {number}"))


def _thickness(pen: _Pen, band: float) -> float:
    return _THIN if len(pen.bands_min) > 1 and band == pen.bands_min[0] else _THICK


def _key(pen: _Pen) -> None:
    if not pen.strip.profiles:
        return
    x, y = LEFT, pen.y + 4
    breaks = band_breaks(pen.bands_min)
    pen.head(pen.texts("strip.key"), y + 9, look="words soft")
    for colours, words in _key_entries(pen.texts, breaks):
        for look in (*colours, "frame"):
            pen.add(Bar(x, y, 22, 10, look))
        pen.add(Words(x + 27, y + 9, words, _SMALL, "words soft"))
        x += 27 + width_of(words, _SMALL) + 16
    for band in pen.bands_min:
        thickness = _thickness(pen, band)
        words = pen.texts("strip.beyond", minutes=pen.texts.number(band))
        pen.add(Bar(x, y + 5 - thickness / 2, 22, thickness, "mark"))
        pen.add(Words(x + 27, y + 9, words, _SMALL, "words soft"))
        x += 27 + width_of(words, _SMALL) + 16
    pen.y = y + 16


def _key_entries(texts: Texts, breaks: Sequence[float]) -> Iterator[tuple[tuple[str, ...], str]]:
    cuts = [_number(each, texts) for each in breaks]
    words = [
        texts("key.under_n", n=cuts[0]),
        *(f"{low}–{high}" for low, high in pairwise(cuts)),
        texts("key.over", n=cuts[-1]),
    ]
    for colour, text in zip(ramp_positions(len(breaks) + 1), words, strict=True):
        yield (f"k{colour}",), text
    yield (f"k{ramp_positions(len(breaks) + 1)[-1]}", "weak"), texts("strip.unreachable")
