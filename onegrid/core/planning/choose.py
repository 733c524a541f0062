"""Put a piece together from a pool of grids: set partitioning over connected grids in the band."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numba import njit

from onegrid.core.planning.columns import Generator, inertia_of
from onegrid.core.planning.pricing import settle
from onegrid.core.planning.town import Bools, Floats, Ints

#: Grids that one choice is made from.
_MOST = 6000


@njit(cache=True, nogil=True)
def ties(start: Ints, near: Ints, taken: Bools, free: Bools, room: Ints) -> bool:
    """Tell whether a set is connected; atoms without households may be taken for that.

    Args:
        taken: (m,) the set; gets the free atoms that are needed.
        free: (m,) atoms without households.
        room: (3 m + 1,) working space.
    """
    m = len(taken)
    came, queue = room[:m], room[m:]
    came[:] = -1
    first = np.flatnonzero(taken)[0]
    came[first], queue[m] = first, first
    head, tail = m, m + 1
    while head < tail:
        at = queue[head]
        head += 1
        for e in range(start[at], start[at + 1]):
            other = near[e]
            if came[other] >= 0 or not (taken[other] or free[other]):
                continue
            came[other] = at
            if taken[other]:
                head -= 1
                queue[head] = other
            else:
                queue[tail] = other
                tail += 1
    for i in np.flatnonzero(taken):
        if came[i] < 0:
            return False
        at = i
        while not taken[came[at]]:
            at = came[at]
            taken[at] = True
    return True


def connected(generator: Generator, sets: list[Bools]) -> Iterator[tuple[int, Bools]]:
    """Give the number of each connected set, and all atoms of the piece that it needs."""
    piece, m = generator.piece, len(generator.piece.weight)
    room = np.empty(3 * m + 1, dtype=np.int64)
    free = piece.weight <= 0
    for number, taken in enumerate(sets):
        whole = np.zeros(m, dtype=np.bool_)
        whole[generator.atoms[taken]] = True
        load = float(piece.load[whole].sum())
        if generator.band.holds(load) and ties(piece.start, piece.near, whole, free, room):
            yield number, whole


def enrich(
    generator: Generator, count: int, rounds: int, going: Callable[[], bool] = lambda: True
) -> None:
    """Add grids that are nearly as good as those of the bound, at shaken prizes.

    Args:
        count: number of grids that the bound is for.
        rounds: how often the prizes are shaken.
        going: asked between rounds; ends when it answers False.
    """
    best, rng = generator.prizes(count), generator.rng
    low, high = generator.field.x.min(), generator.field.x.max()
    bottom, top = generator.field.y.min(), generator.field.y.max()
    step = 0.5 * np.sqrt(generator.scale)
    for _ in range(rounds):
        if not going():
            break
        x, y = np.meshgrid(
            np.arange(low - rng.random() * step, high + step, step),
            np.arange(bottom - rng.random() * step, top + step, step),
        )
        prize = best + rng.normal(0.0, rng.choice([0.05, 0.1, 0.2]), len(best)) * generator.scale
        centres = np.column_stack([x.ravel(), y.ravel()])
        sets = np.zeros((len(centres), len(best)), dtype=np.bool_)
        costs = np.empty(len(centres))
        settle(generator.field, prize, centres, int(rng.integers(1, 3)), sets, costs)
        for taken in sets[costs < np.inf]:
            generator.offer(taken)


def choose(generator: Generator, count: int, room: float, seconds: float) -> Ints | None:
    """Return (m,) the best grid for each atom of the piece that the pool allows, or None.

    Args:
        count: number of grids.
        room: grids that cost so much more than their prizes cannot be of use.
        seconds: most time of the solver.
    """
    prize, weight = generator.prizes(count), generator.field.weight
    costs = np.array([inertia_of(generator.field, taken) for taken in generator.pool])
    sets = np.array(generator.pool)
    reduced = costs - sets @ (weight * prize)
    reduced -= (generator.bound(count) - generator.inner - float(weight @ prize)) / count
    order = np.argsort(reduced, kind="stable")
    order = order[reduced[order] <= room][:_MOST]
    found = list(connected(generator, [generator.pool[j] for j in order]))
    if not found:
        return None
    wholes = np.array([whole for _, whole in found])
    taken = _partition(wholes, costs[order[[j for j, _ in found]]], generator, count, seconds)
    return None if taken is None else _spread(generator, wholes[taken])


def _partition(
    wholes: Bools, costs: Floats, generator: Generator, count: int, seconds: float
) -> Ints | None:
    """Return which sets make the cheapest partition."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    lives = generator.piece.weight > 0
    rows = csr_matrix(np.vstack([wholes.T, np.ones(len(wholes))]).astype(np.float64))
    least = np.append(lives.astype(np.float64), count)
    most = np.append(np.ones(len(lives)), count)
    solved = milp(
        costs / costs.mean(),
        constraints=LinearConstraint(rows, least, most),
        integrality=np.ones(len(costs)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 5e-4},
    )
    return None if solved.x is None else np.flatnonzero(solved.x > 0.5)


def _spread(generator: Generator, wholes: Bools) -> Ints:
    """Number the grids, and give atoms without households to a grid beside them."""
    piece = generator.piece
    label = np.full(wholes.shape[1], -1, dtype=np.int64)
    for number, whole in enumerate(wholes):
        label[whole] = number
    todo = np.flatnonzero(label >= 0).tolist()
    while todo:
        at = todo.pop()
        for other in piece.near[piece.start[at] : piece.start[at + 1]].tolist():
            if label[other] < 0:
                label[other] = label[at]
                todo.append(other)
    return label
