"""Files are known again by what they hold, and one that somebody writes to is noticed."""

import hashlib

import geopandas as gpd
import shapely

import geo.fingerprints
from geo.fingerprints import fingerprints, sha256_of


def test_the_digest_is_that_of_the_whole_file(tmp_path, monkeypatch):
    monkeypatch.setattr(geo.fingerprints, "_BLOCK", 4)
    (tmp_path / "roads.pbf").write_bytes(b"0123456789")
    assert sha256_of(tmp_path / "roads.pbf") == hashlib.sha256(b"0123456789").hexdigest()


def test_the_digest_covers_all_parts_of_a_shapefile(tmp_path):
    frame = gpd.GeoDataFrame({"a": ["1"]}, geometry=[shapely.Point(1, 1)], crs=4326)
    frame.to_file(tmp_path / "a.shp")
    before = sha256_of(tmp_path / "a.shp")
    frame.assign(a="2").to_file(tmp_path / "a.shp")
    assert sha256_of(tmp_path / "a.shp") != before


def test_a_file_that_is_written_to_is_noticed(tmp_path):
    paths = [tmp_path / "a.pbf", tmp_path / "b.pbf"]
    for path in paths:
        path.write_bytes(path.name.encode())
    seen = fingerprints(paths)
    assert [file.path for file in seen] == paths
    assert seen[0].digest != seen[1].digest
    paths[1].write_bytes(b"longer than before")
    assert [file.unchanged() for file in seen] == [True, False]
