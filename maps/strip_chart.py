"""A highway's strip chart as SVG: inside the page, where its colours follow the theme, or as a file of its own."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from layers.strip import Strip
from maps.help_line import checked, ways_to_call
from maps.strip_layout import highway_name, kind_label, lay_out
from maps.strip_marks import Bar, Drawing, Mark, Point, Words
from maps.symbology import LIGHT, PROVIDER, RAMP_LIGHT, VENUES, outline
from maps.texts import Texts
from maps.values import View

COLOURS = {
    **LIGHT,
    **{f"k{number}": colour for number, colour in enumerate(RAMP_LIGHT, start=1)},
    **{f"p-{kind}": symbol.light for kind, symbol in {**VENUES, "provider": PROVIDER}.items()},
}
"""The colours of the light page by the names of its style sheet's variables."""

_MARGIN = 14.0
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML does not allow."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def slug(text: str) -> str:
    """Return text as part of a file name or an id; letters of other scripts by their code, so that highways differ.

    Examples
    --------
    >>> slug("I 55"), slug("A/7 <x>"), slug("Vía 7"), slug("國道1")
    ('i-55', 'a-7-x', 'via-7', 'u570bu90531')
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    ascii_only = "".join(
        letter if letter.isascii() else f"u{ord(letter):x}" if letter.isalnum() else "-" for letter in plain.lower()
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-") or "highway"


def strip_svg(
    strip: Strip,
    texts: Texts,
    *,
    bands_min: Sequence[float],
    standalone: bool = False,
    title: str = "",
    footer: str = "",
) -> str:
    """Return a highway's strip chart.

    Parameters
    ----------
    strip
        The highway's values.
    texts
        The catalogue of the page.
    bands_min
        The study's bands, in minutes.
    standalone
        Whether it brings its own colours and a white ground, for a file.
    title, footer
        What to write above and below it.

    Returns
    -------
    str
        An ``svg`` element that is one picture to a screen reader, with a title and a description.
    """
    drawing = lay_out(strip, texts, bands_min=bands_min, title=title, footer=footer)
    name = f"strip-{slug(strip.route_id)}"
    edge = _MARGIN if standalone else 0.0
    across, high = _n(drawing.width + 2 * edge), _n(drawing.height + 2 * edge)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="strip" viewBox="{_n(-edge)} {_n(-edge)} {across} {high}" '
        f'role="img" aria-labelledby="{name}-t {name}-d" '
        f'data-left="{_n(drawing.left)}" data-right="{_n(drawing.right)}" '
        f'data-from="{strip.from_milepost:.3f}" data-to="{strip.to_milepost:.3f}"'
    )
    size = f' width="{across}" height="{high}"' if standalone else ""
    words = (
        f'<title id="{name}-t">{_text(strip_title(strip, texts))}</title>'
        f'<desc id="{name}-d">{_text(describe(strip, texts))}</desc>'
    )
    ground = _ground(drawing) if standalone else ""
    return f"{head}{size}>{words}{ground}{''.join(_marks(drawing.marks))}</svg>"


def strip_title(strip: Strip, texts: Texts) -> str:
    """Return the name of the chart."""
    return texts("strip.svg_title", highway=highway_name(strip.label, texts))


def file_words(strip: Strip, view: View) -> tuple[str, str]:
    """Return what stands above and below the chart in a file of its own: its name, and where its data come from."""
    t = view.texts
    title = strip_title(strip, t) + (f". {t('page.example')}" if view.example else "")
    dated = [t("subtitle.date", date=t.date(view.as_of))] if view.as_of else []
    source = " ".join([t("static.osm", osm=t("attribution.osm")) + ".", *dated, t("along.note")])
    lines = [source, t("page.review_then", date=t.date(view.expires_on)) if view.expires_on else ""]
    if view.hotline:
        lines.append(f"{ways_to_call(view.hotline, t)}. {t('page.hotline_note')} {checked(view.hotline, t)}")
    return title, "\n".join(line for line in lines if line)


def describe(strip: Strip, texts: Texts) -> str:
    """Return the chart in a few sentences, for those who do not see it."""
    counts = [texts.count("strip.n_exits", len(strip.exits))]
    for kind in dict.fromkeys(venue.kind for venue in strip.venues):
        number = sum(venue.kind == kind for venue in strip.venues)
        counts.append(texts("strip.count", label=kind_label(kind, number, texts), n=texts.number(number)))
    counts.append(texts.count("strip.n_services", len(strip.providers)))
    return texts(
        f"strip.describe_{strip.unit}",
        begin=texts.number(strip.from_milepost),
        end=texts.number(strip.to_milepost),
        counts=texts.listing(counts),
    )


def _ground(drawing: Drawing) -> str:
    """Return the white ground, the hatch and the style of a file."""
    rules = _COMMENT.sub("", files("maps").joinpath("assets", "css", "strip.css").read_text(encoding="utf-8"))
    rules = "".join(line.strip() for line in rules.splitlines())
    fills = "".join(f".{name}{{fill:{colour}}}" for name, colour in COLOURS.items() if re.match(r"k\d|p-", name))
    style = _VARIABLE.sub(lambda found: COLOURS[found[1]], rules) + fills
    hatch = (
        '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect fill="#ffffff" fill-opacity=".75" width="2.6" height="7"/>'
        '<rect fill="#222222" fill-opacity=".75" x="2.6" width="1" height="7"/></pattern>'
    )
    corner, across, high = -_MARGIN, drawing.width + 2 * _MARGIN, drawing.height + 2 * _MARGIN
    sheet = f'<rect x="{_n(corner)}" y="{_n(corner)}" width="{_n(across)}" height="{_n(high)}" fill="#fff"/>'
    return f"<style>{style}</style><defs>{hatch}</defs>{sheet}"


def _marks(marks: Sequence[Mark]) -> Iterator[str]:
    for mark in marks:
        link = f' data-at="{mark.link}"' if mark.link else ""
        title = "" if isinstance(mark, Words) or not mark.title else f"<title>{_text(mark.title)}</title>"
        look = f'class="{mark.look}"{link}'
        if isinstance(mark, Bar):
            place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
            yield f"<rect {look} {place}>{title}</rect>" if title else f"<rect {look} {place}/>"
        elif isinstance(mark, Point):
            shape = f'd="{outline(mark.shape, radius=mark.radius, x=mark.x, y=mark.y)}"'
            yield f"<path {look} {shape}>{title}</path>" if title else f"<path {look} {shape}/>"
        else:
            anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
            size = f'font-size="{_n(mark.size)}"'
            yield f'<text {look} x="{_n(mark.x)}" y="{_n(mark.y)}" {size}{anchor}>{_text(mark.text)}</text>'


def _text(text: str) -> str:
    return escape(_UNFIT.sub("", text))


def _n(value: float) -> str:
    """Return a number without needless decimals."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
