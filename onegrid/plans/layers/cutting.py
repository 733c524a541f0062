"""A cut that somebody drew: which building lies in which cell of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from onegrid.core.flat import Flat
from onegrid.plans.ground import Floats, Ints

#: a building beside all cells gets the nearest one within so many metres
NEAR_M = 200.0


def cut(cells: Sequence[Any], spots: Floats) -> tuple[Ints, Floats]:
    """Return the cell of each building and how many metres it lies beside it.

    Where cells overlap, the first of the file has the building.

    Args:
        cells: outlines in WGS 84 degrees.
        spots: (n, 2) longitude and latitude.

    Returns:
        (n,) place of the cell, -1 where none is within 200 m; (n,) metres, 0 inside.
    """
    flat = Flat(*map(float, spots.mean(axis=0)))
    tree = shapely.STRtree(flat.metres(list(cells)))
    points = flat.metres(shapely.points(spots))
    cell = np.full(len(spots), len(cells), dtype=np.int64)
    np.minimum.at(cell, *tree.query(points, predicate="intersects"))
    beside = np.flatnonzero(cell == len(cells))
    cell[beside], away = -1, np.zeros(len(spots))
    (place, nearest), metres = tree.query_nearest(
        points[beside], max_distance=NEAR_M, return_distance=True, all_matches=False
    )
    cell[beside[place]], away[beside[place]] = nearest, metres
    return cell, away
