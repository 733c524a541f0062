"""What is cut into grids: buildings with households, what joins them and what keeps them apart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from onegrid.core.errors import CoreError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Barrier(IntEnum):
    """What lies between two neighbours; a grid does not reach across the last three."""

    PATH = 0
    SMALL_ROAD = 1
    MAIN_ROAD = 2
    RIVER = 3
    RAILWAY = 4


#: The least barrier that no grid may cross.
CLOSED = Barrier.MAIN_ROAD


class TownError(CoreError):
    """A town that cannot be planned; `params` names the first bad row, from 0, if it is a row."""


@dataclass(frozen=True, eq=False)
class Town:
    """n buildings and m pairs of neighbours.

    Attributes:
        xy: (n, 2) metres in a projection that keeps distances.
        households: (n,) zero or more.
        edges: (m, 2) pairs of rows that touch, share a path or face each other.
        shared: (m,) metres of the border that the two have in common.
        barrier: (m,) what lies between them, a `Barrier`.
        compound: (n,) a number for each walled compound, -1 outside of any.
        area: (n,) square metres of ground that belong to the building.
        outer: (n,) metres of its border that face no other building.
        today: (n,) number of today's grid, -1 where there is none.
        workload: (n,) what a grid worker has to do there, in any unit; households when not given.
        stations: (s, 2) metres, where people are served; may be empty.
    """

    xy: Floats
    households: Floats
    edges: Ints
    shared: Floats
    barrier: Ints
    compound: Ints
    area: Floats
    outer: Floats
    today: Ints | None = None
    workload: Floats | None = field(default=None)
    stations: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def __post_init__(self) -> None:
        """Check shapes and values.

        Raises:
            TownError: names the first bad row.
        """
        _check(self)

    def __len__(self) -> int:
        return len(self.households)

    @cached_property
    def open(self) -> Bools:
        """Return (m,) which pairs may belong to one grid without crossing a barrier."""
        return self.barrier < CLOSED

    def part(self, rows: Ints) -> Town:
        """Return some rows as a town, in their order; borders to the rest fall off."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        inside = (place[self.edges] >= 0).all(axis=1)
        return replace(
            self,
            xy=self.xy[rows],
            households=self.households[rows],
            edges=place[self.edges[inside]],
            shared=self.shared[inside],
            barrier=self.barrier[inside],
            compound=self.compound[rows],
            area=self.area[rows],
            outer=self.outer[rows],
            today=None if self.today is None else self.today[rows],
            workload=None if self.workload is None else self.workload[rows],
        )


def make_town(
    *,
    xy: Floats,
    households: Floats,
    edges: Ints,
    shared: Floats | None = None,
    barrier: Ints | None = None,
    compound: Ints | None = None,
    area: Floats | None = None,
    outer: Floats | None = None,
    today: Ints | None = None,
    workload: Floats | None = None,
    stations: Floats | None = None,
) -> Town:
    """Make a town from arrays of any number type; what is not given is neutral.

    Raises:
        TownError: names the first bad row.
    """
    n, m = len(households), len(edges)

    def floats(given: Floats | None, length: int, default: float) -> Floats:
        return np.asarray(np.full(length, default) if given is None else given, dtype=np.float64)

    def ints(given: Ints | None, length: int, default: int) -> Ints:
        return np.asarray(np.full(length, default) if given is None else given, dtype=np.int64)

    return Town(
        xy=np.asarray(xy, dtype=np.float64).reshape(-1, 2),
        households=floats(households, n, 0.0),
        edges=np.asarray(edges, dtype=np.int64).reshape(-1, 2),
        shared=floats(shared, m, 1.0),
        barrier=ints(barrier, m, Barrier.PATH),
        compound=ints(compound, n, -1),
        area=floats(area, n, 0.0),
        outer=floats(outer, n, 0.0),
        today=None if today is None else ints(today, n, -1),
        workload=None if workload is None else floats(workload, n, 0.0),
        stations=floats(stations, 0, 0.0).reshape(-1, 2),
    )


def _check(town: Town) -> None:
    n, m = len(town.households), len(town.edges)
    if n == 0:
        raise TownError("town.empty")
    for rows, length in (
        (town.xy, n), (town.compound, n), (town.area, n), (town.outer, n),
        (town.shared, m), (town.barrier, m), (town.today, n), (town.workload, n),
    ):  # fmt: skip
        if rows is not None and len(rows) != length:
            raise TownError("town.lengths_differ")
    _refuse("town.place_missing", ~np.isfinite(town.xy).all(axis=1))
    _refuse("town.station_bad", ~np.isfinite(town.stations).all(axis=1))
    _refuse("town.households_bad", ~(np.isfinite(town.households) & (town.households >= 0)))
    _refuse("town.edge_unknown", ((town.edges < 0) | (town.edges >= n)).any(axis=1))
    _refuse("town.edge_to_itself", town.edges[:, 0] == town.edges[:, 1])
    _refuse("town.border_bad", ~(np.isfinite(town.shared) & (town.shared >= 0)))
    if town.workload is not None:
        _refuse("town.workload_bad", ~(np.isfinite(town.workload) & (town.workload >= 0)))
    if not town.households.any():
        raise TownError("town.nobody_lives_here")


def _refuse(code: str, bad: object) -> None:
    rows = np.flatnonzero(np.asarray(bad, dtype=np.bool_))
    if len(rows):
        raise TownError(code, row=int(rows[0]))
