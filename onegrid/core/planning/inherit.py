"""A first cut that stays as close to today's grids as pieces and connection allow."""

from __future__ import annotations

import numpy as np

from onegrid.core.planning.islands import components
from onegrid.core.planning.problem import Part
from onegrid.core.planning.shapes import WEIGHT
from onegrid.core.planning.town import Ints


def from_today(part: Part) -> Ints | None:
    """Return (m,) the number of each atom's grid of today, None where no grid has its home here.

    Of a grid that lies in several parts the heaviest keeps the number; what is left over, and what
    belongs to a grid at home elsewhere, goes to a grid beside it.
    """
    piece = part.piece
    known = {int(today): number for number, today in enumerate(part.heir) if today >= 0}
    if not known:
        return None
    of = np.array([known.get(int(today), -1) for today in piece.today], dtype=np.int64)
    of[~_heaviest(part, of)] = -1
    _spread(part, of)
    return of if (of >= 0).all() else None


def _pairs(part: Part) -> Ints:
    piece = part.piece
    rows = np.repeat(np.arange(len(piece.today)), np.diff(piece.start))
    return np.column_stack([rows, piece.near])


def _heaviest(part: Part, of: Ints) -> Ints:
    """Tell which atoms lie in the heaviest connected part of their grid."""
    pairs = _pairs(part)
    pairs = pairs[(of[pairs[:, 0]] == of[pairs[:, 1]]) & (of[pairs[:, 0]] >= 0)]
    lump = components(len(of), pairs)
    weight = np.bincount(lump, part.piece.sums[:, WEIGHT] + 1e-9)
    best: dict[int, int] = {}
    for grid, own in sorted(set(zip(of.tolist(), lump.tolist(), strict=True))):
        if grid >= 0 and (grid not in best or weight[own] > weight[best[grid]]):
            best[grid] = own
    wanted = np.array([best.get(grid, -1) for grid in of.tolist()])
    return np.asarray(wanted == lump)


def _spread(part: Part, of: Ints) -> None:
    """Give atoms without a grid, in waves, the grid of the neighbour with the least households."""
    piece = part.piece
    weight = np.bincount(of[of >= 0], piece.sums[of >= 0, WEIGHT], len(part.heir))
    waiting = np.flatnonzero(of < 0).tolist()
    while waiting:
        left = []
        for i in waiting:
            near = of[piece.near[piece.start[i] : piece.start[i + 1]]]
            near = near[near >= 0]
            if len(near) == 0:
                left.append(i)
                continue
            of[i] = near[np.argmin(weight[near])]
            weight[of[i]] += piece.sums[i, WEIGHT]
        if len(left) == len(waiting):
            return
        waiting = left
