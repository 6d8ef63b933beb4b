"""Gaps: the stretches of a highway from whose exits help of a kind is far, in each direction of travel."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geo.route_line import Route
from geo.routes import Routes
from geo.runs import runs
from geo.vocabulary import CATEGORIES

GAP_COLUMNS = (
    "ref",
    "label",
    "route_id",
    "direction",
    "category",
    "band_min",
    "from_milepost",
    "to_milepost",
    "unit",
    "length",
    "from_exit",
    "to_exit",
    "n_exits",
    "minutes_worst",
    "n_venues",
)


def gap_table(
    routes: Routes,
    minutes: pd.DataFrame,
    venues: pd.DataFrame,
    *,
    categories: tuple[str, ...],
    bands_min: tuple[float, ...],
) -> pd.DataFrame:
    """Return the stretches whose exits are farther from help than each band, the longest first.

    Whoever has passed an exit can next leave at the one ahead. So a stretch begins at the last exit from which help is
    near, or at the edge of the study area, and ends at the last of a row of exits from which it is far.

    Parameters
    ----------
    routes
        The measured highways.
    minutes
        One row per exit and direction: `layers.exits.exit_minutes`.
    venues
        ``route_id`` and ``milepost`` of the venues in the corridor; ``only_side`` is the direction from which those on
        the motorway itself can be reached, "" for the others.
    categories
        Service categories.
    bands_min
        Bands in minutes; an exit exactly on one is near.

    Returns
    -------
    pandas.DataFrame
        `GAP_COLUMNS`: mileposts (the lower first, but where a ring passes its milepost 0) and ``length`` in ``unit``
        ("mi" or "km"), the exits there ("milepost 0" at the edge of the study area), the number of exits with the one
        where it begins, ``minutes_worst`` from any of the others (``inf`` when nobody can be reached) and the venues
        along the stretch that can be reached in its direction.
    """
    rows = [
        row
        for route in routes.routes
        for heading, direction in zip((1, -1), route.directions, strict=True)
        for row in _gaps_of(
            route,
            direction,
            minutes[minutes["route_id"].eq(route.route_id) & minutes["heading"].eq(heading)],
            venues[venues["route_id"].eq(route.route_id) & venues["only_side"].isin(["", direction])],
            heading=heading,
            categories=categories,
            bands_min=bands_min,
        )
    ]
    table = pd.DataFrame(rows, columns=list(GAP_COLUMNS))
    # Miles and kilometres never meet in one study, so lengths compare.
    table = table.assign(_category=table["category"].map({name: at for at, name in enumerate(CATEGORIES)}))
    table = table.sort_values(
        ["length", "band_min", "route_id", "from_milepost", "direction", "_category"],
        ascending=[False, False, True, True, True, True],
        kind="stable",
    )
    return table.drop(columns="_category").reset_index(drop=True)


def _gaps_of(
    route: Route,
    direction: str,
    exits: pd.DataFrame,
    venues: pd.DataFrame,
    *,
    heading: int,
    categories: tuple[str, ...],
    bands_min: tuple[float, ...],
) -> Iterator[dict[str, object]]:
    """Yield the gaps of one highway in one direction, inside each of its stretches in the study area."""
    for begin, end in route.inside:
        here = exits[exits["milepost"].between(begin - 1e-6, end + 1e-6)].sort_values("milepost", kind="stable")
        mileposts = here["milepost"].to_numpy(dtype=float)
        for category in categories:
            apart = here[f"minutes_{category}"].to_numpy(dtype=float)
            for band in bands_min:
                for one, other, far in _stretches(apart > band, heading=heading, is_loop=route.is_loop):
                    low = mileposts[one] if one is not None else begin
                    high = mileposts[other] if other is not None else end
                    along = venues["milepost"]
                    passed = along.between(low, high) if low <= high else along.ge(low) | along.le(high)
                    yield {
                        "ref": route.ref,
                        "label": route.label,
                        "route_id": route.route_id,
                        "direction": direction,
                        "category": category,
                        "band_min": band,
                        "from_milepost": float(low),
                        "to_milepost": float(high),
                        "unit": route.unit,
                        "length": float(high - low if low <= high else high - begin + end - low),
                        "from_exit": here["label"].iloc[one] if one is not None else f"milepost {begin:.0f}",
                        "to_exit": here["label"].iloc[other] if other is not None else f"milepost {end:.0f}",
                        "n_exits": len({*far, one, other} - {None}),
                        "minutes_worst": float(apart[far].max()),
                        "n_venues": int(passed.sum()),
                    }


def _stretches(far: np.ndarray, *, heading: int, is_loop: bool) -> Iterator[tuple[int | None, int | None, list[int]]]:
    """Yield the exits where each stretch begins and ends by milepost, None for the edge, and those that are far.

    A stretch begins one exit before the far ones: whoever passed that one can next leave at these. On a ring that may
    be the one on the other side of milepost 0.

    Examples
    --------
    >>> list(_stretches(np.array([True, False, True]), heading=1, is_loop=False))
    [(None, 0, [0]), (1, 2, [2])]
    >>> list(_stretches(np.array([True, False, True]), heading=1, is_loop=True))
    [(1, 0, [2, 0])]
    """
    count = len(far)
    if is_loop and far.all():
        if count:
            yield None, None, list(range(count))
        return
    # On a ring the count begins at an exit that is near.
    turn = int(np.argmin(far)) if is_loop else 0
    for first, behind in np.column_stack(runs(np.roll(far, -turn))).tolist():
        last = behind - 1
        one, other = (first - 1, last) if heading > 0 else (first, last + 1)
        edges = [None if not is_loop and not 0 <= at < count else (at + turn) % count for at in (one, other)]
        yield edges[0], edges[1], [(at + turn) % count for at in range(first, last + 1)]
