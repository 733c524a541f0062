"""Few colours for many grids: neighbours never have the same."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: soft, and told apart with any kind of colour vision; the last two are rarely needed
PALETTE = ("#a6cee3", "#fdd49e", "#b2df8a", "#d9c2e6", "#fbb4ae", "#e5e59a", "#c9d3dc", "#9fd8cb")


def coloured(pairs: Ints, k: int) -> Ints:
    """Return a colour number for each of k grids.

    Grids are taken away, those with the fewest neighbours left first, and coloured in the reverse
    order: a map in the plane leaves at most five neighbours then, so eight colours are enough.

    Args:
        pairs: (m, 2) grids that touch.
    """
    beside: list[set[int]] = [set() for _ in range(k)]
    for one, two in np.unique(np.sort(pairs, axis=1), axis=0).tolist():
        if one != two:
            beside[one].add(two)
            beside[two].add(one)
    colour = np.full(k, -1, dtype=np.int64)
    for grid in reversed(_peeled(beside)):
        used = {int(colour[other]) for other in beside[grid]}
        free = [number for number in range(len(PALETTE)) if number not in used]
        colour[grid] = free[grid % min(len(free), 2)] if free else grid % len(PALETTE)
    return colour


def _peeled(beside: list[set[int]]) -> list[int]:
    """Return all vertices, each time one with the fewest neighbours that are left."""
    left = [len(others) for others in beside]
    heap = [(count, grid) for grid, count in enumerate(left)]
    heapify(heap)
    order, gone = [], [False] * len(beside)
    while heap:
        count, grid = heappop(heap)
        if gone[grid] or count != left[grid]:
            continue
        gone[grid] = True
        order.append(grid)
        for other in beside[grid]:
            if not gone[other]:
                left[other] -= 1
                heappush(heap, (left[other], other))
    return order
