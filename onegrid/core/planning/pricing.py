"""The cheapest grid when every household carries a prize: the inner problem of the bound.

For a centre c a set S costs ``Σ weight · (|p - c|² - prize)``; the cheapest S whose load lies in
the band is a knapsack. Two facts make it exact over the whole plane:

* with parts of atoms allowed, the cheapest cost for each load first is best, and at most one atom
  is parted; to take it whole or leave it are two smaller problems of the same kind, and what costs
  too much already need not be followed (branch and bound);
* for a grid whose middle lies in a square of half side h about b, the cost about b is at most
  ``2 h² · weight`` above the cost about its middle (parallel axes), so squares are halved until
  that is small.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from onegrid.core.planning.town import Bools, Floats, Ints

#: Problems that one search may open: where sets are only looked for, and where they bound.
_LOOK, _PROVE = 200, 20_000


class Field(NamedTuple):
    """n atoms as the kernels read them.

    Attributes:
        x, y: (n,) metres.
        weight: (n,) households, which cost their squared distance.
        load: (n,) households as the band counts them.
        least, most: band of the load.
    """

    x: Floats
    y: Floats
    weight: Floats
    load: Floats
    least: float
    most: float


class Room(NamedTuple):
    """Working space for n atoms.

    Attributes:
        cost: (n,) of each atom.
        taken, tried: (n,) the best set, and one that may be better.
        fixed: (n,) 1 taken, -1 left, 0 open.
        order: (n,) atoms, those that cost least for their load first.
        cheap: (2,) how many of them cost less than nothing, and how many are in order.
        path, second, value: (n,) atoms decided, whether the other way was tried, and the bounds.
    """

    cost: Floats
    taken: Bools
    tried: Bools
    fixed: Ints
    order: Ints
    cheap: Ints
    path: Ints
    second: Bools
    value: Floats


@njit(cache=True, nogil=True)
def room_for(field: Field) -> Room:
    """Return working space."""
    n = len(field.x)
    return Room(
        np.empty(n),
        np.zeros(n, np.bool_),
        np.zeros(n, np.bool_),
        np.zeros(n, np.int64),
        np.empty(n, np.int64),
        np.zeros(2, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.bool_),
        np.empty(n),
    )


@njit(cache=True, nogil=True)
def price_atoms(field: Field, prize: Floats, x: float, y: float, slack: float, room: Room) -> None:
    """Set the cost of every atom about a centre, less `slack` for each household."""
    for i in range(len(field.x)):
        dx = field.x[i] - x
        dy = field.y[i] - y
        room.cost[i] = field.weight[i] * (dx * dx + dy * dy - slack - prize[i])
    room.fixed[:] = 0
    room.cheap[:] = _sort(field, room, False)


@njit(cache=True, nogil=True)
def _sort(field: Field, room: Room, dear: bool) -> int:
    """Put atoms in order: first those that cost less than nothing, later the others, if needed."""
    first = room.cheap[0] if dear else 0
    count = first
    for i in range(len(room.cost)):
        if (room.cost[i] >= 0.0) == dear:
            room.order[count] = i
            count += 1
    part = room.order[first:count].copy()
    ratio = np.empty(len(part))
    for j in range(len(part)):
        ratio[j] = room.cost[part[j]] / max(field.load[part[j]], 1e-12)
    room.order[first:count] = part[np.argsort(ratio)]
    return count


@njit(cache=True, nogil=True)
def _reach(field: Field, room: Room, load: float) -> int:
    """Return how many atoms are in order; all, where the cheap ones may not do for the band."""
    if load < field.least and room.cheap[1] < len(room.cost):
        room.cheap[1] = _sort(field, room, True)
    count: int = room.cheap[1]
    return count


@njit(cache=True, nogil=True)
def relaxed(field: Field, room: Room, load: float, cost: float) -> tuple[float, int]:
    """Return the least cost when one open atom may be parted, and that atom, -1 if it is none.

    Args:
        load, cost: of the atoms that are fixed.
    """
    if load > field.most:
        return np.inf, -1
    for j in range(len(room.order)):
        dear = j >= room.cheap[0]
        if dear and load >= field.least:
            break
        if j == room.cheap[0]:
            _reach(field, room, load)
        i = room.order[j]
        if room.fixed[i] != 0:
            continue
        edge = field.least if dear else field.most
        if load + field.load[i] > edge:
            return cost + room.cost[i] * (edge - load) / field.load[i], i
        load += field.load[i]
        cost += room.cost[i]
    return (cost if load >= field.least else np.inf), -1


@njit(cache=True, nogil=True)
def _whole(field: Field, room: Room, load: float, cost: float) -> float:
    """Take open atoms as long as they fit and help; return the cost, infinity if too few fit."""
    for i in range(len(room.fixed)):
        room.tried[i] = room.fixed[i] == 1
    for j in range(_reach(field, room, load)):
        i = room.order[j]
        if room.cost[i] >= 0.0 and load >= field.least:
            break
        if room.fixed[i] == 0 and load + field.load[i] <= field.most:
            room.tried[i] = True
            load += field.load[i]
            cost += room.cost[i]
    return cost if load >= field.least else np.inf


@njit(cache=True, nogil=True)
def search(field: Field, room: Room, target: float, slack: float, most: int) -> tuple[float, float]:
    """Look for the cheapest set of whole atoms at the costs set; `room.taken` gets it.

    Args:
        target: sets that cost as much do not matter.
        slack: a set so much cheaper than the best found need not be found.
        most: problems to open.

    Returns:
        The cost of the best set, infinity if none was found, and a bound below all sets.
    """
    best, low, depth, load, cost = np.inf, np.inf, 0, 0.0, 0.0
    room.fixed[:] = 0
    for _ in range(most):
        value, atom = relaxed(field, room, load, cost)
        if value < min(best, target) - slack:
            now = _whole(field, room, load, cost)
            if now < min(best, target):
                best = now
                room.taken[:] = room.tried
        if atom >= 0 and value < min(best, target) - slack:
            room.path[depth], room.second[depth], room.value[depth] = atom, False, value
            depth += 1
            room.fixed[atom] = 1
            load += field.load[atom]
            cost += room.cost[atom]
            continue
        low, depth = min(low, value), _back(room, depth)
        if depth == 0:
            return best, low
        atom = room.path[depth - 1]
        load -= field.load[atom]
        cost -= room.cost[atom]
    return best, min(low, room.value[:depth].min())


@njit(cache=True, nogil=True)
def _back(room: Room, depth: int) -> int:
    """Leave the last atom that was taken, and open those decided after it; return the depth."""
    while depth > 0 and room.second[depth - 1]:
        depth -= 1
        room.fixed[room.path[depth]] = 0
    if depth > 0:
        room.second[depth - 1] = True
        room.fixed[room.path[depth - 1]] = -1
    return depth


@njit(cache=True, nogil=True)
def settle(
    field: Field, prize: Floats, centres: Floats, moves: int, sets: Bools, costs: Floats
) -> None:
    """Find a cheap grid from each centre, moving the centre to its middle so many times.

    Args:
        sets: (c, n) gets the grids.
        costs: (c,) gets their inertia less prizes, infinity where there is none.
    """
    room = room_for(field)
    for c in range(len(centres)):
        x, y = centres[c, 0], centres[c, 1]
        costs[c] = np.inf
        for _ in range(moves):
            price_atoms(field, prize, x, y, 0.0, room)
            if search(field, room, np.inf, 0.0, _LOOK)[0] == np.inf:
                break
            x, y, cost = middle(field, prize, room.taken)
            if cost >= costs[c] - 1e-9 * abs(cost):
                break
            costs[c] = cost
            sets[c, :] = room.taken


@njit(cache=True, nogil=True)
def middle(field: Field, prize: Floats, taken: Bools) -> tuple[float, float, float]:
    """Return the middle of a set, and its inertia less prizes."""
    weight, x, y, cost = 0.0, 0.0, 0.0, 0.0
    for i in range(len(taken)):
        if taken[i]:
            weight += field.weight[i]
            x += field.weight[i] * field.x[i]
            y += field.weight[i] * field.y[i]
    x, y = x / max(weight, 1e-12), y / max(weight, 1e-12)
    for i in range(len(taken)):
        if taken[i]:
            dx = field.x[i] - x
            dy = field.y[i] - y
            cost += field.weight[i] * (dx * dx + dy * dy - prize[i])
    return x, y, cost


@njit(cache=True, nogil=True)
def least_over(
    field: Field, prize: Floats, squares: Floats, target: float, fine: float, sets: Bools
) -> tuple[float, int]:
    """Return a bound below every grid whose middle lies in the squares; at most `target`.

    Args:
        squares: (s, 3) middle and half side.
        fine: what the parallel axes may take from the bound in the smallest squares.
        sets: (f, n) gets the sets that lowered the bound, the last f of them; how many there were
            is returned, too.
    """
    room = room_for(field)
    todo, found = np.empty((256, 3)), 0
    slack, low = 0.05 * fine, target
    for s in range(len(squares)):
        todo[0, :] = squares[s]
        waiting = 1
        while waiting > 0:
            waiting -= 1
            x, y, half = todo[waiting]
            price_atoms(field, prize, x, y, 2.0 * half * half, room)
            value = relaxed(field, room, 0.0, 0.0)[0]
            if value < target - slack and 2.0 * half * half * field.most > fine:
                waiting = _quarter(todo, waiting, x, y, half)
                continue
            if value < target - slack:
                cost, value = search(field, room, target, slack, _PROVE)
                if cost < target:
                    sets[found % len(sets)] = room.taken
                    found += 1
                target = min(target, cost, value + slack)
            low = min(low, value)
    return low, found


@njit(cache=True, nogil=True)
def _quarter(todo: Floats, waiting: int, x: float, y: float, half: float) -> int:
    """Put the four quarters of a square on the stack; return its height."""
    for dx in (-0.5, 0.5):
        for dy in (-0.5, 0.5):
            todo[waiting, :] = (x + dx * half, y + dy * half, 0.5 * half)
            waiting += 1
    return waiting
