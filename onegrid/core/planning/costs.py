"""What grids cost, and the book-keeping of which atom is in which grid."""

from __future__ import annotations

import numpy as np

from onegrid.core.planning.shapes import (
    LOAD,
    OWN,
    SPIN,
    STAYS,
    SUM_X,
    SUM_Y,
    SUMS,
    WALLS,
    WEIGHT,
    WORK,
    Grids,
    Piece,
    Terms,
    kernel,
)
from onegrid.core.planning.town import Floats, Ints

EPS = 1e-6


@kernel
def inertia(weight: float, x: float, y: float, spin: float) -> float:
    """Return the moment of inertia about the own middle."""
    return spin - (x * x + y * y) / weight if weight > 1e-12 else 0.0


@kernel
def beside(load: float, work: float, walls: float, t: Terms) -> float:
    """Return what a grid costs beside its inertia and changes from today."""
    out = max(t.least - load, load - t.most, 0.0)
    cost = t.price
    if out > EPS or walls > 0.5:
        cost += t.miss + t.stray * out
    if walls > 0.5:
        cost += 0.01 * t.miss * walls
    if t.balance > 0:
        cost += t.balance * (work - t.mean_work) ** 2
    return cost


@kernel
def cost_of(sums: Floats, t: Terms) -> float:
    """Return the cost of a grid from its sums, without `walk_of`."""
    own = inertia(sums[WEIGHT], sums[SUM_X], sums[SUM_Y], sums[SPIN])
    moved = t.change * (sums[WEIGHT] - sums[STAYS])
    return float(own + moved + beside(sums[LOAD], sums[WORK], sums[WALLS], t))


@kernel
def walk_from(stations: Floats, weight: float, x: float, y: float, spin: float) -> float:
    """Return households times squared distance to the station nearest to their middle.

    That is their inertia, and what the middle lies off the station (parallel axes).
    """
    if weight <= 1e-12:
        return 0.0
    nearest = np.inf
    for s in range(len(stations)):
        east, north = x / weight - stations[s, 0], y / weight - stations[s, 1]
        nearest = min(nearest, east * east + north * north)
    return inertia(weight, x, y, spin) + weight * nearest


@kernel
def walk_of(stations: Floats, sums: Floats, t: Terms) -> float:
    """Return what the ways to the station of a grid cost.

    Ask only if `t.walk` is above 0: arrays that are passed in inner loops cost time.
    """
    return t.walk * walk_from(stations, sums[WEIGHT], sums[SUM_X], sums[SUM_Y], sums[SPIN])


@kernel
def two_walks(stations: Floats, part: Floats, whole: Floats, t: Terms) -> float:
    """Return what the ways to the stations of both sides cost."""
    one = walk_from(stations, part[WEIGHT], part[SUM_X], part[SUM_Y], part[SPIN])
    two = walk_from(
        stations,
        whole[WEIGHT] - part[WEIGHT],
        whole[SUM_X] - part[SUM_X],
        whole[SUM_Y] - part[SUM_Y],
        whole[SPIN] - part[SPIN],
    )
    return t.walk * (one + two)


@kernel
def add(p: Piece, i: int, sign: float, stays: bool, sums: Floats) -> None:
    """Add an atom to the sums of a grid or take it away; walls are not counted here."""
    for column in range(OWN):
        sums[column] += sign * p.sums[i, column]
    if stays:
        sums[STAYS] += sign * p.sums[i, WEIGHT]


@kernel
def collect(p: Piece, g: Grids, grid: int) -> None:
    """Make the sums of a grid anew from its atoms."""
    sums = g.sums[grid]
    for column in range(SUMS):
        sums[column] = 0.0
    i = g.head[grid]
    while i >= 0:
        add(p, i, 1.0, p.today[i] >= 0 and p.today[i] == g.heir[grid], sums)
        for e in range(p.start[i], p.start[i + 1]):
            if p.wall[e] > 0 and p.near[e] > i and g.of[p.near[e]] == grid:
                sums[WALLS] += 1.0
        i = g.after[i]


@kernel
def link(g: Grids) -> None:
    """Make the lists of atoms anew from `of`."""
    g.head[:] = -1
    for i in range(len(g.of) - 1, -1, -1):
        g.after[i] = g.head[g.of[i]]
        g.head[g.of[i]] = i


@kernel
def put(g: Grids, atoms: Ints, grid: int, side: Ints, which: int) -> None:
    """Make the atoms of one side the only ones of a grid."""
    g.head[grid] = -1
    for i in range(len(atoms) - 1, -1, -1):
        if side[i] == which:
            a = atoms[i]
            g.of[a] = grid
            g.after[a] = g.head[grid]
            g.head[grid] = a


@kernel
def members(g: Grids, grid: int, atoms: Ints, m: int) -> int:
    """Write the atoms of a grid behind the first m; return the new length."""
    i = g.head[grid]
    while i >= 0:
        atoms[m] = i
        m += 1
        i = g.after[i]
    return m


@kernel
def cut_bonds(p: Piece, g: Grids, atoms: Ints) -> float:
    """Return the cost of the borders of these atoms, inner ones once and outer ones half."""
    cost = 0.0
    for i in atoms:
        for e in range(p.start[i], p.start[i + 1]):
            if g.of[p.near[e]] != g.of[i]:
                cost += 0.5 * p.bond[e]
    return cost


@kernel
def whole_cost(p: Piece, g: Grids, t: Terms) -> float:
    """Return the cost of all grids and borders."""
    cost = 0.0
    for grid in range(len(g.head)):
        if g.head[grid] >= 0:
            cost += cost_of(g.sums[grid], t)
            if t.walk > 0:
                cost += walk_of(p.stations, g.sums[grid], t)
    for i in range(len(g.of)):
        for e in range(p.start[i], p.start[i + 1]):
            if p.near[e] > i and g.of[p.near[e]] != g.of[i]:
                cost += p.bond[e]
    return cost


@kernel
def neighbours(p: Piece, g: Grids, grid: int, seen: Ints, found: Ints) -> int:
    """Write the grids beside a grid to `found` and return how many; `seen` is all -1 before."""
    count = 0
    i = g.head[grid]
    while i >= 0:
        for e in range(p.start[i], p.start[i + 1]):
            other = g.of[p.near[e]]
            if other != grid and seen[other] < 0:
                seen[other] = 1
                found[count] = other
                count += 1
        i = g.after[i]
    for j in range(count):
        seen[found[j]] = -1
    return count
