"""What OpenStreetMap tags mean here: which ways carry cars and how, which objects are places, how refs compare."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from geo.speeds import CLASS_SPEEDS_KMH

ROAD_CLASSES: tuple[str, ...] = tuple(CLASS_SPEEDS_KMH)
"""Values of `highway` that become roads; `Roads.road_class` counts positions in this tuple."""

LINK_CLASSES = frozenset(name for name in ROAD_CLASSES if name.endswith("_link"))
LIMITED_ACCESS = frozenset({"motorway", "motorway_link"})
"""Classes that a car can join or leave at junctions only."""

# Most specific first: the first tag with a value that is understood decides.
_ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_OPEN = frozenset({"yes", "permissive", "designated", "destination", "customers", "public", "official"})
_CLOSED = frozenset({"no", "private", "agricultural", "forestry", "emergency", "military", "psv", "bus"}) | frozenset(
    {"delivery", "permit", "restricted", "employees", "residents"}
)

_ONE_WAY: Mapping[str, int] = MappingProxyType({"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1})
# Reversible and alternating lanes carry both directions, at different hours: treated as two-way.
_TWO_WAY = frozenset({"no", "false", "0", "reversible", "alternating"})
_CIRCLES = frozenset({"roundabout", "circular"})

_SOCIAL = frozenset({"social_facility", "shelter", "refugee_site"})
_NAME_KEYS = ("name", "alt_name", "official_name", "old_name", "operator", "description")
_SHELTER_NAME = re.compile(
    r"\b(?:safe ?(?:house|home)s?|(?:women'?s|homeless|family|emergency|violence|crisis|youth) (?:shelter|refuge)s?"
    r"|(?:domestic|family) (?:violence|abuse)|battered|casa segura|refugio de mujeres|albergue (?:de|para) mujeres)\b",
    re.IGNORECASE,
)
"""Names of places that are kept secret; a motel may well be called Refuge."""

JUNCTION_TAG = ("highway", "motorway_junction")

PLACE_TAGS: tuple[tuple[str, str], ...] = (
    ("amenity", "fuel"),
    ("amenity", "bus_station"),
    ("amenity", "parking"),
    ("amenity", "truck_stop"),
    ("amenity", "weighbridge"),
    ("highway", "rest_area"),
    ("highway", "services"),
    ("public_transport", "station"),
    ("tourism", "guest_house"),
    ("tourism", "hostel"),
    ("tourism", "hotel"),
    ("tourism", "information"),
    ("tourism", "motel"),
)
"""Tags of the objects read as places, before `is_place` looks closer."""

PLACE_COLUMNS: tuple[str, ...] = (
    "name",
    "amenity",
    "highway",
    "tourism",
    "public_transport",
    "information",
    "hgv",
    "brand",
    "brand_wikidata",
    "operator",
)
"""Text columns of the places table; "" where the tag is absent."""

_LORRY_VALUES = frozenset({"yes", "designated", "only", "permissive", "official"})
_STAFFED = frozenset({"office", "visitor_centre"})
_WELCOME = re.compile(r"(?i)welcome\s+cent(?:er|re)")
_UNUSED = ("disused", "abandoned", "demolished", "razed")

_PLACEHOLDER = re.compile(
    r"(?i)\W*(?:fix\s?me\b.*|to\s?do\b.*|tbd|n/a|none|null|no(?: ?name| ?ref)?|yes|(?:unnamed|unknown)\b.{0,8})\W*$"
)

Tags = Callable[[str, str], str]
"""A look-up like ``dict.get``: key and the value where the tag is absent."""


def is_open_to_cars(get: Tags) -> bool:
    """Say whether a car may use a way, from `access`, `vehicle`, `motor_vehicle` and `motorcar`.

    The most specific tag wins over the others, in both directions: ``access=no`` with ``motorcar=yes`` is open. Roads
    for destination traffic and customers are open, because trips end there; time-dependent tags are not read. Values
    that say nothing about cars (``unknown``, a slip) leave the decision to the next tag. No tag at all is open.

    Examples
    --------
    >>> is_open_to_cars({"access": "no", "motorcar": "yes"}.get), is_open_to_cars({"motor_vehicle": "private"}.get)
    (True, False)
    >>> is_open_to_cars({"access": "private; yes"}.get), is_open_to_cars({}.get)
    (True, True)
    """
    for key in _ACCESS_KEYS:
        text = get(key, "")
        if text:
            values = {value.strip() for value in text.split(";")}
            if values & _OPEN:
                return True
            if values & _CLOSED:
                return False
    return True


def direction(road_class: str, get: Tags) -> int:
    """Return 1 for a one-way along the way's own direction, -1 against it, 0 for both directions.

    `oneway` decides; without it motorways, roundabouts and circular junctions are one-way.

    Examples
    --------
    >>> direction("motorway", {}.get), direction("motorway", {"oneway": "no"}.get), direction("primary", {}.get)
    (1, 0, 0)
    >>> direction("primary", {"oneway": "-1"}.get), direction("tertiary", {"junction": "roundabout"}.get)
    (-1, 1)
    """
    text = get("oneway", "")
    if text in _ONE_WAY:
        return _ONE_WAY[text]
    if text in _TWO_WAY:
        return 0
    return 1 if road_class == "motorway" or get("junction", "") in _CIRCLES else 0


def is_social_facility(tags: Mapping[str, str]) -> bool:
    """Say whether an object is a shelter or another social facility, which is never imported from OpenStreetMap.

    OpenStreetMap may hold a women's refuge by a mapper's mistake, perhaps as lodging; its place must not reach a map
    made here. So a value among several counts, a former one ("disused:"), and a name that says it.

    Examples
    --------
    >>> is_social_facility({"tourism": "guest_house", "name": "Rosa Women's Shelter"})
    True
    >>> is_social_facility({"amenity": "cafe;social_facility"}), is_social_facility({"name": "The Refuge Hotel"})
    (True, False)
    """
    return (
        any(part.startswith("social_facility") for key in tags for part in key.split(":"))
        or any(key.split(":")[-1] == "amenity" and _SOCIAL & set(_listed(tags[key])) for key in tags)
        or "ngo" in _listed(tags.get("office", ""))
        or bool(_SHELTER_NAME.search(" ".join(tags.get(key, "") for key in _NAME_KEYS).replace("\u2019", "'")))
    )


def _listed(value: str) -> list[str]:
    """Return the values of a tag that has several."""
    return [part.strip() for part in value.split(";")]


def is_place(tags: Mapping[str, str]) -> bool:
    """Say whether an object with one of `PLACE_TAGS` is a place where outreach may meet people, or a sign of one.

    Parking counts where lorries may park, a station where buses stop, an information point when it is staffed or a
    welcome center.

    Examples
    --------
    >>> is_place({"amenity": "parking"}), is_place({"amenity": "parking", "hgv": "designated"})
    (False, True)
    >>> is_place({"public_transport": "station", "train": "yes"}), is_place({"tourism": "information"})
    (False, False)
    """
    if any(tags.get(word) == "yes" for word in _UNUSED):
        return False
    signs = {
        ("amenity", "parking"): _takes_lorries(tags),
        ("public_transport", "station"): tags.get("bus") == "yes",
        ("tourism", "information"): tags.get("information") in _STAFFED or bool(_WELCOME.search(tags.get("name", ""))),
    }
    return any(signs.get(tag, True) for tag in PLACE_TAGS if tags.get(tag[0]) == tag[1])


def place_text(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the text columns of a place.

    `hgv` is "yes" also where it is not tagged but lorry parking spaces or lorry diesel are.

    Examples
    --------
    >>> place_text({"amenity": "fuel", "fuel:HGV_diesel": "yes", "brand:wikidata": "Q1"})["hgv"]
    'yes'
    """
    text = {column: tags.get(column.replace("_wikidata", ":wikidata"), "") for column in PLACE_COLUMNS}
    return {**text, "hgv": text["hgv"] or ("yes" if _takes_lorries(tags) else "")}


def _takes_lorries(tags: Mapping[str, str]) -> bool:
    """Say whether lorries are expected, from any of the tags that say so."""
    spaces = tags.get("capacity:hgv", "no") not in {"no", "0"}
    return tags.get("hgv") in _LORRY_VALUES or spaces or tags.get("fuel:HGV_diesel") == "yes"


def canonical_ref(text: str) -> str:
    """Return a highway's ref in one spelling, so that "I-55", "I 55" and "i55" are equal.

    Examples
    --------
    >>> canonical_ref("I-55"), canonical_ref("i55"), canonical_ref("Interstate 55"), canonical_ref("U.S. 049 W")
    ('I 55', 'I 55', 'I 55', 'US 49 W')
    >>> canonical_ref("I 55 Business") == canonical_ref("I 55")
    False
    """
    words = re.findall(r"[^\W\d_]+|\d+", text.upper().replace(".", ""))
    words = ["I" if word == "INTERSTATE" else word for word in words]
    return " ".join(word.lstrip("0") or "0" if word.isdigit() else word for word in words)


def split_refs(text: str) -> list[str]:
    """Return the refs that a `ref` tag lists, without what mappers write where they know none.

    Examples
    --------
    >>> split_refs("I 20;US 49"), split_refs("FIXME; ?;US  49")
    (['I 20', 'US 49'], ['US 49'])
    """
    return [" ".join(part.split()) for part in text.split(";") if is_said(part)]


def is_said(text: str) -> bool:
    """Say whether a number or name says anything: it has a letter or digit and is no placeholder.

    Examples
    --------
    >>> is_said("Main Street"), is_said("Fixme: name?"), is_said("--"), is_said(" unknown ")
    (True, False, False, False)
    """
    return any(letter.isalnum() for letter in text) and not _PLACEHOLDER.match(text)


def road_labels(ref: str, name: str) -> dict[str, str]:
    """Return what people call a road: by its numbers with their kind, else its name.

    Of two refs with one number, as a way and its route relation may write it, the one with its kind counts. US
    interstates take a hyphen; a mere number stands behind the name of the road.

    Returns
    -------
    dict
        Labels by canonical ref, or by the name of a road without number; empty for a road with neither.

    Examples
    --------
    >>> road_labels("18;MS 18;I 220", "Raymond Road"), road_labels("", "County Line Road")
    ({'MS 18': 'MS 18', 'I 220': 'I-220'}, {'County Line Road': 'County Line Road'})
    >>> road_labels("11", "Triq il-Kosta"), road_labels("11", ""), road_labels("FIXME", "fixme")
    ({'11': 'Triq il-Kosta (11)'}, {'11': 'road 11'}, {})
    """
    numbers: dict[str, str] = {}
    for text in split_refs(ref):
        digits = "".join(re.findall(r"\d+", text)) or text
        if digits not in numbers or is_bare(numbers[digits]):
            numbers[digits] = text
    street = " ".join(name.split()) if is_said(name) else ""
    if not numbers:
        return {street: street} if street else {}
    bare = f"{street} ({{}})" if street else "road {}"
    return {
        canonical_ref(text): bare.format(text) if is_bare(text) else highway_label(text) for text in numbers.values()
    }


def is_bare(ref: str) -> bool:
    """Say whether a ref is a mere number, without the kind of road: "11", "11a"."""
    return re.fullmatch(r"\d+ ?[A-Za-z]?", ref) is not None


def highway_label(ref: str) -> str:
    """Return a highway number as people write it: US interstates take a hyphen, other numbers stay as they are.

    Examples
    --------
    >>> highway_label("I 55"), highway_label("Interstate 55"), highway_label("US 49"), highway_label("CG-2")
    ('I-55', 'I-55', 'US 49', 'CG-2')
    """
    return re.sub(r"^(?:I|Interstate)[ -]?(?=\d)", "I-", ref)
