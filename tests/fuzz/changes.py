"""Changed files: a few bytes, lines or halves of a file, also of what is packed inside it."""

import random
import re
from collections.abc import Callable

from tests.fuzz import pbf
from tests.fuzz.targets import archived, members

PIECES = [b'"', b"'", b",", b";", b"\n", b"\0", b"=", b"[", b"]", b"{", b"}", b"<", b">", b"&", b"\xff", b"\xc3(", b"-", b"1e999",
          b"NaN", b"inf", b"99999999999999999999", b"yes", b"no", b"\r", b"\t", b"\xef\xbb\xbf", b"\xff\xfe", "مركز".encode(), b"2026-13-45",
          b"Hidden Haven", b"90.4177", b"=1+1", b"<!DOCTYPE", b"<way", b"<nd ref='1'/>", b"[[providers]]", b"public", b"null", b"1e-400",
          b"0x1p99", b"&#0;", b"&amp;", b"70 mph", b"I 55", b"none", b"-1:", b"\xed\xa0\x80"]  # fmt: skip

Change = Callable[[bytes], bytes]


def jumbled(seed: bytes, chance: random.Random) -> bytes:
    """Return some bytes with a few of them, or lines, or halves changed."""
    content = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(content) + 1)
        to = min(at + chance.choice((0, 1, 1, 2, 8, 64)), len(content))
        kind = chance.randrange(6)
        if kind == 0:
            content[at:to] = chance.choice(PIECES)
        elif kind == 1:
            content[at:to] = bytes(chance.randrange(256) for _ in range(to - at + 1))
        elif kind == 2:
            content[at:at] = content[at:to] * chance.choice((1, 2, 50))
        elif kind == 3:
            del content[at:to]
        elif kind == 4:
            lines = content.split(b"\n")
            chance.shuffle(lines)
            content = bytearray(b"\n".join(lines))
        else:
            content = content[:at] if chance.random() < 0.2 else content[at:] + content[:at]
    return bytes(content)


_CELLS = {
    "project": re.compile(rb"(?<== )[^\n]+|^[\w.]+(?= =)", re.MULTILINE),
    "providers": re.compile(rb"[^,:<>\n\"]+"),
    "roads": re.compile(rb"(?<=\")[^\"]*(?=\")"),
}
"""What a change inside a file of some kind is made to: a value, a cell, an attribute."""


def changed(kind: str, content: bytes, chance: random.Random, change: Change | None = None) -> bytes:
    """Return a file of a kind, changed: mostly inside, so that more than its wrapping is tried."""
    change = change or (lambda part: jumbled(part, chance))
    if chance.random() < 0.1:
        return change(content)
    if kind == "pbf":
        return pbf.changed(content, chance, change)
    files = members(content)
    if files:
        name = chance.choice(sorted(files))
        return archived({**files, name: _inside(kind, files[name], chance, change)})
    return _inside(kind, content, chance, change)


def _inside(kind: str, content: bytes, chance: random.Random, change: Change) -> bytes:
    """Return a text with some of its cells changed, or a line doubled, left out or moved."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        cells = [found.span() for found in _CELLS[kind].finditer(content)]
        if cells and chance.random() < 0.7:
            first, last = chance.choice(cells)
            other = content[slice(*chance.choice(cells))]
            new = chance.choice((change(content[first:last]), chance.choice(PIECES), other, b""))
            content = content[:first] + (_as_attribute(new) if kind == "roads" else new) + content[last:]
        else:
            lines = content.split(b"\n")
            at, line = chance.randrange(len(lines)), chance.choice(lines)
            lines[at : at + chance.choice((0, 1))] = [line] * chance.choice((0, 1, 1, 30))
            content = b"\n".join(lines)
    return content


def _as_attribute(text: bytes) -> bytes:
    for sign, escape in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b'"', b"&quot;")):
        text = text.replace(sign, escape)
    return text
