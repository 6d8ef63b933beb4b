"""The search for secrets in the parts of files: texts, phone numbers, links, and places in every projection used.

A place is found by its coordinates as numbers, exact, rounded or cut off to three decimals of a degree or finer (to
100 m or finer in metres), both close together, side by side in two columns, or as shapes; and as binary numbers.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from pathlib import Path

import numpy as np
from pyproj import CRS, Transformer
from scipy.spatial import KDTree

from geo.crs import WGS84
from geo.folding import fold, small_letters
from geo.numerals import Numbers, binary_pairs, numbers_in
from geo.secrets import ONE_WORD, Secret, link_pattern
from geo.unpack import Piece, unpack

WEB_MERCATOR = CRS.from_epsg(3857)

LEAST_DECIMALS = 3
"""Decimals of a degree from which a rounded coordinate counts: about 100 m."""

DECIMALS_OF_WHOLE = (5, 6, 7)
"""Decimals of a degree that formats of maps write as whole numbers."""

EXACT_DEG, EXACT_M = 1e-6, 0.5
CLOSE_CHARS, LINE_CHARS = 200, 5_000
"""Longitude and latitude belong together within so many characters, or on a line that is not longer than that."""

RUN_NUMBERS = 6
"""Numbers to each side of one, in a list, that tell with which precision it is written."""

_ALONE = r"(?:^|[<>\[\](){}\"'`,;:=|\t])[^\S\n]*%s[^\S\n]*(?:$|[<>\[\](){}\"'`,;|\t])"
"""Pattern of a word that is all of a cell, a line, a string or the text of an element."""

MANY_PHONES = 300
"""More phone numbers than this are not looked for one by one."""

_IN_PHONES = b" \t\n\r\f\v\x1c\x1d\x1e\x1f()+.-/" + bytes(range(0x80, 0x100))
"""Bytes that may stand between the digits of a phone number: white space, signs, and whatever is not ASCII."""

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
        The files, and the digest of what each held; "" for a folder or a link.
    nearest_m
        Metres from each place that is known to the nearest vertex; ``inf`` without any.
    """

    findings: tuple[Finding, ...]
    files: Mapping[str, str]
    nearest_m: np.ndarray


class Search:
    """A search for secrets in files.

    Parameters
    ----------
    secrets
        From `geo.secrets.read_secrets`.
    crs
        Projections that may have been used, beside longitude and latitude and Web Mercator.
    known
        Texts that are not searched: see `geo.unpack.unpack`.
    """

    def __init__(self, secrets: Sequence[Secret], *, crs: Sequence[CRS] = (), known: Sequence[str] = ()) -> None:
        self.secrets, self.known = tuple(secrets), tuple(known)
        self.placed = tuple(secret for secret in secrets if np.isfinite(secret.lon_deg))
        self._texts, self._places = _Texts(secrets), _Places(secrets, (WGS84, WEB_MERCATOR, *crs))

    def look(self, paths: Iterable[Path], folder: Path) -> Searched:
        """Look for the secrets in some files of a folder, each taken apart. See `geo.unpack.unpack` for its errors."""
        self._places.forget()
        found: set[tuple[str, str, int]] = set()
        files: dict[str, str] = {}
        names = (Piece(path.relative_to(folder).as_posix()) for path in paths)
        for piece in unpack(paths, folder, self.known) if self.secrets else names:
            files[piece.file] = files.get(piece.file, "") or piece.sha256
            found |= {(piece.file, *hit) for hit in (*self._texts.search(piece), *self._places.search(piece))}
        findings = tuple(Finding(kind, file, self.secrets[which]) for file, kind, which in sorted(found))
        return Searched(findings, files, self._places.nearest_m[self._places.known])

    def together(self, *parts: Searched) -> Searched:
        """Return what was found in different files."""
        findings = sorted((f for part in parts for f in part.findings), key=lambda found: (found.file, found.kind))
        files = {file: sha256 for part in parts for file, sha256 in part.files.items()}
        nowhere = np.full(self._places.known.sum(), np.inf)
        return Searched(tuple(findings), files, np.min([nowhere, *(part.nearest_m for part in parts)], axis=0))


class _Texts:
    """Texts, phone numbers and links, each looked up by what it begins with."""

    def __init__(self, secrets: Sequence[Secret]) -> None:
        # Texts of several words by all of these but the last, then by the last one: many begin alike.
        self.phrases: dict[tuple[str, ...], dict[str, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
        self.sizes: dict[str, set[int]] = defaultdict(set)
        self.seconds: set[str] = set()
        self.alone: dict[str, list[int]] = defaultdict(list)
        self.phones: dict[str, list[int]] = defaultdict(list)
        self.links: dict[str, list[int]] = defaultdict(list)
        for which, secret in enumerate(secrets):
            for kind, words in secret.words:
                if kind == ONE_WORD:
                    self.alone[words[0]].append(which)
                else:
                    self.phrases[words[:-1]][words[-1]].append((kind, which))
                    self.sizes[words[0]].add(len(words))
                    self.seconds.add(words[1])
            for number in secret.phones:
                self.phones[number].append(which)
            for link in secret.links:
                self.links[link].append(which)
        self.lengths = sorted({len(word) for word in self.sizes})
        others = [number for number in self.phones if len(number) != 10]  # noqa: PLR2004 - not U.S. ones
        spaced = "|".join(r"[\s().\-/]{0,2}".join(number) for number in others)
        self.other_phone = re.compile(rf"(?<![\d.])(?:{spaced})(?!\d)") if others else None
        self.bare_phones = [number.encode().translate(None, _IN_PHONES) for number in self.phones]

    def search(self, piece: Piece) -> Iterable[tuple[str, int]]:
        if not piece.text:
            return
        words = fold(piece.text)
        yield from self._phrases(words, loose=piece.dense)
        if piece.dense and not piece.raw:
            yield from self._run_together("".join(words))
        if self.alone and not piece.dense:
            yield from self._standing_alone(self.alone.keys() & set(words), piece.text)
        if self._may_say_phone(piece.text):
            yield from self._phones(piece.text)
        lower = piece.text.lower() if self.links else ""
        for link, rows in self.links.items():
            if link in lower and re.search(link_pattern(link), lower):
                yield from (("link", which) for which in rows)

    def _may_say_phone(self, text: str) -> bool:
        """Return whether the digits of a phone number follow each other; what is around them takes longer to tell."""
        if not self.phones or len(self.phones) > MANY_PHONES:
            return bool(self.phones)
        digits = text.encode("utf-8", "surrogatepass").translate(None, _IN_PHONES)
        return any(number in digits for number in self.bare_phones)

    def _phones(self, text: str) -> Iterable[tuple[str, int]]:
        for found in _US_PHONE.finditer(text):
            yield from (("phone", which) for which in self.phones.get("".join(found.groups()), ()))
        for other in self.other_phone.finditer(text) if self.other_phone else ():
            yield from (("phone", which) for which in self.phones[re.sub(r"\D", "", other[0])])

    def _phrases(self, words: tuple[str, ...], *, loose: bool) -> Iterable[tuple[str, int]]:
        """Find phrases word by word; when `loose` also with other letters before the first and behind the last word."""
        begun = self._begun(set(words), loose=loose)
        # A text has hundreds of thousands of words: no line of Python runs for each.
        first = list(compress(range(len(words) - 1), map(begun.__contains__, words))) if begun else []
        second = [words[position + 1] for position in first]
        seconds = tuple(self.seconds)
        on = {word for word in set(second) if word.startswith(seconds)} if loose else self.seconds
        for position in compress(first, map(on.__contains__, second)):
            for begin, size in begun[words[position]]:
                *before, end = (begin, *words[position + 1 : position + size])
                lasts = self.phrases.get(tuple(before), {})
                ends = [last for last in lasts if end.startswith(last)] if loose else [end]
                yield from chain.from_iterable(lasts.get(last, ()) for last in ends)

    def _standing_alone(self, words: set[str], text: str) -> Iterable[tuple[str, int]]:
        small = small_letters(text) if words else ""
        for word in words:
            if re.search(_ALONE % re.escape(word), small, re.MULTILINE):
                yield from ((ONE_WORD, which) for which in self.alone[word])

    def _begun(self, words: set[str], *, loose: bool) -> dict[str, list[tuple[str, int]]]:
        """Return by word the first words of phrases that it may be, and how many words these have.

        When `loose` also those that it ends in.
        """
        begun = defaultdict(list, {word: [(word, n) for n in self.sizes[word]] for word in words & self.sizes.keys()})
        for length in self.lengths if loose else ():
            for word in words:
                if len(word) > length and word[-length:] in self.sizes:
                    begun[word] += [(word[-length:], n) for n in self.sizes[word[-length:]]]
        return begun

    def _run_together(self, letters: str) -> Iterable[tuple[str, int]]:
        for before, lasts in self.phrases.items():
            begin = "".join(before)
            if begin in letters:
                yield from chain.from_iterable(hits for last, hits in lasts.items() if begin + last in letters)


class _Places:
    """Places as numbers, in several projections."""

    def __init__(self, secrets: Sequence[Secret], systems: Sequence[CRS]) -> None:
        degrees = np.array([[s.lon_deg, s.lat_deg] for s in secrets], dtype=float).reshape(-1, 2)
        self.known = np.isfinite(degrees).all(axis=1)
        self.degrees = degrees
        self.which = np.flatnonzero(self.known)
        self.forget()
        unique = list({system.to_wkt(): system for system in systems}.values())
        self.frames = [] if not self.known.any() else [_Frame(degrees[self.known], system) for system in unique]
        self.least = min((frame.least for frame in self.frames), default=0.0)
        self.most = max((frame.most for frame in self.frames), default=0.0)

    def forget(self) -> None:
        """Begin anew with the distances."""
        self.nearest_m = np.full(len(self.degrees), np.inf)

    def search(self, piece: Piece) -> Iterable[tuple[str, int]]:
        if not self.frames:
            return
        if piece.raw:
            for pairs in binary_pairs(piece.raw, least=self.least, most=self.most):
                for frame in self.frames:
                    yield from (("coordinates", self.which[row]) for row in frame.match_exact(pairs))
        if piece.text:
            numbers = numbers_in(piece.text)
            for frame in self.frames if len(numbers.value) > 1 else ():
                for form in (numbers, *_scaled(numbers, frame.lowest.min())) if frame.geographic else (numbers,):
                    yield from (("coordinates", self.which[row]) for row in frame.match_text(form))
            self._measure(_adjacent(numbers))
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


def _scaled(numbers: Numbers, least: float) -> Iterator[Numbers]:
    """Yield whole numbers as what they are in degrees when they count small parts of one; none if all are too small."""
    whole = numbers.decimals == 0
    if np.abs(numbers.value[whole]).max(initial=0) < least * 10 ** DECIMALS_OF_WHOLE[0]:
        return
    for decimals in DECIMALS_OF_WHOLE:
        scaled, fine = numbers.value / 10**decimals, np.where(whole, decimals, 0)
        yield dataclasses.replace(numbers, value=scaled, decimals=fine)


def _adjacent(numbers: Numbers) -> np.ndarray:
    """Return pairs of neighbours, both with decimals enough to be a place."""
    fine = numbers.decimals >= LEAST_DECIMALS
    both = fine[:-1] & fine[1:] & (numbers.start[1:] - numbers.end[:-1] <= CLOSE_CHARS // 10)
    return np.column_stack([numbers.value[:-1][both], numbers.value[1:][both]])


class _Frame:
    """Places in one projection."""

    def __init__(self, degrees: np.ndarray, system: CRS) -> None:
        to = Transformer.from_crs(WGS84, system, always_xy=True)
        self.xy = np.column_stack(to.transform(degrees[:, 0], degrees[:, 1]))
        self.geographic = system.is_geographic
        self.exact = EXACT_DEG if self.geographic else EXACT_M
        self.coarsest = 10.0**-LEAST_DECIMALS if self.geographic else 100.0
        self.tree = KDTree(self.xy)
        self.written = np.abs(self.xy) if self.geographic else self.xy  # "90.4 W" has no minus sign
        self.reach = 1.01 * self.coarsest
        self.lowest, self.highest = self.written.min(axis=0) - 2 * self.reach, self.written.max(axis=0) + 2 * self.reach
        self.low, self.high = self.xy.min(axis=0) - 2 * self.coarsest, self.xy.max(axis=0) + 2 * self.coarsest
        magnitudes = np.abs([self.low, self.high])
        self.least = float(np.where(self.low * self.high < 0, 0.0, magnitudes.min(axis=0)).min())
        self.most = float(magnitudes.max())

    def match_exact(self, pairs: np.ndarray) -> set[int]:
        """Return the places that a pair of numbers says exactly, or rounded, in either order."""
        rows: set[int] = set()
        for xy in (pairs, pairs[:, ::-1]):
            (x, y), low, high = xy.T, self.low, self.high
            near = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
            if not near.any():
                continue
            points = xy[near]
            close = np.isfinite(self.tree.query(points, distance_upper_bound=1.5 * self.coarsest)[0])
            points = np.unique(points[close], axis=0)
            for point, beside in zip(points, self.tree.query_ball_point(points, 1.5 * self.coarsest), strict=True):
                for row in beside:
                    if all(self._says(a, b, _decimals(a)) for a, b in zip(point, self.xy[row], strict=True)):
                        rows.add(row)
        return rows

    def match_text(self, numbers: Numbers) -> set[int]:
        """Return the places of which both coordinates stand close together in a text."""
        rows: set[int] = set()
        fine = np.flatnonzero(numbers.decimals >= (LEAST_DECIMALS if self.geographic else 0))
        said = np.abs(numbers.value[fine]) if self.geographic else numbers.value[fine]
        fine = fine[((said[:, None] >= self.lowest) & (said[:, None] <= self.highest)).any(axis=1)]
        if not len(fine):
            return rows
        if self.geographic:
            numbers = dataclasses.replace(numbers, value=np.abs(numbers.value))
        order = fine[np.argsort(numbers.value[fine], kind="stable")]
        values = numbers.value[order]
        low, high = (np.searchsorted(values, self.written + step) for step in (-self.reach, self.reach))
        for row in np.flatnonzero((low < high).all(axis=1)):
            hits = [self._hits(numbers, order[low[row, k] : high[row, k]], self.written[row, k]) for k in (0, 1)]
            if hits[0] and hits[1] and any(_together(numbers, i, j) for i in hits[0] for j in hits[1] if i != j):
                rows.add(int(row))
        return rows

    def _hits(self, numbers: Numbers, near: np.ndarray, wanted: float) -> list[int]:
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


def _precision(numbers: Numbers, at: int) -> int:
    """Return the decimals of a number; in a list of places those of its most precise neighbour on the same axis.

    Closing zeros are not written: among places of four decimals "32.431" means 32.4310.
    """
    near = slice(max(at - RUN_NUMBERS, 0), at + RUN_NUMBERS + 1)
    value = numbers.value[at]
    same = (numbers.run[near] == numbers.run[at]) & (np.abs(numbers.value[near] - value) < 0.02 * abs(value) + 0.5)
    own = numbers.decimals[near][same]
    return int(own.max()) if len(own) >= RUN_NUMBERS // 2 else int(numbers.decimals[at])


def _together(numbers: Numbers, i: int, j: int) -> bool:
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


def _same_position(numbers: Numbers, i: int, j: int) -> bool:
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
