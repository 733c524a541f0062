"""How the town was cut before: fewer communities with big grids, as the report of 2022 tells.

People's Daily Online on Changle County: ``将原有9个城市社区、78个大网格调整为22个城市社区``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onegrid.core import planning
from onegrid.core.planning import Asked, Band, Effort
from onegrid.core.planning.town import Ints
from onegrid.demo.divisions import Division

COMMUNITIES, GRIDS = 9, 78
_GRID_BAND, _COMMUNITY_BAND = Band(600, 1800), Band(3000, 20000)
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class BigGrid:
    """A grid of the former cut: its code, name, community, and the tiles in it."""

    code: str
    name: str
    community: Division
    tiles: Ints


def cut_earlier(town: planning.Town, home: list[Division]) -> list[BigGrid]:
    """Return the big grids of before; none lies in two streets.

    Args:
        home: the community of today of each tile. A former one has the name of that which most of
            its households live in now.
    """
    streets = np.array([division.parent_code for division in home])
    total, found = float(town.households.sum()), []
    left_grids, left_communities = GRIDS, COMMUNITIES
    names = sorted(set(streets.tolist()))
    for place, street in enumerate(names):
        rows = np.flatnonzero(streets == street)
        share = float(town.households[rows].sum()) / total
        last = place == len(names) - 1
        grids = left_grids if last else round(GRIDS * share)
        communities = left_communities if last else max(1, round(COMMUNITIES * share))
        left_grids, left_communities = left_grids - grids, left_communities - communities
        found += _street(town, rows, home, (grids, communities))
    return found


def _street(
    town: planning.Town, rows: Ints, home: list[Division], most: tuple[int, int]
) -> list[BigGrid]:
    """Cut one street into so many grids and communities."""
    part = town.part(rows)
    asked, effort = Asked(_GRID_BAND, most[0]), Effort(None, _ROUNDS)
    grid = planning.plan(town=part, asked=asked, effort=effort).labels
    above = planning.communities(
        town=part, grids=grid, band=_COMMUNITY_BAND, most=most[1], effort=effort
    )
    found, taken = [], set[str]()
    for community in np.unique(above).tolist():
        inside = rows[above == community]
        division = _heir(town, inside, home, taken)
        taken.add(division.code)
        own = np.unique(grid[above == community]).tolist()
        own.sort(key=lambda one: -float(town.xy[rows[grid == one], 1].mean()))
        found += [
            BigGrid(f"{division.code}9{n:02d}", f"{division.name}大网格{n}", division,
                    rows[grid == one])
            for n, one in enumerate(own, start=1)
        ]  # fmt: skip
    return found


def _heir(town: planning.Town, rows: Ints, home: list[Division], taken: set[str]) -> Division:
    """Return the community of today with most of the households that gave no name yet."""
    counts: dict[str, float] = {}
    by_code: dict[str, Division] = {home[row].code: home[row] for row in rows.tolist()}
    for row in rows.tolist():
        code = home[row].code
        counts[code] = counts.get(code, 0.0) + float(town.households[row])
    code = max(sorted(counts.keys() - taken), key=lambda one: counts[one])
    return by_code[code]
