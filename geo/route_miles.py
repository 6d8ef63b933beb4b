"""Exit numbers and mileposts: whether the numbers of exits are mileposts, and what they say about the measure."""

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geo.osm_tags import canonical_ref
from geo.roads import Floats

AGREES = 2.0
"""An exit number within this of the milepost, in miles or kilometres, agrees with it."""

_LEAST_EXITS = 5
_LEAST_SPAN = 5.0
_LEAST_SHARE = 0.6
_ROUNDING = 0.75
_DRIFT = 0.03
_SLOPE_BAND = 0.15
_KNOT_SPACING = 10.0
_WINDOW = 25.0
_STEEPEST = 0.2
_BESIDE = 0.01
_MOST_IN_RANGE = 6

METRES = {"mi": 1609.344, "km": 1000.0}
"""Length of the units that mileposts come in."""

MILEPOSTS, COUNTED, RESTART, OTHER, FEW = "mileposts", "counted", "restart", "other", "few"


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the exit numbers of a highway say about its measured mileposts.

    Parameters
    ----------
    kind
        "mileposts": the numbers are mileposts and used. "counted": they count the exits. "restart": they are mileposts
        that start over along the way, as at a state line. "other": they follow no distance. "few": too few to tell.
    descending
        True when the numbers are mileposts that run against the measure.
    at, shift
        Measured mileposts and what is added there; in between it changes evenly.
    restarts
        Measured mileposts at which the numbers start over; each stretch between has mileposts of its own.
    posted
        "mi" or "km": the unit in which the numbers are mileposts; "" where they are none.
    """

    kind: str
    descending: bool
    at: Floats
    shift: Floats
    restarts: tuple[float, ...] = ()
    posted: str = ""

    def apply(self, measured: Floats) -> Floats:
        """Return the mileposts at places measured along the highway."""
        if not len(self.at):
            return measured
        return measured + np.interp(measured, self.at, self.shift)


UNCALIBRATED = Calibration(FEW, descending=False, at=np.zeros(0), shift=np.zeros(0))
"""What no exit number says anything about."""


def exit_number(text: str) -> float:
    """Return the number in an exit's ref without its letter; NaN when there is none.

    Of several, as in "12A/12B", the first counts.

    Examples
    --------
    >>> exit_number("51"), exit_number("12A/12B"), exit_number("Exit 4-B"), exit_number("A")
    (51.0, 12.0, 4.0, nan)
    """
    found = re.match(r"\s*(?:exits?\s*)?(\d+)", text, re.IGNORECASE)
    return float(found[1]) if found else float("nan")


def exit_numbers(text: str) -> list[str]:
    """Return the numbers that an exit's ref lists, each once, without the word "exit"; ranges of letters spelled out.

    Examples
    --------
    >>> exit_numbers("12A;12B"), exit_numbers("12A-B"), exit_numbers("Exit 4-B"), exit_numbers("12A/B")
    (['12A', '12B'], ['12A', '12B'], ['4B'], ['12A', '12B'])
    >>> exit_numbers("20A-20C"), exit_numbers("59AB"), exit_numbers("43-44"), exit_numbers("A"), exit_numbers("20.1")
    (['20A', '20B', '20C'], ['59A', '59B'], ['43', '44'], ['A'], ['20.1'])
    """
    found: list[str] = []
    for part in re.split(r"[;,/&+]", text):
        own = re.sub(r"^exits?\b\W*", "", " ".join(part.split()), flags=re.IGNORECASE)
        before = re.match(r"\d+", found[-1]) if found and re.fullmatch("[A-Za-z]", own) else None
        found += _spelled_out(before[0] + own if before else own)
    return [number for number in dict.fromkeys(found) if number]


def _spelled_out(text: str) -> list[str]:
    """Return the numbers of a range such as "12A-B"; any other text as it stands."""
    letters = re.fullmatch(r"(\d+) ?-?([A-Z])(?: ?[-\u2013] ?(?:\1 ?)?|(?=[A-Z]))([A-Z])", text)
    if letters and 0 < ord(letters[3]) - ord(letters[2]) < _MOST_IN_RANGE:
        return [letters[1] + chr(code) for code in range(ord(letters[2]), ord(letters[3]) + 1)]
    numbers = re.fullmatch(r"(\d+)[A-Z]? ?[-\u2013] ?(\d+)[A-Z]?", text)
    if numbers and 0 < int(numbers[2]) - int(numbers[1]) < _MOST_IN_RANGE:
        return [part.strip() for part in re.split("[-\u2013]", text)]
    return [re.sub(r"^(\d+)[ -]+([A-Za-z])$", r"\1\2", text)]


def exit_order(text: str) -> tuple[float, str]:
    """Return a key that sorts exits of one milepost: by number, then by letter.

    Examples
    --------
    >>> sorted(["12B", "12A", "4", "B", "A"], key=exit_order)
    ['4', '12A', '12B', 'A', 'B']
    """
    number = exit_number(text)
    return (number if np.isfinite(number) else np.inf, text)


def calibrate(measured: Floats, numbers: Floats) -> Calibration:
    """Compare the numbers of exits with their measured mileposts.

    Numbers are mileposts when they grow by one per mile (or kilometre): the median of the slopes between all pairs
    (Theil-Sen) lies within 15 % of 1, and three of five form one chain in which number less measure drifts slowly. The
    measure is then shifted by the median difference of the chain's exits within 25 miles, worked out every 10 miles.
    The shift changes by 0.2 per mile at most, so that mileposts keep rising. Where such chains follow each other, each
    with a milepost 0 between its begin and the end of the one before, the numbers start over: only `restarts` is told.

    Parameters
    ----------
    measured
        Measured mileposts of the exits.
    numbers
        Their numbers; NaN where there is none.

    Examples
    --------
    >>> measured = np.arange(0.0, 60.0, 4.0)
    >>> calibrate(measured, np.round(measured) + 100).apply(np.array([10.0])).tolist()
    [110.0]
    >>> calibrate(measured, np.arange(1.0, 16.0)).kind
    'counted'
    """
    none = np.zeros(0)
    known = np.isfinite(numbers)
    # A millionth of a mile apart is one place: slopes between such exits would be without bounds.
    x, number = np.round(measured[known], 6), numbers[known]
    order = np.lexsort((number, x))
    x, number = x[order], number[order]
    if len(np.unique(number)) < _LEAST_EXITS or np.ptp(x) < _LEAST_SPAN:
        return Calibration(FEW, descending=False, at=none, shift=none)
    for descending in (False, True):
        restarts = _restarts(-x[::-1], number[::-1]) if descending else _restarts(x, number)
        if restarts:
            return Calibration(RESTART, descending=descending, at=none, shift=none, restarts=restarts)
    slope = _slope(x, number)
    descending = slope < 0
    if descending:
        x = -x[::-1]
        number = number[::-1]
    shift = number - x
    agrees = _longest_chain(x, shift)
    wide = np.ptp(x[agrees]) >= _LEAST_SHARE * np.ptp(x)
    if abs(abs(slope) - 1) > _SLOPE_BAND or agrees.mean() < _LEAST_SHARE or not wide:
        return Calibration(_kind_of_other(number, abs(slope)), descending=False, at=none, shift=none)
    if descending:
        return Calibration(MILEPOSTS, descending=True, at=none, shift=none)
    at, knots = _knots(x[agrees], shift[agrees])
    return Calibration(MILEPOSTS, descending=False, at=at, shift=knots)


def posted_units(ref: str, unit: str) -> tuple[str, str]:
    """Return the units that the mileposts of a highway may be in, the likeliest first: US highways use miles.

    Examples
    --------
    >>> posted_units("I-55", "km"), posted_units("A 7", "km")
    (('mi', 'km'), ('km', 'mi'))
    """
    in_miles = unit == "mi" or re.match(r"(?:I|US) \d", canonical_ref(ref)) is not None
    return ("mi", "km") if in_miles else ("km", "mi")


def calibrate_in(unit: str, measured: Floats, numbers: Floats, *, posted: tuple[str, ...]) -> Calibration:
    """Compare the numbers of exits with their measured mileposts, whichever unit the numbers may be in.

    Parameters
    ----------
    unit
        "mi" or "km": the unit of the measure.
    measured, numbers
        See `calibrate`.
    posted
        Units that the numbers may be in, the likeliest first. The next counts only where the numbers follow no
        distance in the one before, and neither count the exits.

    Returns
    -------
    Calibration
        In the unit of the measure.

    Examples
    --------
    >>> km = np.arange(0.0, 100.0, 7.0)
    >>> calibrate_in("km", km, np.round(km / 1.609344), posted=("mi", "km")).posted
    'mi'
    """
    first: Calibration | None = None
    for other in posted:
        scale = METRES[other] / METRES[unit]
        found = calibrate(measured / scale, numbers)
        if found.kind in (MILEPOSTS, RESTART):
            return replace(
                found,
                at=found.at * scale,
                shift=found.shift * scale,
                restarts=tuple(cut * scale for cut in found.restarts),
                posted=other,
            )
        first = first or found
        if found.kind != OTHER:
            break
    return first or UNCALIBRATED


def ring_zero(measured: Floats, posted: Floats, length: float) -> float | None:
    """Return where the mileposts of a ring begin, in its measure; None when its numbers do not fit on the ring.

    Every exit says where milepost 0 is: its place less its number, round the ring. Their median counts, moved to lie
    between the last of the high numbers and the first of the low ones.

    Parameters
    ----------
    measured, posted
        Where each exit lies, and its number as a milepost in the same unit; NaN where there is none.
    length
        Length of the ring.

    Examples
    --------
    >>> ring_zero(np.array([5.0, 15.0, 25.0, 35.0]), np.array([25.0, 35.0, 5.0, 15.0]), 40.0)
    20.0
    """
    known = np.isfinite(posted)
    fits = known & (posted <= length + AGREES)
    if fits.sum() < _LEAST_SHARE * known.sum():
        return None

    def wrapped(apart: Floats) -> Floats:
        return (apart + length / 2) % length - length / 2

    at, number = measured[fits], posted[fits]
    zeros = at - number
    mean = float(np.angle(np.exp(zeros * (2j * np.pi / length)).sum())) / (2 * np.pi) * length
    zero = mean + float(np.median(wrapped(zeros - mean)))
    off = wrapped(at - zero)
    near, is_high = np.abs(off) <= _LEAST_SPAN, number > length / 2
    high, low = off[near & is_high].max(initial=-np.inf), off[near & ~is_high].min(initial=np.inf)
    if high < low:
        zero += float(np.clip(0.0, high + _BESIDE, low - _BESIDE))
    return float(round(zero % length, 6))


def begun_later(found: Calibration, start: float) -> Calibration:
    """Return what a calibration says about a measure that begins elsewhere along the highway.

    Parameters
    ----------
    found
        In the measure of a longer stretch.
    start
        Where the other measure has its 0, in that of the longer stretch.

    Examples
    --------
    >>> longer = Calibration(MILEPOSTS, False, np.array([0.0, 40.0]), np.array([100.0, 101.0]), posted="mi")
    >>> begun_later(longer, 20.0).apply(np.array([0.0, 20.0])).tolist()
    [120.5, 141.0]
    """
    if not len(found.at):
        return found
    at, shift = _from_zero(found.at - start, found.shift + start)
    return replace(found, at=at, shift=shift)


def _slope(x: Floats, number: Floats) -> float:
    """Return the median of the slopes between all pairs of exits (Theil 1950, Sen 1968): outliers hardly move it."""
    run, rise = x[:, None] - x, number[:, None] - number
    with np.errstate(over="ignore"):  # two exits at nearly one place
        return float(np.median(rise[run > 0] / run[run > 0]))


def _kind_of_other(number: npt.NDArray[np.float64], slope: float) -> str:
    """Say what numbers are that are no mileposts."""
    return COUNTED if slope > 0 and np.median(np.diff(np.unique(number))) <= 1 else OTHER


def _restarts(x: Floats, number: Floats) -> tuple[float, ...]:
    """Return where the numbers start over: mileposts at 0, or a count behind mileposts; none when they never do."""
    shift = number - x
    waiting = np.ones(len(x), dtype=bool)
    runs: list[tuple[float, float, float]] = []
    while waiting.sum() >= _LEAST_EXITS:
        rows = np.flatnonzero(waiting)
        chain = rows[_longest_chain(x[rows], shift[rows])]
        first, last = float(x[chain[0]]), float(x[chain[-1]])
        if len(np.unique(number[chain])) < _LEAST_EXITS or last - first < _LEAST_SPAN:
            break
        if abs(_slope(x[chain], number[chain]) - 1) <= _SLOPE_BAND:
            runs.append((first, last, float(-np.median(shift[chain][:_LEAST_EXITS]))))
        waiting &= (x < first) | (x > last)
    margin = _ROUNDING / 4
    cuts: list[float] = []
    end = -np.inf
    for number_of_run, (first, last, zero) in enumerate(sorted(runs)):
        # What lies miles before the first milepost 0 is another state's too. And numbers of another highway that runs
        # along for a while do not begin with 0 where they begin.
        starts_over = (end - AGREES if number_of_run else _LEAST_SPAN) <= zero <= first + AGREES
        if starts_over:
            cuts.append(min(max(zero, end + margin), first - margin))
        if starts_over or not number_of_run:
            end = last
    behind = x > end
    if runs and _is_count(x[behind], number[behind]):
        cuts.append((end + float(x[behind].min())) / 2)
    return tuple(cuts)


def _is_count(x: Floats, number: Floats) -> bool:
    """Say whether numbers count exits from the start, as in a state without mileposts."""
    if len(np.unique(number)) < _LEAST_EXITS or np.ptp(x) < _LEAST_SPAN:
        return False
    return bool(number.min() <= AGREES) and _kind_of_other(number, _slope(x, number)) == COUNTED


def _longest_chain(x: Floats, shift: Floats) -> npt.NDArray[np.bool_]:
    """Say which exits form the longest chain whose shift changes no faster than a measure can drift.

    Numbers of another highway that runs along for a while, or crosses, stand apart from it.
    """
    size = np.ones(len(x), dtype=np.int64)
    before = np.full(len(x), -1, dtype=np.int64)
    for row in range(1, len(x)):
        follows = np.abs(shift[row] - shift[:row]) <= 2 * _ROUNDING + _DRIFT * (x[row] - x[:row])
        if follows.any():
            # The last of the longest: an outlier is stepped over, not followed.
            best = np.flatnonzero(follows & (size[:row] == size[:row][follows].max()))[-1]
            size[row], before[row] = size[best] + 1, best
    chosen = np.zeros(len(x), dtype=bool)
    row = int(np.argmax(size))
    while row >= 0:
        chosen[row] = True
        row = int(before[row])
    return chosen


def _knots(x: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """Return the shift every `_KNOT_SPACING`, changing slowly enough that mileposts keep rising."""
    at = np.arange(x.min(), x.max() + _KNOT_SPACING, _KNOT_SPACING)
    near = [shift[np.abs(x - here) <= _WINDOW] for here in at]
    knots = np.array([np.median(own) if len(own) else np.nan for own in near])
    knots = np.interp(at, at[np.isfinite(knots)], knots[np.isfinite(knots)])
    step = _STEEPEST * _KNOT_SPACING
    for row in range(1, len(knots)):
        knots[row] = np.clip(knots[row], knots[row - 1] - step, knots[row - 1] + step)
    return _from_zero(at, knots)


def _from_zero(at: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """Return the knots of a measure whose numbering may begin where the study area does: that is milepost 0."""
    if abs(float(np.interp(0.0, at, shift))) >= 1:
        return at, shift
    later = at >= _KNOT_SPACING
    return np.append(0.0, at[later]), np.append(0.0, shift[later])
