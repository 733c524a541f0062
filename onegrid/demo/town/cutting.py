"""Cut the invented town into grids and communities with the product's own planner. Metres."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely import Polygon

from onegrid.core import planning
from onegrid.core.planning import Band, Barrier, Effort
from onegrid.demo.town import streets

Ints = NDArray[np.int64]

GRID_BAND = Band(300, 500)
COMMUNITY_BAND = Band(3000, 5000)
_ROUNDS = 10
_TOUCH_M = 5.0
_NEAR_M = 4.0


class NoPlan(ValueError):
    """Raised when a town cannot be cut as promised; the caller draws another one."""


def as_planned(tiles: list[Polygon], households: list[int], bones: streets.Skeleton) -> Any:
    """Return the tiles of a town, each a compound or a public plot, as the planner reads them."""
    array = np.array(tiles, dtype=object)
    left, right = shapely.STRtree(array).query(array, predicate="intersects")
    pairs = np.column_stack([left, right])[left < right]
    borders = shapely.intersection(array[pairs[:, 0]], array[pairs[:, 1]])
    shared = shapely.length(borders)
    touching = shared > _TOUCH_M
    pairs, borders, shared = pairs[touching], borders[touching], shared[touching]
    outer = shapely.length(array)
    for side in (0, 1):
        outer -= np.bincount(pairs[:, side], shared, len(tiles))
    return planning.make_town(
        xy=shapely.get_coordinates(shapely.point_on_surface(array)),
        households=np.array(households, dtype=np.float64),
        edges=pairs,
        shared=shared,
        barrier=_between(borders, bones),
        area=shapely.area(array),
        outer=np.maximum(outer, 0.0),
    )


def _between(borders: Any, bones: streets.Skeleton) -> Ints:
    """Return what runs along each border."""
    found = np.full(len(borders), Barrier.PATH, dtype=np.int64)
    lines = {
        Barrier.SMALL_ROAD: [road.line for road in bones.roads if road.rank == streets.SECONDARY],
        Barrier.MAIN_ROAD: [road.line for road in bones.roads if road.rank == streets.MAIN],
        Barrier.RIVER: [bones.river],
    }
    for barrier, drawn in lines.items():
        band = shapely.buffer(shapely.union_all(drawn), _NEAR_M)
        shapely.prepare(band)
        along = shapely.length(shapely.intersection(borders, band)) / shapely.length(borders)
        found[along > 0.5] = barrier
    return found


def cut(town: planning.Town, communities: int) -> tuple[Ints, Ints]:
    """Return the grid and the community of each tile.

    Raises:
        NoPlan: a grid or a community is out of its band, or there are not enough communities.
    """
    asked = planning.Asked(GRID_BAND)
    plan = planning.plan(town=town, asked=asked, effort=Effort(None, _ROUNDS))
    if not planning.measure(town, plan.labels, GRID_BAND).within.all():
        raise NoPlan("a grid is out of its band")
    found = planning.communities(
        town=town,
        grids=plan.labels,
        band=COMMUNITY_BAND,
        most=communities,
        effort=Effort(None, _ROUNDS),
    )
    within = planning.measure(town, found, COMMUNITY_BAND).within
    if len(within) != communities or not within.all():
        raise NoPlan("the communities do not come to their number or size")
    return plan.labels, found


def northern(town: planning.Town, community: Ints, count: int) -> frozenset[int]:
    """Return the northernmost communities that hang together and leave the others in one piece.

    Raises:
        NoPlan: there are none.
    """
    k = int(community.max()) + 1
    ends = community[town.edges]
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(k, k)).tocsr()
    north = np.array([np.average(town.xy[community == c, 1]) for c in range(k)])
    for chosen in sorted(combinations(range(k), count), key=lambda c: -north[list(c)].sum()):
        others = [c for c in range(k) if c not in chosen]
        if _whole(graph, list(chosen)) and _whole(graph, others):
            return frozenset(chosen)
    raise NoPlan("the northern communities do not hang together")


def _whole(graph: Any, members: list[int]) -> bool:
    return int(connected_components(graph[members][:, members], directed=False)[0]) == 1
