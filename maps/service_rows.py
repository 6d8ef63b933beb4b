"""The rural service gap and the spread of capacity in words: what the page and the briefing both tell."""

import math

from layers.study import Study
from maps.values import View


def rural_rows(study: Study, view: View) -> list[dict[str, str]]:
    """Return the rural service gap as rows of words."""
    if study.rural is None:
        return []
    t = view.texts
    return [
        {
            "service": view.category(str(category)),
            "rural": t.number(record["rural_beyond"]),
            "rural_share": t.percent(record["rural_share"]),
            "other": t.number(record["other_beyond"]),
            "other_share": t.percent(record["other_share"]),
        }
        for category, record in study.rural.iterrows()
    ]


def sharing_rows(study: Study, view: View) -> list[dict[str, str]]:
    """Return how unevenly services are spread as rows of words."""
    if study.sharing is None:
        return []
    t = view.texts
    return [
        {
            "service": view.category(str(category)),
            "basis": t(f"briefing.sharing.basis_{record['basis']}"),
            "gini": "–" if math.isnan(record["gini"]) else t.number(record["gini"], 2),
            "palma": _palma(record["palma"], view),
        }
        for category, record in study.sharing.iterrows()
    ]


def _palma(ratio: float, view: View) -> str:
    if math.isnan(ratio):
        return "–"
    if math.isinf(ratio):
        return view.texts("briefing.sharing.palma_none")
    return view.texts("briefing.sharing.palma_value", n=view.texts.number(ratio, 1))
