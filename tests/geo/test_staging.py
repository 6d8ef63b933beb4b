"""Outputs appear whole or not at all."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from shapely.geometry import Point

from geo.errors import OutputError
from geo.layers_out import write_layers
from geo.staging import staged
from geo.swap import change_places


def test_files_appear_together_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    with staged(folder) as stage:
        (stage / "a.txt").write_text("1")
        assert not (folder / "a.txt").exists()
    (folder / "mine.txt").write_text("keep")
    with staged(folder) as stage:
        (stage / "a.txt").write_text("2")
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"a.txt": "2", "mine.txt": "keep"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_earlier_files_and_no_debris(tmp_path: Path, error: type[BaseException]) -> None:
    with staged(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("1")
    with pytest.raises(error), staged(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("2")
        raise error
    assert [(p.name, p.read_text()) for p in (tmp_path / "out").iterdir()] == [("a.txt", "1")]


def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left on device"), staged(tmp_path / "out"):
        raise OSError(28, "No space left on device")


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="Choose another folder"), staged(tmp_path / "out"):
        pytest.fail("nothing can be written here")


def test_a_geopackage_has_the_same_bytes_twice_and_no_infinity(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"m": [1.0, np.inf]}, geometry=[Point(0, 0), Point(1, 1)], crs="EPSG:4326")
    write_layers({"a": table}, tmp_path / "2.gpkg")  # what a run has left that was ended there
    for name in ("1.gpkg", "2.gpkg"):
        write_layers({"a": table, "b": table.iloc[:0]}, tmp_path / name)
    assert (tmp_path / "1.gpkg").read_bytes() == (tmp_path / "2.gpkg").read_bytes()
    assert [name for name, _ in pyogrio.list_layers(tmp_path / "1.gpkg")] == ["a", "b"]
    assert gpd.read_file(tmp_path / "1.gpkg", layer="a")["m"].isna().tolist() == [False, True]


def loaded_again(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a module of `geo` as another system loads it."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_as_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There folders cannot be locked or exchanged, and the file that keeps others out goes with its last handle."""
    temporary, open_, close, lasting = 1 << 30, os.open, os.close, {}

    def opened(path: Path, flags: int, mode: int = 0o777, **options: object) -> int:
        handle = open_(path, flags & ~temporary, mode, **options)
        if flags & temporary:
            lasting[handle] = path
        return handle

    def closed(handle: int) -> None:
        close(handle)
        if handle in lasting:
            lasting.pop(handle).unlink()

    flushed = []
    monkeypatch.setattr(os, "O_TEMPORARY", temporary, raising=False)
    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "close", closed)
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(os.write(handle, b"")))  # fails without the right to
    monkeypatch.setattr(sys, "platform", "win32")
    for name in ("geo.workspace", "geo.swap"):
        loaded_again(name, monkeypatch)
    windows = loaded_again("geo.staging", monkeypatch)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("keep")
    for text in "12":
        with windows.staged(folder) as stage:
            (stage / "a.txt").write_text(text)
            with pytest.raises(OutputError, match="another run is writing"), windows.staged(folder):
                pytest.fail("two at once")
        assert {p.name: p.read_text() for p in folder.iterdir()} == {"a.txt": text, "mine.txt": "keep"}
    assert len(flushed) >= 2
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_as_on_macos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not change_places(tmp_path, tmp_path):
        pytest.skip("this system cannot exchange folders, so it cannot stand in for one that can")
    import ctypes

    calls, real = [], ctypes.CDLL(None, use_errno=True)

    def renamex_np(one: bytes, other: bytes, flags: int) -> int:
        calls.append(flags)
        return int(real.renameat2(-100, one, -100, other, 2))

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(renamex_np=renamex_np))
    with staged(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("1")
    (tmp_path / "out" / "mine.txt").write_text("keep")
    with staged(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("2")
    assert calls == [2, 2]
    assert {p.name: p.read_text() for p in (tmp_path / "out").iterdir()} == {"a.txt": "2", "mine.txt": "keep"}
