"""How a plan compares with the best possible, and with the fewest households that must move."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from onegrid.core.planning import Asked, Plan, Watch, Wishes
from onegrid.core.planning.comparing import comparable, with_as_many
from onegrid.core.planning.town import Ints, Town

if TYPE_CHECKING:
    from onegrid.core.planning import LeastMoves


def bounded(
    seconds: float, asked: Asked, town: Town, made: Plan, watch: Watch
) -> tuple[Plan, float | None]:
    """Say how far from the best possible a plan is, when asked to; a better plan may come of it."""
    if not seconds or not comparable(asked, made):
        return made, None
    from onegrid.core.planning.bounds import lower_bound

    fair = with_as_many(town, asked, made)
    bound = lower_bound(town=town, asked=fair, plan=made, seconds=seconds, watch=watch)
    only_compact = asked.wishes == Wishes()
    if not only_compact or bound.labels is None or bound.labels_score >= bound.score:
        return made, _share(bound.score, bound.value)
    better = _with_labels(town, asked, made, bound.labels)
    better = replace(better, score=bound.labels_score)
    return better, _share(bound.labels_score, bound.value)


def _share(score: float, bound: float) -> float | None:
    """Return by what share a score is above its bound; None when nothing was shown."""
    gap = score / bound - 1 if bound > 0 else np.inf
    return max(0.0, gap) if np.isfinite(gap) else None


def _with_labels(town: Town, asked: Asked, made: Plan, labels: Ints) -> Plan:
    """Return a plan with other labels and what follows from them."""
    from onegrid.core.planning.misses import find_misses
    from onegrid.core.planning.problem import make_problem

    grids = int(labels.max()) + 1
    return replace(
        made,
        labels=labels,
        grids=grids,
        misses=find_misses(make_problem(town, asked), labels),
        too_many=max(0, made.too_many - (made.grids - grids)),
    )


def must_move(seconds: float, asked: Asked, town: Town, made: Plan) -> LeastMoves | None:
    """Say how many households must change their grid, when asked to and there are any today."""
    if not seconds or town.today is None:
        return None
    from onegrid.core.planning.moves import least_moves

    fair = with_as_many(town, asked, made)
    return least_moves(town=town, asked=fair, plan=made, seconds=seconds)
