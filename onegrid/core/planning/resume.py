"""Going on from a plan of the same town that was made before."""

from __future__ import annotations

import numpy as np

from onegrid.core.planning.problem import Part, Problem
from onegrid.core.planning.shapes import WEIGHT
from onegrid.core.planning.town import Ints


def of_atoms(problem: Problem, labels: Ints) -> Ints:
    """Return (atoms,) the grid of each atom in an earlier plan.

    Args:
        labels: (n,) grid of each building.
    """
    grid = np.zeros(sum(len(part.piece.today) for part in problem.parts), dtype=np.int64)
    free = problem.atom >= 0
    grid[problem.atom[free]] = labels[free]
    return grid


def from_plan(part: Part, grid: Ints) -> Ints | None:
    """Return (m,) the number of each atom's grid, None where the earlier plan does not fit.

    Args:
        grid: as `of_atoms` gives them.
    """
    inside = grid[part.first : part.first + len(part.piece.today)]
    names, of = np.unique(inside, return_inverse=True)
    if len(names) >= len(part.heir):
        return None
    return _numbers(part, of.astype(np.int64), len(names))[of]


def _numbers(part: Part, of: Ints, grids: int) -> Ints:
    """Return (grids,) numbers: that of the grid of today it holds most of, else a free one."""
    slots = len(part.heir)
    known = {int(today): number for number, today in enumerate(part.heir) if today >= 0}
    heir = np.array([known.get(int(today), -1) for today in part.piece.today], dtype=np.int64)
    stays = heir >= 0
    weight = part.piece.sums[stays, WEIGHT]
    both = np.bincount(of[stays] * slots + heir[stays], weight, grids * slots)
    number = np.full(grids, -1, dtype=np.int64)
    free = dict.fromkeys(range(slots))
    for pair in np.argsort(-both, kind="stable")[: np.count_nonzero(both)].tolist():
        grid, own = divmod(pair, slots)
        if number[grid] < 0 and own in free:
            number[grid] = own
            del free[own]
    number[number < 0] = list(free)[: int((number < 0).sum())]
    return number
