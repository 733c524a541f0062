"""Naming the grids that are not as asked for, why, and the least that would mend each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from onegrid.core.planning.islands import GAP, components
from onegrid.core.planning.measures import add_up
from onegrid.core.planning.problem import Problem
from onegrid.core.planning.terms import Band, Miss, Reason
from onegrid.core.planning.town import CLOSED, Barrier, Floats, Ints


@dataclass(frozen=True, eq=False)
class _Ground:
    """What lies behind barriers: piece of each building, households and walls of each piece.

    Attributes:
        piece: (n,) as barriers part the town, before any was opened, and each grid that stays.
        load: (pieces,) households as the band counts them.
        group: (n,) pieces that were cut together; -1 where the grid of today stays.
        share: (groups,) households as the band counts them.
    """

    piece: Ints
    load: Floats
    group: Ints
    share: Floats


def find_misses(problem: Problem, labels: Ints) -> tuple[Miss, ...]:
    """Name the grids out of the band or across a barrier.

    What cannot be helped by any plan is said to be proved: fewer households behind barriers than a
    grid needs, households that no number of grids fits, a building above the band, and grids that
    were asked to stay as they are.
    """
    town, band = problem.town, problem.asked.band
    ground = _ground(problem)
    k = int(labels.max()) + 1
    households = np.bincount(labels, town.households, k)
    order = np.argsort(labels, kind="stable")
    first = np.searchsorted(labels[order], np.arange(k + 1))
    biggest = np.maximum.reduceat(town.households[order], first[:-1])
    pairs = np.unique(labels * np.int64(len(town)) + ground.piece)
    sides = np.bincount(pairs // len(town), minlength=k)
    crossed = _crossed(problem, labels, k)
    out = (households < band.least - 1e-9) | (households > band.most + 1e-9)
    named: set[int] = set()
    misses = []
    for grid in np.flatnonzero((sides > 1) | out).tolist():
        row, load = int(order[first[grid]]), float(households[grid])
        if problem.kept[row] >= 0:
            wall = crossed[grid] if sides[grid] > 1 else None
            misses.append(Miss(Reason.SHAPE, grid, load, wall, *_held(band, load), proved=True))
        elif sides[grid] > 1:
            rows = order[first[grid] : first[grid + 1]]
            miss = _crossing(ground, band, rows, named)
            misses.append(replace(miss, grid=grid, households=load, crossed=crossed[grid]))
        else:
            group = int(ground.group[row])
            miss = _out(ground, band, group, (load, float(biggest[grid])), named)
            misses.append(replace(miss, grid=grid))
    return tuple(misses)


def _ground(problem: Problem) -> _Ground:
    town, most = problem.town, problem.asked.band.most
    kept = problem.kept[town.edges]
    piece = components(len(town), town.edges[town.open & (kept[:, 0] == kept[:, 1])])
    capped = np.minimum(town.households, most)
    first = np.array([part.first for part in problem.parts], dtype=np.int64)
    group = np.where(
        problem.atom >= 0, np.searchsorted(first, problem.atom, side="right") - 1, np.int64(-1)
    )
    share = np.array([part.load for part in problem.parts])
    return _Ground(piece, add_up(piece, capped, int(piece.max()) + 1), group, share)


def _crossed(problem: Problem, labels: Ints, k: int) -> dict[int, Barrier]:
    """Return the weakest barrier inside each grid; `GAP` where no pair of neighbours leads over."""
    town = problem.town
    a, b = town.edges.T
    inside = (labels[a] == labels[b]) & (town.barrier >= CLOSED)
    weakest = np.full(k, int(GAP))
    np.minimum.at(weakest, labels[a[inside]], np.minimum(town.barrier[inside], int(GAP)))
    return {grid: Barrier(kind) for grid, kind in enumerate(weakest.tolist())}


def _held(band: Band, load: float) -> tuple[float, float]:
    """Return the nearest band that holds so many households."""
    return min(band.least, load), max(band.most, load)


def _crossing(ground: _Ground, band: Band, rows: Ints, named: set[int]) -> Miss:
    """Name a grid across a barrier: the smallest piece it reaches into could not stand alone."""
    pieces = np.unique(ground.piece[rows])
    smallest = int(pieces[np.argmin(ground.load[pieces])])
    alone = float(ground.load[smallest])
    island = alone < band.least
    first = smallest not in named and len(band.counts(alone)) == 0
    named.add(smallest)
    reason = Reason.ISLAND if island else Reason.NO_COUNT
    least = min(band.least, alone) if island else band.least
    return Miss(reason, 0, 0.0, None, least, band.most, proved=first)


def _out(
    ground: _Ground, band: Band, group: int, loads: tuple[float, float], named: set[int]
) -> Miss:
    """Name a grid out of the band by its households and those of its biggest building."""
    load, biggest = loads
    least, most = _held(band, load)
    if load > band.most and biggest > band.most:
        return Miss(Reason.TOO_BIG, 0, load, None, least, most, proved=True)
    share = float(ground.share[group])
    if len(band.counts(share)):
        return Miss(Reason.SHAPE, 0, load, None, least, most)
    key = -1 - group
    first = key not in named
    named.add(key)
    reason = Reason.ISLAND if share < band.least else Reason.NO_COUNT
    return Miss(reason, 0, load, None, least, most, proved=first)
