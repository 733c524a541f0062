"""Outlines of the grids of a draft: each building takes along its share of today's grid.

The ground of a grid of today is shared out among its buildings (every spot to the nearest wall),
and a new grid is the ground of its buildings. So new grids leave no gap and do not overlap, and
where nothing changes the border stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from onegrid.common.tenancy.context import current_tenant
from onegrid.grids.queries.inside import footprints_of, outlines_of, points_of
from onegrid.plans.ground import Ground, Ints

#: metres between two points along a wall, and the detail of a wall that is left out
_STEP_M, _DETAIL_M = 8.0, 0.3
_DEGREE_M = 111_320.0
_KEPT = 4

Shapes = NDArray[Any]

_shared: dict[tuple[int, UUID], dict[int, Shapes]] = {}


def outlines(
    draft_id: UUID, ground: Ground, labels: Ints, numbers: Iterable[int] | None = None
) -> dict[int, Any]:
    """Return the outlines (WGS 84) of the grids with these labels by number.

    A grid of buildings whose grids have no outline today has none either and is left out.

    Args:
        draft_id: under which the shares are kept in memory.
        numbers: only these.
    """
    found: dict[int, Any] = {}
    known = outlines_of(area_ids=ground.grid_ids())
    ids = ground.grid_ids()
    for number in np.unique(labels).tolist() if numbers is None else numbers:
        inside = labels == number
        parts: list[Any] = []
        for grid in np.unique(ground.today[inside]).tolist():
            if ids[grid] not in known:
                continue
            rows = np.flatnonzero(ground.today == grid)
            if inside[rows].all():
                parts.append(known[ids[grid]])
            else:
                shares = _shares(draft_id, ground, grid, known[ids[grid]])
                parts.extend(shares[inside[rows]])
        if parts:
            found[number] = shapely.union_all(parts) if len(parts) > 1 else parts[0]
    return found


def _shares(draft_id: UUID, ground: Ground, grid: int, outline: Any) -> Shapes:
    """Return the share of each building of a grid of today, kept for the next look."""
    key = (current_tenant(), draft_id)
    if key not in _shared and len(_shared) >= _KEPT:
        _shared.clear()
    kept = _shared.setdefault(key, {})
    if grid not in kept:
        rows = np.flatnonzero(ground.today == grid)
        ids = ground.building_ids()
        kept[grid] = share_out(_walls([ids[row] for row in rows.tolist()]), outline)
    return kept[grid]


def _walls(building_ids: Sequence[UUID]) -> Shapes:
    """Return the footprint of each building, or its point."""
    shapes = footprints_of(building_ids=building_ids)
    points = points_of(building_ids=[one for one in building_ids if one not in shapes])
    return np.array(
        [shapes[one] if one in shapes else shapely.Point(points[one]) for one in building_ids],
        dtype=object,
    )


def share_out(walls: Shapes, outline: Any) -> Shapes:
    """Give every spot of an outline to the nearest of n buildings (all in degrees).

    Returns:
        (n,) polygons that make up the outline; one may be empty.
    """
    n = len(walls)
    if n == 1:
        return np.array([outline], dtype=object)
    scale = np.array([_DEGREE_M * np.cos(np.radians(outline.centroid.y)), _DEGREE_M])
    flat = shapely.transform(walls, lambda xy: xy * scale)
    flat = shapely.segmentize(shapely.simplify(flat, _DETAIL_M), _STEP_M)
    points, owner = shapely.get_coordinates(flat, return_index=True)
    _, first = np.unique(points.round(2), axis=0, return_index=True)
    points, owner = points[first].round(2), owner[first]
    whole = shapely.transform(outline, lambda xy: xy * scale)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=whole.envelope, ordered=True)
    )
    cells = shapely.transform(cells, lambda xy: xy / scale)
    joined = [shapely.union_all(cells[owner == one]) for one in range(n)]
    return np.asarray(shapely.intersection(np.array(joined, dtype=object), outline))
