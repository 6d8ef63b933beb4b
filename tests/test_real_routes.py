"""Measured highways on real data: official mileage, exit numbers, listed rest areas, and the sections and gaps on them."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geo.inputs import load_inputs
from geo.network import build_network
from geo.osm import read_osm
from geo.project import Sections
from geo.project_file import load_project
from geo.roads import highway_ways
from geo.route_access import access_points
from geo.route_line import metres_along
from geo.route_miles import exit_number
from geo.routes import measure_routes
from layers.corridor import corridor_bands, measure_highways
from layers.exits import attach_exits, exit_minutes, place_by_exit, time_corridor
from layers.gaps import gap_table
from layers.sections import make_sections, section_minutes
from layers.study import make_study
from tests.layers.highway_case import sweep_to

DATA = Path(__file__).parents[1].parent / "shared" / "data"
REAL = DATA / "real"
MILE_M = 1609.344
STATE_TM = CRS.from_epsg(3814)
REFS = ("I 55", "I 20", "I 59", "I 22", "I 10", "US 49")

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no real data at {DATA}"),
    pytest.mark.usefixtures("known_roads"),
]


def load(path, refs, crs, extent, unit):
    osm = read_osm([path])
    ways = highway_ways(osm.roads, refs).to_crs(crs)
    access = access_points(osm.roads, osm.junctions, refs).to_crs(crs)
    return osm, ways, measure_routes(ways, access, extent=extent, unit=unit)


@pytest.fixture(scope="module")
def state():
    counties = gpd.read_file(REAL / "counties_2016cb.gpkg", layer="counties")
    return counties[counties["STATEFP"].eq("28")].to_crs(STATE_TM).union_all()


@pytest.fixture(scope="module")
def mississippi(state):
    return load(REAL / "ms_60km_converted_all.osm.pbf", REFS, STATE_TM, state, "mi")


@pytest.fixture(scope="module")
def routes(mississippi):
    return mississippi[2]


@pytest.fixture(scope="module")
def five_states(mississippi):
    """Return the highways measured in the counties of all states in the file, 60 km around Mississippi."""
    osm, ways, _ = mississippi
    counties = gpd.read_file(REAL / "counties_2016cb.gpkg", layer="counties").to_crs(STATE_TM)
    access = access_points(osm.roads, osm.junctions, REFS).to_crs(STATE_TM)
    return measure_routes(ways, access, extent=counties.union_all(), unit="mi")


@pytest.fixture(scope="module")
def exits_on_roads(mississippi):
    osm, _, routes = mississippi
    return attach_exits(routes, build_network(osm.roads, crs=STATE_TM))


def off_by(routes, ref):
    return routes.exits[routes.exits["route_id"].eq(ref)]["off_by"].abs()


@pytest.mark.parametrize(("ref", "miles"), [("I 55", 290.4), ("I 20", 154.6), ("I 59", 171.7), ("I 10", 77.2)])
def test_official_mileage(routes, ref, miles):
    route = routes.get(ref)
    assert route.length_m / MILE_M == pytest.approx(miles, rel=0.01)
    assert route.mileposts[-1] - route.mileposts[0] == pytest.approx(miles, rel=0.01)
    assert not route.gaps
    assert len(route.inside) == 1


def test_mileposts_rise_from_the_state_line(routes):
    for route in routes.routes:
        assert (np.diff(route.mileposts) > 0).all()
    for ref in ("I 55", "I 20", "I 59", "I 10"):
        assert routes.get(ref).mileposts[0] == 0
    # I-22 begins in the middle of the numbers of US 78, which it took over.
    assert routes.get("I 22").mileposts[0] == pytest.approx(11.5, abs=0.5)


@pytest.mark.parametrize(
    ("ref", "ends"),
    [
        ("I 55", [(25.6, 65.4), (0, 291.5), (0, 12.3), (0, 35.3)]),  # Louisiana, Mississippi, Tennessee, Arkansas
        ("I 20", [(131.4, 189.3), (0, 154.0), (0, 61.6)]),  # Louisiana, Mississippi, Alabama
        ("I 59", [(0, 11.6), (0, 171.7), (0, 61.6)]),
        ("I 10", [(226.5, 273.9), (0, 77.1), (0, 43.8)]),
        ("I 22", [(11.3, 117.9), (0, 42.6)]),  # Mississippi, Alabama
    ],
)
def test_each_state_has_its_own_mileposts(five_states, routes, state, ref, ends):
    parts = [route for route in five_states.routes if route.ref == ref]
    assert [tuple(route.mileposts[[0, -1]]) for route in parts] == [pytest.approx(pair, abs=0.3) for pair in ends]
    inside = [shapely.length(shapely.intersection(route.line, state)) / MILE_M for route in parts]
    home = parts[int(np.argmax(inside))]
    # The cuts lie on the state lines, which nothing here knows, within a mile, and measured as in the state alone.
    assert inside[parts.index(home)] == pytest.approx(home.line.length / MILE_M, abs=1.0)
    assert sum(inside) - max(inside) < 1.0
    assert home.mileposts[-1] == pytest.approx(routes.get(ref).mileposts[-1], abs=1.0)
    off = five_states.exits[five_states.exits["route_id"].isin([part.route_id for part in parts])]["off_by"].abs()
    assert off.median() < 0.3
    assert any(
        "start over" in note.reason and note.count == len(ends)
        for note in five_states.notes
        if note.source == ref.replace(" ", "-")
    )


def test_the_order_of_rows_changes_nothing(routes, mississippi, state):
    osm, ways, _ = mississippi
    access = access_points(osm.roads, osm.junctions, REFS).to_crs(STATE_TM)
    order = np.concatenate([np.flatnonzero(ways["ref"].eq(ref))[::-1] for ref in REFS])
    turned = measure_routes(ways.iloc[order], access.iloc[::-1], extent=state, unit="mi")
    assert turned.notes == routes.notes
    for one, other in zip(turned.routes, routes.routes, strict=True):
        assert one.line.equals(other.line)
        assert (one.mileposts == other.mileposts).all()
    assert turned.exits.drop(columns="geometry").equals(routes.exits.drop(columns="geometry"))


def test_directions(routes):
    assert {route.route_id: route.directions[0] for route in routes.routes} == {
        "I 55": "NB",
        "I 20": "EB",
        "I 59": "NB",
        "I 22": "EB",
        "I 10": "EB",
        "US 49": "NB",
        "US 49 (part 2)": "NB",
    }


def test_exits_stand_in_order_of_their_numbers(routes):
    for ref in ("I 55", "I 59", "I 22", "I 10"):
        own = routes.exits[routes.exits["route_id"].eq(ref) & (routes.exits["off_by"].abs() < 2)]
        numbers = own["number"].str.extract(r"(\d+)")[0].astype(int).to_numpy()
        assert (np.diff(numbers) >= 0).all(), ref
        assert own["milepost"].is_monotonic_increasing


def uncalibrated(routes, ref):
    """Return how far the exit numbers are from the plain measure."""
    route, exits = routes.get(ref), routes.exits[routes.exits["route_id"].eq(ref)]
    along, true = metres_along(route.line, STATE_TM)
    measured = np.interp(shapely.line_locate_point(route.line, exits.geometry.to_numpy()), along, true) / MILE_M
    return (exits["number"].map(exit_number) - measured).abs()


@pytest.mark.parametrize(
    ("ref", "median", "far", "plain_median", "plain_far"),
    [
        ("I 55", 0.23, 5, 1.26, 25),
        ("I 20", 0.27, 10, 0.38, 10),
        ("I 59", 0.20, 1, 0.56, 2),
        ("I 22", 0.17, 0, 11.85, 28),
        ("I 10", 0.22, 0, 0.40, 0),
    ],
)
def test_exit_numbers_agree_with_mileposts(routes, ref, median, far, plain_median, plain_far):
    assert routes.get(ref).calibration.kind == "mileposts"
    calibrated, plain = off_by(routes, ref), uncalibrated(routes, ref)
    assert calibrated.median() < 0.7
    assert (calibrated.median(), plain.median()) == pytest.approx((median, plain_median), abs=0.02)
    assert ((calibrated > 2).sum(), (plain > 2).sum()) == (far, plain_far)


@pytest.mark.parametrize(("ref", "median"), [("I 55", 0.23), ("I 20", 0.27), ("I 59", 0.20), ("I 22", 0.17)])
def test_a_study_in_kilometers_knows_that_the_exit_numbers_are_miles(mississippi, routes, state, ref, median):
    osm, ways, _ = mississippi
    access = access_points(osm.roads, osm.junctions, REFS).to_crs(STATE_TM)
    found = measure_routes(ways[ways["ref"].eq(ref)], access, extent=state, unit="km")
    in_km, in_mi = found.get(ref), routes.get(ref)
    assert in_km.calibration.kind == "mileposts"
    assert in_km.mileposts == pytest.approx(in_mi.mileposts * MILE_M / 1000, abs=0.01)
    assert found.exits["off_by"].abs().median() == pytest.approx(median * MILE_M / 1000, abs=0.03)
    assert any("in miles" in note.reason for note in found.notes)


def test_exits_far_from_their_numbers_carry_those_of_another_highway(routes):
    far = routes.exits[routes.exits["off_by"].abs() > 2].groupby("route_id")["number"].agg(list).to_dict()
    assert far == {
        "I 55": ["44", "45", "45A", "45B", "46"],  # with I-20 in Jackson
        "I 20": ["150", "151", "152", "153", "154", "156", "157", "160", "165", "169"],  # with I-59 from Meridian on
        "I 59": ["130"],  # with I-20 in Meridian
    }
    said = {note.source: note.count for note in routes.notes if "more than 2 mi" in note.reason}
    assert said == {ref.replace(" ", "-"): len(numbers) for ref, numbers in far.items()}


def rest_areas(routes):
    """Return the listed rest areas with, for each highway in their name, how far the posted mile is from the measure.

    A place where two highways run together is posted with the miles of one of them: I-20/I-59 WB 163 with those of I-59.
    It lies at a milepost of both, and both are compared.
    """
    places = gpd.read_file(REAL / "rest_areas_ntad_truck_parking.geojson")
    places = places[places["in_ms"].astype(bool) & places["Mile_Post"].notna()].to_crs(STATE_TM)
    table = {}
    for name, posted, point in zip(places["Highway_Ro"], places["Mile_Post"], places.geometry, strict=True):
        refs = [ref for ref in REFS[:5] if ref.replace(" ", "-") in name]
        if refs:
            found = {ref: float(routes.get(ref).milepost_of(np.array([point]))[0]) for ref in refs}
            table[name, int(posted)] = {ref: milepost - float(posted) for ref, milepost in found.items()}
    return table


def test_rest_areas_lie_where_their_list_says(routes):
    table = rest_areas(routes)
    agree = {key: min(abs(off) for off in by_ref.values()) <= 1.5 for key, by_ref in table.items()}
    assert (len(table), sum(agree.values())) == (22, 21)
    on_55_and_20 = [fits for key, fits in agree.items() if {"I 55", "I 20"} & table[key].keys()]
    assert (len(on_55_and_20), sum(on_55_and_20)) == (13, 12)  # nine of ten and more
    assert [key for key, fits in agree.items() if not fits] == [("I-20 WB", 79)]
    # Held against I-55 and I-20 alone, 11 of the 13: the list posts I-20/I-59 WB 163 with the miles of I-59.
    strict = [abs(off) <= 1.5 for by_ref in table.values() for ref, off in by_ref.items() if ref in {"I 55", "I 20"}]
    assert (len(strict), sum(strict)) == (13, 11)


def test_a_rest_area_where_highways_run_together_has_a_milepost_on_both(routes):
    by_ref = rest_areas(routes)["I-20/I-59 WB", 163]
    assert abs(by_ref["I 59"]) < 0.5
    # The exits beside it carry the numbers of I-59 too: 165 is at mile 147 of I-20.
    exits = routes.exits.set_index("exit_id")
    apart = exits.loc["I 20 exit 165", "off_by"]
    assert by_ref["I 20"] == pytest.approx(-apart, abs=0.6)


def test_the_one_rest_area_that_does_not_fit_contradicts_its_own_list(routes):
    # The list puts I-20 WB 79 at a point between exits 68 and 77, both of which are where their numbers say.
    milepost = 79 + rest_areas(routes)["I-20 WB", 79]["I 20"]
    exits = routes.exits[routes.exits["route_id"].eq("I 20")].set_index("number")
    before, behind = exits.loc["68"], exits.loc["77"]
    assert before["milepost"] < milepost < behind["milepost"]
    assert abs(before["off_by"]) < 0.6
    assert abs(behind["off_by"]) < 0.6


def test_interstates_run_together_in_jackson(routes, mississippi):
    ways = mississippi[1]
    own = {ref: set(part["way_id"]) for ref, part in ways.groupby("ref")}
    both = ways[ways["way_id"].isin(own["I 55"] & own["I 20"])]
    assert both["length_m"].sum() / 2 / MILE_M == pytest.approx(3.0, abs=1.5)
    points = both.geometry.interpolate(0.5, normalized=True).to_numpy()
    for ref, low, high in (("I 55", 90, 97), ("I 20", 42, 47)):
        route = routes.get(ref)
        assert shapely.distance(route.line, points).max() < 5
        mileposts = route.milepost_of(points)
        assert mileposts.min() > low
        assert mileposts.max() < high
    jackson = set(routes.exits[routes.exits["number"].isin(["45A", "45B"])]["route_id"])
    assert jackson == {"I 55", "I 20", "US 49"}  # which runs along with both


def test_us_49_is_in_two_parts_with_crossings_for_exits(routes):
    parts = [route for route in routes.routes if route.ref == "US 49"]
    assert len(parts) == 2
    assert parts[1].mileposts[0] > parts[0].mileposts[-1]
    crossings = routes.exits[routes.exits["route_id"].eq("US 49")]
    assert {"US 82", "MS 149", "US 98"} & set(" / ".join(crossings["crossing"]).split(" / "))
    assert len(crossings) > 30


def test_minutes_gaps_and_sections(routes, exits_on_roads, mississippi, state):
    hospitals = gpd.read_file(REAL / "hospitals_hifld.geojson").to_crs(STATE_TM)
    hospitals = hospitals[hospitals["STATUS"].eq("OPEN")].assign(categories="medical")
    minutes = exit_minutes(exits_on_roads, sweep_to(exits_on_roads, hospitals, 15_000), categories=("medical",))
    assert len(minutes) == 2 * len(routes.exits)  # one line for both directions in this file
    assert minutes["minutes_medical"].between(0, 60).all()
    # By hand: the hospital nearest to exit 1 of I-55 is across the state line in Kentwood, five miles south.
    first = minutes[minutes["exit_id"].eq("I 55 exit 1")]["minutes_medical"]
    assert first.between(4, 8).all()

    none = gpd.GeoDataFrame({"route_id": [], "milepost": [], "only_side": []})
    gaps = gap_table(routes, minutes, none, categories=("medical",), bands_min=(15, 30))
    assert gaps["length"].is_monotonic_decreasing
    assert (gaps["minutes_worst"] > gaps["band_min"]).all()
    assert set(gaps["direction"]) <= {"NB", "SB", "EB", "WB"}

    highways = measure_highways(mississippi[1], state)
    land = corridor_bands(highways, half_width_m=8000).union_all().intersection(state)
    sections, _ = make_sections(routes, land, by="length", length_m=20 * MILE_M)
    assert sections["name"].is_unique
    assert sections["area_id"].is_unique
    assert "I-55, exits 61 to 78" in set(sections["name"])
    assert sections.area.sum() == pytest.approx(land.area, rel=1e-6)
    figures = section_minutes(sections, minutes, categories=("medical",))
    assert (figures["exit_worst_medical"] >= figures["exit_median_medical"]).all()
    assert figures.loc["I 55 60.0-80.0", "n_exits"] == 5  # 61, 65, 68, 72, 78


def test_hospitals_have_their_exit_and_the_corridor_follows_the_roads(exits_on_roads, state):
    hospitals = gpd.read_file(REAL / "hospitals_hifld.geojson").to_crs(STATE_TM)
    placed = place_by_exit(exits_on_roads, hospitals, max_off_road_m=15_000)
    near = placed[placed["exit_min"] <= 15]
    assert len(near) > 50
    assert near["exit_m"].notna().all()
    # No faster than the fastest class, and no way to a place is shorter than by air.
    assert (near["exit_m"] / 1000 <= near["exit_min"] / 60 * 125 + 1e-6).mean() > 0.99
    ends = exits_on_roads.routes.exits.set_index("exit_id").geometry.loc[near["exit_id"]]
    straight = shapely.distance(hospitals.geometry.loc[near.index].to_numpy(), ends.to_numpy())
    assert (near["exit_m"].to_numpy() >= straight * 0.99 - 20).all()
    ten, twenty = (
        time_corridor(exits_on_roads, within_min=limit, extent=state, max_off_road_m=15_000).union_all()
        for limit in (10, 20)
    )
    assert 0 < ten.area < twenty.area
    assert twenty.buffer(10).covers(ten)


@pytest.mark.parametrize(
    ("name", "ref", "code", "km", "direction", "right"),
    [("andorra", "CG-2", 32631, 28.1, "EB", True), ("malta", "1", 32633, 56.4, "EB", False)],
)
def test_local_roads_work_in_kilometres(name, ref, code, km, direction, right):
    crs = CRS.from_epsg(code)
    everywhere = shapely.box(-1e7, -1e7, 1e7, 1e7)
    routes = load(DATA / "osm" / f"{name}.osm.pbf", [ref], crs, everywhere, "km")[2]
    assert len(routes.routes) == 1
    route = routes.routes[0]
    assert route.unit == "km"
    assert route.mileposts[-1] == pytest.approx(km, rel=0.02)
    assert (np.diff(route.mileposts) > 0).all()
    assert route.directions[0] == direction
    assert route.drives_on_right == right
    assert len(routes.exits) >= 5
    assert routes.exits["milepost"].is_monotonic_increasing


def test_route_1_of_malta_has_the_ways_of_its_relation_and_crossings_have_names():
    # 187 ways carry the number themselves, 143 more are listed by the relation of the route alone.
    crs = CRS.from_epsg(32633)
    _, ways, routes = load(DATA / "osm" / "malta.osm.pbf", ["1"], crs, shapely.box(-1e7, -1e7, 1e7, 1e7), "km")
    assert len(ways) == 330
    labels = routes.exits["label"].tolist()
    assert "Dawret il-Gudja (9)" in labels
    assert not [label for label in labels if label.isdigit()]
    assert sum(label.startswith("milepost") for label in labels) <= 1


def test_the_channel_to_gozo_is_a_gap_that_is_said():
    crs = CRS.from_epsg(32633)
    routes = load(DATA / "osm" / "malta.osm.pbf", ["1"], crs, shapely.box(-1e7, -1e7, 1e7, 1e7), "km")[2]
    assert max(gap.length_m for gap in routes.routes[0].gaps) == pytest.approx(5600, abs=200)
    assert any("bridged" in note.reason for note in routes.notes)


def test_sections_are_ranked_like_areas_and_keep_both_kinds_of_minutes():
    def silent(_):
        """Say nothing."""

    project = load_project(Path(__file__).parent / "real" / "mississippi.toml")
    corridor = project.corridor.model_copy(update={"within_min": 10})
    project = project.model_copy(update={"corridor": corridor})
    project = project.model_copy(update={"sections": Sections()})
    study = make_study(project, load_inputs(project, progress=silent), progress=silent)
    sections = study.sections
    assert sections["rank"].iloc[0] == 1
    assert 20 <= len(sections) <= 25
    # Residents' minutes and those from the exits stand side by side; people outside the corridor do not count.
    assert {"median_medical", "exit_median_medical", "exit_worst_medical"} <= set(sections.columns)
    assert 0 < sections["population"].sum() < study.areas["population"].sum()
    assert [strip.label for strip in study.along.strips] == ["I-55", "I-20"]
    assert study.along.gaps["length"].is_monotonic_decreasing
    beside = study.venues[study.venues["in_corridor"]]
    assert len(beside) > 30
    assert beside[["milepost", "exit_m"]].notna().to_numpy().all()
    assert beside[["exit_label", "side", "area_id"]].ne("").to_numpy().all()
    beyond = study.venues[study.venues["in_corridor"] & (study.venues["distance_m"] > 8000)]
    assert (beyond["exit_min"] <= 10).all()
