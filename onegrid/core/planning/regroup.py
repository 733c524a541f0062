"""Making grids: cut a set into many, re-cut two neighbours, move atoms over a border."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from onegrid.core.planning.chop import chop
from onegrid.core.planning.costs import (
    EPS,
    add,
    collect,
    cost_of,
    members,
    neighbours,
    put,
    walk_of,
)
from onegrid.core.planning.cuts import Split, cut
from onegrid.core.planning.shapes import (
    BEST,
    LATE,
    LOAD,
    MARK,
    NONE,
    NOW,
    QUEUE,
    SEEN,
    SUM_X,
    SUM_Y,
    SUMS,
    WALLS,
    WEIGHT,
    ZERO,
    Job,
    draw,
    kernel,
)
from onegrid.core.planning.town import Floats, Ints


class Crew(NamedTuple):
    """Which grids are worked on.

    Attributes:
        inside: not 0 for the grids that may change.
        dirty: not 0 for the grids whose borders are to be tried.
        found, atoms: scratch memory for numbers of grids and of atoms.
    """

    inside: Ints
    dirty: Ints
    found: Ints
    atoms: Ints


@kernel
def divide(job: Job, atoms: Ints, k: int, turns: int, noise: float) -> Ints:
    """Cut a connected set in k connected grids by halves.

    `atoms` is put in another order; the answer, 0 … k-1, belongs to the new order.
    """
    into = np.zeros(len(atoms), np.int64)
    todo = np.empty((2 * k + 4, 4), np.int64)
    todo[0, :] = (0, len(atoms), k, 0)
    waiting = 1
    while waiting > 0:
        waiting -= 1
        low, high, count, base = todo[waiting]
        if count < 2 or high - low < 2:
            into[low:high] = base
            continue
        if job.halt[0] >= NOW:
            chop(job, atoms[low:high], count, base, into[low:high])
            continue
        split = _halves(job, atoms[low:high], count, noise)
        cut(job, atoms[low:high], split, draw(job.dice) * np.pi, turns)
        middle = low + _part(job, atoms[low:high])
        todo[waiting, :] = (low, middle, split.first, base)
        todo[waiting + 1, :] = (middle, high, split.second, base + split.first)
        waiting += 2
    return into


@kernel
def _halves(job: Job, atoms: Ints, count: int, noise: float) -> Split:
    """Say how many grids each half gets, and between what limits the first half should stay."""
    t = job.t
    load = 0.0
    for a in atoms:
        load += job.p.sums[a, LOAD]
    first = count // 2
    second = count - first
    mean = load / count
    # Halves that will be cut again keep some room to both ends of the band.
    share = 0.35 if count > 4 else 0.6 if count > 2 else 1.0
    least = mean - share * max(mean - t.least, 0.0)
    most = mean + share * max(t.most - mean, 0.0)
    low = max(first * least, load - second * most)
    high = min(first * most, load - second * least)
    if low > high:
        low = high = load * first / count
    return Split(first, second, low, high, -1, -1, noise)


@kernel
def _part(job: Job, atoms: Ints) -> int:
    """Put the first side in front; return its length."""
    room, m = job.room, len(atoms)
    for j in range(m):
        room.ints[QUEUE, j] = atoms[j]
    to, middle = 0, 0
    for side in (0, 1):
        middle = to
        for j in range(m):
            if room.ints[BEST, j] == side:
                atoms[to] = room.ints[QUEUE, j]
                to += 1
    return middle


@kernel
def recut_pair(job: Job, a: int, b: int, turns: int, scratch: Ints) -> float:
    """Cut the union of two neighbours in the best way; return what was gained."""
    g, t = job.g, job.t
    first = members(g, a, scratch, ZERO)
    atoms = scratch[: members(g, b, scratch, first)]
    now = cost_of(g.sums[a], t) + cost_of(g.sums[b], t) + _border(job, atoms[:first], b)
    if t.walk > 0:
        now += walk_of(job.p.stations, g.sums[a], t) + walk_of(job.p.stations, g.sums[b], t)
    split = Split(1, 1, 0.0, 0.0, g.heir[a], g.heir[b], 0.0)
    new = cut(job, atoms, split, _bearing(g.sums[a], g.sums[b]), turns)
    if new >= now - 1e-9 * abs(now) - EPS:
        return 0.0
    side = 0 if _first_continues(job, a, b, atoms) else 1
    put(g, atoms, a, job.room.ints[BEST], side)
    put(g, atoms, b, job.room.ints[BEST], 1 - side)
    collect(job.p, g, a)
    collect(job.p, g, b)
    return float(now - new)


@kernel
def _border(job: Job, atoms: Ints, other: int) -> float:
    """Return the bonds that are cut between these atoms and another grid."""
    p = job.p
    cost = 0.0
    for a in atoms:
        for e in range(p.start[a], p.start[a + 1]):
            if job.g.of[p.near[e]] == other:
                cost += p.bond[e]
    return cost


@kernel
def _bearing(one: Floats, two: Floats) -> float:
    """Return the angle from the middle of one grid to the middle of another."""
    w, v = max(one[WEIGHT], 1e-12), max(two[WEIGHT], 1e-12)
    return float(np.arctan2(two[SUM_Y] / v - one[SUM_Y] / w, two[SUM_X] / v - one[SUM_X] / w))


@kernel
def _first_continues(job: Job, a: int, b: int, atoms: Ints) -> bool:
    """Tell whether the first side should bear the number of `a`, for the most to stay."""
    p, heir, side = job.p, job.g.heir, job.room.ints[BEST]
    straight, crossed = 0.0, 0.0
    for j in range(len(atoms)):
        old = p.today[atoms[j]]
        if old < 0:
            continue
        if old == (heir[a] if side[j] == 0 else heir[b]):
            straight += p.sums[atoms[j], WEIGHT]
        elif old == (heir[b] if side[j] == 0 else heir[a]):
            crossed += p.sums[atoms[j], WEIGHT]
    return straight >= crossed


@kernel
def polish(job: Job, crew: Crew, grids: Ints, turns: int, sweeps: int) -> None:
    """Re-cut pairs of `grids` and move atoms between them until nothing gains."""
    for _ in range(sweeps):
        gained = 0.0
        for a in grids:
            if crew.dirty[a] == 0 or job.g.head[a] < 0 or job.halt[0] >= LATE:
                continue
            crew.dirty[a] = 0
            for j in range(neighbours(job.p, job.g, a, job.room.ints[SEEN], crew.found)):
                b = crew.found[j]
                # A cut before this one may have parted the two.
                if crew.inside[b] == 0 or not _touch(job, a, b):
                    continue
                gain = recut_pair(job, a, b, turns, crew.atoms)
                if gain > 0:
                    crew.dirty[a] = crew.dirty[b] = 1
                    gained += gain
        gained += move_atoms(job, crew, grids)
        if gained <= 0:
            break


@kernel
def _touch(job: Job, a: int, b: int) -> bool:
    """Tell whether two grids are neighbours."""
    p, g = job.p, job.g
    i = g.head[a]
    while i >= 0:
        for e in range(p.start[i], p.start[i + 1]):
            if g.of[p.near[e]] == b:
                return True
        i = g.after[i]
    return False


@kernel
def move_atoms(job: Job, crew: Crew, grids: Ints) -> float:
    """Move single atoms over borders where that gains; return what was gained."""
    p, g = job.p, job.g
    gained = 0.0
    for grid in grids:
        if job.halt[0] >= LATE:
            break
        for j in range(members(g, grid, crew.atoms, ZERO)):
            i = crew.atoms[j]
            for e in range(p.start[i], p.start[i + 1]):
                to = g.of[p.near[e]]
                if to == grid or crew.inside[to] == 0:
                    continue
                gain = gain_of_move(job, i, to)
                if gain > EPS and stays_connected(job, i):
                    move(job, i, to)
                    crew.dirty[grid] = crew.dirty[to] = 1
                    gained += gain
                    break
    return gained


@kernel
def gain_of_move(job: Job, i: int, to: int) -> float:
    """Return what moving an atom would gain; the new sums stay in the first rows of `before`."""
    p, g, t = job.p, job.g, job.t
    grid = g.of[i]
    one, two = job.room.before[0], job.room.before[1]
    for column in range(SUMS):
        one[column] = g.sums[grid, column]
        two[column] = g.sums[to, column]
    gain = cost_of(one, t) + cost_of(two, t)
    if t.walk > 0:
        gain += walk_of(p.stations, one, t) + walk_of(p.stations, two, t)
    add(p, i, -1.0, p.today[i] >= 0 and p.today[i] == g.heir[grid], one)
    add(p, i, 1.0, p.today[i] >= 0 and p.today[i] == g.heir[to], two)
    for e in range(p.start[i], p.start[i + 1]):
        other = g.of[p.near[e]]
        if other == grid:
            gain -= p.bond[e]
            one[WALLS] -= p.wall[e]
        elif other == to:
            gain += p.bond[e]
            two[WALLS] += p.wall[e]
    gain -= cost_of(one, t) + cost_of(two, t)
    if t.walk > 0:
        gain -= walk_of(p.stations, one, t) + walk_of(p.stations, two, t)
    return float(gain)


@kernel
def move(job: Job, i: int, to: int) -> None:
    """Move an atom right after `gain_of_move`."""
    g, before = job.g, job.room.before
    grid = g.of[i]
    for column in range(SUMS):
        g.sums[grid, column] = before[0, column]
        g.sums[to, column] = before[1, column]
    if g.head[grid] == i:
        g.head[grid] = g.after[i]
    else:
        j = g.head[grid]
        while g.after[j] != i:
            j = g.after[j]
        g.after[j] = g.after[i]
    g.of[i] = to
    g.after[i] = g.head[to]
    g.head[to] = i


@kernel
def stays_connected(job: Job, i: int) -> bool:
    """Tell whether the grid of an atom is connected, and not empty, without it."""
    p, g, room = job.p, job.g, job.room
    wanted, first = ZERO, NONE
    for e in range(p.start[i], p.start[i + 1]):
        v = p.near[e]
        if g.of[v] == g.of[i]:
            room.ints[MARK, v] = 0
            wanted += 1
            first = v
    reached, tail = 0, 0
    if wanted > 0:
        reached, tail = _reach(job, i, first, wanted)
    for e in range(p.start[i], p.start[i + 1]):
        room.ints[MARK, p.near[e]] = -1
    for j in range(tail):
        room.ints[MARK, room.ints[QUEUE, j]] = -1
    return wanted > 0 and reached == wanted


@kernel
def _reach(job: Job, i: int, first: int, wanted: int) -> tuple[int, int]:
    """Flood from one neighbour of i, until all wanted (marked 0) are reached or nothing is left."""
    p, g, room = job.p, job.g, job.room
    room.ints[QUEUE, 0] = first
    room.ints[MARK, first] = 1
    head, tail, reached = 0, 1, 1
    while head < tail and reached < wanted:
        u = room.ints[QUEUE, head]
        head += 1
        for e in range(p.start[u], p.start[u + 1]):
            v = p.near[e]
            if v == i or g.of[v] != g.of[i] or room.ints[MARK, v] > 0:
                continue
            if room.ints[MARK, v] == 0:
                reached += 1
            room.ints[MARK, v] = 1
            room.ints[QUEUE, tail] = v
            tail += 1
    return reached, tail
