"""The text that a PDF shows, from its strings and from the tables that give glyphs their letters."""

import base64
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, product, repeat

import numpy as np

MAX_UNPACKED = 1_000_000_000
"""What one stream, and all parts of one file together, may unpack to, in bytes."""

_BLANKS = b" \t\r\n\f\v"
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}
_ONE_BYTE = re.compile(rb"beginbf(?:char|range)\s*<[0-9A-Fa-f]{1,2}>")
"""How the table of a font begins whose glyph numbers have one byte."""


def pdf_streams(content: bytes) -> Iterator[bytes]:
    """Yield the streams of a PDF as they stand in it, most of them packed, those in ASCII85 as bytes."""
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        body = found[1].strip(_BLANKS)
        if body.endswith(b"~>"):
            with suppress(ValueError):
                yield base64.a85decode(body.removeprefix(b"<~").removesuffix(b"~>"))
        yield found[1]


def pdf_texts(content: bytes) -> list[str]:
    """Return the text that a PDF shows, as far as its strings say it.

    Strings of one line are joined; strings of glyph numbers, in brackets or in hexadecimal, are translated by every
    table of the file that gives glyphs their letters.
    """
    texts: list[bytes] = []
    tables: dict[int, list[dict[int, str]]] = defaultdict(list)
    for stream in [content, *pdf_streams(content)]:
        try:
            plain = zlib.decompressobj().decompress(stream, MAX_UNPACKED)
        except zlib.error:
            plain = stream
        if b"beginbf" in plain:
            for size in (1, 2) if _ONE_BYTE.search(plain) else (2,):
                tables[size].append(_glyph_letters(plain))
        texts.append(plain)
    shown = []
    for plain in texts:
        octets = [_octets(found[1]) for found in re.finditer(rb"\(((?:[^()\\]|\\.)*)\)", plain, re.DOTALL)]
        strings = [_string(raw) for raw in octets]
        shown.append("".join(strings))
        shown.append(" ".join(strings))
        hexed = [found[1].translate(None, _BLANKS) for found in re.finditer(rb"<([0-9A-Fa-f\s]{2,})>", plain)]
        bare = [bytes.fromhex(digits[: len(digits) // 2 * 2].decode()) for digits in hexed]
        shown.append(" ".join(_string(raw) for raw in bare))
        for (size, own), raws in product(tables.items(), (octets, bare)):
            strings_of_glyphs = [_glyphs(raw, size) for raw in raws]
            line = list(chain.from_iterable(strings_of_glyphs))
            shown += [_translated(line, table) for table in own]
            # A word is drawn in several fonts, each with a table of its own, when it holds ligatures: "ff" in "office".
            for order in (own, own[::-1]):
                shown.append("".join(_in_any(glyphs, order) for glyphs in strings_of_glyphs))
    return [text for text in dict.fromkeys(shown) if text]


def _octets(raw: bytes) -> bytes:
    """Undo the escapes of a string in brackets."""

    def meant(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8) & 255]) if found[1] else _ESCAPES.get(found[2], found[2])

    return re.sub(rb"\\(?:([0-7]{1,3})|(.))", meant, raw, flags=re.DOTALL) if b"\\" in raw else raw


def _string(raw: bytes) -> str:
    return raw.decode("utf-16", "replace") if raw[:2] in {b"\xfe\xff", b"\xff\xfe"} else raw.decode("latin-1")


def _glyph_letters(table: bytes) -> dict[int, str]:
    """Read a ToUnicode table: glyph number → letters."""
    letters: dict[int, str] = {}
    for section in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", section):
            letters[int(glyph, 16)] = _letters(text)
    for section in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", section):
            low, high, start = int(first, 16), min(int(last, 16), int(first, 16) + 0xFFFF), int(text, 16)
            letters |= {glyph: chr(min(start + glyph - low, 0x10FFFF)) for glyph in range(low, high + 1)}
        for first, _, several in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\[(.*?)\]", section, re.DOTALL):
            for step, text in enumerate(re.findall(rb"<([0-9A-Fa-f]+)>", several)):
                letters[int(first, 16) + step] = _letters(text)
    return letters


def _letters(text: bytes) -> str:
    return bytes.fromhex(text.decode().zfill(len(text) + len(text) % 2)).decode("utf-16-be", "replace")


def _glyphs(raw: bytes, size: int) -> list[int]:
    """Return glyph numbers, of one or two bytes each."""
    numbers: list[int] = np.frombuffer(raw[: len(raw) // size * size], dtype=f">u{size}").tolist()
    return numbers


def _in_any(glyphs: Sequence[int], tables: Sequence[dict[int, str]]) -> str:
    """Translate glyph numbers by the first table that has them all."""
    needed = set(glyphs)
    return next((_translated(glyphs, table) for table in tables if table.keys() >= needed), "")


def _translated(glyphs: Sequence[int], letters: dict[int, str]) -> str:
    return "".join(map(letters.get, glyphs, repeat("")))
