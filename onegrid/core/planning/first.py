"""A small town that makes the planner go through all of its compiled code once."""

from __future__ import annotations

import numpy as np

from onegrid.core.planning.nest import communities
from onegrid.core.planning.solve import plan
from onegrid.core.planning.terms import Asked, Band, Effort, Wishes
from onegrid.core.planning.town import Barrier, Town, make_town

_SIDE = 14


def first_plan() -> None:
    """Plan a small town with every wish; what was compiled is kept beside the code."""
    town, asked, effort = _town(), Asked(Band(30, 60)), Effort(None, 4)
    plain = plan(town=town, asked=asked, effort=effort)
    wishes = Wishes(borders=0.3, workload=0.3, change=0.3, station=0.3)
    wished = Asked(Band(30, 60), wishes=wishes)
    plan(town=town, asked=wished, effort=effort)
    communities(town=town, grids=plain.labels, band=Band(120, 300), effort=effort)


def _town() -> Town:
    """Return a chessboard of houses with a river, compounds, and grids of today."""
    number = np.arange(_SIDE * _SIDE)
    x, y = number % _SIDE, number // _SIDE
    right, up = number[x < _SIDE - 1], number[y < _SIDE - 1]
    edges = np.concatenate([np.column_stack([right, right + 1]), np.column_stack([up, up + _SIDE])])
    river = (x[edges] < _SIDE // 2).sum(axis=1) == 1
    return make_town(
        xy=np.column_stack([x, y]).astype(np.float64) * 20.0,
        households=(1 + (number * 7) % 5).astype(np.float64),
        edges=edges,
        barrier=np.where(river, Barrier.RIVER, Barrier.PATH),
        compound=np.where(y < 4, x // 4 + 4 * (y // 2), -1),
        today=x // 5 + 3 * (y // 5),
        stations=np.array([[60.0, 60.0], [200.0, 200.0]]),
    )
