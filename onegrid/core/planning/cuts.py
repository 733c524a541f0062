"""Cutting a connected set of atoms in two, by lines swept over it in many directions.

Atoms are put in order along a direction; each place in the order is a cut. The cheapest place
where both sides are connected wins over all directions. When the cheapest place of a direction
leaves strays behind, they are handed to the other side, which mends both sides at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from onegrid.core.planning.costs import EPS, add, beside, inertia, two_walks
from onegrid.core.planning.shapes import (
    BEST,
    LOAD,
    MARK,
    NOW,
    ORDER,
    OWN,
    PARTS,
    PLACE,
    QUEUE,
    ROOT,
    SIDE,
    SPIN,
    STAYS,
    SUM_X,
    SUM_Y,
    SUMS,
    WALLS,
    WEIGHT,
    WORK,
    ZERO,
    Job,
    Terms,
    draw,
    find,
    kernel,
    sort_by_key,
)
from onegrid.core.planning.town import Floats, Ints

#: Column of `Room.before`: households of the second heir (`STAYS` holds those of the first).
OTHER = SUMS


class Split(NamedTuple):
    """How a set is to be cut.

    Attributes:
        first, second: number of grids that the two sides will become.
        low, high: least and most households of the first side; outside of it costs.
        heir, other: today's grids that the two continue, -1 for none (only for 1 + 1).
        noise: each cut is made dearer by up to this share, at random.
    """

    first: int
    second: int
    low: float
    high: float
    heir: int
    other: int
    noise: float


@kernel
def cut(job: Job, atoms: Ints, split: Split, start: float, turns: int) -> float:
    """Find the best cut; `room.ints[BEST]` says the side (0 or 1) of each atom.

    Args:
        atoms: a connected set.
        start: angle of the first direction.
        turns: how many straight directions; a quarter as many follow the ways instead.
    """
    room, m = job.room, len(atoms)
    for j in range(m):
        room.ints[MARK, atoms[j]] = j
    best = np.inf
    round_trip = 2 * np.pi if split.first != split.second else np.pi
    for turn in range(turns + turns // 4):
        if job.halt[0] >= NOW and best < np.inf:
            break
        _project(job, atoms, start + round_trip * turn / turns)
        if turn >= turns:
            _follow_ways(job, atoms)
        sort_by_key(room, m)
        _add_up(job, atoms, split)
        cheapest = _price(job, m, split)
        if cheapest > 0 and room.cost[cheapest] < best:
            best = _take(job, atoms, split, cheapest, best)
    for j in range(m):
        room.ints[MARK, atoms[j]] = -1
    return best


@kernel
def _take(job: Job, atoms: Ints, split: Split, cheapest: int, best: float) -> float:
    """Take the best cut of the present order if it beats `best`; return the better cost."""
    room, m = job.room, len(atoms)
    place, cost = _connected(job, atoms, split, cheapest, best)
    if place > 0:
        for j in range(m):
            room.ints[BEST, room.ints[ORDER, j]] = 0 if j < place else 1
        return cost
    for j in range(m):
        room.ints[SIDE, room.ints[ORDER, j]] = 0 if j < cheapest else 1
    cost = _mend(job, atoms, split)
    if cost < best:
        for j in range(m):
            room.ints[BEST, j] = room.ints[SIDE, j]
    return min(cost, best)


@kernel
def _project(job: Job, atoms: Ints, angle: float) -> None:
    c, s = np.cos(angle), np.sin(angle)
    for j in range(len(atoms)):
        job.room.key[j] = job.p.xy[atoms[j], 0] * c + job.p.xy[atoms[j], 1] * s


@kernel
def _follow_ways(job: Job, atoms: Ints) -> None:
    """Order by steps from one end less steps from the other instead of along a line."""
    key, m = job.room.key, len(atoms)
    first, last = ZERO, ZERO
    for j in range(m):
        if key[j] < key[first]:
            first = j
        if key[j] > key[last]:
            last = j
    for j in range(m):
        key[j] *= 1e-7
    _add_steps(job, atoms, first, 1.0)
    _add_steps(job, atoms, last, -1.0)


@kernel
def _add_steps(job: Job, atoms: Ints, end: int, sign: float) -> None:
    """Add the number of steps from one atom to the key of each."""
    p, room = job.p, job.room
    steps = room.ints[PLACE]
    for j in range(len(atoms)):
        steps[j] = -1
    room.ints[QUEUE, 0] = end
    steps[end] = 0
    head, tail = 0, 1
    while head < tail:
        j = room.ints[QUEUE, head]
        head += 1
        room.key[j] += sign * steps[j]
        for e in range(p.start[atoms[j]], p.start[atoms[j] + 1]):
            v = room.ints[MARK, p.near[e]]
            if v >= 0 and steps[v] < 0:
                steps[v] = steps[j] + 1
                room.ints[QUEUE, tail] = v
                tail += 1


@kernel
def _add_up(job: Job, atoms: Ints, split: Split) -> None:
    """Write the sums of the first j atoms in order to `room.before[j]`."""
    p, before = job.p, job.room.before
    before[0, :] = 0.0
    for j in range(len(atoms)):
        a = atoms[job.room.ints[ORDER, j]]
        row = before[j + 1]
        for column in range(OWN):
            row[column] = before[j, column] + p.sums[a, column]
        row[STAYS] = before[j, STAYS]
        row[OTHER] = before[j, OTHER]
        if p.today[a] >= 0:
            if p.today[a] == split.heir:
                row[STAYS] += p.sums[a, WEIGHT]
            elif p.today[a] == split.other:
                row[OTHER] += p.sums[a, WEIGHT]


@kernel
def _two_costs(part: Floats, whole: Floats, split: Split, t: Terms) -> float:
    """Return the cost of both sides from the sums of the first and of all; walls and bonds not."""
    weight, other = part[WEIGHT], whole[WEIGHT] - part[WEIGHT]
    load, left = part[LOAD], whole[LOAD] - part[LOAD]
    one = inertia(weight, part[SUM_X], part[SUM_Y], part[SPIN])
    two = inertia(
        other, whole[SUM_X] - part[SUM_X], whole[SUM_Y] - part[SUM_Y], whole[SPIN] - part[SPIN]
    )
    if split.first + split.second > 2:
        out = max(split.low - load, load - split.high, 0.0)
        return float(one / split.first + two / split.second + t.stray * out)
    stay = part[STAYS] + whole[OTHER] - part[OTHER]
    stay = max(stay, part[OTHER] + whole[STAYS] - part[STAYS])
    return float(
        one
        + two
        + beside(load, part[WORK], 0.0, t)
        + beside(left, whole[WORK] - part[WORK], 0.0, t)
        + t.change * (whole[WEIGHT] - stay)
    )


@kernel
def _add_walks(job: Job, m: int) -> int:
    """Add the ways to the stations to the cost of each place; return the cheapest."""
    room, stations = job.room, job.p.stations
    cheapest = 1
    for j in range(1, m):
        room.cost[j] += two_walks(stations, room.before[j], room.before[m], job.t)
        if room.cost[j] < room.cost[cheapest]:
            cheapest = j
    return cheapest


@kernel
def _price(job: Job, m: int, split: Split) -> int:
    """Write the cost of each place to `room.cost`; return the cheapest place or -1."""
    room = job.room
    cheapest = -1
    for j in range(1, m):
        cost = _two_costs(room.before[j], room.before[m], split, job.t)
        if split.noise > 0:
            cost *= 1.0 + split.noise * draw(job.dice)
        room.cost[j] = cost
        if cheapest < 0 or cost < room.cost[cheapest]:
            cheapest = j
    if job.t.walk > 0 and split.first + split.second == 2 and m > 1:
        cheapest = _add_walks(job, m)
    return cheapest


@kernel
def _connected(
    job: Job, atoms: Ints, split: Split, cheapest: int, best: float
) -> tuple[int, float]:
    """Return the cheapest place below `best` with two connected sides, and its cost; 0 for none."""
    room, m = job.room, len(atoms)
    low, high = cheapest, cheapest
    for j in range(1, m):
        if room.cost[j] < best:
            low, high = min(low, j), max(high, j)
    for j in range(m):
        room.ints[PLACE, room.ints[ORDER, j]] = j
    _grow(job, atoms, high)
    return _shrink(job, atoms, split, (low, high), best)


@kernel
def _grow(job: Job, atoms: Ints, high: int) -> None:
    """Note the parts of the first side, its walls, and add its bonds to the cost, by place."""
    p, room = job.p, job.room
    for j in range(len(atoms)):
        room.ints[ROOT, j] = j
    parts, bonds, walls = 0, 0.0, 0.0
    for j in range(high):
        u = room.ints[ORDER, j]
        parts += 1
        for e in range(p.start[atoms[u]], p.start[atoms[u] + 1]):
            v = room.ints[MARK, p.near[e]]
            if v < 0:
                continue
            if room.ints[PLACE, v] > j:
                bonds += p.bond[e]
                continue
            bonds -= p.bond[e]
            walls += p.wall[e]
            one, two = find(room.ints[ROOT], u), find(room.ints[ROOT], v)
            if one != two:
                room.ints[ROOT, one] = two
                parts -= 1
        room.ints[PARTS, j + 1] = parts
        room.cost[j + 1] += bonds
        room.before[j + 1, WALLS] = walls


@kernel
def _shrink(
    job: Job, atoms: Ints, split: Split, places: tuple[int, int], best: float
) -> tuple[int, float]:
    """Grow the second side from the end and return the cheapest connected place and its cost."""
    p, room, m = job.p, job.room, len(atoms)
    for j in range(m):
        room.ints[ROOT, j] = j
    parts, walls, found = 0, 0.0, 0
    for j in range(m - 1, places[0] - 1, -1):
        u = room.ints[ORDER, j]
        parts += 1
        for e in range(p.start[atoms[u]], p.start[atoms[u] + 1]):
            v = room.ints[MARK, p.near[e]]
            if v < 0 or room.ints[PLACE, v] < j:
                continue
            walls += p.wall[e]
            one, two = find(room.ints[ROOT], u), find(room.ints[ROOT], v)
            if one != two:
                room.ints[ROOT, one] = two
                parts -= 1
        if parts == 1 and j <= places[1] and room.ints[PARTS, j] == 1 and room.cost[j] < best:
            cost = room.cost[j] + _walled(room.before[j], room.before[m], walls, split, job.t)
            if cost < best:
                best, found = cost, j
    return found, best


@kernel
def _walled(part: Floats, whole: Floats, walls: float, split: Split, t: Terms) -> float:
    """Return what walls inside the two sides add to their cost."""
    if split.first + split.second > 2 or part[WALLS] + walls < 0.5:
        return 0.0
    load, left = part[LOAD], whole[LOAD] - part[LOAD]
    walled = beside(load, t.mean_work, part[WALLS], t) + beside(left, t.mean_work, walls, t)
    return walled - beside(load, t.mean_work, 0.0, t) - beside(left, t.mean_work, 0.0, t)


@kernel
def _mend(job: Job, atoms: Ints, split: Split) -> float:
    """Make both of `room.ints[SIDE]` connected and return their cost, infinite if one is empty."""
    p, room, m = job.p, job.room, len(atoms)
    for side in (0, 1):
        _hand_over(job, atoms, side)
    part, whole = room.before[0], room.before[m]
    part[:] = 0.0
    count = 0
    for j in range(m):
        a = atoms[j]
        if room.ints[SIDE, j] == 0:
            count += 1
            add(p, a, 1.0, p.today[a] >= 0 and p.today[a] == split.heir, part)
            if p.today[a] >= 0 and p.today[a] == split.other:
                part[OTHER] += p.sums[a, WEIGHT]
    if count in (0, m):
        return np.inf
    bonds, part[WALLS], walls = _between(job, atoms)
    cost = _two_costs(part, whole, split, job.t)
    if job.t.walk > 0 and split.first + split.second == 2:
        cost += two_walks(p.stations, part, whole, job.t)
    return cost + bonds + _walled(part, whole, walls, split, job.t)


@kernel
def _between(job: Job, atoms: Ints) -> tuple[float, float, float]:
    """Return the bonds between both of `room.ints[SIDE]`, and the walls inside of each."""
    p, room = job.p, job.room
    bonds, one, two = 0.0, 0.0, 0.0
    for j in range(len(atoms)):
        for e in range(p.start[atoms[j]], p.start[atoms[j] + 1]):
            v = room.ints[MARK, p.near[e]]
            if v <= j:
                continue
            if room.ints[SIDE, v] != room.ints[SIDE, j]:
                bonds += p.bond[e]
            elif room.ints[SIDE, j] == 0:
                one += p.wall[e]
            else:
                two += p.wall[e]
    return bonds, one, two


@kernel
def _hand_over(job: Job, atoms: Ints, side: int) -> None:
    """Leave one side its heaviest part and give the others to the other side."""
    room, m = job.room, len(atoms)
    _unite_side(job, atoms, side)
    for j in range(m):
        room.cost[j] = 0.0
    heaviest = -1
    for j in range(m):
        if room.ints[SIDE, j] == side:
            r = find(room.ints[ROOT], j)
            room.cost[r] += job.p.sums[atoms[j], LOAD] + EPS
            if heaviest < 0 or room.cost[r] > room.cost[heaviest]:
                heaviest = r
    for j in range(m):
        if room.ints[SIDE, j] == side and find(room.ints[ROOT], j) != heaviest:
            room.ints[SIDE, j] = 1 - side


@kernel
def _unite_side(job: Job, atoms: Ints, side: int) -> None:
    """Write the connected parts of one side as disjoint sets to `room.ints[ROOT]`."""
    p, room, m = job.p, job.room, len(atoms)
    for j in range(m):
        room.ints[ROOT, j] = j
    for j in range(m):
        if room.ints[SIDE, j] != side:
            continue
        for e in range(p.start[atoms[j]], p.start[atoms[j] + 1]):
            v = room.ints[MARK, p.near[e]]
            if v > j and room.ints[SIDE, v] == side:
                one, two = find(room.ints[ROOT], j), find(room.ints[ROOT], v)
                if one != two:
                    room.ints[ROOT, one] = two
