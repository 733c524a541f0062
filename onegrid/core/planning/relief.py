"""Lower prizes where grids are too cheap, so that one bad spot does not decide the whole bound.

The bound counts the cheapest grid once for every grid of a plan. Where only some spots have grids
far below the others, it pays to lower the prizes there: that costs what these grids lack once, and
no other grid becomes cheaper by it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from onegrid.core.planning.town import Bools, Floats

#: Sets that are looked at, the cheapest ones.
_SETS = 1500
#: Prices that are tried for the cheapest grid, as shares of the way up to the dearest looked at.
_TRIES = (0.01, 0.02, 0.04, 0.07, 0.11, 0.16, 0.22, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0)


def relieved(weight: Floats, sets: Bools, price: Floats, count: int) -> tuple[Floats, float]:
    """Return by how much to lower each prize, and what that adds to the bound as far as seen.

    Args:
        weight: (n,) households.
        sets: (m, n) grids.
        price: (m,) their inertia less their prizes.
        count: number of grids.
    """
    order = np.argsort(price, kind="stable")[:_SETS]
    some, price = sets[order], price[order]
    low, high = float(price[0]), float(price[-1])
    best, change = 0.0, np.zeros(len(weight))
    for share in _TRIES:
        aim = low + share * (high - low)
        tried = np.zeros(len(weight))
        lost = _lower(weight, some, price, aim, tried)
        gain = count * (aim - low) - lost
        if gain <= best:
            break
        best, change = gain, tried
    return change, best


@njit(cache=True, nogil=True)
def _lower(weight: Floats, sets: Bools, price: Floats, aim: float, change: Floats) -> float:
    """Lower prizes evenly over the cheapest set until none is below the aim; return the cost."""
    left, lost = price.copy(), 0.0
    near = aim - 1e-4 * abs(aim)
    while True:
        worst = int(np.argmin(left))
        if left[worst] >= near:
            return lost
        lacks = aim - left[worst]
        lost += lacks
        step = lacks / _common(weight, sets[worst], sets[worst])
        for i in range(len(weight)):
            change[i] += step * sets[worst, i]
        for j in range(len(left)):
            if left[j] < aim:
                left[j] += step * _common(weight, sets[worst], sets[j])


@njit(cache=True, nogil=True)
def _common(weight: Floats, one: Bools, other: Bools) -> float:
    """Return the households that two sets share."""
    total = 0.0
    for i in range(len(weight)):
        if one[i] and other[i]:
            total += weight[i]
    return total
