"""Large-neighbourhood search: cut some neighbouring grids anew, keep what is better."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from onegrid.core.planning.costs import (
    EPS,
    collect,
    cost_of,
    cut_bonds,
    inertia,
    link,
    members,
    neighbours,
    put,
    walk_of,
    whole_cost,
)
from onegrid.core.planning.regroup import Crew, divide, polish
from onegrid.core.planning.shapes import (
    LATE,
    LOAD,
    SEEN,
    SPIN,
    SUM_X,
    SUM_Y,
    SUMS,
    WALLS,
    WEIGHT,
    ZERO,
    Grids,
    Job,
    Piece,
    Reins,
    Terms,
    door,
    draw,
    kernel,
    make_room,
)
from onegrid.core.planning.town import Floats, Ints

#: Sweeps over the pairs of grids that were cut anew.
SWEEPS: int = np.int64(6)  # type: ignore[assignment]


class Start(NamedTuple):
    """Grid of each atom, and today's grid that each number continues or -1."""

    of: Ints
    heir: Ints


class Reach(NamedTuple):
    """How hard to try: `tries` times, `fewest` to `most` grids, directions for each cut."""

    tries: int
    fewest: int
    most: int
    turns: int


@kernel
def make_job(p: Piece, t: Terms, start: Start, reins: Reins) -> Job:
    """Make the book-keeping for given grids; `heir` says how many numbers there are."""
    of, heir = start.of.copy(), start.heir.copy()
    m, slots = len(of), len(heir)
    g = Grids(of, np.full(slots, -1), np.full(m, -1), np.zeros((slots, SUMS)), heir)
    link(g)
    for grid in range(slots):
        collect(p, g, grid)
    return Job(p, g, t, make_room(m), reins.dice, reins.halt)


@kernel
def figures(job: Job) -> Floats:
    """Return cost without the price of grids, number of grids, inertia, and grids amiss."""
    g, t = job.g, job.t
    grids, bad, own = 0, 0, 0.0
    for grid in range(len(g.head)):
        if g.head[grid] >= 0:
            sums = g.sums[grid]
            grids += 1
            own += inertia(sums[WEIGHT], sums[SUM_X], sums[SUM_Y], sums[SPIN])
            bad += int(_amiss(sums, t))
    return np.array([whole_cost(job.p, g, t) - t.price * grids, grids, own, bad])


@door
def first_cut(
    p: Piece, t: Terms, heir: Ints, wish: tuple[int, int, int], reins: Reins
) -> tuple[Ints, Floats]:
    """Cut a piece and polish the cut; return the grid of each atom and the figures.

    Args:
        wish: how many grids, directions for each cut, and sweeps over all pairs.
    """
    m, slots, turns = len(p.today), len(heir), wish[1]
    job = make_job(p, t, Start(np.zeros(m, np.int64), heir), reins)
    atoms = np.arange(m)
    into = divide(job, atoms, wish[0], turns, 0.0)
    for j in range(m):
        job.g.of[atoms[j]] = into[j]
    link(job.g)
    every = np.arange(slots)
    for grid in range(slots):
        collect(p, job.g, grid)
    crew = Crew(np.ones(slots, np.int64), np.ones(slots, np.int64), every.copy(), atoms)
    polish(job, crew, every, turns, wish[2])
    return job.g.of, figures(job)


@door
def improve(p: Piece, t: Terms, start: Start, reach: Reach, reins: Reins) -> tuple[Ints, Floats]:
    """Cut sets of neighbouring grids anew; return the grid of each atom and the figures."""
    job = make_job(p, t, start, reins)
    slots = len(start.heir)
    crew = Crew(
        np.zeros(slots, np.int64),
        np.zeros(slots, np.int64),
        np.empty(slots, np.int64),
        np.empty(len(start.of), np.int64),
    )
    bad = np.empty(slots, np.int64)
    bads = 0
    for attempt in range(reach.tries):
        if job.halt[0] >= LATE:
            break
        if attempt % 16 == 0:
            bads = _list_amiss(job, bad)
        cluster, count = _gather(job, crew, _choose(job, bad[:bads]), reach)
        _remake(job, crew, cluster, count, reach.turns)
        for grid in cluster:
            if grid >= 0:
                crew.inside[grid] = crew.dirty[grid] = 0
    return job.g.of, figures(job)


@kernel
def _amiss(sums: Floats, t: Terms) -> bool:
    """Tell whether a grid is out of the band or across a barrier."""
    return bool(sums[LOAD] < t.least - EPS or sums[LOAD] > t.most + EPS or sums[WALLS] > 0.5)


@kernel
def _list_amiss(job: Job, bad: Ints) -> int:
    count = 0
    for grid in range(len(job.g.head)):
        if job.g.head[grid] >= 0 and _amiss(job.g.sums[grid], job.t):
            bad[count] = grid
            count += 1
    return count


@kernel
def _choose(job: Job, bad: Ints) -> int:
    """Return a grid to begin with: often a bad one, else the dearer of two."""
    g, dice = job.g, job.dice
    if len(bad) > 0 and draw(dice) < 0.5:
        grid = bad[int(draw(dice) * len(bad))]
        if g.head[grid] >= 0:
            return int(grid)
    best, dearest, drawn = -1, 0.0, 0
    while drawn < 2:
        grid = int(draw(dice) * len(g.head))
        if g.head[grid] < 0:
            continue
        drawn += 1
        cost = cost_of(g.sums[grid], job.t)
        if job.t.walk > 0:
            cost += walk_of(job.p.stations, g.sums[grid], job.t)
        if best < 0 or cost > dearest:
            best, dearest = grid, cost
    return best


@kernel
def _gather(job: Job, crew: Crew, start: int, reach: Reach) -> tuple[Ints, int]:
    """Collect neighbouring grids around one; return them, with -1 behind, and how many."""
    wanted = reach.fewest + int(draw(job.dice) * (reach.most - reach.fewest + 1))
    cluster = np.full(reach.most + 1, -1)
    cluster[0] = start
    crew.inside[start] = 1
    count, turn = 1, 0
    while count < wanted and turn < count:
        beside = neighbours(job.p, job.g, cluster[turn], job.room.ints[SEEN], crew.found)
        shift = int(draw(job.dice) * max(beside, 1))
        taken = 0
        for j in range(beside):
            grid = crew.found[(j + shift) % beside]
            if count < wanted and crew.inside[grid] == 0 and taken <= wanted // 2:
                crew.inside[grid] = 1
                cluster[count] = grid
                count += 1
                taken += 1
        turn += 1
    return cluster, count


@kernel
def _remake(job: Job, crew: Crew, cluster: Ints, count: int, turns: int) -> bool:
    """Cut a cluster anew, maybe in one grid more or less; undo it unless it is cheaper."""
    g = job.g
    m, load = ZERO, 0.0
    for j in range(count):
        m = members(g, cluster[j], crew.atoms, m)
        load += g.sums[cluster[j], LOAD]
    parts = _new_count(job, cluster, count, load)
    if parts < 2 and count < 2:
        return False
    grids = cluster[: max(count, parts)]
    mine = crew.atoms[:m].copy()
    now = _cost(job, grids, mine)
    into = divide(job, mine, parts, max(4, turns // 2), 0.25)
    before = np.empty(m, np.int64)
    for j in range(m):
        before[j] = g.of[mine[j]]
    _hand_out(job, grids, parts, mine, into)
    for grid in grids:
        crew.inside[grid] = crew.dirty[grid] = 1
    polish(job, crew, grids, turns, SWEEPS)
    if _cost(job, grids, mine) < now - 1e-9 * abs(now) - EPS:
        return True
    for grid in grids:
        put(g, mine, grid, before, grid)
        collect(job.p, g, grid)
    return False


@kernel
def _cost(job: Job, grids: Ints, atoms: Ints) -> float:
    """Return the cost of some grids that hold these atoms."""
    cost = cut_bonds(job.p, job.g, atoms)
    for grid in grids:
        if job.g.head[grid] >= 0:
            cost += cost_of(job.g.sums[grid], job.t)
            if job.t.walk > 0:
                cost += walk_of(job.p.stations, job.g.sums[grid], job.t)
    return cost


@kernel
def _new_count(job: Job, cluster: Ints, count: int, load: float) -> int:
    """Return how many grids a cluster shall become; a free number is written behind it."""
    if draw(job.dice) > 0.3:
        return count
    if draw(job.dice) < 0.5:
        fits = count > 1 and (count - 1) * job.t.most >= load
        return count - 1 if fits else count
    if (count + 1) * job.t.least > load:
        return count
    for grid in range(len(job.g.head)):
        if job.g.head[grid] < 0:
            cluster[count] = grid
            return count + 1
    return count


@kernel
def _hand_out(job: Job, grids: Ints, parts: int, atoms: Ints, into: Ints) -> None:
    """Give each new part the number of a grid, for the most households to stay in theirs."""
    stay = _stays(job, grids, parts, atoms, into)
    for grid in grids:
        job.g.head[grid] = -1
    for _ in range(parts):
        part, column = _largest(stay)
        put(job.g, atoms, grids[column], into, part)
        stay[part, :] = -1.0
        stay[:, column] = -1.0
    for grid in grids:
        collect(job.p, job.g, grid)


@kernel
def _largest(table: Floats) -> tuple[int, int]:
    """Return row and column of the largest number."""
    row, column = 0, 0
    for i in range(table.shape[0]):
        for j in range(table.shape[1]):
            if table[i, j] > table[row, column]:
                row, column = i, j
    return row, column


@kernel
def _stays(job: Job, grids: Ints, parts: int, atoms: Ints, into: Ints) -> Floats:
    """Return the households of each part that each grid's today would keep."""
    p = job.p
    stay = np.zeros((parts, len(grids)))
    if job.t.change > 0:
        for j in range(len(atoms)):
            old = p.today[atoms[j]]
            for column in range(len(grids)):
                if old >= 0 and old == job.g.heir[grids[column]]:
                    stay[into[j], column] += p.sums[atoms[j], WEIGHT]
    return stay
