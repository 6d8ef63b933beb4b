"""The few things a strip chart is drawn with. A look is a class name, whose colours others know."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LETTER = 0.56
"""Rough width of a letter as a share of its size, for keeping labels apart."""

_BETWEEN = 6.0


@dataclass(frozen=True)
class Bar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    look: str
    link: str = ""
    """What it stands for, as the page's program knows it: "gap 3", "venue 12"."""
    title: str = ""


@dataclass(frozen=True)
class Point:
    """A symbol of `maps.symbology.SHAPES`."""

    x: float
    y: float
    radius: float
    shape: str
    look: str
    link: str = ""
    title: str = ""


@dataclass(frozen=True)
class Words:
    """One line of text; `y` is its baseline."""

    x: float
    y: float
    text: str
    size: float
    look: str = "words"
    anchor: str = "start"
    link: str = ""


Mark = Bar | Point | Words


@dataclass(frozen=True)
class Drawing:
    """A strip chart as marks, from the ground up.

    Parameters
    ----------
    width, height
        Size in pixels of the screen.
    left, right
        Where the axis begins and ends.
    marks
        What is drawn, in order.
    """

    width: float
    height: float
    left: float
    right: float
    marks: tuple[Mark, ...]


def width_of(text: str, size: float) -> float:
    """Return roughly how wide a line of text is."""
    return len(text) * size * LETTER


def cut(text: str, width: float, size: float) -> str:
    """Return text that fits roughly into a width, with an ellipsis where it was cut.

    Examples
    --------
    >>> cut("Mental health care", 60, 10)
    'Mental he…'
    """
    letters = _letters(width, size)
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return text in lines that fit roughly into a width."""
    return textwrap.wrap(text, _letters(width, size))


def _letters(width: float, size: float) -> int:
    return max(1, int(width / (size * LETTER)))


def place_labels(
    labels: Iterable[tuple[float, str]], *, rows: int, size: float, left: float, right: float
) -> Iterator[tuple[float, int, str]]:
    """Place labels above their points, the first ones first, in a few rows; yield those that find room.

    Parameters
    ----------
    labels
        Where each belongs, and its text; the most important first.
    rows
        Number of rows; the first is filled first.
    size
        Size of the letters.
    left, right
        Ends of the rows: labels are moved inwards to stay between them.

    Examples
    --------
    >>> list(place_labels([(50, "exit 1"), (52, "exit 2"), (53, "exit 3")], rows=2, size=10, left=0, right=100))
    [(50.0, 0, 'exit 1'), (52.0, 1, 'exit 2')]
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    for wanted, text in labels:
        half = width_of(text, size) / 2
        x = max(left + half, min(right - half, wanted))
        begin, end = x - half - _BETWEEN / 2, x + half + _BETWEEN / 2
        for number, row in enumerate(taken):
            if all(end <= low or begin >= high for low, high in row):
                row.append((begin, end))
                yield float(x), number, text
                break
