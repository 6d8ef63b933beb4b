"""The closed lists of words the product uses: service categories and kinds of venue."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "crisis": "Crisis response",
        "shelter": "Emergency shelter",
        "housing": "Housing",
        "medical": "Medical care",
        "mental_health": "Mental health care",
        "substance_use": "Substance use treatment",
        "legal": "Legal help",
        "immigration": "Immigration help",
        "case_management": "Case management",
        "job_training": "Job training",
        "law_enforcement": "Law enforcement",
    }
)
"""Service categories: identifier used in files and columns → label shown to people."""

VENUE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "truck_stop": "Truck stop",
        "rest_area": "Rest area",
        "motel": "Motel",
        "hotel": "Hotel",
        "bus_station": "Bus station",
        "fuel": "Fuel station",
    }
)
"""Kinds of venue, a place where outreach teams can meet people: identifier → label."""


@dataclass(frozen=True)
class BandPreset:
    """Travel-time bands that a policy uses.

    Parameters
    ----------
    minutes
        The bands, rising.
    source
        Where they come from.
    """

    minutes: tuple[float, ...]
    source: str


BAND_PRESETS: Mapping[str, BandPreset] = MappingProxyType(
    {
        "hpsa": BandPreset(
            (30,), "Health Professional Shortage Areas, primary care: 42 CFR Part 5 (30 minutes is excessively distant)"
        ),
        "cms_rural": BandPreset(
            (40, 60, 75),
            "Medicare Advantage network adequacy, rural counties: 42 CFR 422.116 (primary care 40 minutes, outpatient "
            "behavioral health 60, psychiatry and acute hospitals 75)",
        ),
        "far": BandPreset(
            (15, 30, 45, 60), "Frontier and Remote Area codes, USDA ERS: 15, 30, 45 and 60 minutes from urban areas"
        ),
    }
)
"""Bands of US policies, by the name a project uses instead of minutes."""
