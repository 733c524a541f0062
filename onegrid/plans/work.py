"""One run of the planner, in a process of its own: what it needs in memory goes when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from onegrid.common.tenancy.context import tenant_tx
from onegrid.core.errors import CoreError
from onegrid.plans.actions import runs
from onegrid.plans.ground import Ints
from onegrid.plans.limits import Limits

if TYPE_CHECKING:
    from onegrid.core.planning import Asked, Plan, Progress, Town

#: seconds between two looks at the database
_PAUSE = 1.0


def work(*, tenant_id: int, run_id: UUID, clock: Callable[[], datetime]) -> bool:
    """Make the plan that a run asks for; transactions are short, none is open while it thinks.

    Returns:
        Whether a plan was kept.
    """
    with tenant_tx(tenant_id):
        task = runs.claim(run_id=run_id, now=clock())
    if task is None:
        return False
    try:
        found = _planned(task, _watch(tenant_id, run_id, task, clock))
    except CoreError as error:
        with tenant_tx(tenant_id):
            runs.fail(run_id=run_id, again=task.again, now=clock(), fault=error.code)
        return False
    with tenant_tx(tenant_id):
        return runs.finish(
            run_id=run_id,
            again=task.again,
            now=clock(),
            labels=found.plan.labels,
            communities=found.communities,
            misses={miss.grid: _plain(miss) for miss in found.plan.misses},
            limits=found.limits,
        )


def _watch(
    tenant_id: int, run_id: UUID, task: runs.Task, clock: Callable[[], datetime]
) -> Callable[[Progress], bool]:
    """Return what the planner tells its progress to: once a second it is written down.

    Time and share count on from before an interruption.
    """
    last: list[datetime] = []
    had = min(1.0, task.spent / task.seconds)

    def watch(progress: Progress) -> bool:
        now = clock()
        if last and (now - last[-1]).total_seconds() < _PAUSE:
            return True
        with tenant_tx(tenant_id):
            going = runs.tell(
                run_id=run_id,
                again=task.again,
                now=now,
                preview=progress.labels() if progress.labels else None,
                stage=progress.stage,
                share=had + (1 - had) * progress.share,
                elapsed=task.spent + progress.seconds,
                grids=progress.grids,
                rms=progress.rms,
                within=progress.within,
            )
        last[:] = [now] if going else []
        return going

    return watch


def _planned(task: runs.Task, watch: Callable[[Progress], bool]) -> Found:
    """Return the plan, the new communities if they were asked for, and what limits all plans."""
    from onegrid.core import planning
    from onegrid.core.planning import Band, Effort, Progress

    stay = task.community is None
    town = task.ground.town(communities_stay=stay, stations=task.stations)
    last = Progress("prepare", 0.0, 0.0)

    def noted(progress: Progress) -> bool:
        nonlocal last
        last = progress
        return watch(progress)

    def after(stage: str) -> bool:
        return watch(replace(last, stage=stage, seconds=time.monotonic() - began))

    began = time.monotonic()
    plan = planning.plan(
        town=town,
        asked=_asked(task),
        effort=Effort(seconds=0.0 if task.ending else max(0.0, task.seconds - task.spent)),
        seed=task.seed,
        watch=noted,
        earlier=task.best,
    )
    plan = _proved(task, town, plan, after)
    if task.community is None:
        return Found(plan, None, _limits(task, town, plan, after))
    communities = planning.communities(
        town=town,
        grids=plan.labels,
        band=Band(*task.community),
        effort=Effort(seconds=float(max(1, task.seconds // 4))),
        seed=task.seed,
        watch=lambda _: after("group"),
    )
    return Found(plan, communities, _limits(task, town, plan, after))


@dataclass(frozen=True, eq=False)
class Found:
    """What a run has made."""

    plan: Plan
    communities: Ints | None
    limits: Limits


Told = TypeVar("Told")


def _aside(look: Callable[[], Told], going: Callable[[], bool]) -> Told | None:
    """Return what a look finds, or nothing when it is not wanted any more.

    A solver cannot be stopped: it is left behind, and ends with the process.
    """
    found: list[Told] = []
    solver = Thread(target=lambda: found.append(look()), daemon=True)
    if going():
        solver.start()
    while solver.is_alive() and going():
        solver.join(_PAUSE / 4)
    return found[0] if found else None


def _proved(task: runs.Task, town: Town, plan: Plan, after: Callable[[str], bool]) -> Plan:
    """Return the plan with what can be shown of it, or as it is when nothing more is wanted."""
    from onegrid.core.planning.proofs import prove

    asked, seconds = _asked(task), task.seconds / 3
    found = _aside(
        lambda: prove(town=town, asked=asked, plan=plan, seconds=seconds), lambda: after("prove")
    )
    return found or plan


def _limits(task: runs.Task, town: Town, plan: Plan, after: Callable[[str], bool]) -> Limits:
    """Return what no plan as asked for can do better, as far as there is time for it."""
    from onegrid.core.planning.bounds import lower_bound
    from onegrid.core.planning.comparing import comparable, with_as_many
    from onegrid.core.planning.moves import least_moves
    from onegrid.core.planning.problem import most_grids

    fair = with_as_many(town, _asked(task), plan)
    given: dict[str, Any] = {"town": town, "asked": fair, "plan": plan}
    bound = None
    if comparable(fair, plan):
        seconds = task.seconds / 2
        bound = _aside(
            lambda: lower_bound(**given, seconds=seconds, better=False), lambda: after("bound")
        )
    moves = _aside(lambda: least_moves(**given, seconds=task.seconds / 4), lambda: after("moves"))
    return Limits(
        grids=most_grids(town, _asked(task)),
        households=float(town.households.sum()),
        inertia=None if bound is None else bound.value,
        moves=None if moves is None else ceil(moves.households - 1e-6),
        left_out=0 if moves is None else round(moves.left_out),
    )


def _asked(task: runs.Task) -> Asked:
    from onegrid.core.planning import Asked, Band, Wishes

    weights = {name: value / 100 for name, value in task.wishes.items()}
    return Asked(
        band=Band(task.least, task.most),
        most_grids=task.most_grids,
        wishes=Wishes(**weights),
        kept=_kept(task),
    )


def _kept(task: runs.Task) -> NDArray[np.bool_] | None:
    frozen = set(task.frozen)
    places = [n for n, grid_id in enumerate(task.ground.grid_ids()) if grid_id in frozen]
    return np.isin(task.ground.today, places) if places else None


def _plain(miss: Any) -> dict[str, Any]:
    """Return why a grid is not as asked for, as it is kept."""
    return {
        "reason": str(miss.reason),
        "crossed": None if miss.crossed is None else miss.crossed.name.lower(),
        "least": miss.least,
        "most": miss.most,
        "proved": miss.proved,
    }
