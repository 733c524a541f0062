"""Polygons of grids: the cells of their buildings as one, without a gap or an overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onegrid.gis.cells import OUTSIDE, Cells
from onegrid.gis.neighbours import nearest

Ints = NDArray[np.int64]
Shapes = NDArray[Any]

#: corners are kept to a millimetre
_GRAIN_M = 0.001
_SLIVER_M2 = 0.01


@dataclass(frozen=True, eq=False)
class Areas:
    """Polygons of the labels 0 to k - 1, in metres.

    Attributes:
        shapes: (k,)
        sound: neighbours share their borders exactly: no gap, no overlap.
    """

    shapes: Shapes
    sound: bool


def areas(cells: Cells, labels: Ints, outline: Any = None) -> Areas:
    """Return the polygon of each label.

    Args:
        labels: (n,) of each building, 0 to k - 1.
        outline: polygons end there.
    """
    import shapely

    k = int(labels.max()) + 1
    label = np.where(cells.owner == OUTSIDE, OUTSIDE, labels[cells.owner])
    sides = label[cells.pairs]
    border = sides[:, 0] != sides[:, 1]
    lines = shapely.linestrings(cells.corners[cells.ends[border]])
    noded = shapely.get_parts(shapely.union_all(lines, grid_size=_GRAIN_M))
    faces = shapely.get_parts(shapely.polygonize(noded))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    owner = label[nearest(inside, cells.points)]
    found = _grouped(faces, owner, k)
    if outline is not None:
        found = shapely.intersection(found, outline, grid_size=_GRAIN_M)
    if not shapely.coverage_is_valid(found):
        found = shapely.get_parts(
            shapely.coverage_clean(shapely.geometrycollections(found))
        ) if hasattr(shapely, "coverage_clean") else found  # fmt: skip
    return Areas(found, bool(shapely.coverage_is_valid(found)))


def _grouped(faces: Shapes, owner: Ints, k: int) -> Shapes:
    """Join the faces of each label; slivers go to a neighbour by themselves when left out."""
    import shapely

    order = np.argsort(owner, kind="stable")
    faces, owner = faces[order], owner[order]
    starts = np.searchsorted(owner, np.arange(k + 1))
    found = np.empty(k, dtype=object)
    for number in range(k):
        found[number] = shapely.coverage_union_all(faces[starts[number] : starts[number + 1]])
    return found
