"""The usual stack, osmnx and networkx, from the same file to the same figures: what the engine is compared with.

``python -m benchmarks.reference FILE PEOPLE PROVIDERS`` prints one line of JSON with the seconds of each step.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import numpy as np
import osmium
import osmnx as ox

from geo.osm_tags import ROAD_CLASSES
from geo.speeds import CLASS_SPEEDS_KMH

CUTOFF_S = 3600.0


def main(file: str, people: str, providers: str) -> None:
    """Run the reference and print its seconds."""
    seconds: dict[str, float] = {}
    began = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal began
        now = time.perf_counter()
        seconds[name], began = now - began, now

    with TemporaryDirectory() as folder:
        # osmnx reads XML only, and makes edges of buildings too: both are mended for it here.
        text = Path(folder) / "roads.osm"
        drivable = osmium.filter.TagFilter(*(("highway", name) for name in ROAD_CLASSES))
        with osmium.BackReferenceWriter(str(text), file) as writer:
            for way in osmium.FileProcessor(file, osmium.osm.WAY).with_filter(drivable):
                writer.add(way)
        lap("filter")
        graph = ox.graph_from_xml(text, retain_all=False, simplify=True)
    lap("read")
    graph = ox.add_edge_travel_times(ox.add_edge_speeds(graph, hwy_speeds=dict(CLASS_SPEEDS_KMH)))
    graph = ox.project_graph(ox.truncate.largest_component(graph, strongly=True))
    lap("graph")
    nodes = ox.graph_to_gdfs(graph, edges=False)
    rng = np.random.default_rng(1)
    x = rng.uniform(nodes.x.min(), nodes.x.max(), int(people))
    y = rng.uniform(nodes.y.min(), nodes.y.max(), int(people))
    at = rng.choice(nodes.index, int(providers), replace=False).tolist()
    demand = ox.nearest_nodes(graph, x, y)
    lap("snap")
    towards = graph.reverse(copy=False)
    nearest = nx.multi_source_dijkstra_path_length(towards, at, weight="travel_time")
    lap("nearest")
    wanted = np.unique(demand)
    pairs = 0
    for provider in at:
        reached = nx.single_source_dijkstra_path_length(towards, provider, cutoff=CUTOFF_S, weight="travel_time")
        pairs += sum(node in reached for node in wanted.tolist())
    lap("pairs")
    minutes = np.array([nearest.get(node, np.inf) for node in demand]) / 60
    counts = {"junctions": len(graph), "pairs": pairs, "median_min": float(np.median(minutes))}
    print(json.dumps({"seconds": seconds, "counts": counts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
