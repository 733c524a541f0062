"""Who is whose neighbour, along how many metres, and what lies between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, KDTree, QhullError

from onegrid.core.planning import CLOSED, Barrier
from onegrid.gis.barriers import Barriers
from onegrid.gis.cells import OUTSIDE, Cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: metres of a common border below which two cells only touch at a corner
_LEAST_BORDER_M = 1.0


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs of buildings, and the ground of each, as `onegrid.core.planning.Town` has them."""

    edges: Ints
    shared: Floats
    barrier: Ints
    area: Floats
    outer: Floats


def neighbours(cells: Cells, middles: Floats, barriers: Barriers | None) -> Neighbours:
    """Find the neighbours of n buildings; in the end everybody is reached from everybody."""
    n = len(middles)
    ends = cells.corners[cells.ends]
    length = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    owners = cells.owner[cells.pairs]
    area, outer = _ground(cells, ends, length, n)
    between = (owners[:, 0] != owners[:, 1]) & (owners != OUTSIDE).all(axis=1)
    kind = crossed(cells.points[cells.pairs[between]], barriers)
    edges, shared, barrier = _joined(owners[between], length[between], kind, n)
    links = _links(edges, middles)
    across = crossed(middles[links], barriers)
    return Neighbours(
        edges=np.concatenate([edges, links]),
        shared=np.concatenate([shared, np.zeros(len(links))]),
        barrier=np.concatenate([barrier, across]),
        area=area,
        outer=outer,
    )


def _ground(cells: Cells, ends: Floats, length: Floats, n: int) -> tuple[Floats, Floats]:
    """Return area and outer border of each building's cells, from the triangles at their ridges."""
    area, outer = np.zeros(n), np.zeros(n)
    owners = cells.owner[cells.pairs]
    for side in (0, 1):
        mine = owners[:, side] != OUTSIDE
        one, two = (ends[:, end] - cells.points[cells.pairs[:, side]] for end in (0, 1))
        half = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
        area += np.bincount(owners[mine, side], half[mine], n)
        open_land = mine & (owners[:, 1 - side] == OUTSIDE)
        outer += np.bincount(owners[open_land, side], length[open_land], n)
    return area, outer


def crossed(segments: Floats, barriers: Barriers | None) -> Ints:
    """Return (r,) the strongest barrier that each of (r, 2, 2) segments crosses."""
    import shapely

    kind = np.zeros(len(segments), dtype=np.int64)
    if barriers is None or not len(barriers) or not len(segments):
        return kind
    tree = shapely.STRtree(barriers.shapes)
    rows, hit = tree.query(shapely.linestrings(segments), predicate="intersects")
    np.maximum.at(kind, rows, barriers.classes[hit])
    return kind


def _joined(owners: Ints, length: Floats, kind: Ints, n: int) -> tuple[Ints, Floats, Ints]:
    """Add the ridges of each pair of buildings up; what lies along most of the border counts."""
    low, high = owners.min(axis=1), owners.max(axis=1)
    keys, place = np.unique(low * np.int64(n) + high, return_inverse=True)
    by_kind = np.zeros((len(keys), len(Barrier)))
    np.add.at(by_kind, (place, kind), length)
    shared = by_kind.sum(axis=1)
    closed = by_kind[:, CLOSED:].sum(axis=1) * 2 > shared
    barrier = np.where(
        closed,
        CLOSED + by_kind[:, CLOSED:].argmax(axis=1),
        by_kind[:, :CLOSED].argmax(axis=1),
    )
    kept = shared >= _LEAST_BORDER_M
    edges = np.column_stack([keys // n, keys % n])
    return edges[kept], shared[kept], barrier[kept].astype(np.int64)


def _links(edges: Ints, middles: Floats) -> Ints:
    """Return pairs that join what is apart, the shortest between each two pieces that face."""
    n = len(middles)
    count, piece = _pieces(edges, n)
    if count == 1:
        return np.empty((0, 2), dtype=np.int64)
    found = _facing(middles)
    apart = piece[found[:, 0]] != piece[found[:, 1]]
    found = found[apart]
    length = np.hypot(*(middles[found[:, 0]] - middles[found[:, 1]]).T)
    found = found[np.argsort(length, kind="stable")]
    ends = np.sort(piece[found], axis=1)
    _, first = np.unique(ends[:, 0].astype(np.int64) * count + ends[:, 1], return_index=True)
    links: Ints = found[np.sort(first)]
    return links


def _facing(middles: Floats) -> Ints:
    """Return pairs of a triangulation; for points on a line, pairs along it."""
    try:
        mesh = Delaunay(middles - middles.mean(axis=0))
    except (QhullError, ValueError):
        order = np.lexsort(middles.T)
        return np.column_stack([order[:-1], order[1:]]).astype(np.int64)
    sides = [mesh.simplices[:, [one, two]] for one, two in ((0, 1), (1, 2), (0, 2))]
    left_out = mesh.coplanar[:, [0, 2]]
    return np.concatenate([*sides, left_out]).astype(np.int64)


def _pieces(edges: Ints, n: int) -> tuple[int, Ints]:
    graph = coo_matrix((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(n, n))
    count, piece = connected_components(graph, directed=False)
    return int(count), piece.astype(np.int64)


def nearest(places: Floats, among: Floats) -> Ints:
    """Return for each place the row of the nearest of some points."""
    found: Ints = KDTree(among).query(places)[1].astype(np.int64)
    return found
