"""Planning parts of a town, such as its counties, each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from onegrid.core.planning.nest import group
from onegrid.core.planning.solve import plan
from onegrid.core.planning.terms import Asked, Band, Effort, Plan, Watch
from onegrid.core.planning.town import Ints, Town


@dataclass(frozen=True, eq=False)
class Errand:
    """A part of a town and what it is to be planned for; may be sent to another process.

    Attributes:
        proof: seconds to prove what cannot be helped, 0 for none.
        above: band of communities, None for none.
        above_effort: how long to improve these.
    """

    town: Town
    asked: Asked
    effort: Effort
    seed: int = 0
    proof: float = 0.0
    above: Band | None = None
    above_effort: Effort | None = None


@dataclass(frozen=True, eq=False)
class Done:
    """A plan of grids, and one of communities where they were asked for."""

    plan: Plan
    above: Plan | None


def do(errand: Errand, watch: Watch | None = None) -> Done:
    """Plan a part, its proofs and its communities."""
    from onegrid.core.planning.proofs import prove

    town = errand.town
    made = plan(town=town, asked=errand.asked, effort=errand.effort, seed=errand.seed, watch=watch)
    if errand.proof:
        made = prove(town=town, asked=errand.asked, plan=made, seconds=errand.proof)
    above = None
    if errand.above is not None:
        above = group(
            town=town, grids=made.labels, band=errand.above, effort=errand.above_effort,
            seed=errand.seed, watch=watch,
        )  # fmt: skip
    return Done(made, above)


def errands(whole: Errand, part: Ints) -> list[Errand]:
    """Make an errand of each part where somebody lives.

    Args:
        whole: what is asked for everywhere.
        part: (n,) number of the part of each building.
    """
    rows = [np.flatnonzero(part == number) for number in np.unique(part)]
    lived_in = [one for one in rows if whole.town.households[one].any()]
    return [replace(whole, town=whole.town.part(one)) for one in lived_in]


def joined(town: Town, part: Ints, done: Sequence[Done]) -> Done:
    """Make one plan of the plans of all parts, in the order of `errands`.

    A part where nobody lives becomes one grid, and a community of its own where there are any.
    """
    plan = _one(town, part, [one.plan for one in done])
    upper = [one.above for one in done if one.above is not None]
    return Done(plan, _one(town, part, upper) if upper else None)


def _one(town: Town, part: Ints, plans: Sequence[Plan]) -> Plan:
    labels = np.empty(len(town), dtype=np.int64)
    misses, grids, waiting = [], 0, list(plans)
    for number in np.unique(part):
        rows = np.flatnonzero(part == number)
        if not town.households[rows].any():
            labels[rows] = grids
            grids += 1
            continue
        one = waiting.pop(0)
        labels[rows] = grids + one.labels
        misses += [replace(miss, grid=grids + miss.grid) for miss in one.misses]
        grids += one.grids
    return Plan(
        labels=labels,
        grids=grids,
        misses=tuple(misses),
        score=sum(one.score for one in plans),
        seed=plans[0].seed,
        rounds=max(one.rounds for one in plans),
        seconds=max(one.seconds for one in plans),
        too_many=sum(one.too_many for one in plans),
    )
