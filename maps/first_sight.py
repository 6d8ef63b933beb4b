"""What is drawn at first sight, on the page and on paper: no more than stays legible."""

from layers.study import Study
from maps.geometry import tidy, width_of
from maps.symbology import VENUES
from maps.values import View

SMALLEST_PART = 60
"""Parts and holes of the reach smaller than a square of 1 / `SMALLEST_PART` of the map's width are not drawn."""

TANGLE = 2.5
"""An outline of the reach longer than this times the way around the study area is not drawn at first sight."""

CROWD = 200
"""Points of one kind beyond which they would hide the map at first sight."""


def shown_at_start(study: Study, view: View) -> set[str]:
    """Return what is drawn when the page opens: points few enough, and the widest reach if its outline is legible."""
    venues = {kind for kind, number in view.venue_counts.items() if VENUES[kind].shown and number <= CROWD}
    needed = {c for c, number in view.provider_counts.items() if c in view.place.required and number <= CROWD}
    return venues | needed | _legible_reach(study)


def _legible_reach(study: Study) -> set[str]:
    """Return the widest band's layer unless roads are so few that the reach is a tangle of strips along them."""
    if not len(study.reach):
        return set()
    widest = study.reach.loc[study.reach["minutes"].idxmax()]
    outline_m = tidy(widest.geometry, (width_of(study.areas.geometry) / SMALLEST_PART) ** 2).length
    border_m = study.areas.geometry.union_all().convex_hull.length
    return {f"reach{widest['minutes']:g}"} if outline_m <= TANGLE * border_m else set()
