"""Numbers as they stand in files: written in a text, or binary among bytes."""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.runs import runs

GAP_CHARS = 8
"""Numbers of one list stand no farther apart."""

BETWEEN = "[], \t\r\n"
"""Signs that may stand between the numbers of one list."""

MOST_DIGITS, MOST_DECIMALS = 9, 20

_WORD, _DIGIT, _LETTER, _BETWEEN = 1, 2, 4, 8
_ASCII = 128

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]


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
    code, kind = _characters(text)
    in_token = ((kind & _WORD) > 0) | (code == ord("."))
    first, behind = runs(in_token)
    begun = kind[first] & _DIGIT > 0
    first, behind = first[begun], behind[begun]
    bare = _over(np.bitwise_or, kind, first, behind) & _LETTER == 0
    first, behind = first[bare], behind[bare]
    # Where the digits that begin at each character end.
    stops = np.append(np.flatnonzero((kind & _DIGIT) == 0), len(code))
    whole = stops[np.searchsorted(stops, first)]
    pointed = (whole - first <= MOST_DIGITS) & (whole < behind)
    pointed[pointed] = code[whole[pointed]] == ord(".")
    fraction = stops[np.searchsorted(stops, whole + pointed)] - whole - pointed
    decimals = np.where(pointed, np.minimum(fraction, MOST_DECIMALS), 0)
    end = np.where(decimals > 0, whole + 1 + decimals, np.minimum(whole, first + MOST_DIGITS))
    sign = np.where(first > 0, code[np.maximum(first - 1, 0)], 0)
    signed = ((sign == ord("-")) | (sign == ord("+"))) & ~((first > 1) & in_token[np.maximum(first - 2, 0)])
    start = first - signed
    value = _values(code, first, end)
    value[signed & (sign == ord("-"))] *= -1
    return Numbers(value, decimals, start, end, _runs(kind, start, end), *_lines(code, start))


def _characters(text: str) -> tuple[Codes, npt.NDArray[np.uint8]]:
    """Return the code and the kind of each character; digits of other scripts get the code of ours."""
    if text.isascii():
        plain = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
        return plain, _KINDS[plain]
    code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kind = _KINDS[np.minimum(code, _ASCII)]
    others = np.flatnonzero(code >= _ASCII)
    if len(others):
        signs, which = np.unique(code[others], return_inverse=True)
        kinds = np.array([_kind(chr(sign)) for sign in signs.tolist()], dtype=np.uint8)
        for digit in np.flatnonzero(kinds & _DIGIT):
            signs[digit] = ord(str(int(chr(signs[digit]))))
        code = code.copy()
        code[others], kind[others] = signs[which], kinds[which]
    return code, kind


@cache
def _kind(sign: str) -> int:
    return (
        _WORD * (sign.isalnum() or sign == "_")
        + _DIGIT * sign.isdecimal()
        + _LETTER * (sign in string.ascii_letters + "_")
        + _BETWEEN * (sign in BETWEEN)
    )


_KINDS = np.array([*(_kind(chr(code)) for code in range(_ASCII)), 0], dtype=np.uint8)


def _values(code: Codes, first: Ints, end: Ints) -> npt.NDArray[np.float64]:
    """Return the values of numbers without their sign."""
    marks = np.zeros(len(code) + 1, dtype=np.int8)
    marks[first] += 1
    marks[end] -= 1
    written = code[np.cumsum(marks[:-1], dtype=np.int8) > 0].astype(np.uint8)
    offsets = np.concatenate([[0], np.cumsum(end - first)]).astype(np.int32)
    texts = pa.StringArray.from_buffers(len(first), pa.py_buffer(offsets), pa.py_buffer(written))
    values: npt.NDArray[np.float64] = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values.copy()


def _runs(kind: npt.NDArray[np.uint8], start: Ints, end: Ints) -> Ints:
    """Return the list that each number stands in, counted from 0."""
    if not len(start):
        return start
    near = np.flatnonzero(start[1:] - end[:-1] <= GAP_CHARS)
    linked = np.zeros(len(start) - 1, dtype=bool)
    linked[near] = _over(np.bitwise_and, kind, end[:-1][near], start[1:][near]) & _BETWEEN > 0
    return np.concatenate([[0], np.cumsum(~linked)]).astype(np.int64)


def _over(combine: np.ufunc, kind: npt.NDArray[np.uint8], first: Ints, behind: Ints) -> npt.NDArray[np.uint8]:
    """Return the kinds of the characters of each stretch, combined; all bits where it has none."""
    bounds = np.column_stack([first, behind]).ravel()
    combined: npt.NDArray[np.uint8] = combine.reduceat(np.append(kind, 0), bounds)[::2]
    return np.where(first < behind, combined, 255)


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
