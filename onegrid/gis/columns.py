"""Find columns by their usual names, and read numbers out of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onegrid.gis.errors import BadRows, GisError, Problem

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Floats = NDArray[np.float64]

#: what is looked for → its usual headings; small letters, without spaces, lines and colons
HEADINGS: dict[str, tuple[str, ...]] = {
    "x": ("lon", "lng", "long", "longitude", "经度", "x", "xcoord", "easting", "东坐标", "横坐标"),
    "y": ("lat", "latitude", "纬度", "y", "ycoord", "northing", "北坐标", "纵坐标"),
    "households": (
        "households", "household", "householdscount", "householdcount", "hh", "hhs", "nhouseholds",
        "户数", "总户数", "住户数", "常住户数", "居民户数", "dwellings", "flats", "buildingflats",
        "residentialunits",
    ),
    "floors": (
        "floors", "floor", "floorcount", "numfloors", "nfloors", "levels", "buildinglevels",
        "storeys", "stories", "层数", "楼层", "楼层数", "总层数", "地上层数", "建筑层数",
    ),
    "height": (
        "height", "buildingheight", "renderheight", "hgt", "elevation", "高度", "建筑高度", "楼高",
    ),
    "use": (
        "use", "usage", "buildinguse", "function", "building", "fclass", "type", "用途", "建筑用途",
        "房屋用途", "性质", "建筑性质", "类型", "建筑类型", "使用性质",
    ),
    "compound": ("compound", "compoundid", "estate", "小区", "小区名称", "小区编号", "院落"),
    "today": (
        "today", "oldgrid", "gridtoday", "gridcode", "gridid", "grid", "网格", "网格编号",
        "网格名称", "网格代码", "所属网格", "现网格",
    ),
    "workload": ("workload", "工作量"),
    "name": ("name", "名称", "楼栋", "楼栋名称", "address", "地址", "门牌"),
}  # fmt: skip
_NUMBER = re.compile(r"\s*([-+]?\d+(?:\.\d*)?|[-+]?\.\d+)\s*(?:m|米|层|户|f|°)?\s*", re.IGNORECASE)
_SHOWN = 200
_OURS = frozenset({"geometry", "source_row"})


def plain(heading: object) -> str:
    """Return a heading as it is compared."""
    return re.sub(r"[\s_:\-./（）()]+", "", str(heading)).lower()


def find(frame: DataFrame, what: str) -> str | None:
    """Return the heading of a column by its usual names, the first name that occurs, or None."""
    known = {plain(heading): str(heading) for heading in reversed(list(frame.columns))}
    return next((known[name] for name in HEADINGS[what] if name in known), None)


def named(frame: DataFrame, heading: str, file: str) -> str:
    """Return the heading that somebody named, however it is written.

    Raises:
        GisError: there is no such column; says which there are.
    """
    known = {plain(one): str(one) for one in frame.columns if one not in _OURS}
    found = known.get(plain(heading))
    if found is None:
        raise GisError(
            "gis.no_column", file=file, column=heading, known=", ".join(known.values()) or "-"
        )
    return found


def numbers(values: Series, *, file: str, first_row: int, least: float | None = 0.0) -> Floats:
    """Read a column of numbers, ``18``, ``18 m`` or ``6层``; an empty cell is NaN.

    Raises:
        BadRows: a cell is no number, or below `least`.
    """
    import pandas

    read = pandas.to_numeric(values, errors="coerce")
    raw: Floats = np.array(read.to_numpy(dtype=np.float64, na_value=np.nan))
    filled = values.notna().to_numpy() & (values.astype(str).str.strip() != "").to_numpy()
    for row in np.flatnonzero(np.isnan(raw) & filled):
        match = _NUMBER.fullmatch(str(values.iloc[row]))
        raw[row] = float(match[1]) if match else np.inf
    bad = filled & (~np.isfinite(raw) | (raw < (-np.inf if least is None else least)))
    column = str(values.name)
    problems = [
        Problem(int(row) + first_row, column, "gis.number", {"value": str(values.iloc[row])[:40]})
        for row in np.flatnonzero(bad)[:_SHOWN]
    ]
    if problems:
        raise BadRows(file, problems)
    return raw


def coordinates(frame: DataFrame, headings: Sequence[str], *, file: str, first_row: int) -> Floats:
    """Return (n, c) numbers of columns of coordinates.

    Raises:
        BadRows: cells that are empty or no number, of all these columns.
    """
    import pandas

    cells = frame[list(headings)]
    raw = cells.apply(pandas.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.argwhere(~np.isfinite(raw))
    if len(bad):
        problems = [
            _unplaced(int(row) + first_row, headings[at], str(cells.iat[row, at]).strip())
            for row, at in bad[:_SHOWN].tolist()
        ]
        raise BadRows(file, problems)
    return np.asarray(raw)


def _unplaced(row: int, heading: str, value: str) -> Problem:
    if value in {"", "nan", "None"}:
        return Problem(row, heading, "gis.cell_empty")
    return Problem(row, heading, "gis.coordinate", {"value": value[:40]})


def classes(values: Series) -> NDArray[np.int64]:
    """Number the values of a column from 0 in the order of their names; empty cells are -1."""
    text = values.astype("string").str.strip()
    text = text.mask(text.isin(["", "-1", "nan", "None", "<NA>"]))
    numbered: NDArray[np.int64] = text.astype("category").cat.codes.to_numpy(dtype=np.int64)
    return numbered
