"""What a plan can fairly be compared with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from onegrid.core.planning.problem import most_grids
from onegrid.core.planning.terms import Asked, Plan, Reason
from onegrid.core.planning.town import Town


def comparable(asked: Asked, plan: Plan) -> bool:
    """Tell whether a plan can be measured by the best one that is as asked for.

    A grid out of the band that might be within it makes a plan look better than it is; what
    barriers and big buildings enforce, and grids that stay by wish, are so in every plan.
    """
    shapes = [miss.grid for miss in plan.misses if miss.reason is Reason.SHAPE]
    rows = np.isin(plan.labels, shapes)
    return not (rows if asked.kept is None else rows & ~asked.kept).any()


def with_as_many(town: Town, asked: Asked, plan: Plan) -> Asked:
    """Return what was asked for, with as many grids as the plan has where those are too many."""
    return replace(asked, most_grids=max(plan.grids, most_grids(town, asked)))
