"""What stands around the map on paper: the finding, the key, the first ranks, the sources and the hotline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shapely

from layers.study import Study
from maps.help_line import checked, ways_to_call
from maps.names import clean
from maps.static_labels import DISC_PT
from maps.static_map import Choice, draw_hatch, has_regions, has_roads, has_water
from maps.static_marks import Box, disc, marker
from maps.static_sheet import Sheet
from maps.static_text import Weight, shortened, text_width, wrapped
from maps.symbology import LIGHT, PROVIDER, RAMP_LIGHT, SHAPES, VENUES
from maps.values import Row, View

TABLE_ROWS = 20
_TITLE_SIZES = (17.0, 15.0, 13.5, 12.0, 10.5)
_LEADING = 1.28
_SMALL = 6.2
_KEY_SIZE = 6.8
_KEY_ROW = 12.5
_MOST_COLUMNS = 4
_SYMBOL = 20.0
_LEAST_PLACE = 24.0
_ROOMY = 330.0
"""A table this wide has a column with the number of people."""
_SHOWN_SYMBOL = 3.2


def draw_header(sheet: Sheet, area: Box, view: View) -> float:
    """Write the finding at the top of an area and return where it ends."""
    t, y = view.texts, area.top
    if view.example:
        words = t("page.example")
        width = text_width(words, 8, "bold") + 10
        sheet.fill([Box(area.left, y - 13, area.left + width, y).shape], LIGHT["focus"])
        sheet.text(area.left + 5, y - 9.4, words, size=8, weight="bold", colour="#111111")
        sheet.text(area.left + width + 6, y - 9.2, t("page.example_long"), size=7, colour=LIGHT["ink2"])
        y -= 17
    size, lines = _title(view.title, area.width)
    for line in lines:
        y -= size * 1.16
        sheet.text(area.left, y + size * 0.22, line, size=size, weight="bold", colour=LIGHT["ink"])
    y -= 2
    for line in wrapped(view.subtitle, area.width, 8.6, lines=2):
        y -= 8.6 * _LEADING
        sheet.text(area.left, y + 2.2, line, size=8.6, colour=LIGHT["ink2"])
    return y - 5


def _title(title: str, width: float) -> tuple[float, tuple[str, ...]]:
    """Return the largest size at which the title takes two lines, and its lines."""
    for size in _TITLE_SIZES:
        lines = wrapped(title, width, size, weight="bold")
        if len(lines) <= 2:  # noqa: PLR2004 - two lines, as said
            return size, lines
    return _TITLE_SIZES[-1], wrapped(title, width, _TITLE_SIZES[-1], weight="bold", lines=3)


def draw_footer(sheet: Sheet, area: Box, study: Study, view: View) -> float:
    """Write hotline and sources at the bottom of an area and return where they begin."""
    size, y = _SMALL, area.bottom
    lines = wrapped(". ".join(credits_of(study, view)) + ".", area.width, size, lines=4)
    for line in reversed(lines):
        sheet.text(area.left, y + size * 0.25, line, size=size, colour=LIGHT["ink2"])
        y += size * _LEADING
    y += 3
    if view.hotline is None:
        return y
    words, other, checked = hotline_words(view)
    inner = area.width - 14
    rows = [*wrapped(words, inner, 7.4, weight="bold"), *wrapped(f"{other} {checked}", inner, 7.0)]
    height = 9.6 * len(rows) + 5
    sheet.fill([Box(area.left, y, area.right, y + height).shape], LIGHT["chip"])
    sheet.fill([Box(area.left, y, area.left + 2.5, y + height).shape], LIGHT["acc"])
    bold = len(wrapped(words, inner, 7.4, weight="bold"))
    for number, row in enumerate(rows):
        weight: Weight = "bold" if number < bold else "regular"
        base = y + height - 9.6 * (number + 1) - 0.2
        sheet.text(area.left + 8, base, row, size=7.4 if number < bold else 7.0, weight=weight, colour=LIGHT["ink"])
    return y + height + 6


def hotline_words(view: View) -> tuple[str, str, str]:
    """Return the hotline in the language of the page and in the other one, and the day it was checked."""
    t, line = view.texts, view.hotline
    words = f"{ways_to_call(line, t)}. {t('page.hotline_note')}"
    return words, t("page.hotline_other", phone=clean(line.phone)), checked(line, t) if line.checked_on else ""


def sources_by_kind(view: View) -> dict[str, list[str]]:
    """Return who published each kind of data."""
    by_kind: dict[str, list[str]] = {}
    for what, text in view.sources:
        by_kind.setdefault(what, []).append(text.rstrip("."))
    return by_kind


def credits_of(study: Study, view: View) -> list[str]:
    """Return whom the map owes what, and how it was drawn."""
    t = view.texts
    named = [f"{what}: {'; '.join(texts)}" for what, texts in sources_by_kind(view).items()]
    last = [t("subtitle.date", date=t.date(view.as_of)).rstrip(".")] if view.as_of else []
    last += [t("page.review", date=t.date(view.expires_on))] if view.expires_on else []
    return [t("static.osm", osm=t("attribution.osm")), *named, *last, t("static.projection", name=study.areas.crs.name)]


@dataclass(frozen=True)
class Entry:
    """A line of the key: what draws its symbol around a point, and its words."""

    draw: Callable[[Sheet, float, float], None]
    words: str


def key_entries(study: Study, view: View, choice: Choice) -> list[Entry]:
    """Return the lines of the key below the ramp: everything that is drawn, and nothing else."""
    t = view.texts
    entries = [Entry(_disc, t("key.ranks"))]
    if any(row.underserved for row in view.rows):
        entries.append(Entry(_frame, t("key.under")))
    if any(row.confidence == "low" for row in view.rows):
        entries.append(Entry(_weak, t("key.lowconf")))
    entries.append(Entry(_highway, t.listing(highway_names(view))))
    band = t.distance(study.project.corridor.half_width_m, view.place.unit)
    entries.append(Entry(_band, t("key.band", width=band)))
    if choice.reach is not None:
        entries.append(Entry(_reach, t("static.reach", minutes=f"{study.reach['minutes'].max():g}")))
    if has_roads(study):
        entries.append(Entry(_road, t("key.roads")))
    if has_water(study):
        entries.append(Entry(_water, t("key.water")))
    if has_regions(study):
        entries.append(Entry(_region, t("key.regions")))
    for kind, number in view.venue_counts.items():
        symbol = VENUES[kind]
        entries.append(Entry(_mark(symbol.shape, symbol.light), f"{view.kind(kind, 2)} ({t.number(number)})"))
    if view.providers:
        entries.append(Entry(_mark(PROVIDER.shape, PROVIDER.light), choice.providers_words))
    return entries


def highway_names(view: View) -> list[str]:
    """Return the names of the studied highways; a bare number is called a highway."""
    return [
        view.texts("format.highway", n=highway.label) if highway.label[:1].isdigit() else highway.label
        for highway in view.highways
    ]


def _disc(sheet: Sheet, x: float, y: float) -> None:
    sheet.fill([disc(x, y, DISC_PT * 0.85)], "#111111")
    sheet.text(x, y - 2.2, "1", size=6, weight="bold", colour="white", ha="center")


def _swatch(x: float, y: float) -> Box:
    return Box(x - 8, y - 4, x + 8, y + 4)


def _frame(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([_swatch(x, y).shape], LIGHT["under"], 0.9)


def _weak(sheet: Sheet, x: float, y: float) -> None:
    sheet.fill([_swatch(x, y).shape], RAMP_LIGHT[2])
    draw_hatch(sheet, _swatch(x, y).shape)


def _line(x: float, y: float) -> shapely.LineString:
    return shapely.LineString([(x - 9, y), (x + 9, y)])


def _highway(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([_line(x, y)], LIGHT["highway"], 2.0)


def _reach(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([_line(x, y)], LIGHT["reach"], 1.0, dash=(3.6, 2.4))


def _water(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([_line(x, y)], LIGHT["river"], 0.9)


def _road(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([_line(x, y)], LIGHT["roads"], 0.6)


def _region(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([_swatch(x, y).shape], LIGHT["region"], 0.6)


def _band(sheet: Sheet, x: float, y: float) -> None:
    sheet.fill([_swatch(x, y).shape], LIGHT["band"], alpha=0.06)
    sheet.stroke([_swatch(x, y).shape], LIGHT["band"], 0.45, alpha=0.8)


def _mark(shape: str, colour: str) -> Callable[[Sheet, float, float], None]:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.fill([marker(SHAPES[shape], x, y, _SHOWN_SYMBOL)], colour, edge="white", width=0.4)

    return draw


@dataclass(frozen=True)
class Key:
    """The key, laid out for a width: the ramp, then its lines in columns."""

    entries: tuple[Entry, ...]
    width: float
    columns: tuple[float, ...]
    """Width of each column, in points."""

    @property
    def rows(self) -> int:
        """Number of lines in the longest column."""
        return -(-len(self.entries) // len(self.columns))

    @property
    def height(self) -> float:
        """Height in points."""
        return 42.0 + _KEY_ROW * self.rows


def lay_key(entries: Sequence[Entry], width: float) -> Key:
    """Return the key in as many columns, up to `_MOST_COLUMNS`, as its words leave room for."""
    for columns in range(_MOST_COLUMNS, 0, -1):
        rows = -(-len(entries) // columns)
        widths = [
            max((text_width(entry.words, _KEY_SIZE) for entry in entries[at : at + rows]), default=0.0) + _SYMBOL + 8
            for at in range(0, len(entries), rows)
        ]
        slack = (width - sum(widths)) / len(widths)
        if slack >= 0 or columns == 1:
            return Key(tuple(entries), width, tuple(wide + slack for wide in widths))
    raise AssertionError  # the loop always ends with one column


def draw_key(sheet: Sheet, left: float, top: float, key: Key, view: View) -> None:
    """Draw the key from its upper left corner."""
    measure = view.measures[0]
    y = top - 8
    sheet.text(left, y, measure.label, size=7.6, weight="bold", colour=LIGHT["ink"])
    y -= 14
    step = key.width / len(measure.legend)
    for number, (colour, words, _) in enumerate(measure.legend):
        swatch = Box(left + number * step, y, left + (number + 1) * step, y + 9)
        sheet.fill([swatch.shape], RAMP_LIGHT[colour - 1], edge=LIGHT["edge"], width=0.4)
        sheet.text((swatch.left + swatch.right) / 2, y - 8, words, size=6.4, colour=LIGHT["ink2"], ha="center")
    y -= 16
    for number, entry in enumerate(key.entries):
        column, row = divmod(number, key.rows)
        x, base = left + sum(key.columns[:column]), y - _KEY_ROW * row - 4
        entry.draw(sheet, x + _SYMBOL / 2 - 1, base + 2.4)
        words = shortened(entry.words, key.columns[column] - _SYMBOL - 4, _KEY_SIZE)
        sheet.text(x + _SYMBOL + 3, base, words, size=_KEY_SIZE, colour=LIGHT["ink"])


def draw_table(sheet: Sheet, area: Box, view: View, *, blocks: int = 1) -> None:
    """Draw the first ranks from the top of an area, in one or more blocks side by side."""
    rows = view.rows[:TABLE_ROWS]
    t = view.texts
    gap = 16.0
    across = (area.width - gap * (blocks - 1)) / blocks
    each = -(-len(rows) // blocks)
    note = 14 + (_SMALL * _LEADING + 1) * len(_note_lines(area.width, view))
    height = min(18.0, max(8.0, (area.height - 13 - note) / (each + 1)))
    title = t("table.top", n=len(rows), plural=view.place.plural)
    sheet.text(area.left, area.top - 8, title, size=7.6, weight="bold", colour=LIGHT["ink"])
    top = area.top - 13
    for block in range(blocks):
        own = rows[block * each : (block + 1) * each]
        left = area.left + block * (across + gap)
        _draw_block(sheet, Box(left, top - height * (each + 1), left + across, top), view, own, height)
    _draw_note(sheet, area, top - height * (each + 1) - 9, view)


def _draw_block(sheet: Sheet, area: Box, view: View, rows: tuple[Row, ...], height: float) -> None:
    """Draw rows under their headings."""
    t = view.texts
    size = min(7.4, height * 0.62)
    heads = min(6.2, size)
    people = area.right - 48 if area.width >= _ROOMY else area.right
    bar_right = people - 44
    priority = bar_right - 0.16 * area.width - 6
    names = 34 + text_width(t("table.interval"), heads)
    name_left = area.left + names
    room = priority - text_width("99.9", size) - 6 - name_left
    base = area.top - height * 0.66
    right: list[tuple[float, str]] = [(priority, t("table.priority")), (area.right, t("table.minutes"))]
    right += [(people - 4, t("client.people"))] if people < area.right else []
    singular = view.place.singular
    left = [(0.0, t("table.rank")), (27.0, t("table.interval")), (names, singular[:1].upper() + singular[1:])]
    for x, words in left:
        sheet.text(area.left + x, base, words, size=heads, colour=LIGHT["ink2"])
    for x, words in right:
        sheet.text(x, base, words, size=heads, colour=LIGHT["ink2"], ha="right")
    for number, row in enumerate(rows):
        y = area.top - height * (number + 1)
        sheet.stroke([shapely.LineString([(area.left, y), (area.right, y)])], LIGHT["line"], 0.4)
        base = y - height * 0.66
        star = " *" if row.confidence == "low" else ""
        sheet.text(area.left, base, str(row.rank), size=size, weight="bold", colour=LIGHT["ink"])
        sheet.text(area.left + 27, base, f"{row.rank_low}–{row.rank_high}", size=heads, colour=LIGHT["ink"])
        name = shortened(row.name, room - text_width(star, size, "bold"), size, "bold") + star
        sheet.text(name_left, base, name, size=size, weight="bold", colour=LIGHT["ink"])
        used = text_width(name, size, "bold") + 6
        if row.place and room - used > _LEAST_PLACE:
            place = shortened(row.place, room - used, heads)
            sheet.text(name_left + used, base, place, size=heads, colour=LIGHT["ink2"])
        drive = t.number(row.worst_min) if row.worst_min < 1e6 else t("table.none")  # noqa: PLR2004 - infinite
        figures = [(priority, t.number(row.priority, 1)), (area.right, drive)]
        figures += [(people - 4, t.number(row.population))] if people < area.right else []
        for x, figure in figures:
            sheet.text(x, base, figure, size=size, colour=LIGHT["ink"], ha="right")
        bar = Box(priority + 6, y - height * 0.68, bar_right, y - height * 0.34)
        _draw_bar(sheet, bar, view.points(row))


def _draw_bar(sheet: Sheet, area: Box, ends: tuple[float, float, float]) -> None:
    """Draw the three parts of a priority one after the other; the full width is 100."""
    sheet.fill([area.shape], LIGHT["chip"])
    start = 0.0
    for end, part in zip(ends, ("gap", "need", "meet"), strict=True):
        left, right = (area.left + area.width * share / 100 for share in (start, end))
        if right > left:
            sheet.fill([Box(left, area.bottom, right, area.top).shape], LIGHT[part])
        start = end


def _draw_note(sheet: Sheet, area: Box, y: float, view: View) -> None:
    """Say what the colours of the bars, the star and the ranges mean."""
    t, x = view.texts, area.left
    for part, words in (("gap", t("client.access_gap")), ("need", t("client.need")), ("meet", t("client.reach"))):
        sheet.fill([Box(x, y - 0.4, x + 8, y + 4.4).shape], LIGHT[part])
        sheet.text(x + 11, y, words, size=_SMALL, colour=LIGHT["ink2"])
        x += 11 + text_width(words, _SMALL) + 12
    for line in _note_lines(area.width, view):
        y -= _SMALL * _LEADING + 1
        sheet.text(area.left, y, line, size=_SMALL, colour=LIGHT["ink2"])


def _note_lines(width: float, view: View) -> tuple[str, ...]:
    note = view.texts("table.top_note", plural=view.place.plural)
    return wrapped(f"{view.texts('table.minutes_full')}. {note} {view.confidential_note}", width, _SMALL, lines=4)
