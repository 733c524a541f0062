"""Shapes that can be worked with: valid, not empty, of one kind, each place once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onegrid.gis.errors import BadRows, GisError, Note, Problem
from onegrid.gis.reading import Layer

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: shapely's numbers of kinds
_POINTS, _LINES, _AREAS, _COLLECTION = {0, 4}, {1, 2, 5}, {3, 6}, 7
#: column with the number that the file gives to the feature a part comes from
SOURCE_ROW = "source_row"
_HARMLESS = 1e-3

Shapes = NDArray[Any]


def problems(layer: Layer) -> list[Problem]:
    """Return what is wrong with the shapes of a layer, with shapely's reason.

    A ring that only touches itself is not named: to write it anew changes no ground.
    """
    import shapely

    shapes = layer.frame.geometry.to_numpy()
    bad = np.flatnonzero(_invalid(shapes))
    bad = bad[_ground_changes(shapes[bad], _valid(shapes[bad]))]
    rows = _numbers(layer)
    return [
        Problem(int(rows[row]), "", "gis.invalid", {"reason": str(reason)})
        for row, reason in zip(bad, shapely.is_valid_reason(shapes[bad]), strict=True)
    ]


def sound(layer: Layer, *, repair: bool) -> Layer:
    """Return a layer of valid shapes that are not empty.

    Args:
        repair: mend invalid shapes whose ground changes by that; without it they are refused.

    Raises:
        BadRows: invalid shapes, and nobody agreed to have them mended.
        GisError: nothing is left.
    """
    found = problems(layer)
    if found and not repair:
        raise BadRows(layer.file, found)
    layer = _mended(layer)
    empty = layer.frame.geometry.isna() | layer.frame.geometry.is_empty
    if empty.any():
        note = Note("note.empty", {"file": layer.file, "count": int(empty.sum())})
        layer = layer.but(layer.frame[~empty], note)
    if layer.frame.empty:
        raise GisError("gis.no_shapes", file=layer.file)
    return layer


def _numbers(layer: Layer) -> NDArray[np.int64]:
    """Return the number that the file gives to each row."""
    frame = layer.frame
    if SOURCE_ROW in frame.columns:
        return np.asarray(frame[SOURCE_ROW], dtype=np.int64)
    return np.arange(len(frame)) + layer.first_row


def _mended(layer: Layer) -> Layer:
    frame = layer.frame
    shapes = frame.geometry.to_numpy().copy()
    bad = _invalid(shapes)
    if not bad.any():
        return layer
    before = shapes[bad]
    shapes[bad] = _valid(before)
    changed = int(_ground_changes(before, shapes[bad]).sum())
    params = {"file": layer.file, "count": int(bad.sum()), "changed": changed}
    return layer.but(frame.set_geometry(shapes, crs=frame.crs), Note("note.repaired", params))


def _invalid(shapes: Shapes) -> NDArray[np.bool_]:
    import shapely

    invalid: NDArray[np.bool_] = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    return invalid


def _ground_changes(before: Shapes, after: Shapes) -> NDArray[np.bool_]:
    """Tell which areas are not what they were by more than a thousandth."""
    import shapely

    was, now = shapely.area(before), shapely.area(after)
    changes: NDArray[np.bool_] = np.abs(was - now) > _HARMLESS * np.maximum(was, now)
    return changes


def _valid(shapes: Shapes) -> Shapes:
    """Write shapes anew so that they are valid, each of the dimension it had."""
    import shapely

    if not len(shapes):
        return shapes
    dimension = shapely.get_dimensions(shapes)
    made: Shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    for place in np.flatnonzero(shapely.get_type_id(made) == _COLLECTION):
        parts = shapely.get_parts(made[place])
        made[place] = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension[place]])
    return made


def kinds(frame: GeoDataFrame) -> set[str]:
    """Return which of ``point``, ``line`` and ``area`` a layer holds."""
    import shapely

    found = set(np.unique(shapely.get_type_id(frame.geometry.to_numpy())).tolist())
    named = {"point": _POINTS, "line": _LINES, "area": _AREAS}
    return {name for name, ids in named.items() if ids & found}


def only(layer: Layer, *wanted: str) -> Layer:
    """Return the features of some kinds; the note says how many others were left out.

    Raises:
        GisError: none is of such a kind.
    """
    import shapely

    ids = {"point": _POINTS, "line": _LINES, "area": _AREAS}
    allowed = sorted(set().union(*(ids[name] for name in wanted)))
    fits = np.isin(shapely.get_type_id(layer.frame.geometry.to_numpy()), allowed)
    if not fits.any():
        raise GisError("gis.no_such_shapes", file=layer.file, wanted=", ".join(wanted))
    if fits.all():
        return layer
    note = Note("note.other_kinds", {"file": layer.file, "count": int((~fits).sum())})
    return layer.but(layer.frame[fits], note)


def taken_apart(layer: Layer) -> Layer:
    """Make a feature of each part of a feature of many; `SOURCE_ROW` names where it comes from."""
    frame = numbered(layer).frame
    parts = frame.explode(index_parts=False, ignore_index=True)
    if len(parts) == len(frame):
        return layer.but(frame)
    params = {"file": layer.file, "features": len(frame), "parts": len(parts)}
    return layer.but(parts, Note("note.taken_apart", params))


def numbered(layer: Layer) -> Layer:
    """Return a layer with the column `SOURCE_ROW`."""
    return layer.but(layer.frame.assign(**{SOURCE_ROW: _numbers(layer)}))


def once(layer: Layer, add: tuple[str, ...] = ()) -> Layer:
    """Join features of the same shape: the first stays, numbers of some columns are added up.

    Rows that agree in everything are one row written twice: nothing is added up for them.
    """
    import shapely

    frame = layer.frame.reset_index(drop=True)
    keys = shapely.to_wkb(shapely.normalize(frame.geometry.to_numpy()))
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) == len(frame):
        return layer.but(frame)
    columns = [name for name in frame.columns if name not in {"geometry", SOURCE_ROW}]
    new = ~frame[columns].assign(_=place).astype(str).duplicated().to_numpy()
    joined = frame.iloc[first].copy()
    for name in add:
        values = np.where(new, frame[name].to_numpy(dtype=np.float64), 0.0)
        joined[name] = np.bincount(place, np.nan_to_num(values))
    params = {"file": layer.file, "count": len(frame) - len(first)}
    return layer.but(joined.sort_index().reset_index(drop=True), Note("note.same_place", params))
