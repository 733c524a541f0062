"""How good a plan is: the same measures for every plan, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from onegrid.core.planning.terms import Band
from onegrid.core.planning.town import Bools, Floats, Ints, Town


@dataclass(frozen=True, eq=False)
class Measures:
    """Figures of each grid (k of them) and of the plan.

    Attributes:
        households: (k,)
        workload: (k,)
        centre: (k, 2) middle of the households, metres.
        inertia: (k,) households times squared distance to the centre, square metres.
        within: (k,) in the band.
        connected: (k,) in one piece without crossing a barrier.
        compactness: (k,) Polsby–Popper, 4πA / P²; 1 is a circle.
        border: metres of border between grids.
        split: compounds that lie in more grids than they must.
        moved: households that are in another grid than today, after today's grids are matched to
            new ones in the best way; 0 when there are none today.
    """

    households: Floats
    workload: Floats
    centre: Floats
    inertia: Floats
    within: Bools
    connected: Bools
    compactness: Floats
    border: float
    split: int
    moved: float

    @property
    def grids(self) -> int:
        """Return the number of grids."""
        return len(self.households)

    @property
    def rms(self) -> float:
        """Return the root mean square distance to the middle of the own grid, in metres."""
        return float(np.sqrt(self.inertia.sum() / self.households.sum()))

    @property
    def good(self) -> float:
        """Return the share of grids within the band and in one piece."""
        return float((self.within & self.connected).mean())

    @property
    def spread(self) -> float:
        """Return the coefficient of variation of the workload."""
        mean = self.workload.mean()
        return float(self.workload.std() / mean) if mean > 0 else 0.0


def add_up(grid: Ints, values: Floats, k: int) -> Floats:
    """Return (k,) the sum of the values of each grid."""
    return np.bincount(grid, values, k).astype(np.float64)


def measure(town: Town, labels: Ints, band: Band) -> Measures:
    """Measure a plan; numbers of grids may have gaps, figures follow their order.

    Args:
        labels: (n,) grid of each building.
    """
    _, grid = np.unique(labels, return_inverse=True)
    k = int(grid.max()) + 1
    households = add_up(grid, town.households, k)
    centre, inertia = _moments(town, grid, households)
    work = town.households if town.workload is None else town.workload
    cut = grid[town.edges[:, 0]] != grid[town.edges[:, 1]]
    perimeter = add_up(grid, town.outer, k)
    for side in (0, 1):
        perimeter = perimeter + add_up(grid[town.edges[cut, side]], town.shared[cut], k)
    area = add_up(grid, town.area, k)
    return Measures(
        households=households,
        workload=add_up(grid, work, k),
        centre=centre,
        inertia=inertia,
        within=(households >= band.least - 1e-9) & (households <= band.most + 1e-9),
        connected=parts(town, grid, k) == 1,
        compactness=4 * np.pi * area / np.maximum(perimeter, 1e-9) ** 2,
        border=float(town.shared[cut].sum()),
        split=_split(town, grid, k, band),
        moved=moved(town.households, town.today, grid),
    )


def _moments(town: Town, grid: Ints, households: Floats) -> tuple[Floats, Floats]:
    """Return centre and inertia; a grid without households is measured by its buildings."""
    k = len(households)
    weight = np.where(households[grid] > 0, town.households, 1.0)
    total = add_up(grid, weight, k)
    centre = np.column_stack(
        [add_up(grid, weight * town.xy[:, axis], k) / total for axis in (0, 1)]
    )
    squared = ((town.xy - centre[grid]) ** 2).sum(axis=1)
    return centre, add_up(grid, town.households * squared, k)


def parts(town: Town, grid: Ints, k: int) -> Ints:
    """Return (k,) in how many pieces each grid lies when no barrier is crossed."""
    n = len(town)
    edges = town.edges[town.open & (grid[town.edges[:, 0]] == grid[town.edges[:, 1]])]
    graph = coo_matrix((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(n, n))
    piece = connected_components(graph, directed=False)[1]
    pairs = np.unique(grid * np.int64(n) + piece)
    return np.bincount(pairs // n, minlength=k)


def _split(town: Town, grid: Ints, k: int, band: Band) -> int:
    inside = town.compound >= 0
    if not inside.any():
        return 0
    compound = town.compound[inside]
    weight = np.bincount(compound, town.households[inside])
    pairs = np.unique(compound * np.int64(k) + grid[inside])
    pieces = np.bincount(pairs // k, minlength=len(weight))
    needed = np.maximum(1, np.ceil((weight - 1e-9) / band.most))
    return int((pieces > needed).sum())


def moved(households: Floats, today: Ints | None, grid: Ints) -> float:
    """Return how many households change their grid under the best matching of old and new grids.

    Households without a grid today are not counted.
    """
    if today is None:
        return 0.0
    known = today >= 0
    if not known.any():
        return 0.0
    _, old = np.unique(today[known], return_inverse=True)
    k_old, k_new = int(old.max()) + 1, int(grid.max()) + 1
    # A private partner for each old grid lets it stay unmatched: full matchings then always exist.
    own = np.arange(k_old)
    rows = np.concatenate([old, own])
    columns = np.concatenate([grid[known], k_new + own])
    stays = np.concatenate([households[known] + 1e-9, np.full(k_old, 1e-12)])
    both = coo_matrix((stays, (rows, columns)), shape=(k_old, k_new + k_old)).tocsr()
    matched = min_weight_full_bipartite_matching(both, maximize=True)
    kept = sum(both[row, column] for row, column in zip(*matched, strict=True))
    return max(0.0, float(households[known].sum() - round(float(kept), 6)))
