"""Why here? Plain reasons for each grid, as data that pages and reports put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from onegrid.core.planning.measures import add_up, measure
from onegrid.core.planning.terms import Asked, Plan
from onegrid.core.planning.town import Barrier, Bools, Floats, Ints, Town


class Hindrance(StrEnum):
    """Why a neighbouring unit is not in the grid."""

    #: the grid would have more households than the band allows
    TOO_MANY = "too_many"
    #: the grid that it is in would be left with fewer than the band asks for
    TOO_FEW = "too_few"
    #: the grid that it is in would fall apart
    APART = "apart"
    #: both grids together would be less compact
    FARTHER = "farther"


@dataclass(frozen=True, slots=True)
class Nearest:
    """The unit beside a grid that came closest to being in it.

    Attributes:
        building: one of its buildings.
        grid: where it is instead.
        households: of the unit.
        hindrance: what speaks against it.
        by: households too many or too few, or what both grids lose in household square metres.
    """

    building: int
    grid: int
    households: float
    hindrance: Hindrance
    by: float


@dataclass(frozen=True, slots=True)
class Story:
    """What there is to say of a grid.

    Attributes:
        households: of the grid.
        room: how many more it could take, and how many it could lose, within the band.
        borders: metres towards other grids by what lies there.
        outside: metres towards nobody.
        rms: root mean square distance to its middle, metres.
        station: the station nearest to its middle, a row of `Town.stations`; None without any.
        walk: mean walk of its households to there, metres; None where no way leads there.
        nearest: None where no unit could change.
    """

    grid: int
    households: float
    room: tuple[float, float]
    borders: Mapping[Barrier, float]
    outside: float
    rms: float
    station: int | None
    walk: float | None
    nearest: Nearest | None


def explain(town: Town, plan: Plan, asked: Asked) -> tuple[Story, ...]:
    """Return a story for each grid of a plan, in the order of their numbers."""
    # Loads solvers of scipy: only for those who ask.
    from onegrid.core.planning.walks import served

    figures = measure(town, plan.labels, asked.band)
    borders, outside = _borders(town, plan.labels, figures.grids)
    nearest = _nearest(town, plan.labels, asked)
    walks = served(town, plan.labels)
    return tuple(
        Story(
            grid=grid,
            households=float(figures.households[grid]),
            room=(
                asked.band.most - float(figures.households[grid]),
                float(figures.households[grid]) - asked.band.least,
            ),
            borders={kind: float(borders[kind][grid]) for kind in Barrier if borders[kind][grid]},
            outside=float(outside[grid]),
            rms=float(
                np.sqrt(max(0.0, figures.inertia[grid]) / max(1e-9, figures.households[grid]))
            ),
            station=None if walks is None else int(walks.station[grid]),
            walk=None if walks is None else _finite(walks.walk[grid]),
            nearest=nearest.get(grid),
        )
        for grid in range(figures.grids)
    )


def _finite(metres: float) -> float | None:
    return float(metres) if np.isfinite(metres) else None


def _borders(town: Town, labels: Ints, k: int) -> tuple[dict[Barrier, Floats], Floats]:
    a, b = labels[town.edges].T
    borders = {}
    for kind in Barrier:
        cut = (a != b) & (town.barrier == kind)
        metres = np.concatenate([town.shared[cut], town.shared[cut]])
        borders[kind] = add_up(np.concatenate([a[cut], b[cut]]), metres, k)
    return borders, add_up(labels, town.outer, k)


@dataclass(frozen=True, eq=False)
class _Units:
    """Units that move as a whole, and all grids: sums by rows of households, x, y, spin."""

    of: Ints
    first: Ints
    grid: Ints
    sums: Floats
    grids: Floats


def _units(town: Town, labels: Ints, most: float) -> _Units:
    """Make one unit of the buildings of a compound in one grid, unless it is above the band."""
    compound = town.compound
    total = np.bincount(compound[compound >= 0], town.households[compound >= 0], 1)
    whole = compound >= 0
    whole[whole] = total[compound[whole]] <= most
    n = len(town)
    key = np.where(whole, n + compound, np.arange(n)) * np.int64(int(labels.max()) + 1) + labels
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    xy = town.xy - town.xy.mean(axis=0)
    w = town.households
    rows = (w, w * xy[:, 0], w * xy[:, 1], w * (xy**2).sum(axis=1))
    grid, k = labels[first], int(labels.max()) + 1
    sums = np.column_stack([add_up(of, row, len(first)) for row in rows])
    grids = np.column_stack([add_up(labels, row, k) for row in rows])
    return _Units(of.astype(np.int64), first, grid, sums, grids)


def _inertia(sums: Floats) -> Floats:
    weight, x, y, spin = sums.T
    found: Floats = np.where(weight > 1e-9, spin - (x * x + y * y) / np.maximum(weight, 1e-9), 0.0)
    return found


def _nearest(town: Town, labels: Ints, asked: Asked) -> dict[int, Nearest]:
    """Return for each grid the unit beside it whose change would cost least."""
    units = _units(town, labels, asked.band.most)
    edges = town.edges[town.open & (labels[town.edges[:, 0]] != labels[town.edges[:, 1]])]
    moves = np.unique(
        np.concatenate(
            [
                np.column_stack([units.of[edges[:, 0]], labels[edges[:, 1]]]),
                np.column_stack([units.of[edges[:, 1]], labels[edges[:, 0]]]),
            ]
        ).astype(np.int64),
        axis=0,
    )
    unit, to = moves.T
    moved = units.sums[unit]
    gives, takes = units.grids[units.grid[unit]], units.grids[to]
    loss = _inertia(gives - moved) + _inertia(takes + moved) - _inertia(gives) - _inertia(takes)
    usable = moved[:, 0] > 0
    order = np.lexsort((unit, loss, to))
    order = order[usable[order]]
    _, first = np.unique(to[order], return_index=True)
    keeps = _Holds(town, labels, units)
    return {
        int(to[row]): _story(keeps, asked, int(unit[row]), int(to[row]), float(loss[row]))
        for row in order[first]
    }


class _Holds:
    """Tells whether grids stay in one piece."""

    def __init__(self, town: Town, labels: Ints, units: _Units) -> None:
        self.units = units
        self.rows = np.argsort(labels, kind="stable")
        self.bounds = np.searchsorted(labels[self.rows], np.arange(int(labels.max()) + 2))
        inner = town.open & (labels[town.edges[:, 0]] == labels[town.edges[:, 1]])
        edges = town.edges[inner]
        order = np.argsort(labels[edges[:, 0]], kind="stable")
        self.edges = edges[order]
        self.starts = np.searchsorted(labels[self.edges[:, 0]], np.arange(int(labels.max()) + 2))

    def without(self, unit: int) -> bool:
        """Tell whether the grid of a unit is in one piece, and not empty, without the unit."""
        from onegrid.core.planning.islands import components

        grid = int(self.units.grid[unit])
        rows = self.rows[self.bounds[grid] : self.bounds[grid + 1]]
        rows = rows[self.units.of[rows] != unit]
        edges = self.edges[self.starts[grid] : self.starts[grid + 1]]
        stay: Bools = (self.units.of[edges] != unit).all(axis=1)
        place = {int(row): number for number, row in enumerate(rows)}
        pairs = np.array([[place[a], place[b]] for a, b in edges[stay].tolist()], dtype=np.int64)
        return len(rows) > 0 and int(components(len(rows), pairs.reshape(-1, 2)).max()) == 0


def _story(keeps: _Holds, asked: Asked, unit: int, to: int, loss: float) -> Nearest:
    units = keeps.units
    grid = int(units.grid[unit])
    households = float(units.sums[unit, 0])
    over = float(units.grids[to, 0]) + households - asked.band.most
    under = asked.band.least - float(units.grids[grid, 0]) + households
    building = int(units.first[unit])
    if over > 1e-9:
        return Nearest(building, grid, households, Hindrance.TOO_MANY, over)
    if under > 1e-9:
        return Nearest(building, grid, households, Hindrance.TOO_FEW, under)
    if not keeps.without(unit):
        return Nearest(building, grid, households, Hindrance.APART, loss)
    return Nearest(building, grid, households, Hindrance.FARTHER, loss)
