"""The search for secrets in the parts of files: texts, phone numbers, links, and places in every projection used.

A place is found by its coordinates as numbers, exact, rounded or cut off to three decimals of a degree or finer (to
100 m or finer in metres), both close together, side by side in two columns, or as shapes; and as binary numbers.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import CRS, Transformer
from scipy.spatial import KDTree

from geo.crs import WGS84
from geo.secrets import Secret, fold, link_pattern
from geo.unpack import Piece

WEB_MERCATOR = CRS.from_epsg(3857)

LEAST_DECIMALS = 3
"""Decimals of a degree from which a rounded coordinate counts: about 100 m."""

EXACT_DEG, EXACT_M = 1e-6, 0.5
CLOSE_CHARS, LINE_CHARS = 200, 5_000
"""Longitude and latitude belong together within so many characters, or on a line that is not longer than that."""

GAP_CHARS = 8
"""Numbers of one list stand no farther apart."""

RUN_NUMBERS = 6
"""Numbers to each side of one, in a list, that tell with which precision it is written."""

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d{1,9}(?:\.(\d{1,20}))?(?![\w.]*[A-Za-z_])")
_US_PHONE = re.compile(
    r"(?<![\d.])(?:\+?1[\s.\-]?)?\(?(\d{3})\)?[\s.\-/\u2010-\u2014]{0,2}(\d{3})[\s.\-\u2010-\u2014]{0,2}(\d{4})(?!\d)"
)


@dataclass(frozen=True, eq=False)
class Finding:
    """A secret that was found: what kind, in which file. What it says is not in here."""

    kind: str
    file: str
    secret: Secret


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found, and how near any vertex of any file came to each confidential place.

    Parameters
    ----------
    findings
        Each secret once per kind and file.
    files
        Number of files.
    nearest_m
        Metres from each place that is known to the nearest vertex; ``inf`` without any.
    """

    findings: tuple[Finding, ...]
    files: int
    nearest_m: np.ndarray


def search(pieces: Iterable[Piece], secrets: Sequence[Secret], *, crs: Sequence[CRS] = ()) -> Searched:
    """Look for secrets in the parts of files.

    Parameters
    ----------
    pieces
        From `geo.unpack.unpack_folder`.
    secrets
        From `geo.secrets.read_secrets`.
    crs
        Projections that may have been used, beside longitude and latitude and Web Mercator.
    """
    texts, places = _Texts(secrets), _Places(secrets, (WGS84, WEB_MERCATOR, *crs))
    found: dict[tuple[str, str, int], Secret] = {}
    files: set[str] = set()
    for piece in pieces:
        files.add(piece.file)
        hits = [*texts.search(piece), *places.search(piece)]
        found |= {(piece.file, kind, which): secrets[which] for kind, which in hits}
    findings = tuple(
        Finding(kind, file, secret) for (file, kind, _), secret in sorted(found.items(), key=lambda i: i[0])
    )
    return Searched(findings, len(files), places.nearest_m[places.known])


class _Texts:
    """Texts, phone numbers and links, each looked up by what it begins with."""

    def __init__(self, secrets: Sequence[Secret]) -> None:
        self.phrases: dict[str, list[tuple[tuple[str, ...], str, int]]] = defaultdict(list)
        self.phones: dict[str, list[int]] = defaultdict(list)
        self.links: dict[str, list[int]] = defaultdict(list)
        for which, secret in enumerate(secrets):
            for kind, words in secret.words:
                self.phrases[words[0]].append((words, kind, which))
            for number in secret.phones:
                self.phones[number].append(which)
            for link in secret.links:
                self.links[link].append(which)
        others = [number for number in self.phones if len(number) != 10]  # noqa: PLR2004 - not U.S. ones
        spaced = "|".join(r"[\s().\-/]{0,2}".join(number) for number in others)
        self.other_phone = re.compile(rf"(?<![\d.])(?:{spaced})(?!\d)") if others else None

    def search(self, piece: Piece) -> Iterable[tuple[str, int]]:
        if not piece.text:
            return
        words = fold(piece.text)
        yield from self._phrases(words, loose=piece.dense)
        if piece.dense and not piece.raw:
            yield from self._run_together("".join(words))
        for found in _US_PHONE.finditer(piece.text) if self.phones else ():
            yield from (("phone", which) for which in self.phones.get("".join(found.groups()), ()))
        for other in self.other_phone.finditer(piece.text) if self.other_phone else ():
            yield from (("phone", which) for which in self.phones[re.sub(r"\D", "", other[0])])
        lower = piece.text.lower() if self.links else ""
        for link, rows in self.links.items():
            if link in lower and re.search(link_pattern(link), lower):
                yield from (("link", which) for which in rows)

    def _phrases(self, words: tuple[str, ...], *, loose: bool) -> Iterable[tuple[str, int]]:
        """Find phrases word by word; when `loose` also with other letters before the first and behind the last word."""
        lengths = sorted({len(word) for word in self.phrases}) if loose else []
        for position, word in enumerate(words):
            starts = {word, *(word[-length:] for length in lengths if length < len(word))} if loose else (word,)
            for start in starts:
                for phrase, kind, which in self.phrases.get(start, ()):
                    found = words[position : position + len(phrase)]
                    whole = found == phrase
                    if whole or (
                        loose and len(phrase) > 1 and found[1:-1] == phrase[1:-1] and found[-1].startswith(phrase[-1])
                    ):
                        yield kind, which

    def _run_together(self, letters: str) -> Iterable[tuple[str, int]]:
        for phrases in self.phrases.values():
            for phrase, kind, which in phrases:
                if len(phrase) > 1 and "".join(phrase) in letters:
                    yield kind, which


class _Places:
    """Places as numbers, in several projections."""

    def __init__(self, secrets: Sequence[Secret], systems: Sequence[CRS]) -> None:
        degrees = np.array([[s.lon_deg, s.lat_deg] for s in secrets], dtype=float).reshape(-1, 2)
        self.known = np.isfinite(degrees).all(axis=1)
        self.degrees = degrees
        self.which = np.flatnonzero(self.known)
        self.nearest_m = np.full(len(secrets), np.inf)
        unique = list({system.to_wkt(): system for system in systems}.values())
        self.frames = [] if not self.known.any() else [_Frame(degrees[self.known], system) for system in unique]

    def search(self, piece: Piece) -> Iterable[tuple[str, int]]:
        if not self.frames:
            return
        if piece.raw:
            for frame in self.frames:
                for pairs in binary_pairs(piece.raw):
                    yield from (("coordinates", self.which[row]) for row in frame.match_exact(pairs))
        if piece.text:
            numbers = _numbers(piece.text)
            for frame in self.frames:
                yield from (("coordinates", self.which[row]) for row in frame.match_text(numbers))
            self._measure(numbers.adjacent())
        if len(piece.vertices):
            for frame in self.frames:
                yield from (("coordinates", self.which[row]) for row in frame.match_exact(piece.vertices))
            self._measure(piece.vertices)

    def _measure(self, xy: np.ndarray) -> None:
        """Keep the distance from each place to the nearest of some points in degrees, in either order of axes."""
        places = self.degrees[self.known]
        low, high = places.min(axis=0) - 1, places.max(axis=0) + 1
        scale = np.array([111_320 * np.cos(np.radians(places[:, 1].mean())), 110_574])
        for points in (xy, xy[:, ::-1]):
            inside = points[((points > low) & (points < high)).all(axis=1)]
            if len(inside):
                distance, _ = KDTree(inside * scale).query(places * scale)
                self.nearest_m[self.which] = np.minimum(self.nearest_m[self.which], distance)


@dataclass(frozen=True, eq=False)
class _Numbers:
    """The numbers of a text: value, decimals, where they begin and end, and which list and line they stand in."""

    value: np.ndarray
    decimals: np.ndarray
    start: np.ndarray
    end: np.ndarray
    run: np.ndarray
    line: np.ndarray
    line_chars: np.ndarray

    def adjacent(self) -> np.ndarray:
        """Return pairs of neighbours of one list, both with decimals enough to be a place."""
        fine = self.decimals >= LEAST_DECIMALS
        both = fine[:-1] & fine[1:] & (self.start[1:] - self.end[:-1] <= CLOSE_CHARS // 10)
        return np.column_stack([self.value[:-1][both], self.value[1:][both]])


def _numbers(text: str) -> _Numbers:
    found = [(m.start(), m.end(), m[0], m[1]) for m in _NUMBER.finditer(text)]
    start = np.array([f[0] for f in found], dtype=np.int64)
    end = np.array([f[1] for f in found], dtype=np.int64)
    value = np.array([float(f[2]) for f in found], dtype=float)
    decimals = np.array([len(f[3] or "") for f in found], dtype=np.int64)
    linked = np.array(
        [
            later[0] - one[1] <= GAP_CHARS and not text[one[1] : later[0]].strip("[], \t\r\n")
            for one, later in itertools.pairwise(found)
        ],
        dtype=bool,
    )
    run = np.concatenate([[0], np.cumsum(~linked)]).astype(np.int64) if found else start
    breaks = np.array([-1, *(m.start() for m in re.finditer("\n", text)), len(text)], dtype=np.int64)
    line = np.searchsorted(breaks, start)
    chars = breaks[line] - breaks[line - 1] if found else start
    return _Numbers(value, decimals, start, end, run, line, chars)


class _Frame:
    """Places in one projection."""

    def __init__(self, degrees: np.ndarray, system: CRS) -> None:
        to = Transformer.from_crs(WGS84, system, always_xy=True)
        self.xy = np.column_stack(to.transform(degrees[:, 0], degrees[:, 1]))
        self.geographic = system.is_geographic
        self.exact = EXACT_DEG if self.geographic else EXACT_M
        self.coarsest = 10.0**-LEAST_DECIMALS if self.geographic else 100.0
        self.tree = KDTree(self.xy)
        self.low, self.high = self.xy.min(axis=0) - 2 * self.coarsest, self.xy.max(axis=0) + 2 * self.coarsest

    def match_exact(self, pairs: np.ndarray) -> set[int]:
        """Return the places that a pair of numbers says exactly, or rounded, in either order."""
        rows: set[int] = set()
        for xy in (pairs, pairs[:, ::-1]):
            near = ((xy >= self.low) & (xy <= self.high)).all(axis=1)
            for point in np.unique(xy[near], axis=0) if near.any() else ():
                for row in self.tree.query_ball_point(point, 1.5 * self.coarsest):
                    if all(self._says(a, b, _decimals(a)) for a, b in zip(point, self.xy[row], strict=True)):
                        rows.add(row)
        return rows

    def match_text(self, numbers: _Numbers) -> set[int]:
        """Return the places of which both coordinates stand close together in a text."""
        rows: set[int] = set()
        least = LEAST_DECIMALS if self.geographic else 0
        fine = np.flatnonzero(numbers.decimals >= least)
        order = fine[np.argsort(numbers.value[fine], kind="stable")]
        values = numbers.value[order]
        if not len(values):
            return rows
        reach = 1.01 * self.coarsest
        low, high = np.searchsorted(values, self.xy - reach), np.searchsorted(values, self.xy + reach)
        for row in np.flatnonzero((low < high).all(axis=1)):
            hits = [self._hits(numbers, order[low[row, k] : high[row, k]], self.xy[row, k]) for k in (0, 1)]
            if hits[0] and hits[1] and any(_together(numbers, i, j) for i in hits[0] for j in hits[1] if i != j):
                rows.add(int(row))
        return rows

    def _hits(self, numbers: _Numbers, near: np.ndarray, wanted: float) -> list[int]:
        """Return those of some numbers that say a coordinate."""
        return [int(at) for at in near if self._says(float(numbers.value[at]), wanted, _precision(numbers, int(at)))]

    def _says(self, number: float, wanted: float, decimals: int) -> bool:
        """Return whether a number is a coordinate, exact, rounded or cut off to its decimals."""
        if abs(number - wanted) <= self.exact:
            return True
        if self.geographic:
            steps = [10.0**-decimals] if decimals >= LEAST_DECIMALS else []
        else:
            steps = (
                [1.0, *(step for step in (10.0, 100.0) if number % step == 0)] if decimals == 0 else [10.0**-decimals]
            )
        cut = abs(wanted) - abs(number)
        return any(abs(cut) <= 0.5 * step * (1 + 1e-9) or 0 <= cut < step for step in steps)


def _precision(numbers: _Numbers, at: int) -> int:
    """Return the decimals of a number; in a list of places those of its most precise neighbour on the same axis.

    Closing zeros are not written: among places of four decimals "32.431" means 32.4310.
    """
    near = slice(max(at - RUN_NUMBERS, 0), at + RUN_NUMBERS + 1)
    value = numbers.value[at]
    same = (numbers.run[near] == numbers.run[at]) & (np.abs(numbers.value[near] - value) < 0.02 * abs(value) + 0.5)
    own = numbers.decimals[near][same]
    return int(own.max()) if len(own) >= RUN_NUMBERS // 2 else int(numbers.decimals[at])


def _together(numbers: _Numbers, i: int, j: int) -> bool:
    """Return whether two numbers can be the two coordinates of one place."""
    first, second = min(i, j), max(i, j)
    if numbers.run[i] == numbers.run[j]:
        in_row = numbers.line[i] == numbers.line[j] and numbers.line_chars[i] <= LINE_CHARS // 2
        return second - first <= (RUN_NUMBERS if in_row else 1)
    if numbers.start[second] - numbers.end[first] <= CLOSE_CHARS:
        return True
    if numbers.line[i] == numbers.line[j] and numbers.line_chars[i] <= LINE_CHARS:
        return True
    return _same_position(numbers, i, j)


def _same_position(numbers: _Numbers, i: int, j: int) -> bool:
    """Return whether two numbers stand at the same position of two lists of the same length: columns side by side."""
    runs = [numbers.run == numbers.run[at] for at in (i, j)]
    lengths = [int(run.sum()) for run in runs]
    firsts = [int(np.argmax(run)) for run in runs]
    return lengths[0] == lengths[1] > 1 and i - firsts[0] == j - firsts[1]


def _decimals(number: float) -> int:
    """Return how many decimals a number is written with, 15 for one that was not rounded.

    Examples
    --------
    >>> _decimals(32.431), _decimals(-90.41771234567)
    (3, 15)
    """
    return next((n for n in range(8) if round(number, n) == number), 15)


def binary_pairs(raw: bytes) -> Iterable[np.ndarray]:
    """Yield neighbouring binary numbers at every position of some bytes: 8 and 4 bytes long, either end first."""
    for kind in ("<f8", ">f8", "<f4", ">f4"):
        size = int(kind[-1])
        for shift in range(size):
            usable = (len(raw) - shift) // size * size
            if usable < 2 * size:
                continue
            with np.errstate(all="ignore"):
                values = np.frombuffer(raw, dtype=kind, count=usable // size, offset=shift).astype(np.float64)
            if size == 4:  # noqa: PLR2004 - of a short number the fifth decimal is not sure
                values = np.round(values, 4)
            yield np.column_stack([values[:-1], values[1:]])
