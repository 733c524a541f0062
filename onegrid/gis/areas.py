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


def areas(
    cells: Cells, labels: Ints, outline: Any = None, footprints: Shapes | None = None
) -> Areas:
    """Return the polygon of each label.

    Args:
        labels: (n,) of each building, 0 to k - 1.
        outline: polygons end there.
        footprints: (n,) of the buildings; a border that would cut through one goes around it.
    """
    import shapely

    label = np.where(cells.owner == OUTSIDE, OUTSIDE, labels[cells.owner])
    sides = label[cells.pairs]
    border = sides[:, 0] != sides[:, 1]
    lines = shapely.linestrings(cells.corners[cells.ends[border]])
    cut = _cut_through(lines, footprints)
    walls = shapely.boundary(footprints[cut]) if footprints is not None else lines[:0]
    noded = shapely.union_all(np.concatenate([lines, walls]), grid_size=_GRAIN_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.point_on_surface(faces)
    owner = label[nearest(shapely.get_coordinates(inside), cells.points)]
    if footprints is not None and len(cut):
        face, wall = shapely.STRtree(footprints[cut]).query(inside, predicate="within")
        owner[face] = labels[cut[wall]]
    found = _grouped(faces, owner, int(labels.max()) + 1)
    if outline is not None:
        found = shapely.intersection(found, outline, grid_size=_GRAIN_M)
    if not shapely.coverage_is_valid(found):
        found = shapely.coverage_clean(found)
    return Areas(found, bool(shapely.coverage_is_valid(found)))


def _cut_through(lines: Shapes, footprints: Shapes | None) -> Ints:
    """Return the rows of footprints that some border runs through."""
    import shapely

    if footprints is None:
        return np.empty(0, dtype=np.int64)
    rows = shapely.STRtree(footprints).query(lines, predicate="crosses")[1]
    rows = np.unique(rows)
    found: Ints = rows[shapely.get_dimensions(footprints[rows]) == 2].astype(np.int64)
    return found


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
