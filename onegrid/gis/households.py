"""How many households live in each building: counted, or estimated from the floor area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onegrid.gis import columns, shapes
from onegrid.gis.errors import GisError, Note
from onegrid.gis.reading import Layer

if TYPE_CHECKING:
    from pandas import Series

Floats = NDArray[np.float64]

FLOOR_AREA_M2 = 90.0
FLOOR_HEIGHT_M = 3.0
#: words in a column of use that mean that nobody lives there
_NOT_LIVED_IN = (
    "commercial", "industrial", "office", "retail", "school", "kindergarten", "university",
    "college", "hospital", "clinic", "warehouse", "garage", "garages", "carport", "parking",
    "church", "mosque", "temple", "shed", "roof", "barn", "farm_auxiliary", "greenhouse",
    "hotel", "public", "civic", "government", "service", "train_station", "transportation",
    "kiosk", "supermarket", "factory", "stadium", "sports_hall", "construction", "toilets",
    "hangar", "stable", "商业", "商铺", "商场", "办公", "写字楼", "工业", "厂房", "仓库",
    "仓储", "学校", "教育", "幼儿园", "医院", "医疗", "车库", "停车", "酒店", "宾馆",
    "公共", "市政", "行政", "文化", "体育", "宗教", "公用", "交通", "市场", "非住宅",
    "非居住",
)  # fmt: skip
#: words that win over the above: shops below flats are lived in
_LIVED_IN = (
    "residential",
    "apartments",
    "house",
    "dwelling",
    "商住",
    "住宅",
    "居住",
    "宿舍",
    "公寓",
)


def counted(layer: Layer, wish: str | None) -> str | None:
    """Return the column of households: the one that was named, or one with a usual heading.

    Raises:
        GisError: there is no such column.
    """
    if wish:
        return columns.named(layer.frame, wish, layer.file)
    return columns.find(layer.frame, "households")


def lived_in(layer: Layer) -> tuple[NDArray[np.bool_], str | None]:
    """Tell of each feature whether somebody may live there, and the column that says so."""
    column = columns.find(layer.frame, "use")
    if column is None:
        return np.ones(len(layer.frame), dtype=np.bool_), None
    use = layer.frame[column].astype("string").str.strip().str.lower().fillna("")
    known = use.unique()
    outside = [word for word in known if _nobody(str(word))]
    return ~use.isin(outside).to_numpy(dtype=np.bool_), column if outside else None


def _nobody(use: str) -> bool:
    if any(word in use for word in ("非住宅", "非居住")):
        return True
    if any(word in use for word in _LIVED_IN):
        return False
    return any(use == word or (not word.isascii() and word in use) for word in _NOT_LIVED_IN)


def read(layer: Layer, column: str) -> Floats:
    """Read the households of a column; NaN where the cell is empty.

    Raises:
        BadRows: cells that are no numbers from 0.
    """
    return columns.numbers(layer.frame[column], file=layer.file, first_row=layer.first_row)


def estimated(layer: Layer, ground_m2: Floats) -> tuple[Floats, tuple[Note, ...]]:
    """Estimate the households of buildings from their ground, in whole households.

    Floors come from a column of floors, else from the height, 3 m to a floor; with neither, one.

    Args:
        ground_m2: (n,) area of the footprints.

    Raises:
        GisError: the features are points: they have no area.
        BadRows: cells of floors or heights that are no numbers.
    """
    if "area" not in shapes.kinds(layer.frame):
        raise GisError("gis.households_unknown", file=layer.file)
    floors, source = _floors(layer)
    lived, use = lived_in(layer)
    households = np.rint(ground_m2 * floors / FLOOR_AREA_M2) * lived
    notes = [
        Note(f"note.estimated_by_{source[0]}", {"column": source[1], "area": f"{FLOOR_AREA_M2:g}"})
    ]
    if use:
        notes.append(Note("note.not_lived_in", {"column": use, "count": int((~lived).sum())}))
    return households, tuple(notes)


def _floors(layer: Layer) -> tuple[Floats, tuple[str, str]]:
    """Return the floors of each building and what they were taken from."""
    for what in ("floors", "height"):
        column = columns.find(layer.frame, what)
        if column is None:
            continue
        raw = columns.numbers(
            _spoken(layer.frame[column]), file=layer.file, first_row=layer.first_row, least=None
        )
        floors = raw if what == "floors" else raw / FLOOR_HEIGHT_M
        return np.maximum(1.0, np.nan_to_num(floors, nan=1.0)), (what, column)
    return np.ones(len(layer.frame)), ("ground", "")


def _spoken(values: Series) -> Series:
    """Take the first of several numbers, as in ``6;7``."""
    if values.dtype.kind in "if":
        return values
    return values.astype("string").str.split(";").str[0].fillna("").rename(values.name)
