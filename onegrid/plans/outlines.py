"""Outlines of the grids of a draft: each building takes along its share of today's grid.

The ground of a grid of today is shared out among its buildings (every spot to the nearest wall),
and a new grid is the ground of its buildings. So new grids leave no gap and do not overlap, and
where nothing changes the border stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
_DRAFTS_KEPT = 4

Shapes = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Shares:
    """Ground shared out: pieces that touch along whole edges, and the building of each."""

    pieces: Shapes
    owner: NDArray[np.int64]

    def of(self, inside: NDArray[np.bool_], outline: Any) -> Any:
        """Return the ground of some buildings within an outline."""
        joined = shapely.coverage_union_all(self.pieces[inside[self.owner]])
        return shapely.intersection(joined, outline)


_kept: dict[tuple[int, UUID], dict[int, Shares]] = {}


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
                parts.append(shares.of(inside[rows], known[ids[grid]]))
        ground_of = _polygons(shapely.union_all(parts)) if len(parts) > 1 else _polygons(*parts)
        if not ground_of.is_empty:
            found[number] = ground_of
    return found


def _polygons(*shapes: Any) -> Any:
    """Return the parts of a shape that have an area, as they are if all do; none: empty."""
    if all(shape.geom_type in {"Polygon", "MultiPolygon"} for shape in shapes) and shapes:
        return shapes[0]
    parts = shapely.get_parts(shapely.get_parts(np.array(shapes, dtype=object)))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _shares(draft_id: UUID, ground: Ground, grid: int, outline: Any) -> Shares:
    """Share a grid of today out among its buildings; kept for the next look."""
    key = (current_tenant(), draft_id)
    if key not in _kept and len(_kept) >= _DRAFTS_KEPT:
        _kept.clear()
    kept = _kept.setdefault(key, {})
    if grid not in kept:
        ids = ground.building_ids_of(np.flatnonzero(ground.today == grid))
        kept[grid] = share_out(_walls(ids), outline)
    return kept[grid]


def _walls(building_ids: Sequence[UUID]) -> Shapes:
    """Return the footprint of each building, or its point."""
    shapes = footprints_of(building_ids=building_ids)
    points = points_of(building_ids=[one for one in building_ids if one not in shapes])
    return np.array(
        [shapes[one] if one in shapes else shapely.Point(points[one]) for one in building_ids],
        dtype=object,
    )


def share_out(walls: Shapes, outline: Any) -> Shares:
    """Give every spot of an outline to the nearest of n buildings (all in degrees)."""
    if len(walls) == 1:
        return Shares(np.array([outline], dtype=object), np.zeros(1, dtype=np.int64))
    scale = np.array([_DEGREE_M * np.cos(np.radians(outline.centroid.y)), _DEGREE_M])
    flat = shapely.transform(walls, lambda xy: xy * scale)
    flat = shapely.segmentize(shapely.simplify(flat, _DETAIL_M), _STEP_M)
    points, owner = shapely.get_coordinates(flat, return_index=True)
    _, first = np.unique(points.round(2), axis=0, return_index=True)
    points = shapely.MultiPoint(points[first].round(2))
    whole = shapely.transform(outline.envelope, lambda xy: xy * scale)
    cells = shapely.voronoi_polygons(points, extend_to=whole, ordered=True)
    pieces = shapely.transform(shapely.get_parts(cells), lambda xy: xy / scale)
    return Shares(pieces, owner[first])
