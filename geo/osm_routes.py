"""Route relations of OpenStreetMap files: numbered highways as lists of ways, also of ways that carry no number."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from osmium.osm import Relation

from geo.osm_tags import canonical_ref, split_refs
from geo.roads import Roads

ROUTE_TAG = ("route", "road")

NOT_HERE = "members of numbered routes that are not among the roads read"

_TYPES = frozenset({"route", "superroute"})
_NETWORK = re.compile(r"US:(I|US|[A-Z]{2})(?::(.+))?")
_BANNERS = frozenset(
    {"alternate", "business", "bypass", "connector", "emergency", "express", "future", "historic", "loop", "scenic"}
    | {"spur", "toll", "truck"}
)
_BESIDE = _BANNERS | frozenset(
    {"alternative", "approach", "connection", "detour", "entrance", "excursion", "exit", "link", "proposed", "ramp"}
)
_AXES: Mapping[str, str] = {"north": "NS", "south": "NS", "east": "EW", "west": "EW"}


@dataclass(frozen=True)
class RouteRelation:
    """A relation of a highway: its number ("" for none), and what belongs to it with the way it is signed.

    Parameters
    ----------
    relation_id
        OpenStreetMap id.
    ref
        Its number as people write it ("I 55"), from `network` and `ref`.
    ways, relations
        Ids of members, each with "NS", "EW" or "": the axis that its role, or the whole relation, names.
    """

    relation_id: int
    ref: str
    ways: tuple[tuple[int, str], ...]
    relations: tuple[tuple[int, str], ...]


def route_ref(tags: Mapping[str, str]) -> str:
    """Return the number of a route relation as the ways of the highway carry it; "" for none.

    Relations of the United States keep the kind of highway in `network`; elsewhere `ref` has it already.

    Examples
    --------
    >>> route_ref({"network": "US:I", "ref": "55"}), route_ref({"network": "US:MS", "ref": "18"})
    ('I 55', 'MS 18')
    >>> route_ref({"network": "US:US:Business", "ref": "49"}), route_ref({"network": "US:TX:FM", "ref": "1960"})
    ('US 49 Business', 'FM 1960')
    >>> route_ref({"network": "US:I", "ref": "I-55"}), route_ref({"network": "e-road", "ref": "E 80"})
    ('I-55', 'E 80')
    """
    ref = " ".join(tags.get("ref", "").split())
    found = _NETWORK.fullmatch(tags.get("network", ""))
    if not ref or not found:
        return ref
    system, more = found.groups()
    words = [word for word in re.split(r"[:;]", f"{more or ''};{tags.get('modifier', '')}") if word]
    banners = [word for word in words if set(word.casefold().split()) & _BANNERS]
    others = [word for word in words if word not in banners]
    if others and system not in {"I", "US"}:
        system = others[0] if others[0].isupper() else "CR"
    if ref[0].isdigit():
        ref = f"{system} {ref}"
    return " ".join([ref, *(word for word in banners if word.casefold() not in ref.casefold())])


def read_route(relation: Relation) -> RouteRelation | None:
    """Return a relation of a highway without its links, spurs and business loops; None for other relations."""
    tags = dict(relation.tags)
    if tags.get(ROUTE_TAG[0]) != ROUTE_TAG[1] or tags.get("type") not in _TYPES:
        return None
    whole = _axis(tags.get("direction", ""))
    members: dict[str, list[tuple[int, str]]] = {"w": [], "r": [], "n": []}
    for member in relation.members:
        words = re.split(r"[^a-z]+", member.role.casefold())
        if not _BESIDE.intersection(words):
            members[member.type].append((member.ref, _axis(member.role) or whole))
    return RouteRelation(relation.id, route_ref(tags), tuple(members["w"]), tuple(members["r"]))


def _axis(text: str) -> str:
    """Return the axis of a direction as roles and tags name it: "north", "southbound"; "" for none."""
    return _AXES.get(text.casefold().removesuffix("bound"), "")


@dataclass
class _Highway:
    """What relations say of one highway: spellings of its number, its ways, and the axes they are signed with."""

    spellings: set[str] = field(default_factory=set)
    ways: set[int] = field(default_factory=set)
    axes: Counter[str] = field(default_factory=Counter)


def with_routes(roads: Roads, files: Sequence[Sequence[RouteRelation]]) -> tuple[Roads, dict[str, str], list[int]]:
    """Give ways the numbers of the highways whose relations they belong to.

    A number that a way carries itself is not repeated, and a way of a branch ("US 49 Business") stays one, whatever
    relation lists it. A relation also lists what its member relations do: those of one direction,
    of one state, or without a number of their own.

    Parameters
    ----------
    roads
        The roads.
    files
        The route relations of each file; one that stands in several files counts as one.

    Returns
    -------
    tuple
        The roads; by canonical number, "NS" or "EW" for highways whose relations say how they are signed; and for each
        file the number of members that are not among the roads or the relations.
    """
    relations = _joined(files)
    highways: dict[str, _Highway] = defaultdict(_Highway)
    for relation in relations.values():
        for spelling in split_refs(relation.ref):
            highway = highways[canonical_ref(spelling)]
            highway.spellings.add(spelling)
            for way, axis in _ways_below(relation, canonical_ref(spelling), relations):
                highway.ways.add(way)
                highway.axes[axis] += 1
    known = set(roads.way_id.tolist())
    missing = [
        len({way for relation in file for way, _ in relation.ways} - known)
        + len({child for relation in file for child, _ in relation.relations} - relations.keys())
        for file in files
    ]
    signed = {key: axis for key, highway in sorted(highways.items()) if (axis := _signed(highway.axes))}
    return replace(roads, ref=_with_refs(roads, highways)), signed, missing


def _joined(files: Sequence[Sequence[RouteRelation]]) -> dict[int, RouteRelation]:
    """Return each relation once, with the members that any file lists."""
    relations: dict[int, RouteRelation] = {}
    for relation in (relation for file in files for relation in file):
        first = relations.get(relation.relation_id, relation)
        relations[relation.relation_id] = replace(
            first,
            ref=first.ref or relation.ref,
            ways=tuple(dict.fromkeys(first.ways + relation.ways)),
            relations=tuple(dict.fromkeys(first.relations + relation.relations)),
        )
    return relations


def _ways_below(root: RouteRelation, key: str, relations: Mapping[int, RouteRelation]) -> Iterator[tuple[int, str]]:
    """Yield the ways of a relation and of those below it, with their axes; branches of the highway left out."""
    waiting, seen = [(root, "")], {root.relation_id}
    while waiting:
        relation, outer = waiting.pop()
        yield from ((way, axis or outer) for way, axis in relation.ways)
        for number, axis in relation.relations:
            child = relations.get(number)
            if child is not None and number not in seen and not _is_branch(child.ref, key):
                seen.add(number)
                waiting.append((child, axis or outer))


def _is_branch(text: str, key: str) -> bool:
    """Say whether a ref names a branch of a highway: "I 55 Business" of "I 55"."""
    return any(canonical_ref(ref).startswith(f"{key} ") for ref in split_refs(text))


def _signed(axes: Counter[str]) -> str:
    """Return the axis that most of the ways of a highway are signed with, if at least half of them are; else ""."""
    axis = max(("NS", "EW"), key=lambda name: axes[name])
    return axis if 2 * axes[axis] >= axes.total() > 0 and axes["NS"] != axes["EW"] else ""


def _with_refs(roads: Roads, highways: Mapping[str, _Highway]) -> np.ndarray:
    """Return the refs of all ways with those of their relations behind their own."""
    listed: dict[int, list[str]] = defaultdict(list)
    for key, highway in sorted(highways.items()):
        for way in highway.ways:
            listed[way].append(key)
    ref = roads.ref.copy()
    for row in np.flatnonzero(np.isin(roads.way_id, list(listed))).tolist():
        own = {canonical_ref(text) for text in split_refs(ref[row])}
        more = [key for key in listed[int(roads.way_id[row])] if key not in own and not _is_branch(ref[row], key)]
        ref[row] = ";".join([*filter(None, [ref[row]]), *(min(highways[key].spellings) for key in more)])
    return ref
