"""Fonts as a PDF needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LAYOUT = ("GDEF", "GPOS", "GSUB", "kern", "MATH")
"""Tables of a font by which a text is set. In a PDF each letter stands at its place already."""


@contextmanager
def bare_fonts() -> Iterator[None]:
    """Embed fonts without what sets a text, and without names of glyphs: to cut these down takes most of the time."""
    from fontTools import subset  # noqa: PLC0415 # only a PDF needs it

    load = subset.load_font

    def load_bare(file: object, options: Any, **how: object) -> Any:  # noqa: ANN401 - the library has no types
        options.glyph_names = False
        font = load(file, options, **how)
        for table in _LAYOUT:
            if table in font:
                del font[table]
        return font

    subset.load_font = load_bare
    try:
        yield
    finally:
        subset.load_font = load
