"""Numbers as they stand in files: written in a text, or binary among bytes."""

import string
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.runs import Bools, runs

GAP_CHARS = 8
"""Numbers of one list stand no farther apart."""

BETWEEN = "[], \t\r\n"
"""Signs that may stand between the numbers of one list."""

MOST_DIGITS, MOST_DECIMALS = 9, 20

_WORD, _DIGIT, _LETTER, _BETWEEN = 1, 2, 4, 8
_LAST_LATIN = 0xFF

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a text, in its order.

    Parameters
    ----------
    value
        What they say.
    decimals
        How many digits stand behind the point.
    start, end
        Where they begin and end, in characters.
    run
        Which list they stand in: numbers with nothing but commas, brackets and white space between them.
    line, line_chars
        Which line they stand on, and how long it is.
    """

    value: npt.NDArray[np.float64]
    decimals: Ints
    start: Ints
    end: Ints
    run: Ints
    line: Ints
    line_chars: Ints


def numbers_in(text: str) -> Numbers:
    """Return the numbers of a text: up to nine digits and twenty decimals, not inside a word or behind a point.

    All at once, by the kind of each character: a map has hundreds of thousands of numbers.

    Examples
    --------
    >>> numbers_in("at -90.25, 32 (x86, 3rd, 1.2.3)").value.tolist()
    [-90.25, 32.0, 1.2]
    """
    written = _latin(text)
    code, kind = (np.frombuffer(signs, dtype=np.uint8) for signs in (written, written.translate(_KINDS)))
    in_token = np.frombuffer(written.translate(_IN_TOKEN), dtype=np.bool_)
    first, behind = runs(in_token)
    behind = behind[kind[first] & _DIGIT > 0]
    first, whole, fraction = _digits(code, in_token, *runs(np.frombuffer(written.translate(_IS_DIGIT), np.bool_)))
    bare = _without_letters(kind, first, behind, end=whole + (fraction > 0) + fraction)
    first, whole, fraction = first[bare], whole[bare], fraction[bare]
    decimals = np.minimum(fraction, MOST_DECIMALS)
    end = np.where(decimals > 0, whole + 1 + decimals, np.minimum(whole, first + MOST_DIGITS))
    sign = np.where(first > 0, code[np.maximum(first - 1, 0)], 0)
    signed = ((sign == ord("-")) | (sign == ord("+"))) & ~((first > 1) & in_token[np.maximum(first - 2, 0)])
    start = first - signed
    value = _values(code, first, end)
    value[signed & (sign == ord("-"))] *= -1
    return Numbers(value, decimals, start, end, _runs(kind, start, end), *_lines(code, start))


def _latin(text: str) -> bytes:
    """Return a byte for each character; for one beyond Latin-1 a sign of its kind, for a digit the same of ours."""
    with suppress(UnicodeEncodeError):
        return text.encode("latin-1")
    code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    latin, others = code.astype(np.uint8), np.flatnonzero(code > _LAST_LATIN)
    signs, which = np.unique(code[others], return_inverse=True)
    latin[others] = np.array([_stand_in(chr(sign)) for sign in signs.tolist()], dtype=np.uint8)[which]
    return latin.tobytes()


@cache
def _stand_in(sign: str) -> int:
    return ord(str(int(sign)) if sign.isdecimal() else "\u00aa" if sign.isalnum() else "\u00a0")


def _kind(sign: str) -> int:
    return (
        _WORD * (sign.isalnum() or sign == "_")
        + _DIGIT * sign.isdecimal()
        + _LETTER * (sign in string.ascii_letters + "_")
        + _BETWEEN * (sign in BETWEEN)
    )


_KINDS = bytes(_kind(chr(code)) for code in range(_LAST_LATIN + 1))
_IN_TOKEN = bytes(kind & _WORD > 0 or code == ord(".") for code, kind in enumerate(_KINDS))
_IS_DIGIT = bytes(kind & _DIGIT > 0 for kind in _KINDS)


def _digits(code: Codes, in_token: Bools, begin: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """Return where words that begin with a digit begin, where these digits end, and how many follow behind a point.

    Parameters
    ----------
    code, in_token
        The text, and where it has words and numbers.
    begin, stop
        Its runs of digits.
    """
    at = np.flatnonzero((begin == 0) | ~in_token[begin - 1])
    first, whole, after = begin[at], stop[at], np.minimum(at + 1, len(begin) - 1)
    pointed = (begin[after] == whole + 1) & (whole - first <= MOST_DIGITS)
    pointed[pointed] = code[whole[pointed]] == ord(".")
    return first, whole, np.where(pointed, stop[after] - begin[after], 0)


def _without_letters(kind: Codes, first: Ints, behind: Ints, *, end: Ints) -> Bools:
    """Say in which words no letter is: in none that ends with its number, as most do."""
    bare = end == behind
    others = np.flatnonzero(~bare)
    bounds = np.column_stack([first[others], behind[others]]).ravel()
    bare[others] = np.bitwise_or.reduceat(np.append(kind, 0), bounds)[::2] & _LETTER == 0
    return bare


def _values(code: Codes, first: Ints, end: Ints) -> npt.NDArray[np.float64]:
    """Return the values of numbers without their sign."""
    offsets = np.concatenate([[0], np.cumsum(end - first)])
    written = code[np.arange(offsets[-1]) + np.repeat(first - offsets[:-1], end - first)]
    offsets = offsets.astype(np.int32)
    texts = pa.StringArray.from_buffers(len(first), pa.py_buffer(offsets), pa.py_buffer(written))
    values: npt.NDArray[np.float64] = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values.copy()


def _runs(kind: npt.NDArray[np.uint8], start: Ints, end: Ints) -> Ints:
    """Return the list that each number stands in, counted from 0."""
    if not len(start):
        return start
    gaps = start[1:] - end[:-1]
    near = np.flatnonzero(gaps <= GAP_CHARS)
    for step in range(gaps[near].max(initial=0)):
        near = near[(gaps[near] <= step) | (kind[np.minimum(end[near] + step, len(kind) - 1)] & _BETWEEN > 0)]
    linked = np.zeros(len(gaps), dtype=bool)
    linked[near] = True
    return np.concatenate([[0], np.cumsum(~linked)]).astype(np.int64)


def _lines(code: Codes, start: Ints) -> tuple[Ints, Ints]:
    """Return the line that each number stands on, counted from 1, and the line's length."""
    breaks = np.concatenate([[-1], np.flatnonzero(code == ord("\n")), [len(code)]])
    line = np.searchsorted(breaks, start)
    return line, breaks[line] - breaks[line - 1]


def binary_pairs(raw: bytes, *, least: float, most: float) -> Iterator[npt.NDArray[np.float64]]:
    """Yield pairs of neighbouring binary numbers at every position of some bytes: 8 and 4 bytes long, either end first.

    Parameters
    ----------
    raw
        The bytes.
    least, most
        Magnitudes between which a number matters. All pairs within are there; most others are left out by their first
        byte, which tells the magnitude to a power of two.
    """
    content = np.frombuffer(raw, dtype=np.uint8)
    for kind in ("<f8", ">f8", "<f4", ">f4"):
        size = int(kind[-1])
        count = len(content) - 2 * size + 1
        if count <= 0:
            continue
        low, high = (np.array([magnitude], dtype=f">f{size}").view(np.uint8)[0] for magnitude in (least, most))
        likely = ((content & 0x7F) >= low) & ((content & 0x7F) <= high)
        first = 0 if kind[0] == ">" else size - 1
        at = np.flatnonzero(likely[first:][:count] & likely[first + size :][:count])
        values = np.ndarray(len(content) - size + 1, dtype=kind, buffer=raw, strides=(1,))
        with np.errstate(invalid="ignore"):
            pairs = np.column_stack([values[at], values[at + size]]).astype(np.float64)
        yield np.round(pairs, 4) if size == 4 else pairs  # noqa: PLR2004 - of a short number the fifth decimal is not sure
