"""The ground of each building: Voronoi cells of footprints, bounded by open land and barriers.

Points are taken along the footprints, so that a border runs between two walls and not through a
building. Points without an owner stand around the town and end its outer cells; pairs of points
along both sides of a road or railway make the borders follow its line. All of it is one Delaunay
triangulation and arrays: a ridge of the diagram joins the circumcentres of two triangles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import Delaunay, KDTree

from onegrid.core.planning import CLOSED
from onegrid.gis.barriers import Barriers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[Any]

#: most points along footprints; where there are more, small buildings have one point each
_MOST_POINTS = 500_000
#: metres above which a building is large then; the first that fits
_LARGE = (12.0, 18.0, 25.0, 40.0, 80.0)
#: (detail that is left out, longest stretch of wall without a point), metres; the finest that fits
_DETAIL = ((0.3, 10.0), (0.5, 25.0), (1.5, np.inf))
_INSET_M = 0.25
#: how far open land between buildings still belongs to them: times the usual distance of neighbours
_REACH = 4.0
_LEAST_REACH_M = 100.0
_MARGIN = 0.3
_MOST_LATTICE = 6_000_000
#: points beside a barrier: every so many metres, so far from its line
_STEP_M, _BESIDE_M = 15.0, 1.0
OUTSIDE = -1


@dataclass(frozen=True, eq=False)
class Cells:
    """A Voronoi diagram of points with owners.

    Attributes:
        points: (p, 2) metres.
        owner: (p,) row of the building, -1 for the land outside.
        corners: (t, 2) corners of the cells.
        pairs: (r, 2) points on both sides of each ridge.
        ends: (r, 2) corners that each ridge joins.
        reach: metres of open land that are filled.
    """

    points: Floats
    owner: Ints
    corners: Floats
    pairs: Ints
    ends: Ints
    reach: float


def make_cells(
    footprints: Shapes, middles: Floats, barriers: Barriers | None, outline: Any = None
) -> Cells:
    """Make the cells of n buildings.

    Args:
        footprints: (n,) shapes in metres.
        middles: (n, 2) a point of each.
        outline: the area that has to be divided; None: the land around the buildings.
    """
    points, owner = _along_walls(footprints, middles)
    land = land_of(points, _usual_reach(middles), outline)
    added, whose = [points], [owner]
    if barriers is not None and len(barriers):
        beside, beside_whose = _beside(barriers, points, owner, 1.2 * land.reach)
        inside = land.holds(beside)
        added.append(beside[inside])
        whose.append(beside_whose[inside])
    if outline is not None:
        rim = land.rim()
        added.append(rim)
        whose.append(owner[KDTree(points).query(rim)[1]])
    frame = land.frame()
    added.append(frame)
    whose.append(np.full(len(frame), OUTSIDE))
    return _diagram(np.concatenate(added), np.concatenate(whose), land.reach)


def _along_walls(footprints: Shapes, middles: Floats) -> tuple[Floats, Ints]:
    """Return points along the walls, a little inside, and whose they are."""
    import shapely

    shapes = _outlines(footprints, middles)
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    inwards = middles[owner] - points
    length = np.maximum(np.hypot(*inwards.T), 1e-9)
    points = points + inwards * np.minimum(0.5, _INSET_M / length)[:, None]
    _, kept = np.unique(np.round(points, 3), axis=0, return_index=True)
    kept.sort()
    return points[kept], owner[kept].astype(np.int64)


def _outlines(footprints: Shapes, middles: Floats) -> Shapes:
    """Return outlines, as fine as the number of points allows; at last only of large buildings."""
    import shapely

    if len(footprints) > _MOST_POINTS:
        return np.asarray(shapely.points(middles))
    has_area = shapely.get_dimensions(footprints) == 2
    for detail, stretch in _DETAIL:
        shapes: Shapes = np.where(has_area, shapely.simplify(footprints, detail), footprints)
        if np.isfinite(stretch):
            shapes = shapely.segmentize(shapes, stretch)
        if shapely.get_num_coordinates(shapes).sum() <= _MOST_POINTS:
            return shapes
    points = shapely.points(middles)
    count = shapely.get_num_coordinates(shapes)
    bounds = shapely.bounds(footprints)
    large = np.max(bounds[:, 2:] - bounds[:, :2], axis=1)
    for least in _LARGE:
        if np.where(large > least, count, 1).sum() <= _MOST_POINTS:
            points = np.where(large > least, shapes, points)
            break
    found: Shapes = points
    return found


def _usual_reach(middles: Floats) -> float:
    if len(middles) < 2:
        return _LEAST_REACH_M
    near = KDTree(middles).query(middles, k=2)[0][:, 1]
    return float(max(_LEAST_REACH_M, _REACH * np.quantile(near, 0.9)))


@dataclass(frozen=True, eq=False)
class Land:
    """On a lattice, what belongs to the town.

    Attributes:
        low: (2,) place of the first knot, metres.
        step: metres between knots.
        inside: (a, b) by easting and northing.
        reach: metres of open land between buildings that still belong to it.
    """

    low: Floats
    step: float
    inside: NDArray[np.bool_]
    reach: float

    def holds(self, places: Floats) -> NDArray[np.bool_]:
        """Tell which of (n, 2) places lie on the land, not at its rim."""
        deep = distance_transform_edt(self.inside) > 2.0
        knot = np.rint((places - self.low) / self.step).astype(np.int64)
        within = ((knot >= 0) & (knot < self.inside.shape)).all(axis=1)
        knot[~within] = 0
        held: NDArray[np.bool_] = within & deep[knot[:, 0], knot[:, 1]]
        return held

    def frame(self) -> Floats:
        """Return the knots just outside of the land, also in its holes."""
        return self._near(~self.inside, 2.9)

    def rim(self) -> Floats:
        """Return the knots just inside of the land."""
        return self._near(self.inside, 1.1)

    def _near(self, mine: NDArray[np.bool_], most: float) -> Floats:
        if mine.all():
            return np.empty((0, 2))
        knots = np.argwhere(mine & (distance_transform_edt(mine) < most))
        return self.low + knots * self.step


def land_of(points: Floats, reach: float, outline: Any) -> Land:
    """Return the land of a town.

    It is what lies within the reach of buildings, shrunk back but for a margin; or an outline, and
    a little more, so that it can be cut off there.
    """
    import shapely

    box = np.array([*points.min(axis=0), *points.max(axis=0)])
    if outline is not None:
        given = np.array(outline.bounds)
        box = np.array([*np.minimum(box[:2], given[:2]), *np.maximum(box[2:], given[2:])])
    margin = _MARGIN * reach
    pad = reach + 4 * margin
    size = box[2:] - box[:2] + 2 * pad
    step = max(margin / 1.5, float(np.sqrt(size.prod() / _MOST_LATTICE)))
    margin = max(margin, 1.5 * step)
    across, up = (int(number) for number in np.ceil(size / step) + 1)
    low = box[:2] - pad
    empty = np.ones((across, up), dtype=np.bool_)
    knot = np.rint((points - low) / step).astype(np.int64)
    empty[knot[:, 0], knot[:, 1]] = False
    away = distance_transform_edt(empty) * step
    if outline is None:
        inside = distance_transform_edt(away <= reach) * step > reach - margin
    else:
        x, y = low[0] + np.arange(across) * step, low[1] + np.arange(up) * step
        grown = shapely.buffer(outline, 2 * step)
        shapely.prepare(grown)
        inside = shapely.contains_xy(grown, *np.meshgrid(x, y, indexing="ij"))
    return Land(low, step, inside | (away <= margin), reach)


def _beside(barriers: Barriers, points: Floats, owner: Ints, reach: float) -> tuple[Floats, Ints]:
    """Return pairs of points on both sides of the lines, each given to the building on its side.

    Where the way to that building crosses a barrier, as beside a crossing of roads, there is none.
    """
    import shapely

    lines = barriers.shapes[
        (barriers.classes >= CLOSED) & (shapely.get_dimensions(barriers.shapes) == 1)
    ]
    xy, line = shapely.get_coordinates(shapely.segmentize(lines, _STEP_M), return_index=True)
    same = line[1:] == line[:-1]
    start, along = xy[:-1][same], np.diff(xy, axis=0)[same]
    length = np.hypot(*along.T)
    start, along = start[length > 0.5], along[length > 0.5] / length[length > 0.5, None]
    middle = start + along * np.minimum(length[length > 0.5], _STEP_M)[:, None] / 2
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    sides = [middle + side * _BESIDE_M * normal for side in (1, -1)]
    near = [
        _nearest_on_side(place, side * normal, points, reach)
        for place, side in zip(sides, (1, -1), strict=True)
    ]
    both = (near[0] != OUTSIDE) & (near[1] != OUTSIDE)
    tree = shapely.STRtree(barriers.shapes[barriers.classes >= CLOSED])
    for place, found in zip(sides, near, strict=True):
        rows = np.flatnonzero(both)
        way = shapely.linestrings(np.stack([place[rows], points[found[rows]]], axis=1))
        both[rows[tree.query(way, predicate="intersects")[0]]] = False
    kept = [owner[found[both]] for found in near]
    return np.concatenate([place[both] for place in sides]), np.concatenate(kept)


def _nearest_on_side(places: Floats, normal: Floats, points: Floats, reach: float) -> Ints:
    """Return for each place the nearest point in the direction of the normal, -1 for none."""
    if not len(places):
        return np.empty(0, dtype=np.int64)
    many = min(16, len(points))
    distance, found = KDTree(points).query(places, k=many, distance_upper_bound=reach)
    distance, found = distance.reshape(-1, many), found.reshape(-1, many)
    inside = np.isfinite(distance)
    towards = points[np.where(inside, found, 0)] - places[:, None]
    fits = inside & (np.einsum("ijk,ik->ij", towards, normal) > 0)
    first = fits.argmax(axis=1)
    return np.where(fits.any(axis=1), found[np.arange(len(places)), first], OUTSIDE)


def _diagram(points: Floats, owner: Ints, reach: float) -> Cells:
    """Make the diagram that is dual to the Delaunay triangulation."""
    middle = points.mean(axis=0)
    mesh = Delaunay(points - middle)
    triangles, beside = mesh.simplices.astype(np.int64), mesh.neighbors.astype(np.int64)
    pairs, ends = [], []
    for corner in range(3):
        other = beside[:, corner]
        mine = np.flatnonzero(other > np.arange(len(triangles)))
        ends.append(np.column_stack([mine, other[mine]]))
        pairs.append(triangles[mine][:, [(corner + 1) % 3, (corner + 2) % 3]])
    corners = _circumcentres(mesh.points[triangles]) + middle
    return Cells(points, owner, corners, np.concatenate(pairs), np.concatenate(ends), reach)


def _circumcentres(triangles: Floats) -> Floats:
    """Return (t, 2) the centres of the circles through the corners of (t, 3, 2) triangles."""
    first = triangles[:, 0]
    b, c = triangles[:, 1] - first, triangles[:, 2] - first
    double = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    double = np.where(np.abs(double) < 1e-12, np.inf, double)
    bb, cc = (b**2).sum(axis=1), (c**2).sum(axis=1)
    x = (c[:, 1] * bb - b[:, 1] * cc) / double
    y = (b[:, 0] * cc - c[:, 0] * bb) / double
    centres: Floats = first + np.column_stack([x, y])
    return centres
