"""Text that comes from data: strangers wrote it, so it is made harmless to show before anything else."""

import re
import unicodedata

MAX_LENGTH = 160
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")  # and control characters
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})
_MARKS = ("\u200e", "\u200f", "\u061c")
_ISOLATE, _END = "\u2068", "\u2069"


def clean(value: object) -> str:
    r"""Return a value as one line of text: no control characters, no lone surrogates, at most `MAX_LENGTH` long.

    Markup stays as it is, since the page never reads text as markup. None and NaN become an empty text.

    Examples
    --------
    >>> clean(" Joe's \n <b>Motel</b> "), clean(float("nan")), clean(None)
    ("Joe's <b>Motel</b>", '', '')
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN is the value that differs from itself
        return ""
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    text = _SPACES.sub(" ", text).strip()
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1].rstrip() + "…"


def isolate(text: str) -> str:
    r"""Return a text that cannot turn the writing direction of what stands beside it.

    Only text with right-to-left letters or direction marks is wrapped, in the Unicode isolates U+2068 and U+2069.

    Examples
    --------
    >>> isolate("Hinds"), isolate("\u05d0") == "\u2068\u05d0\u2069"
    ('Hinds', True)
    """
    turns = not text.isascii() and any(
        unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT or sign in _MARKS for sign in text
    )
    return f"{_ISOLATE}{text}{_END}" if turns else text


def web_address(value: object) -> str:
    """Return an http(s) address that may be linked to, or an empty text.

    Examples
    --------
    >>> web_address("www.example.org/a"), web_address("javascript:alert(1)")
    ('https://www.example.org/a', '')
    """
    text = clean(value)
    if re.fullmatch(r"https?://[^\s\"'<>\\^`{|}]+", text, re.IGNORECASE):
        return text
    if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s\"'<>\\^`{|}]*)?", text, re.IGNORECASE):
        return f"https://{text}"
    return ""
