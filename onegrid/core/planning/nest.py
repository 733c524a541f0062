"""The level above: communities as groups of whole grids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from onegrid.core.planning.measures import add_up
from onegrid.core.planning.solve import plan
from onegrid.core.planning.terms import Asked, Band, Effort, Plan, Watch, Wishes
from onegrid.core.planning.town import Barrier, Ints, Town, make_town

#: How dear borders between communities are: they should run along barriers where they can.
BORDERS = 0.5


def group(
    *,
    town: Town,
    grids: Ints,
    band: Band,
    most: int | None = None,
    effort: Effort | None = None,
    seed: int = 0,
    watch: Watch | None = None,
) -> Plan:
    """Group grids to communities within a band of households.

    A community holds together over all pairs of neighbours, also across barriers; its borders run
    along barriers rather than between neighbours.

    Args:
        grids: (n,) grid of each building.
        most: at most so many communities; as many as the middle of the band suggests if not given.

    Returns:
        The plan of the communities: `labels` is the community of each building, from 0, and
        `misses` are the communities that are not as asked for.
    """
    _, of = np.unique(grids, return_inverse=True)
    upper = _above(town, of.astype(np.int64))
    asked = Asked(band, most, Wishes(borders=BORDERS))
    made = plan(town=upper, asked=asked, effort=effort, seed=seed, watch=watch)
    return replace(made, labels=made.labels[of])


def communities(**given: Any) -> Ints:
    """Group grids to communities as `group` does; return (n,) the community of each building."""
    return group(**given).labels


def _above(town: Town, of: Ints) -> Town:
    """Return a town whose buildings are grids."""
    k = int(of.max()) + 1
    households = add_up(of, town.households, k)
    weight = town.households + 1e-9
    total = add_up(of, weight, k)
    middle = [add_up(of, weight * town.xy[:, axis], k) / total for axis in (0, 1)]
    pairs = np.sort(of[town.edges], axis=1)
    outer = pairs[:, 0] != pairs[:, 1]
    keys, link = np.unique(pairs[outer, 0] * np.int64(k) + pairs[outer, 1], return_inverse=True)
    walls = np.bincount(link, ~town.open[outer], len(keys)) == np.bincount(link)
    return make_town(
        xy=np.column_stack(middle),
        households=households,
        edges=np.column_stack([keys // k, keys % k]),
        shared=add_up(link, town.shared[outer], len(keys)),
        barrier=np.where(walls, int(Barrier.SMALL_ROAD), int(Barrier.PATH)),
        area=add_up(of, town.area, k),
        workload=None if town.workload is None else add_up(of, town.workload, k),
    )
