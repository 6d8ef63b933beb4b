"""The stages that are measured, each in a process of its own: ``python -m benchmarks.stages STAGE FILE …``.

Prints one line of JSON with the seconds of each step. What a stage needs from the ones before it is loaded from a file,
so that the process's peak memory is that of the stage.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import osmium
import pandas as pd
from pyproj import CRS

from geo.memory import give_back
from geo.network import RoadNetwork, build_network
from geo.osm import read_osm
from geo.osm_places import read_places
from geo.osm_ways import join_roads, read_ways, write_ways
from geo.road_entry import RoadEntry, read_entry, write_entry
from geo.snap import Positions, snap_xy
from geo.sweeps import minutes_to_nearest, pairs_within
from layers.catchment import enhanced_two_step
from layers.sharing import decay_of

METRIC = CRS.from_epsg(3814)
CUTOFF_MIN = 60.0
SEED = 1


class Laps:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, float] = {}

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        begin = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begin


def pipeline(laps: Laps, file: Path, people: int, providers: int) -> None:
    """Run everything from the file to shared capacity, as the tool does without its cache."""
    with laps.lap("read"):
        osm = read_osm([file])
    with laps.lap("graph"):
        network = build_network(osm.roads, crs=METRIC)
    del osm
    give_back()
    x, y, at = _spots(network, people, providers)
    with laps.lap("snap"):
        origins = snap_xy(network, x, y)
        destinations = snap_xy(network, network.node_x[at], network.node_y[at])
    with laps.lap("nearest"):
        minutes, _ = minutes_to_nearest(network, origins, destinations)
    with laps.lap("pairs"):
        origin, destination, apart = pairs_within(network, origins, destinations, cutoff_min=CUTOFF_MIN)
    with laps.lap("e2sfca"):
        trips = pd.DataFrame({"origin": origin, "destination": destination, "minutes": apart})
        decay = decay_of("step", measure="e2sfca", catchment_min=CUTOFF_MIN)
        enhanced_two_step(pd.Series(np.ones(people)), pd.Series(np.ones(providers)), trips, decay=decay)
    laps.counts |= {
        "junctions": network.n_nodes,
        "edges": network.n_edges,
        "pairs": len(origin),
        "connected": float(origins.connected.mean()),
        "median_min": float(np.median(minutes)),
    }


def _spots(network: RoadNetwork, people: int, providers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return people anywhere in the box of the network, and providers at junctions."""
    rng = np.random.default_rng(SEED)
    x = rng.uniform(network.node_x.min(), network.node_x.max(), people)
    y = rng.uniform(network.node_y.min(), network.node_y.max(), people)
    return x, y, rng.choice(network.n_nodes, providers, replace=False)


def prepare(laps: Laps, file: Path, entry: Path) -> None:
    """Write the file from which the later stages start."""
    with laps.lap("read"):
        osm = read_osm([file])
    write_entry(RoadEntry((file.name,), osm, build_network(osm.roads, crs=METRIC), 0), entry)


def read(laps: Laps, file: Path) -> None:
    """Read roads and places."""
    with laps.lap("read"):
        osm = read_osm([file])
    laps.counts |= {"ways": len(osm.roads), "nodes": len(osm.roads.node_id), "places": len(osm.places)}


def graph(laps: Laps, entry: Path) -> None:
    """Build the network."""
    roads = read_entry(entry, RoadEntry, crs=METRIC).osm.roads
    with laps.lap("graph"):
        build_network(roads, crs=METRIC)


def one(laps: Laps, entry: Path, people: int, providers: int, step: str) -> None:
    """Run the stages behind the graph up to one of them."""
    network = read_entry(entry, RoadEntry, crs=METRIC).network
    x, y, at = _spots(network, people, providers)

    def snapped() -> tuple[Positions, Positions]:
        return snap_xy(network, x, y), snap_xy(network, network.node_x[at], network.node_y[at])

    if step == "snap":
        with laps.lap(step):
            snapped()
        return
    origins, destinations = snapped()
    with laps.lap(step):
        if step == "nearest":
            minutes_to_nearest(network, origins, destinations)
        else:
            pairs_within(network, origins, destinations, cutoff_min=CUTOFF_MIN)


def floor(laps: Laps, file: Path) -> None:
    """Take reading and graph apart."""
    with laps.lap("decode the file (libosmium), nothing else"):
        osmium.apply(str(file), osmium.filter.EntityFilter(osmium.osm.NOTHING))
    with TemporaryDirectory() as folder:
        text = Path(folder) / "ways.opl"
        with laps.lap("look up the nodes of all roads, write them as text (libosmium)"):
            write_ways(file, text)
        with laps.lap("places and exits (libosmium and Python; runs beside the step above)"):
            read_places(file, None)
        with laps.lap("parse the text, work out the rules of tags (pyarrow, Python per road)"):
            ways, *_ = read_ways(text, None)
    with laps.lap("number the nodes (pandas factorize)"):
        roads, _ = join_roads([ways], np.zeros(0, dtype=np.int64))
    with laps.lap("network: cut, measure, project, components, contraction, samples (numpy, PROJ, scipy)"):
        network = build_network(roads, crs=METRIC)
    with laps.lap("search tree of the samples (scipy)"):
        network.joinable_tree  # noqa: B018 - worked out when first asked for


STAGES: dict[str, Callable[..., None]] = {
    "pipeline": pipeline,
    "prepare": prepare,
    "read": read,
    "graph": graph,
    "one": one,
    "floor": floor,
}


def main(stage: str, *arguments: str) -> None:
    """Run a stage; arguments that are whole numbers are numbers, others that exist or end like a file are paths."""
    laps = Laps()
    plain = [int(text) if text.isdigit() else Path(text) if "/" in text else text for text in arguments]
    STAGES[stage](laps, *plain)
    print(json.dumps({"seconds": laps.seconds, "counts": laps.counts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
