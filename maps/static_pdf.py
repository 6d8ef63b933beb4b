"""Fonts as a PDF needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LAYOUT = ("GDEF", "GPOS", "GSUB", "kern")
"""Tables of a font by which a text is set. In a PDF each letter stands at its place already."""


@contextmanager
def bare_fonts() -> Iterator[None]:
    """Embed fonts without what sets a text, and without names of glyphs: to cut these down takes most of the time."""
    from fontTools import subset  # noqa: PLC0415 # only a PDF needs it

    options = subset.Options

    def bare(**given: object) -> Any:  # noqa: ANN401 - the library has no types
        own = options(**{**given, "glyph_names": False})
        own.drop_tables += _LAYOUT
        return own

    subset.Options = bare
    try:
        yield
    finally:
        subset.Options = options
