"""Texts in the one form in which they are compared: small letters without accents."""

import codecs
import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SIGNS = re.compile(r"[^\x00-\x7f\w]")
_FOLDED = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(
    range(128, 256)
)
"""For each byte of a text in UTF-8: its small letter, a space for a sign."""

_FEW = 40
"""One character in so many: where fewer are not ASCII, they are looked at one by one."""


def fold(text: str) -> tuple[str, ...]:
    """Return the words of a text in the one form in which texts are compared: small letters without accents.

    Examples
    --------
    >>> fold("12 Oak\u00a0Lane, Suite B")
    ('12', 'oak', 'lane', 'suite', 'b')
    """
    # Of a page one character in thousands is not ASCII, of bytes read as a text every second one.
    others = len(text) - len(text.encode("ascii", "ignore"))
    plain = text.encode("ascii", "outreach.plain") if _FEW * others < len(text) else _plain(text)
    return tuple(plain.translate(_FOLDED).decode().split())


def small_letters(text: str) -> str:
    """Return a text in small letters, without accents and invisible signs."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))).casefold()


def _plain(text: str) -> bytes:
    return _SIGNS.sub(" ", small_letters(text)).encode()


def _plain_others(error: UnicodeError) -> tuple[bytes, int]:
    """Return the same of characters in a row that are not ASCII: in them all is that this changes, accents, too."""
    assert isinstance(error, UnicodeEncodeError)
    return _plain(error.object[error.start : error.end]), error.end


codecs.register_error("outreach.plain", _plain_others)
