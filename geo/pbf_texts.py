"""Texts of binary road files (.pbf) that libosmium cannot bear: found before it reads them.

libosmium keeps each text up to its first zero byte. One with a zero inside makes it read beyond its memory, which ends
the whole process. A zero stands in no real text, so all texts of a file are looked through; its other parts are not.
"""

import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from geo.errors import Problem

_LARGEST_HEAD, _LARGEST_BLOB = 1 << 16, 1 << 25
"""Largest sizes that the format allows, in bytes."""

_EMPTY_TEXT = b"\x0a\x00"
_NUMBER, _BYTES = 0, 2
_FIXED = {1: 8, 5: 4}
"""Kinds of field in protocol buffers, with the size of those of a fixed size."""


class _DamagedError(ValueError):
    """The file is not built as the format says: its reader tells better how."""


def unbearable_text(path: Path) -> Problem | None:
    """Return the problem of a binary road file with a zero byte in a text, or packed so that none can be seen.

    Parameters
    ----------
    path
        Any file; other endings, and files that are damaged, are left to their reader.
    """
    if path.suffix.lower() != ".pbf":
        return None
    try:
        with path.open("rb") as file:
            for blob in _data_blobs(file):
                block = _unpacked(blob)
                if block is None:
                    remedy = "Convert it: osmium cat FILE -o new.osm.pbf"
                    return Problem("is packed in a way that cannot be checked.", file=path, remedy=remedy)
                if any(_has_zero(texts) for number, texts in _fields(block) if number == 1):
                    remedy = "It is damaged or made to do harm: download it again from its publisher."
                    return Problem("a text in it holds a zero byte.", file=path, remedy=remedy)
    except (OSError, _DamagedError):
        return None
    return None


def _data_blobs(file: BufferedReader) -> Iterator[bytes]:
    """Yield the packed blocks of map data."""
    while size := file.read(4):
        length = int.from_bytes(size, "big")
        if length > _LARGEST_HEAD:
            raise _DamagedError
        head = dict(_fields(file.read(length)))
        follows = head.get(3, b"")
        if not isinstance(follows, int) or follows > _LARGEST_BLOB:
            raise _DamagedError
        blob = file.read(follows)
        if head.get(1) == b"OSMData":
            yield blob


def _unpacked(blob: bytes) -> bytes | None:
    """Return what a blob holds; None when it is packed by anything but zlib."""
    content: bytes | None = None
    for number, value in _fields(blob):
        if isinstance(value, int):
            continue
        if number == 1:
            content = value
        elif number == 3:  # noqa: PLR2004 - number of the field, as below
            try:
                content = zlib.decompressobj().decompress(value, _LARGEST_BLOB)
            except zlib.error:
                raise _DamagedError from None
        else:
            return None
    return content or b""


def _has_zero(texts: bytes | int) -> bool:
    """Return whether a text of a table of texts holds a zero byte; the first texts are empty."""
    if isinstance(texts, int):
        raise _DamagedError
    while texts.startswith(_EMPTY_TEXT):
        texts = texts[len(_EMPTY_TEXT) :]
    if b"\0" not in texts:
        return False
    return any(isinstance(text, bytes) and b"\0" in text for _, text in _fields(texts))


def _fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Yield number and value of each field of a message of protocol buffers."""
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == _NUMBER:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        size = _FIXED.get(kind, 0)
        if kind == _BYTES:
            size, at = _varint(message, at)
        elif not size:
            raise _DamagedError
        if at + size > end:
            raise _DamagedError
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    for byte in message[at : at + 10]:
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:  # noqa: PLR2004 - the highest bit says that more follows
            return value, at
    raise _DamagedError
