"""One run of the planner, in a process of its own: what it needs in memory goes when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from onegrid.common.tenancy.context import tenant_tx
from onegrid.core.errors import CoreError
from onegrid.plans.actions import runs
from onegrid.plans.ground import Ints

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
        plan, communities = _planned(task, _watch(tenant_id, run_id, task, clock))
    except CoreError as error:
        with tenant_tx(tenant_id):
            runs.fail(run_id=run_id, now=clock(), fault=error.code)
        return False
    with tenant_tx(tenant_id):
        return runs.finish(
            run_id=run_id,
            again=task.again,
            now=clock(),
            labels=plan.labels,
            communities=communities,
            misses={miss.grid: _plain(miss) for miss in plan.misses},
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


def _planned(task: runs.Task, watch: Callable[[Progress], bool]) -> tuple[Plan, Ints | None]:
    """Return the plan, and the new communities if they were asked for."""
    from onegrid.core import planning
    from onegrid.core.planning import Band, Effort, Progress

    town = task.ground.town(communities_stay=task.community is None)
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
    plan = _proved(task, town, plan, lambda: after("prove"))
    if task.community is None:
        return plan, None
    communities = planning.communities(
        town=town,
        grids=plan.labels,
        band=Band(*task.community),
        effort=Effort(seconds=float(max(1, task.seconds // 4))),
        seed=task.seed,
        watch=lambda _: after("group"),
    )
    return plan, communities


def _proved(task: runs.Task, town: Town, plan: Plan, going: Callable[[], bool]) -> Plan:
    """Return the plan with what can be shown of it, or as it is when nothing more is wanted."""
    from onegrid.core.planning.proofs import prove

    found: list[Plan] = []

    def look() -> None:
        seconds = task.seconds / 3
        found.append(prove(town=town, asked=_asked(task), plan=plan, seconds=seconds))

    # A solver cannot be stopped: it is left behind, and ends with the process.
    solver = Thread(target=look, daemon=True)
    if going():
        solver.start()
    while solver.is_alive() and going():
        solver.join(_PAUSE / 4)
    return found[0] if found else plan


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
