"""How far people walk: along pairs of neighbours, over what can be crossed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from onegrid.core.planning.measures import measure
from onegrid.core.planning.terms import Band
from onegrid.core.planning.town import Barrier, Floats, Ints, Town

#: Metres that a crossing adds; what is not named cannot be crossed.
CROSSINGS: Mapping[int, float] = {
    Barrier.PATH: 0.0,
    Barrier.SMALL_ROAD: 0.0,
    Barrier.MAIN_ROAD: 60.0,
}
#: Metres; nobody walks farther.
FARTHEST = 5000.0


@dataclass(frozen=True, eq=False)
class Served:
    """Which station serves each of k grids, and how far its households walk there.

    Attributes:
        station: (k,) row of `Town.stations`, the nearest to the middle of the grid on its side.
        metres: (n,) walk from each building; infinite where no way leads there.
        walk: (k,) mean walk of the households that have a way, metres; infinite where none has.
        beyond: households that have none.
        mean: mean walk of all that have one.
    """

    station: Ints
    metres: Floats
    walk: Floats
    beyond: float
    mean: float


def ways_of(town: Town, crossings: Mapping[int, float] = CROSSINGS) -> csr_matrix:
    """Return (n, n) metres between neighbours."""
    a, b = town.edges.T
    added = np.array([crossings.get(kind, np.inf) for kind in Barrier])[town.barrier]
    open_ = np.isfinite(added)
    length = np.hypot(*(town.xy[a] - town.xy[b]).T) + np.where(open_, added, 0.0)
    length = np.maximum(length, 1e-6)[open_]
    return coo_matrix((length, (a[open_], b[open_])), shape=(len(town),) * 2).tocsr()


def sides(town: Town) -> tuple[Ints, Ints]:
    """Return (n,) the side of rivers and railways of each building, and (s,) of each station."""
    side = connected_components(ways_of(town), directed=False)[1].astype(np.int64)
    of_station: Ints = side[cKDTree(town.xy).query(town.stations)[1]]
    return side, of_station


def mostly(of: Ints, side: Ints, households: Floats) -> Ints:
    """Return (k,) the side on which most households of each set live; `of` numbers the sets."""
    wide = int(side.max()) + 1
    keys, place = np.unique(of * wide + side, return_inverse=True)
    order = np.argsort(np.bincount(place, households + 1e-9), kind="stable")
    found = np.zeros(int(of.max()) + 1, dtype=np.int64)
    found[keys[order] // wide] = keys[order] % wide
    return found


def served(town: Town, labels: Ints) -> Served | None:
    """Measure the walks to the stations; None without stations.

    A walk ends at the building nearest to the station and goes straight on from there.

    Args:
        labels: (n,) grid of each building; figures follow the order of the numbers.
    """
    if not len(town.stations):
        return None
    grid = np.unique(labels, return_inverse=True)[1]
    middles = measure(town, labels, Band(0.0, np.inf)).centre
    station = _nearest(town, grid, middles)
    metres = _metres(town, station[grid])
    near = np.isfinite(metres)
    people = np.where(near, town.households, 0.0)
    spent = np.where(near, town.households * np.where(near, metres, 0.0), 0.0)
    count, total = np.bincount(grid, people), np.bincount(grid, spent)
    with np.errstate(invalid="ignore", divide="ignore"):
        walk = np.where(count > 0, total / count, np.inf)
    mean = float(spent.sum() / people.sum()) if people.any() else np.inf
    return Served(station, metres, walk, float(town.households[~near].sum()), mean)


def _nearest(town: Town, grid: Ints, middles: Floats) -> Ints:
    """Return (k,) the station nearest to each middle: of those on the side of the grid, if any."""
    side, of_station = sides(town)
    own = mostly(grid, side, town.households)
    station: Ints = cKDTree(town.stations).query(middles)[1].astype(np.int64)
    for number in np.unique(of_station).tolist():
        there, mine = np.flatnonzero(of_station == number), own == number
        if mine.any():
            station[mine] = there[cKDTree(town.stations[there]).query(middles[mine])[1]]
    return station


def _metres(town: Town, station: Ints) -> Floats:
    """Return (n,) the walk of each building to a station of its own."""
    ways = ways_of(town)
    straight, door = cKDTree(town.xy).query(town.stations)
    metres = np.full(len(town), np.inf)
    for number in np.unique(station).tolist():
        mine = station == number
        found = dijkstra(ways, directed=False, indices=int(door[number]), limit=FARTHEST)
        metres[mine] = found[mine] + straight[number]
    return metres
