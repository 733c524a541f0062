"""Cutting a connected set into connected grids at once, when there is no time for good cuts."""

from __future__ import annotations

from onegrid.core.planning.shapes import BEST, LOAD, MARK, PLACE, QUEUE, Job, kernel
from onegrid.core.planning.town import Ints


@kernel
def chop(job: Job, atoms: Ints, k: int, base: int, into: Ints) -> None:
    """Cut branches off a tree that spans a connected set, each as soon as it has enough households.

    Takes time in proportion to the links of the set.

    Args:
        k: at most so many parts, each but the last with the mean of households or more.
        into: (atoms,) is filled with `base` … `base + k - 1`.
    """
    room, m = job.room, len(atoms)
    number, above, load = room.ints[BEST], room.ints[PLACE], room.cost
    mean = _span(job, atoms) / k
    used = 0
    for place in range(m - 1, 0, -1):
        j = room.ints[QUEUE, place]
        if load[j] >= mean and used < k - 1:
            number[j] = used
            used += 1
        else:
            load[above[j]] += load[j]
    number[room.ints[QUEUE, 0]] = used
    for place in range(m):
        j = room.ints[QUEUE, place]
        if number[j] < 0:
            number[j] = number[above[j]]
        into[j] = base + number[j]


@kernel
def _span(job: Job, atoms: Ints) -> float:
    """Put atoms in the order of their steps from one; note the atom before each.

    Returns:
        The households of all.
    """
    p, room, m = job.p, job.room, len(atoms)
    total = 0.0
    for j in range(m):
        room.ints[MARK, atoms[j]] = j
        room.ints[BEST, j] = room.ints[PLACE, j] = -1
        room.cost[j] = p.sums[atoms[j], LOAD]
        total += room.cost[j]
    head, tail = 0, 1
    room.ints[QUEUE, 0] = 0
    while head < tail:
        j = room.ints[QUEUE, head]
        head += 1
        for e in range(p.start[atoms[j]], p.start[atoms[j] + 1]):
            v = room.ints[MARK, p.near[e]]
            if v > 0 and room.ints[PLACE, v] < 0:
                room.ints[PLACE, v] = j
                room.ints[QUEUE, tail] = v
                tail += 1
    for j in range(m):
        room.ints[MARK, atoms[j]] = -1
    return total
