"""Dataclasses of tables, shapes and figures as named arrays of numbers, and back: no pickle, so that they do no harm.

What comes back is made by the declared types of the fields, not by what stands in the arrays.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from pyproj import CRS

from geo.crs import WGS84

Arrays = dict[str, npt.NDArray[Any]]
PLAIN = "plain"
"""Name of the first array: texts and single values, as JSON in the order of the fields."""

T = TypeVar("T")


def to_arrays(value: object) -> Arrays:
    """Return a dataclass as arrays, each called by the fields that lead to it: "network.samples.x".

    Parameters
    ----------
    value
        A dataclass. Its fields are declared as dataclasses, tuples, arrays of numbers or texts, shapes, tables of such
        columns (their rows numbered from 0, in degrees or in the metric CRS), that CRS, or what JSON knows.
    """
    arrays: Arrays = {}
    plain = _taken_apart(value, "", arrays)
    return {PLAIN: as_json(plain), **arrays}


def from_arrays(kind: type[T], arrays: Mapping[str, npt.NDArray[Any]], *, crs: CRS) -> T:
    """Return the dataclass that `to_arrays` took apart; its arrays are those given, not copies.

    Parameters
    ----------
    kind
        The dataclass.
    arrays
        From `to_arrays`.
    crs
        The metric CRS.
    """
    made: T = _put_together(kind, from_json(arrays[PLAIN]), "", arrays, crs)
    return made


def as_json(value: object) -> npt.NDArray[np.uint8]:
    """Return plain values as the bytes of their JSON."""
    return np.frombuffer(json.dumps(value, default=np.generic.item).encode(), dtype=np.uint8)


def from_json(array: npt.NDArray[Any]) -> Any:  # noqa: ANN401 - whatever stands there
    """Return the values that `as_json` wrote."""
    return json.loads(array.tobytes())


def _taken_apart(value: Any, name: str, arrays: Arrays) -> Any:  # noqa: ANN401 - any field
    """Return what is plain of a value, and put the rest into the arrays."""
    if is_dataclass(value):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        return {part: _taken_apart(own, _under(name, part), arrays) for part, own in parts.items()}
    if isinstance(value, tuple):
        return [_taken_apart(part, _under(name, str(n)), arrays) for n, part in enumerate(value)]
    if isinstance(value, gpd.GeoDataFrame):
        columns = {str(label): own.array if label == "geometry" else own.to_numpy() for label, own in value.items()}
        kept = {label: _taken_apart(own, _under(name, label), arrays) for label, own in columns.items()}
        return {"columns": kept, "types": [str(own) for own in value.dtypes], "degrees": value.crs == WGS84}
    if isinstance(value, shapely.Geometry | GeometryArray):
        return _put_shapes(np.atleast_1d(np.asarray(value, dtype=np.object_)), name, arrays)
    if isinstance(value, np.ndarray):
        return _put_array(value, name, arrays)
    return None if isinstance(value, CRS) else value


def _put_together(kind: Any, plain: Any, name: str, arrays: Mapping[str, npt.NDArray[Any]], crs: CRS) -> Any:  # noqa: ANN401
    """Return a value of a declared type."""
    if is_dataclass(kind):
        kinds = get_type_hints(kind)
        parts = {part: _put_together(kinds[part], own, _under(name, part), arrays, crs) for part, own in plain.items()}
        return kind(**parts)  # type: ignore[operator] # the class, not a value of it
    if get_origin(kind) is tuple:
        declared = get_args(kind)
        own = declared[:1] * len(plain) if declared[-1] is Ellipsis else declared
        return tuple(_put_together(own[n], part, _under(name, str(n)), arrays, crs) for n, part in enumerate(plain))
    if kind is gpd.GeoDataFrame:
        columns = {
            label: _shapes(_under(name, label), arrays)
            if kept_as == "geometry"
            else pd.Series(_array(texts, arrays[_under(name, label)]), dtype=kept_as)
            for (label, texts), kept_as in zip(plain["columns"].items(), plain["types"], strict=True)
        }
        return gpd.GeoDataFrame(columns, geometry="geometry", crs=WGS84 if plain["degrees"] else crs)
    if get_origin(kind) is np.ndarray:
        return _array(plain, arrays[name])
    if isinstance(kind, type) and issubclass(kind, shapely.Geometry):
        return _shapes(name, arrays)[0]
    return crs if kind is CRS else plain


def _under(name: str, part: str) -> str:
    return f"{name}.{part}" if name else part


def _put_array(array: npt.NDArray[Any], name: str, arrays: Arrays) -> list[str] | None:
    """Keep an array of numbers as it is, one of texts as the rows of the different texts, which are returned."""
    if array.dtype != np.object_:
        arrays[name] = array
        return None
    rows, texts = pd.factorize(array, use_na_sentinel=False)
    arrays[name] = rows.astype(np.int32)
    return list(texts)


def _array(texts: list[str] | None, kept: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return kept if texts is None else np.array(texts, dtype=np.object_)[kept]


def _put_shapes(shapes: npt.NDArray[np.object_], name: str, arrays: Arrays) -> None:
    outlines = shapely.to_wkb(shapes)
    arrays[_under(name, "size")] = np.array([len(outline) for outline in outlines], dtype=np.int64)
    arrays[_under(name, "wkb")] = np.frombuffer(b"".join(outlines), dtype=np.uint8)


def _shapes(name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.object_]:
    size, text = arrays[_under(name, "size")], arrays[_under(name, "wkb")].tobytes()
    begin = np.cumsum(size) - size
    parts = [text[at : at + long] for at, long in zip(begin.tolist(), size.tolist(), strict=True)]
    shapes: npt.NDArray[np.object_] = shapely.from_wkb(np.array(parts, dtype=np.object_))
    return shapes
