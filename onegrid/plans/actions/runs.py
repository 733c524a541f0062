"""Let the planner work on a draft: ask for a run, end it early, and what the run itself writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from onegrid.common.refusals import Conflict
from onegrid.common.tenancy.context import current_tenant
from onegrid.plans.actions.doing import Doing, to_change
from onegrid.plans.ground import Ground, Ints, pack
from onegrid.plans.models import Draft, DraftEdit, DraftRun
from onegrid.plans.terms import ALIVE, LOST_AFTER, OPEN, EditKind, RunState, Status


@transaction.atomic
def start(*, doing: Doing, draft_id: UUID) -> UUID:
    """Let the planner make a plan for a draft; a run that has broken off is started again.

    Returns:
        The id of the run.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft; also when a run is on its
            way.
    """
    from onegrid.plans.jobs import plan_draft

    draft = to_change(draft_id, doing)
    if DraftRun.objects.filter(pk=doing.key).exists():
        return doing.key
    _give_up_lost(draft, doing.now)
    if DraftRun.objects.filter(draft=draft, state__in=ALIVE).exists():
        raise Conflict("draft.running")
    run = DraftRun.objects.create(
        id=doing.key, draft=draft, asked_by=doing.actor, asked_at=doing.now, heard_at=doing.now
    )
    _set(draft, Status.RUNNING, doing.now)
    plan_draft.defer(tenant_id=current_tenant(), run_id=str(run.id))
    return run.id


@transaction.atomic
def cancel(*, doing: Doing, draft_id: UUID) -> None:
    """End a run early: the best plan so far is kept. Nothing happens when none is on its way.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
    """
    draft = to_change(draft_id, doing)
    _give_up_lost(draft, doing.now)
    waiting = DraftRun.objects.filter(draft=draft, state=RunState.QUEUED)
    if waiting.update(state=RunState.CANCELLED, ended_at=doing.now, cancel=True):
        _set(draft, _rest(draft), doing.now)
    DraftRun.objects.filter(draft=draft, state=RunState.RUNNING).update(cancel=True)


def _give_up_lost(draft: Draft, now: datetime) -> None:
    """Say of a run that has not been heard of for long that it is lost."""
    silent = now - timedelta(seconds=LOST_AFTER)
    lost = DraftRun.objects.filter(draft=draft, state=RunState.RUNNING, heard_at__lt=silent)
    if lost.update(state=RunState.LOST, ended_at=now):
        _set(draft, _rest(draft), now)


def _rest(draft: Draft) -> Status:
    return Status.READY if draft.labels else Status.DRAFT


def _set(draft: Draft, status: Status, now: datetime) -> None:
    draft.status, draft.changed_at = status, now
    draft.save(update_fields=["status", "changed_at"])


@dataclass(frozen=True, eq=False)
class Task:
    """What a run works on."""

    draft_id: UUID
    ground: Ground
    least: int
    most: int
    community: tuple[int, int] | None
    most_grids: int | None
    wishes: dict[str, int]
    frozen: tuple[UUID, ...]
    seed: int
    seconds: int


@transaction.atomic
def claim(*, run_id: UUID, now: datetime) -> Task | None:
    """Take a waiting run; None when somebody else has it, or it was cancelled meanwhile."""
    taken = DraftRun.objects.filter(pk=run_id, state=RunState.QUEUED).update(
        state=RunState.RUNNING, heard_at=now
    )
    if not taken:
        return None
    draft = DraftRun.objects.select_related("draft").get(pk=run_id).draft
    community = None
    if draft.community_least is not None and draft.community_most is not None:
        community = (draft.community_least, draft.community_most)
    return Task(
        draft_id=draft.id,
        ground=Ground.load(draft.ground),
        least=draft.least,
        most=draft.most,
        community=community,
        most_grids=draft.most_grids,
        wishes=draft.wishes,
        frozen=tuple(draft.frozen),
        seed=draft.seed,
        seconds=draft.seconds,
    )


def tell(*, run_id: UUID, now: datetime, preview: Ints | None, **figures: Any) -> bool:
    """Write down how far a run is; answer whether it shall go on.

    Args:
        figures: stage, share, elapsed, grids, rms and within.
    """
    shown = {"preview": pack(preview)} if preview is not None else {}
    running = DraftRun.objects.filter(pk=run_id, state=RunState.RUNNING)
    alive = running.update(heard_at=now, **figures, **shown)
    return bool(alive) and not running.filter(cancel=True).exists()


@transaction.atomic
def finish(
    *,
    run_id: UUID,
    now: datetime,
    labels: Ints,
    communities: Ints | None,
    misses: dict[int, dict[str, Any]],
) -> bool:
    """Take over the plan that a run has made; False when the run no longer counts.

    A run that was given up, or whose draft was withdrawn meanwhile, changes nothing.
    """
    from onegrid.plans.actions.results import keep

    run = DraftRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or run.state != RunState.RUNNING:
        return False
    draft = Draft.objects.select_for_update().get(pk=run.draft_id)
    run.state = RunState.CANCELLED if run.cancel else RunState.DONE
    run.ended_at = run.heard_at = now
    run.share, run.preview = 1.0, b""
    if draft.status not in OPEN:
        run.state = RunState.CANCELLED
        run.save()
        return False
    run.save()
    draft.labels, draft.status = pack(labels), Status.READY
    _note(draft, run, now)
    ground = Ground.load(draft.ground)
    keep(draft, ground, now=now, communities=communities, known={}, misses=misses)
    return True


def _note(draft: Draft, run: DraftRun, now: datetime) -> None:
    """Write the run among the edits: what was changed by hand before it cannot be undone."""
    last = DraftEdit.objects.filter(draft=draft).order_by("-seq").first()
    DraftEdit.objects.create(
        draft=draft,
        seq=last.seq + 1 if last else 1,
        kind=EditKind.PLAN,
        at=now,
        by_id=run.asked_by,
        by_name="",
        data={},
    )


@transaction.atomic
def fail(*, run_id: UUID, now: datetime, fault: str) -> None:
    """Say that a run could not make a plan, and why."""
    run = DraftRun.objects.select_for_update().filter(pk=run_id, state__in=ALIVE).first()
    if run is None:
        return
    run.state, run.fault, run.ended_at = RunState.FAILED, fault[:60], now
    run.save(update_fields=["state", "fault", "ended_at"])
    draft = Draft.objects.select_for_update().get(pk=run.draft_id)
    if draft.status == Status.RUNNING:
        _set(draft, _rest(draft), now)
