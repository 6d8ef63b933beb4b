"""Lines of text on paper: what the printed font can show, how wide it is, and the outlines of its letters."""

import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

import numpy as np
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

Weight = Literal["regular", "bold", "oblique"]

FONTS = MappingProxyType({"regular": "DejaVuSans", "bold": "DejaVuSans-Bold", "oblique": "DejaVuSans-Oblique"})
"""Name of the font of each weight."""

UNITS_PER_EM = 2048
"""Size at which the outlines and widths of a font are given."""

_MISSING = "\N{REPLACEMENT CHARACTER}"

Step = tuple[str, tuple[float, ...]]
"""A step of an outline: "M", "L", "C" or "Z", and its coordinates."""


def font_file(weight: Weight) -> bytes:
    """Return the font of a weight, which the program brings along: every machine draws alike."""
    return files("maps").joinpath("assets", "fonts", f"{FONTS[weight]}.ttf").read_bytes()


@cache
def _font(weight: Weight) -> TTFont:
    # Not from the open file: a process beside this one would move where this one reads.
    return TTFont(io.BytesIO(font_file(weight)), lazy=True)


@cache
def _signs(weight: Weight) -> dict[int, str]:
    signs: dict[int, str] = _font(weight).getBestCmap()
    return signs


def _glyph(sign: str, weight: Weight) -> str:
    return _signs(weight).get(ord(sign), ".notdef")


class _Outline(BasePen):  # type: ignore[misc] # as all of fontTools
    """Takes down an outline step by step, curves as cubic ones, which SVG and PDF both know."""

    def __init__(self, weight: Weight) -> None:
        super().__init__(_font(weight).getGlyphSet())
        self.steps: list[Step] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - named by fontTools
        self.steps.append(("M", pt))

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.steps.append(("L", pt))

    def _curveToOne(self, *pts: tuple[float, float]) -> None:  # noqa: N802
        self.steps.append(("C", tuple(number for pt in pts for number in pt)))

    def _closePath(self) -> None:  # noqa: N802
        self.steps.append(("Z", ()))


@cache
def outline(sign: str, weight: Weight) -> tuple[Step, ...]:
    """Return the outline of a sign of `printable` text, in units of `UNITS_PER_EM` from its place on the baseline."""
    pen = _Outline(weight)
    pen.glyphSet[_glyph(sign, weight)].draw(pen)
    return tuple(pen.steps)


@cache
def advance(sign: str, weight: Weight) -> int:
    """Return how far behind a sign the next one stands, in units of `UNITS_PER_EM`."""
    width: int = _font(weight)["hmtx"][_glyph(sign, weight)][0]
    return width


@cache
def printable(text: str) -> str:
    r"""Return text that the font can show: no direction marks, and a replacement sign for letters it lacks.

    Examples
    --------
    >>> printable("Doña \u202eAna $x$") == "Doña Ana $x$"
    True
    """
    kept = (sign for sign in text if unicodedata.category(sign) not in {"Cf", "Cc"})
    return "".join(sign if ord(sign) in _signs("regular") else _MISSING for sign in kept)


@cache
def text_width(text: str, size: float, weight: Weight = "regular") -> float:
    """Return the width of one line of text, in points."""
    return sum(advance(sign, weight) for sign in printable(text)) * size / UNITS_PER_EM


def shortened(text: str, width: float, size: float, weight: Weight = "regular") -> str:
    """Return text that fits into `width` points, with an ellipsis where it was cut."""
    if text_width(text, size, weight) <= width:
        return text
    cut = len(text)
    while cut and text_width(text[:cut].rstrip() + "…", size, weight) > width:
        cut -= 1
    return text[:cut].rstrip() + "…"


def wrapped(
    text: str, width: float, size: float, *, weight: Weight = "regular", lines: int | None = None
) -> tuple[str, ...]:
    """Return text in lines of at most `width` points; what goes beyond `lines` of them ends in an ellipsis."""
    found: list[str] = []
    words = text.split()
    while words:
        many = _fitting(words, width, size, weight)
        found.append(" ".join(words[:many]))
        words = words[many:]
    if lines is not None and len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return tuple(shortened(line, width, size, weight) for line in found)


def _fitting(words: Sequence[str], width: float, size: float, weight: Weight) -> int:
    """Return how many words, at least one, fit into a line."""
    ends = np.cumsum([text_width(f"{word} ", size, weight) for word in words]) - text_width(" ", size, weight)
    return max(1, int(np.searchsorted(ends, width, side="right")))
