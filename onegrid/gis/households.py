"""How many households live in each building: counted, or estimated from the floor area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onegrid.gis import columns, shapes
from onegrid.gis.errors import GisError, Note
from onegrid.gis.reading import Layer

if TYPE_CHECKING:
    from pandas import DataFrame, Series

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
    """
    if "area" not in shapes.kinds(layer.frame):
        raise GisError("gis.households_unknown", file=layer.file)
    floors, note = _floors(layer.frame)
    lived, use = lived_in(layer)
    notes = [note]
    if use:
        notes.append(Note("note.not_lived_in", {"column": use, "count": int((~lived).sum())}))
    return np.rint(ground_m2 * floors / FLOOR_AREA_M2) * lived, tuple(notes)


def _floors(frame: DataFrame) -> tuple[Floats, Note]:
    """Return the floors of each building, and what they were taken from."""
    floors = np.full(len(frame), np.nan)
    used = []
    for what, metres in (("floors", 1.0), ("height", FLOOR_HEIGHT_M)):
        column = columns.find(frame, what)
        if column is not None:
            found = _positive(frame[column]) / metres
            if np.isfinite(found[np.isnan(floors)]).any():
                used.append((what, column))
            floors = np.where(np.isnan(floors), found, floors)
    params: dict[str, object] = {
        "area": f"{FLOOR_AREA_M2:g}",
        "column": used[0][1] if used else "",
        "other": used[-1][1] if used else "",
        "unknown": int(np.isnan(floors).sum()),
    }
    source = "both" if len(used) > 1 else used[0][0] if used else "ground"
    floors = np.maximum(1.0, np.nan_to_num(floors, nan=1.0))
    return floors, Note(f"note.estimated_by_{source}", params)


def _positive(values: Series) -> Floats:
    """Read ``18``, ``18 m``, ``6层`` or the first of ``6;7``; what is no number above 0 is NaN.

    An estimate has to bear what volunteers write; how many are unknown is told.
    """
    import pandas

    text = values.astype("string").str.extract(
        r"^\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:m|米|层|f)?\s*(?:;|$)"
    )
    found = pandas.to_numeric(text[0], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    positive: Floats = np.where(found > 0, found, np.nan)
    return positive
