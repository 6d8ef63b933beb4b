"""Studies for the outputs that print every table: those of `studies`, with the columns and tables the map leaves out."""

import dataclasses
import types

import numpy as np
import pandas as pd

from layers.gaps import GAP_COLUMNS
from layers.sharing import inequality
from layers.study import Study
from tests.maps.studies import REQUIRED, make_study


def make_full_study(**options) -> Study:
    """Return a study as `layers.study.make_study` returns it; options are those of `studies.make_study`."""
    study = make_study(**options)
    hostile = options.get("hostile")
    rng = np.random.default_rng(2)
    n = len(study.areas)
    areas = study.areas.copy()
    shares = {}
    for category in REQUIRED:
        areas[f"per_10k_{category}"] = rng.random(n) * 4
        areas[f"one_only_{category}"] = rng.random(n)
        areas[f"second_{category}"] = rng.uniform(5, 90, n)
        areas[f"rural_beyond_30_{category}"] = (areas["population"] * rng.random(n)).round()
        shares[f"share_{category}"] = rng.random(len(study.people))
    areas["rural_beyond_30_any"] = areas[[f"rural_beyond_30_{category}" for category in REQUIRED]].max(axis=1)
    shares["share_legal"][: len(study.people) * 3 // 4] = 0.0
    people = study.people.assign(**shares)
    rural = pd.DataFrame(
        {
            "rural_people": 4_000.0, "rural_beyond": 1_000.0, "rural_share": 0.25,
            "other_people": 9_000.0, "other_beyond": 90.0, "other_share": 0.01,
        },
        index=pd.Index(REQUIRED, name="category"),
    )  # fmt: skip
    gap = {
        "ref": "I 5", "label": hostile or "I-5", "route_id": "I 5", "direction": "NB", "category": "shelter",
        "band_min": 30.0, "from_milepost": 12.0, "to_milepost": 34.5, "unit": "mi", "length": 22.5,
        "from_exit": hostile or "exit 12", "to_exit": "exit 33", "n_exits": 4, "minutes_worst": np.inf, "n_venues": 7,
    }  # fmt: skip
    gaps = pd.DataFrame([gap, {**gap, "band_min": 60.0}], columns=list(GAP_COLUMNS))
    return dataclasses.replace(
        study,
        areas=areas,
        people=people,
        rural=rural,
        sharing=inequality(people, {"shelter": "capacity", "medical": "providers", "legal": "providers"}),
        along=types.SimpleNamespace(
            gaps=gaps,
            strips=(),
            routes=types.SimpleNamespace(routes=()),
            provider_exits=pd.DataFrame(columns=["exit_id", "exit_min"]),
        ),
    )
