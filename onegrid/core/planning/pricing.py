"""The cheapest grid when every household carries a prize: the inner problem of the bound.

For a centre c a set S costs ``Σ weight · (|p - c|² - prize)``; the cheapest S whose load lies in
the band is a knapsack. Two facts make it exact over the whole plane:

* a threshold ``nu`` gives, by weak duality, a bound below every such S with costs a: ``Σ min(0,
  a - nu · load) + nu · (least if nu > 0 else most)``; only atoms near the threshold are left to
  dynamic programming;
* for a grid whose middle lies in a square of half side h about b, the cost about b is at most
  ``2 h² · weight`` above the cost about its middle (parallel axes), so squares are halved until
  that is small.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from onegrid.core.planning.town import Bools, Floats, Ints

#: Steps of dynamic programming that are remembered at most.
_STEPS = 20_000_000


class Field(NamedTuple):
    """n atoms as the kernels read them.

    Attributes:
        x, y: (n,) metres.
        weight: (n,) households, which cost their squared distance.
        load: (n,) households as the band counts them.
        units: (n,) load in whole units of the band; what dynamic programming adds up.
        least, most: band of the load.
        low, high: band in units.
        whole: units and load are the same number, so that dynamic programming bounds, too.
    """

    x: Floats
    y: Floats
    weight: Floats
    load: Floats
    units: Ints
    least: float
    most: float
    low: int
    high: int
    whole: bool


class Room(NamedTuple):
    """Working space for n atoms."""

    cost: Floats
    taken: Bools
    value: Floats
    step: Bools
    core: Ints


@njit(cache=True, nogil=True)
def room_for(field: Field) -> Room:
    """Return working space."""
    n = len(field.x)
    top = field.high + 2 * int(field.units.max())
    top = max(min(top, int(field.units.sum())), field.high) + 2
    return Room(
        np.empty(n),
        np.zeros(n, np.bool_),
        np.empty(top),
        np.zeros((min(n, _STEPS // top + 1), top), np.bool_),
        np.empty(n, np.int64),
    )


@njit(cache=True, nogil=True)
def price_atoms(field: Field, prize: Floats, x: float, y: float, slack: float, room: Room) -> None:
    """Set the cost of every atom about a centre, less `slack` for each household."""
    for i in range(len(field.x)):
        dx = field.x[i] - x
        dy = field.y[i] - y
        room.cost[i] = field.weight[i] * (dx * dx + dy * dy - slack - prize[i])


@njit(cache=True, nogil=True)
def relaxed(field: Field, room: Room, nu: float) -> tuple[float, float]:
    """Return the best bound over thresholds, starting at one, and its threshold.

    The bound is concave in the threshold; every value tried is valid.
    """
    low, high, width = -np.inf, np.inf, 1.0
    best, at = -np.inf, nu
    for _ in range(80):
        value, load = 0.0, 0.0
        for i in range(len(room.cost)):
            left = room.cost[i] - nu * field.load[i]
            if left < 0.0:
                value += left
                load += field.load[i]
        value += nu * (field.least if nu > 0.0 else field.most)
        if value > best:
            best, at = value, nu
        rises = load < field.least or (load <= field.most and nu < 0.0)
        if nu == 0.0 and field.least <= load <= field.most:
            break
        if rises:
            low = nu
        else:
            high = nu
        nu, width = _between(low, high, width)
        if high - low < 1e-9 * (1.0 + abs(low)):
            break
    return best, at


@njit(cache=True, nogil=True)
def _between(low: float, high: float, width: float) -> tuple[float, float]:
    """Return the next threshold to try, and how far to reach next time."""
    if low == -np.inf:
        return (0.0 if high > 0.0 else high - width), 4.0 * width
    if high == np.inf:
        return (0.0 if low < 0.0 else low + width), 4.0 * width
    return (0.0 if low < 0.0 < high else 0.5 * (low + high)), width


@njit(cache=True, nogil=True)
def exact(field: Field, room: Room, nu: float, budget: float) -> float:
    """Return the least cost of a set in the band, infinity when none is in reach.

    Minus infinity says that the working space is too small to tell.

    Only atoms change sides whose change costs at most `budget` above the bound at the threshold;
    `room.taken` gets the set.
    """
    units, base = 0, 0.0
    for i in range(len(room.cost)):
        room.taken[i] = room.cost[i] - nu * field.load[i] < 0.0
        if room.taken[i]:
            units += field.units[i]
            base += room.cost[i]
    top, count = max(units, field.high) + 1, _core(field, room, nu, budget)
    if top > len(room.value) or count > len(room.step):
        return -np.inf
    room.value[:top] = np.inf
    room.value[units] = base
    low, high = units, units
    for j in range(count):
        low, high = _change(field, room, j, low, high, top)
    best, at = np.inf, -1
    for t in range(max(field.low, 0), min(field.high, top - 1) + 1):
        if room.value[t] < best:
            best, at = room.value[t], t
    if at >= 0:
        _trace(field, room, count, at)
    return best


@njit(cache=True, nogil=True)
def _core(field: Field, room: Room, nu: float, budget: float) -> int:
    """List the atoms that may change sides, those that leave first; return how many."""
    count = 0
    for enters in (False, True):
        for i in range(len(room.cost)):
            left = abs(room.cost[i] - nu * field.load[i])
            if room.taken[i] != enters and left <= budget and field.units[i] > 0:
                room.core[count] = i
                count += 1
    return count


@njit(cache=True, nogil=True)
def _change(field: Field, room: Room, j: int, low: int, high: int, top: int) -> tuple[int, int]:
    """Let one atom change sides where that is cheaper; return the reach of loads."""
    i = room.core[j]
    units, cost = field.units[i], room.cost[i]
    room.step[j, :top] = False
    if room.taken[i]:
        for t in range(max(0, low - units), min(high - units, top - 1 - units) + 1):
            if room.value[t + units] - cost < room.value[t]:
                room.value[t] = room.value[t + units] - cost
                room.step[j, t] = True
        return max(0, low - units), high
    for t in range(min(top - 1, high + units), low + units - 1, -1):
        if room.value[t - units] + cost < room.value[t]:
            room.value[t] = room.value[t - units] + cost
            room.step[j, t] = True
    return low, min(top - 1, high + units)


@njit(cache=True, nogil=True)
def _trace(field: Field, room: Room, count: int, at: int) -> None:
    """Change the sides that led to a load."""
    for j in range(count - 1, -1, -1):
        i = room.core[j]
        if room.step[j, at]:
            at += field.units[i] if room.taken[i] else -field.units[i]
            room.taken[i] = not room.taken[i]


@njit(cache=True, nogil=True)
def cheapest(field: Field, room: Room, nu: float) -> tuple[float, float]:
    """Return the least cost of a set of whole atoms at the costs set, and the threshold."""
    bound, nu = relaxed(field, room, nu)
    budget = 0.01 * (abs(bound) + 1.0)
    while True:
        value = exact(field, room, nu, budget)
        if value == -np.inf:
            return np.inf, nu
        if value - bound <= budget or budget > 1e30:
            return value, nu
        budget *= 8.0


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
        x, y, nu = centres[c, 0], centres[c, 1], 0.0
        costs[c] = np.inf
        for _ in range(moves):
            price_atoms(field, prize, x, y, 0.0, room)
            value, nu = cheapest(field, room, nu)
            if value == np.inf:
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
    weight = 0.0
    for i in range(len(field.x)):
        weight += field.weight[i]
    todo, found = np.empty((256, 4)), 0
    for s in range(len(squares)):
        todo[0, :3] = squares[s]
        todo[0, 3] = 0.0
        waiting = 1
        while waiting > 0:
            waiting -= 1
            x, y, half, nu = todo[waiting]
            small = 2.0 * half * half * field.most <= fine
            price_atoms(field, prize, x, y, 2.0 * half * half, room)
            value, nu = relaxed(field, room, nu)
            if value < target and small and field.whole:
                cost, beyond = surely(field, room, nu, value, target)
                if cost < target:
                    sets[found % len(sets)] = room.taken
                    found += 1
                value = min(target, cost, beyond)
            if value >= target:
                continue
            if small:
                target = value
            else:
                waiting = _halve(todo, waiting, x, y, half, nu)
    return target, found


@njit(cache=True, nogil=True)
def surely(field: Field, room: Room, nu: float, value: float, target: float) -> tuple[float, float]:
    """Return the cost of the best set in reach, and what every set beyond reach costs at least.

    Args:
        value: bound below all sets.
        target: sets that cost more do not matter.
    """
    budget = target - value
    cost = exact(field, room, nu, budget)
    while cost == -np.inf and budget > 1e-6 * abs(value):
        budget *= 0.3
        cost = exact(field, room, nu, budget)
    return (np.inf, value) if cost == -np.inf else (cost, value + budget)


@njit(cache=True, nogil=True)
def _halve(todo: Floats, waiting: int, x: float, y: float, half: float, nu: float) -> int:
    """Put the four quarters of a square on the stack; return its height."""
    for dx in (-0.5, 0.5):
        for dy in (-0.5, 0.5):
            todo[waiting, :] = (x + dx * half, y + dy * half, 0.5 * half, nu)
            waiting += 1
    return waiting
