"""Coordinates as short text, the way the map page carries them: steps from each to the next, in letters.

``xy4:`` begins such a text; 4 is the number of decimals. Then come, x before y, the differences to the coordinate
before in units of the last decimal, the first to zero. A negative number n becomes 2·|n| - 1, a positive one 2·n
(zigzag); it is written five bits to a letter, the lowest first, with 32 added while more follow. A comma ends a ring
or line, a semicolon a part, a full stop a shape; the differences go on across them. This is Google's polyline
encoding with letters that need no escape in JSON, HTML or an address.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""What stands for 0 to 63."""

PACKED = re.compile(r"\bxy(\d):([\w\-,;.]*)", re.ASCII)
"""Packed coordinates in a text, and how many decimals they have."""

_BITS, _MORE = 5, 32
_MOST_LETTERS = 13
_OF_NUMBER = np.frombuffer(LETTERS.encode(), dtype=np.uint8)
_OF_LETTER = np.zeros(128, dtype=np.int64)
_OF_LETTER[_OF_NUMBER] = np.arange(64)

Rings = list[np.ndarray]


def pack_points(xy: np.ndarray, *, decimals: int) -> str:
    """Return points as packed text.

    Parameters
    ----------
    xy
        Shape (n, 2), in degrees.
    decimals
        What they are rounded to.
    """
    return _pack([[[np.asarray(xy, dtype=float).reshape(-1, 2)]]], decimals)


def pack_shapes(shapes: Sequence[BaseGeometry], *, decimals: int) -> str:
    """Return polygons or lines as packed text; rings are written without the corner that closes them.

    Parameters
    ----------
    shapes
        One or many parts each; an empty one keeps its place.
    decimals
        What their coordinates are rounded to. Corners that then fall together are written once.
    """
    return _pack([list(_parts(shape, decimals)) for shape in shapes], decimals)


def unpack(text: str) -> np.ndarray:
    """Return all coordinates of packed texts, shape (n, 2), whatever stands between them.

    Examples
    --------
    >>> unpack(pack_points(np.array([[-90.1, 32.25], [-90.0, 32.25]]), decimals=2)).tolist()
    [[-90.1, 32.25], [-90.0, 32.25]]
    """
    found = [_unpack(letters, int(decimals)) for decimals, letters in PACKED.findall(text)]
    return np.concatenate([np.empty((0, 2)), *found])


def _parts(shape: BaseGeometry, decimals: int) -> Iterator[Rings]:
    for part in shapely.get_parts(shape):
        closed = part.geom_type == "Polygon"
        lines = [part.exterior, *part.interiors] if closed else [part]
        yield [_without_repeats(shapely.get_coordinates(line), decimals, closed=closed) for line in lines]


def _without_repeats(xy: np.ndarray, decimals: int, *, closed: bool) -> np.ndarray:
    """Return corners without those that rounding makes the same as the one before, never fewer than draw a shape."""
    rounded = np.round(xy, decimals)
    kept = np.append(True, (np.diff(rounded, axis=0) != 0).any(axis=1))  # the first, too
    least = 4 if closed else 2
    chosen = xy[kept] if kept.sum() >= least else xy
    return chosen[:-1] if closed else chosen


def _pack(shapes: Sequence[Sequence[Rings]], decimals: int) -> str:
    rings = [ring for parts in shapes for part in parts for ring in part]
    written = iter(_letters(rings, decimals))
    body = ".".join(";".join(",".join(next(written) for _ in part) for part in parts) for parts in shapes)
    return f"xy{decimals}:{body}"


def _letters(rings: Rings, decimals: int) -> Iterator[str]:
    """Yield the letters of each ring."""
    if not rings:
        return
    units = np.rint(np.concatenate(rings) * 10**decimals).astype(np.int64)
    steps = np.diff(units, axis=0, prepend=0).ravel()
    numbers = np.where(steps < 0, -2 * steps - 1, 2 * steps)
    lengths = 1 + sum((numbers >> _BITS * n > 0).astype(np.int64) for n in range(1, _MOST_LETTERS))
    ends = np.cumsum(lengths)
    letters = np.empty(ends[-1] if len(ends) else 0, dtype=np.uint8)
    for n in range(int(lengths.max(initial=0))):
        longer = lengths > n
        more = np.where(lengths[longer] > n + 1, _MORE, 0)
        place = (ends - lengths)[longer] + n
        letters[place] = _OF_NUMBER[(numbers[longer] >> _BITS * n) % _MORE + more]
    text = letters.tobytes().decode("ascii")
    at = 0
    for end in np.append(ends, 0)[2 * np.cumsum([len(ring) for ring in rings]) - 1]:
        yield text[at:end]
        at = end


def _unpack(letters: str, decimals: int) -> np.ndarray:
    values = _OF_LETTER[np.frombuffer(re.sub(r"[,;.]", "", letters).encode("ascii"), dtype=np.uint8)]
    last = np.flatnonzero(values < _MORE)
    if not len(last):
        return np.empty((0, 2))
    values = values[: last[-1] + 1] % _MORE
    first = np.append(0, last[:-1] + 1)
    within = np.arange(len(values)) - np.repeat(first, last - first + 1)
    # Longer numbers than any coordinate are letters that only look like packed ones.
    numbers = np.add.reduceat(np.where(within < _MOST_LETTERS - 1, values << _BITS * np.minimum(within, 11), 0), first)
    steps = np.where(numbers % 2, -(numbers + 1) // 2, numbers // 2)
    return np.cumsum(steps[: len(steps) // 2 * 2].reshape(-1, 2), axis=0) / 10**decimals
