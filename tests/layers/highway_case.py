"""A motorway with four exits, both carriageways apart, and side roads: small enough to work out by hand.

The motorway runs 60 km to the north at 120 km/h: 2 km a minute. At kilometres 10, 20, 40 and 50 an exit leads to a side
road that crosses on a bridge, at 60 km/h: 1 km a minute. The ramps are short.
"""

from pathlib import Path

import geopandas as gpd
import shapely
from pyproj import CRS

from geo.network import build_network
from geo.osm import read_osm
from geo.roads import highway_ways
from geo.route_access import access_points
from geo.routes import measure_routes
from layers.travel import attach

TM = CRS.from_epsg(3814)
X0, Y0 = 500_000.0, 1_300_000.0
EXTENT = shapely.box(X0 - 50_000, Y0, X0 + 50_000, Y0 + 60_000)
EXIT_KM = (10, 20, 40, 50)
SIDE_KM = 30


def at(x_km, y_km):
    """Return a point of the case, in kilometres east and north of the motorway's south end."""
    return shapely.Point(X0 + x_km * 1000, Y0 + y_km * 1000)


def table(places, **columns):
    """Return points with columns."""
    return gpd.GeoDataFrame(columns, geometry=[at(x, y) for x, y in places], crs=TM)


def sweep_to(exits, providers, max_off_road_m=5_000):
    """Return what gives the sweep to the nearest of some providers by category."""
    return attach(providers, providers, exits.network, max_off_road_m=max_off_road_m).sweep


def build(folder: Path, *, exits=EXIT_KM, unit="km"):
    """Return the measured highway and the road network."""
    nodes: dict[str, tuple[float, float, str]] = {}
    ways: list[tuple[list[str], dict[str, str]]] = []
    motorway = {"highway": "motorway", "ref": "I 5", "maxspeed": "120", "oneway": "yes"}
    ramp = {"highway": "motorway_link", "maxspeed": "60", "oneway": "yes"}
    nodes |= {"up0": (0.02, 0, ""), "up60": (0.02, 60, ""), "down0": (-0.02, 0, ""), "down60": (-0.02, 60, "")}
    up, down = ["up0"], ["down60"]
    for km in exits:
        nodes[f"out{km}"], nodes[f"in{km}"] = (0.02, km, str(km)), (0.02, km + 0.2, "")
        nodes[f"down_out{km}"], nodes[f"down_in{km}"] = (-0.02, km + 0.2, str(km)), (-0.02, km, "")
        nodes[f"east{km}"], nodes[f"west{km}"] = (0.15, km + 0.1, ""), (-0.15, km + 0.1, "")
        nodes[f"far_east{km}"], nodes[f"far_west{km}"] = (SIDE_KM, km + 0.1, ""), (-SIDE_KM, km + 0.1, "")
        up += [f"out{km}", f"in{km}"]
        ways += [([f"out{km}", f"east{km}"], ramp), ([f"east{km}", f"in{km}"], ramp)]
        ways += [([f"down_out{km}", f"west{km}"], ramp), ([f"west{km}", f"down_in{km}"], ramp)]
        side = {"highway": "secondary", "ref": f"MS {km}", "maxspeed": "60"}
        ways.append(([f"far_west{km}", f"west{km}", f"east{km}", f"far_east{km}"], side))
    for km in reversed(exits):
        down += [f"down_out{km}", f"down_in{km}"]
    ways += [([*up, "up60"], motorway), ([*down, "down0"], motorway)]
    # A slow road at both ends lets one turn round.
    for end in ("0", "60"):
        ways += [([f"up{end}", f"down{end}"], {"highway": "unclassified", "maxspeed": "30"})]
    path = folder / "case.osm"
    path.write_text(_xml(nodes, ways), encoding="utf-8")
    osm = read_osm([path])
    own = highway_ways(osm.roads, ["I 5"]).to_crs(TM)
    access = access_points(osm.roads, osm.junctions, ["I 5"]).to_crs(TM)
    return measure_routes(own, access, extent=EXTENT, unit=unit), build_network(osm.roads, crs=TM)


def _xml(nodes, ways):
    number = {name: place for place, name in enumerate(nodes, start=1)}
    points = gpd.GeoSeries([at(x, y) for x, y, _ in nodes.values()], crs=TM).to_crs(4326)
    lines = ['<osm version="0.6">']
    for (name, (_, _, exit_number)), point in zip(nodes.items(), points, strict=True):
        tags = f'<tag k="highway" v="motorway_junction"/><tag k="ref" v="{exit_number}"/>' if exit_number else ""
        lines.append(f'<node id="{number[name]}" version="1" lon="{point.x}" lat="{point.y}">{tags}</node>')
    for place, (members, tags) in enumerate(ways, start=1):
        inner = "".join(f'<nd ref="{number[name]}"/>' for name in members)
        text = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{place}" version="1">{inner}{text}</way>')
    return "\n".join([*lines, "</osm>"])
