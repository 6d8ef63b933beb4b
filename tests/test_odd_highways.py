"""Odd highways through the command line: each is handled, and what was odd is told on the terminal and kept."""

import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from geo.example_study import write_example


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_example(tmp_path_factory.mktemp("example") / "study").parent


@pytest.fixture
def study(example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / "study"))


def tag(element: ET.Element, key: str) -> ET.Element | None:
    return element.find(f"tag[@k='{key}']")


def ways_of(roads: ET.Element, ref: str) -> list[ET.Element]:
    return [way for way in roads.iter("way") if (own := tag(way, "ref")) is not None and ref in own.get("v", "")]


def exits_of(roads: ET.Element, ref: str) -> list[ET.Element]:
    """Return the exits of a highway by latitude."""
    on = {node.get("ref") for way in ways_of(roads, ref) for node in way.iter("nd")}
    exits = [node for node in roads.iter("node") if node.get("id") in on and tag(node, "ref") is not None]
    return sorted(exits, key=lambda node: float(node.get("lat", 0)))


def renumber(roads: ET.Element, numbers: Callable[[int], object]) -> None:
    """Give the exits of I-55 other numbers, both carriageways alike."""
    seen: dict[str, int] = {}
    for node in exits_of(roads, "I 55"):
        number = tag(node, "ref")
        assert number is not None
        at = seen.setdefault(number.get("v", ""), len(seen))
        number.set("v", str(numbers(at)))


def counted(roads: ET.Element) -> None:
    renumber(roads, lambda at: at + 1)


def by_tens(roads: ET.Element) -> None:
    renumber(roads, lambda at: 100 + 10 * at)


def letters(roads: ET.Element) -> None:
    renumber(roads, lambda at: chr(ord("A") + at))


def off_the_road(roads: ET.Element) -> None:
    """Add an exit 20 m from the highway that belongs to no road."""
    node = exits_of(roads, "I 55")[5]
    lon = f"{float(node.get('lon', 0)) + 0.0002:.5f}"
    stray = ET.Element("node", {**node.attrib, "id": "999999", "lon": lon})
    stray.extend([ET.Element("tag", k="highway", v="motorway_junction"), ET.Element("tag", k="ref", v="777")])
    roads.insert(max(at for at, part in enumerate(roads) if part.tag == "node") + 1, stray)


def far_twin(roads: ET.Element) -> None:
    """Give a piece of another road, far away in the study area, the number of I-55."""
    twin = max(ways_of(roads, "I 59"), key=lambda way: len(way.findall("nd")))
    number = tag(twin, "ref")
    assert number is not None
    number.set("v", "I 55")


def hole(roads: ET.Element) -> None:
    """Cut both carriageways of I-55 in two at 33.7° N: eight kilometres without any road."""
    north = {node.get("id"): float(node.get("lat", 0)) > 33.7 for node in roads.iter("node")}
    for way in ways_of(roads, "I 55"):
        members = way.findall("nd")
        side = [north[member.get("ref")] for member in members]
        if len(set(side)) == 2:
            rest = ET.SubElement(roads, "way", id=f"90{way.get('id')}", version="1")
            for member in members[side.index(not side[0]) :]:
                way.remove(member)
                rest.append(member)
            rest.extend(way.findall("tag"))
    relations = roads.findall("relation")
    for relation in relations:
        roads.remove(relation)
    roads.extend(relations)


def missing_relation_members(roads: ET.Element) -> None:
    relation = ET.SubElement(roads, "relation", id="99999", version="1")
    for way in [*(way.get("id", "") for way in ways_of(roads, "I 55")), "777777"]:
        ET.SubElement(relation, "member", type="way", ref=way, role="north")
    for key, value in {"type": "route", "route": "road", "network": "US:I", "ref": "55"}.items():
        ET.SubElement(relation, "tag", k=key, v=value)


def relation_only(roads: ET.Element) -> None:
    """Take the number from the ways of I-55 and give it to a relation of them."""
    missing_relation_members(roads)
    for way in ways_of(roads, "I 55"):
        number = tag(way, "ref")
        if number is not None and number.get("v") == "I 55":
            way.remove(number)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (counted, r"I-55: \d+ exit numbers that count the exits: mileposts are measured from the edge"),
        (by_tens, r"I-55: \d+ exit numbers that are not mileposts: mileposts are measured from the edge"),
        (hole, r"I-55: 1 gap in the road file, bridged in a straight line \(5\.[\d] mi in all\)"),
        (off_the_road, r"I-55: 1 exit on no road of the file, placed on the highway beside"),
        (far_twin, r"I-55: 2 parts more than 9 mi or their own length apart, measured one by one"),
        (missing_relation_members, r"roads\.osm: 1 members of numbered routes that are not among the roads read"),
        (relation_only, r"roads\.osm: 1 members of numbered routes that are not among the roads read"),
    ],
)
def test_it_is_told(study: Path, edit: Callable[[ET.Element], None], told: str) -> None:
    roads = ET.parse(study / "roads.osm")
    edit(roads.getroot())
    roads.write(study / "roads.osm", encoding="unicode")
    result = CliRunner().invoke(main, ["check", str(study / "project.toml")], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    assert re.search(told, result.stdout), result.stdout


def test_exits_with_letters_alone_are_nothing_odd(study: Path) -> None:
    roads = ET.parse(study / "roads.osm")
    letters(roads.getroot())
    roads.write(study / "roads.osm", encoding="unicode")
    result = CliRunner().invoke(main, ["check", str(study / "project.toml")], catch_exceptions=False)
    assert result.exit_code == 0
    assert "I-55:" not in result.stdout
