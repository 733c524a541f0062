"""The process that reads one file: task as JSON on stdin, answer as JSON on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onegrid.gis import barriers, columns, reading, shapes
from onegrid.gis.errors import BadRows, ClassUnknown, CrsUnknown, GisError, Note, Problem
from onegrid.gis.tables import FIRST_ROW

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_TABLES = frozenset({".csv", ".txt", ".xlsx"})
_CODES = (
    "code", "gridcode", "gridid", "id", "编号", "网格编号", "网格编码", "代码", "编码", "网格代码",
)  # fmt: skip
_NAMES = ("name", "gridname", "名称", "网格名称", "小区名称", "道路名称", "地址", "address")
#: corners that an outline needs at least
_CORNERS = {"area": 3, "line": 2}
_MOST_COLUMNS, _MOST_LETTERS, _SHOWN = 30, 200, 200
#: shapes of which a picture is made, and corners of all together
_SAMPLE = 1500


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """Read a file and return its rows, a question, or what is wrong with it.

    Args:
        task: path, system (or None), mend, wanted (kinds of shapes), most (features), barriers
            (whether they are), barrier (what all of them are, or None).
    """
    path = Path(task["path"])
    try:
        return _rows(path, task)
    except CrsUnknown as asked:
        return {
            "ask": "system",
            **_said(asked),
            "candidates": [(name, _places(path, name, task)) for name in asked.candidates],
        }
    except ClassUnknown as asked:
        return {"ask": "barrier", **_said(asked)}
    except BadRows as bad:
        rows = [_problem(row) for row in bad.problems[:_SHOWN]]
        invalid = all(row.code == "gis.invalid" for row in bad.problems)
        asks = "mend" if invalid and not task["mend"] else "refused"
        return {"ask": asks, **_said(bad), "rows": rows, "count": len(bad.problems)}
    except GisError as refused:
        return {"ask": "refused", **_said(refused), "rows": [], "count": 0}


def _said(error: GisError) -> dict[str, Any]:
    return {"code": error.code, "params": {k: str(v) for k, v in error.params.items()}}


def _problem(row: Problem) -> tuple[int, str, str, dict[str, str]]:
    return row.row, row.column, row.code, {k: str(v) for k, v in row.params.items()}


def _rows(path: Path, task: dict[str, Any]) -> dict[str, Any]:
    layer, wanted = _layer(path, task["system"], task), task["wanted"]
    bad = len(shapes.problems(layer))
    layer = shapes.only(shapes.sound(layer, repair=task["mend"]), *wanted)
    if len(layer.frame) > task["most"]:
        raise GisError("layer.too_many", file=path.name, most=task["most"])
    if task["barriers"]:
        layer = _classified(layer, task["barrier"])
    return {
        "ask": "",
        "system": layer.system,
        "mended": bad,
        "rows": _features(layer),
        "notes": [(note.code, {k: str(v) for k, v in note.params.items()}) for note in layer.notes],
    }


def _classified(layer: reading.Layer, given: str | None) -> reading.Layer:
    """Write down what each feature is; those that are no barrier stay and keep nobody apart."""
    found, notes = barriers.classified(layer, barriers.NAMES[given] if given else None)
    return layer.but(layer.frame.assign(**{barriers.COLUMN: found}), *notes)


def _layer(path: Path, system: str | None, task: dict[str, Any]) -> reading.Layer:
    """Read a layer; corners in a table are put together where outlines are needed."""
    layer = reading.read(path, crs=system)
    if path.suffix.lower() in _TABLES and "point" not in task["wanted"]:
        return _outlined(layer, task["wanted"][0])
    return layer


def _outlined(layer: reading.Layer, kind: str) -> reading.Layer:
    """Make outlines of the corners of a table: rows of one code are one outline, in their order.

    Raises:
        GisError: there is no column of codes.
        BadRows: an outline with too few corners.
    """
    import shapely
    from geopandas import GeoDataFrame

    frame = layer.frame.reset_index(drop=True)
    code = _column(frame, _CODES)
    if code is None:
        raise GisError("layer.no_code", file=layer.file, known=", ".join(_texts(frame)))
    groups = list(frame.groupby(code, sort=False).indices.items())
    few = [
        Problem(int(at[0]) + FIRST_ROW, code, "layer.few_corners", {"least": _CORNERS[kind]})
        for _, at in groups
        if len(at) < _CORNERS[kind]
    ]
    if few:
        raise BadRows(layer.file, few)
    make = shapely.Polygon if kind == "area" else shapely.LineString
    outlines = [make(shapely.get_coordinates(frame.geometry.to_numpy()[at])) for _, at in groups]
    rows = frame.iloc[[int(at[0]) for _, at in groups]].reset_index(drop=True)
    note = Note("note.outlines", {"file": layer.file, "count": len(rows), "corners": len(frame)})
    return layer.but(GeoDataFrame(rows, geometry=outlines, crs=frame.crs), note)


def _texts(frame: GeoDataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name != frame.geometry.name]


def _column(frame: GeoDataFrame, names: Sequence[str]) -> str | None:
    known = {columns.plain(name): name for name in reversed(_texts(frame))}
    return next((known[name] for name in names if name in known), None)


def _features(layer: reading.Layer) -> list[tuple[int, str, str, str, dict[str, Any]]]:
    import shapely

    frame = layer.frame
    code, name = _column(frame, _CODES), _column(frame, _NAMES)
    kept = [name for name in _texts(frame) if name != barriers.COLUMN][:_MOST_COLUMNS]
    kept += [barriers.COLUMN] if barriers.COLUMN in frame.columns else []
    geometries = shapely.to_wkb(shapely.force_2d(frame.geometry.to_numpy()), hex=True)
    records = frame[kept].to_dict("records")
    return [
        (
            int(row) + layer.first_row,
            _text(record.get(code), 60),
            _text(record.get(name), 120),
            geometry,
            {key: _plain(value) for key, value in record.items() if _plain(value) is not None},
        )
        for row, record, geometry in zip(frame.index, records, geometries, strict=True)
    ]


def _text(value: Any, most: int) -> str:
    plain = _plain(value)
    return "" if plain is None else str(plain).replace("\0", "")[:most].strip()


def _plain(value: Any) -> str | int | float | bool | None:
    """Return a cell as JSON may hold it; empty ones and numbers that are none are None."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    text = str(value).replace("\0", "").strip()[:_MOST_LETTERS]
    return None if text in {"", "NaT", "<NA>", "nan", "None"} else text


def _places(path: Path, system: str, task: dict[str, Any]) -> list[str]:
    """Return where a sample of the features would lie if the file were in a system; [] nowhere."""
    import shapely

    try:
        frame = _layer(path, system, task).frame
    except GisError:
        return []
    every = max(1, len(frame) // _SAMPLE)
    sample = frame.geometry.to_numpy()[::every]
    west, south, east, north = shapely.total_bounds(sample)
    grain = max(east - west, north - south) / 300
    found: list[str] = shapely.to_wkb(shapely.simplify(sample, grain), hex=True).tolist()
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(json.load(sys.stdin)), ensure_ascii=True))
