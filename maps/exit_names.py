"""What exits are called on the page, and the drive from there to a place."""

import math
from collections.abc import Mapping

from layers.study import Study
from maps.strip_layout import capital, exit_words, highway_name
from maps.texts import Texts


def exit_names(study: Study, texts: Texts) -> dict[str, str]:
    """Return what each exit is called, by ``exit_id``: "I-55, exit 26, County Line Road", "I-55, mile 26".

    Parameters
    ----------
    study
        The finished analysis; without measured highways it has no exits.
    texts
        The catalogue.
    """
    along = study.along
    if along is None:
        return {}
    names: dict[str, str] = {}
    for strip in along.strips:
        highway = capital(highway_name(strip.label, texts))
        ids = along.exits.loc[along.exits["route_id"].eq(strip.route_id), "exit_id"]
        for exit_id, exit_ in zip(ids, strip.exits, strict=True):
            names[exit_id] = f"{highway}, {exit_words(exit_, strip.unit, texts)}"
    return names


def exit_and_drive(exit_id: str, minutes: float, *, names: Mapping[str, str]) -> dict[str, str]:
    """Return an exit's name and the whole minutes from there, at least 1; both "" where no exit leads to the place.

    Examples
    --------
    >>> exit_and_drive("a", 0.4, names={"a": "I-55, exit 26"})
    {'exit': 'I-55, exit 26', 'drive': '1'}
    >>> exit_and_drive("a", math.inf, names={"a": "I-55, exit 26"})
    {'exit': '', 'drive': ''}
    """
    if exit_id not in names or not math.isfinite(minutes):
        return {"exit": "", "drive": ""}
    return {"exit": names[exit_id], "drive": str(max(1, math.floor(minutes + 0.5)))}
