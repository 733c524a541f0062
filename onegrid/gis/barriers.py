"""What keeps grids apart: main roads, rivers, railways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onegrid.core.planning import Barrier
from onegrid.gis import columns
from onegrid.gis.errors import ClassUnknown, Note
from onegrid.gis.reading import Layer

if TYPE_CHECKING:
    from pandas import DataFrame

Ints = NDArray[np.int64]

_HIGHWAYS = {
    **dict.fromkeys(("motorway", "trunk", "primary", "secondary"), Barrier.MAIN_ROAD),
    **dict.fromkeys(
        ("tertiary", "residential", "unclassified", "living_street", "service", "road"),
        Barrier.SMALL_ROAD,
    ),
}
_RAILWAYS = dict.fromkeys(("rail", "light_rail", "narrow_gauge", "tram"), Barrier.RAILWAY)
_WATER = {**dict.fromkeys(("river", "canal", "riverbank", "dock"), Barrier.RIVER)}
_TAGS = {
    "highway": _HIGHWAYS,
    "railway": _RAILWAYS,
    "waterway": _WATER,
    "natural": {"water": Barrier.RIVER, "coastline": Barrier.RIVER},
}
#: what a column of classes or the end of ``FILE:class`` may say
NAMES: dict[str, Barrier] = {
    **{str(int(one)): one for one in Barrier},
    **dict.fromkeys(("path", "footway", "小路", "步道"), Barrier.PATH),
    **dict.fromkeys(("smallroad", "支路", "街巷", "小街", "次要道路"), Barrier.SMALL_ROAD),
    **dict.fromkeys(
        (
            "mainroad",
            "road",
            "主干道",
            "主干路",
            "次干路",
            "干道",
            "快速路",
            "主要道路",
            "道路",
            "公路",
        ),
        Barrier.MAIN_ROAD,
    ),
    **dict.fromkeys(
        ("river", "water", "canal", "lake", "河流", "河道", "河", "水系", "运河", "湖泊", "水域"),
        Barrier.RIVER,
    ),
    **dict.fromkeys(("railway", "rail", "铁路", "轨道"), Barrier.RAILWAY),
}
#: where an imported layer keeps the class of each feature
COLUMN = "onegrid_barrier"
_COLUMNS = ("class", "barrier", "kind", "fclass", "type", "类别", "类型", "等级", "道路等级")
#: the class of a feature that is no barrier
_NONE = -1
#: features of unknown class whose words are named
_SHOWN = 20


@dataclass(frozen=True, eq=False)
class Barriers:
    """Lines and areas in metres with the class of each; at least a small road."""

    shapes: NDArray[Any]
    classes: Ints

    def __len__(self) -> int:
        return len(self.shapes)


def named(word: str) -> Barrier | None:
    """Return the class that a word means."""
    return NAMES.get(columns.plain(word))


def classified(layer: Layer, given: Barrier | None) -> tuple[Ints, tuple[Note, ...]]:
    """Return the class of each feature, -1 for what is no barrier.

    Args:
        given: what all of them are; None: by the tags of OpenStreetMap or a column of classes.

    Raises:
        ClassUnknown: nothing says what they are.
    """
    frame = layer.frame
    unknown: list[str] = []
    if given is not None:
        found: Ints | None = np.full(len(frame), int(given), dtype=np.int64)
    else:
        found = _by_tags(frame)
        if found is None:
            found, unknown = _by_column(frame)
    if found is None:
        raise ClassUnknown("gis.barrier_class", file=layer.file)
    if given is None:
        found[_under_ground(frame)] = _NONE
    counts = {one: int((found == one).sum()) for one in (2, 3, 4)}
    params = {"file": layer.file, "roads": counts[2], "rivers": counts[3], "rails": counts[4]}
    notes = [Note("note.barriers", params)]
    if unknown:
        words = {"count": len(unknown), "words": ", ".join(dict.fromkeys(unknown[:_SHOWN]))}
        notes.append(Note("note.barriers_unknown", {"file": layer.file, **words}))
    return found, tuple(notes)


def _by_tags(frame: DataFrame) -> Ints | None:
    """Read the tags of OpenStreetMap; a link road (``primary_link``) counts as its road."""
    found = np.full(len(frame), _NONE, dtype=np.int64)
    used = False
    for tag, meanings in _TAGS.items():
        if tag not in frame.columns:
            continue
        used = True
        value = frame[tag].astype("string").str.lower().str.removesuffix("_link")
        numbers = value.map({word: int(one) for word, one in meanings.items()})
        found = np.maximum(found, numbers.fillna(_NONE).to_numpy(dtype=np.int64))
    return found if used else None


def _by_column(frame: DataFrame) -> tuple[Ints | None, list[str]]:
    """Read the first column of classes of which some word is known; and the words that are not."""
    heading = {columns.plain(name): name for name in frame.columns}
    words = {
        **{word: int(one) for word, one in NAMES.items()},
        **{word: int(one) for tag in _TAGS.values() for word, one in tag.items()},
    }
    for name in _COLUMNS:
        if name not in heading:
            continue
        values = frame[heading[name]].astype("string").map(columns.plain, na_action="ignore")
        values = values.str.removesuffix("link").str.removesuffix(".0")
        numbers = values.map(words)
        if numbers.notna().any():
            unknown = frame.loc[numbers.isna(), heading[name]].astype("string").fillna("–")
            return np.array(numbers.fillna(_NONE), dtype=np.int64), list(unknown)
    return None, []


def _under_ground(frame: DataFrame) -> NDArray[np.bool_]:
    """Tell which features run below the ground: nothing keeps people apart there."""
    if "tunnel" not in frame.columns:
        return np.zeros(len(frame), dtype=np.bool_)
    tunnel = frame["tunnel"].astype("string").str.lower().fillna("")
    below: NDArray[np.bool_] = ~tunnel.isin(
        ["", "no", "0", "f", "false", "building_passage"]
    ).to_numpy(dtype=np.bool_)
    return below
