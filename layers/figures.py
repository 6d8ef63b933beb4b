"""The headline numbers of a study."""

from dataclasses import dataclass

import geopandas as gpd

from geo.project import Project


@dataclass(frozen=True)
class Figures:
    """The headline numbers of a study.

    People "beyond" are those more than the headline band from at least one required service. The numbers of providers
    are None where too few are confidential to say how many: `layers.disclosure`.
    """

    n_areas: int
    n_underserved: int
    population: float
    people_beyond: float
    share_beyond: float
    n_venues: int
    n_providers: int | None
    n_confidential: int | None
    hardest_category: str
    hardest_share: float


def headline_figures(
    areas: gpd.GeoDataFrame,
    people: gpd.GeoDataFrame,
    venues: gpd.GeoDataFrame,
    providers: gpd.GeoDataFrame,
    project: Project,
) -> Figures:
    """Count what the headline and the figures beside the map say.

    Parameters
    ----------
    areas, people, venues, providers
        The finished tables of a study.
    project
        Its project, with the required categories filled in.

    Returns
    -------
    Figures
        `hardest_category` is the required category that most people are beyond the headline band of.
    """
    headline_min = project.access.headline_min
    population = people["population"]
    total = float(population.sum())
    people_beyond = float(population[people["minutes_worst"] > headline_min].sum())
    beyond = {
        category: float(population[people[f"minutes_{category}"] > headline_min].sum())
        for category in project.access.required
    }
    hardest = max(beyond, key=beyond.__getitem__)
    return Figures(
        n_areas=len(areas),
        n_underserved=int(areas["underserved"].sum()),
        population=total,
        people_beyond=people_beyond,
        share_beyond=people_beyond / total if total else 0.0,
        n_venues=int(venues["in_corridor"].sum()),
        n_providers=len(providers),
        n_confidential=int((~providers["public"]).sum()),
        hardest_category=hardest,
        hardest_share=beyond[hardest] / total if total else 0.0,
    )
