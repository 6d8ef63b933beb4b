"""Compressed road files that unpack to far more than any map: refused before anything reads them."""

import bz2
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from geo.errors import Problem

MAX_RATIO = 100
"""Times its own size that a compressed road file may unpack to. Real ones unpack to 10 to 25 times theirs."""

LOOKED_AT = 4_000_000
"""Compressed bytes, from the start of a file, that are looked at."""

_STEP, _AT_ONCE, _HARMLESS = 1 << 16, 1 << 22, 50_000_000


def packed_bomb(path: Path) -> Problem | None:
    """Return the problem of a .gz or .bz2 file that unpacks to more than `MAX_RATIO` times its size, or None.

    Parameters
    ----------
    path
        Any file; other endings, and files that are damaged, are left to their reader.
    """
    steps = {".gz": _gzip_steps, ".bz2": _bzip2_steps}.get(path.suffix.lower())
    if steps is None:
        return None
    packed = unpacked = 0
    try:
        with path.open("rb") as file:
            step = steps()
            while packed < LOOKED_AT and (block := file.read(_STEP)):
                packed += len(block)
                for size in step(block):
                    unpacked += size
                    if unpacked > max(_HARMLESS, MAX_RATIO * packed):
                        remedy = "Download it again from its publisher."
                        return Problem(f"unpacks to more than {MAX_RATIO} times its size.", file=path, remedy=remedy)
    except (OSError, EOFError, zlib.error):
        return None
    return None


def _gzip_steps() -> Callable[[bytes], Iterator[int]]:
    unpack = zlib.decompressobj(31)

    def sizes(block: bytes) -> Iterator[int]:
        while block and not unpack.eof:
            yield len(unpack.decompress(block, _AT_ONCE))
            block = unpack.unconsumed_tail

    return sizes


def _bzip2_steps() -> Callable[[bytes], Iterator[int]]:
    unpack = bz2.BZ2Decompressor()

    def sizes(block: bytes) -> Iterator[int]:
        while not unpack.eof and (block or not unpack.needs_input):
            yield len(unpack.decompress(block, _AT_ONCE))
            block = b""

    return sizes
