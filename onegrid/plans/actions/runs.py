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
from onegrid.plans.ground import Floats, Ground, Ints, pack, unpack
from onegrid.plans.limits import Limits
from onegrid.plans.models import Draft, DraftEdit, DraftRun
from onegrid.plans.stations import metres_of
from onegrid.plans.terms import (
    ALIVE,
    LOST_AFTER,
    MOST_AGAIN,
    OPEN,
    EditKind,
    RunState,
    Status,
)

#: What is said of a run that was interrupted too often.
BROKEN_OFF = "plan.broken_off"


@transaction.atomic
def start(*, doing: Doing, draft_id: UUID) -> UUID:
    """Let the planner make a plan for a draft.

    Returns:
        The id of the run.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft; also when a run is on its
            way.
    """
    draft = to_change(draft_id, doing)
    if DraftRun.objects.filter(pk=doing.key).exists():
        return doing.key
    if DraftRun.objects.filter(draft=draft, state__in=ALIVE).exists():
        raise Conflict("draft.running")
    run = DraftRun.objects.create(
        id=doing.key, draft=draft, asked_by=doing.actor, asked_at=doing.now, heard_at=doing.now
    )
    _set(draft, Status.RUNNING, doing.now)
    _queue(run.id)
    return run.id


def _queue(run_id: UUID) -> None:
    from onegrid.plans.jobs import plan_draft

    plan_draft.defer(tenant_id=current_tenant(), run_id=str(run_id))


@transaction.atomic
def cancel(*, doing: Doing, draft_id: UUID) -> None:
    """End a run early: the best plan so far is kept. Nothing happens when none is on its way.

    Raises:
        NotFound, Forbidden, Conflict: as for every change of a draft.
    """
    draft = to_change(draft_id, doing)
    waiting = DraftRun.objects.filter(draft=draft, state=RunState.QUEUED, again=0)
    if waiting.update(state=RunState.CANCELLED, ended_at=doing.now, cancel=True):
        _set(draft, _rest(draft), doing.now)
    DraftRun.objects.filter(draft=draft, state__in=ALIVE).update(cancel=True)


def _rest(draft: Draft) -> Status:
    return Status.READY if draft.labels else Status.DRAFT


def _set(draft: Draft, status: Status, now: datetime) -> None:
    draft.status, draft.changed_at = status, now
    draft.save(update_fields=["status", "changed_at"])


@dataclass(frozen=True, eq=False)
class Task:
    """What a run works on.

    Attributes:
        again: how often it was taken up again; what is written under an older number is refused.
        spent: seconds that the planner had before an interruption.
        best: grids of the best plan before an interruption; None when there was none.
        ending: it was cancelled meanwhile: the best so far is wanted, and nothing better.
        stations: (s, 2) where people are served, metres.
    """

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
    again: int
    spent: float
    best: Ints | None
    ending: bool
    stations: Floats


@transaction.atomic
def claim(*, run_id: UUID, now: datetime) -> Task | None:
    """Take a waiting run; None when somebody else has it, or it was cancelled meanwhile."""
    taken = DraftRun.objects.filter(pk=run_id, state=RunState.QUEUED).update(
        state=RunState.RUNNING, heard_at=now
    )
    if not taken:
        return None
    run = DraftRun.objects.select_related("draft").get(pk=run_id)
    draft = run.draft
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
        again=run.again,
        spent=run.elapsed,
        best=unpack(run.preview) if run.preview else None,
        ending=run.cancel,
        stations=metres_of(draft.stations),
    )


def tell(*, run_id: UUID, again: int, now: datetime, preview: Ints | None, **figures: Any) -> bool:
    """Write down how far a run is; answer whether it shall go on.

    Args:
        again: as the task says; somebody who was thought dead and is not writes nothing.
        figures: stage, share, elapsed, grids, rms and within.
    """
    shown = {"preview": pack(preview)} if preview is not None else {}
    running = DraftRun.objects.filter(pk=run_id, state=RunState.RUNNING, again=again)
    alive = running.update(heard_at=now, **figures, **shown)
    return bool(alive) and not running.filter(cancel=True).exists()


def hear(*, run_id: UUID, again: int, now: datetime) -> None:
    """Write down that the process of a run is still there."""
    DraftRun.objects.filter(pk=run_id, state=RunState.RUNNING, again=again).update(heard_at=now)


def times_taken_up(*, run_id: UUID) -> int | None:
    """Return how often a waiting run was taken up again; None when it does not wait."""
    found = DraftRun.objects.filter(pk=run_id, state=RunState.QUEUED)
    return found.values_list("again", flat=True).first()


def _locked(run_id: UUID, again: int) -> tuple[Draft, DraftRun] | None:
    """Lock the draft of a run, then the run: in the order of everybody who changes a draft.

    Returns:
        None when the run has ended, or somebody else has taken it up meanwhile.
    """
    draft = Draft.objects.select_for_update(of=("self",)).filter(runs=run_id).first()
    alive = DraftRun.objects.select_for_update().filter(pk=run_id, state__in=ALIVE, again=again)
    run = alive.first()
    return None if draft is None or run is None else (draft, run)


@transaction.atomic
def take_up(*, run_id: UUID, again: int, now: datetime) -> bool:
    """Let a run wait for its turn again that was interrupted; after too many times it has failed.

    Args:
        again: how often it had been taken up when it was interrupted.

    Returns:
        Whether it waits now.
    """
    found = _locked(run_id, again)
    if found is None:
        return False
    draft, run = found
    if run.again >= MOST_AGAIN:
        _fail(draft, run, now, BROKEN_OFF)
        return False
    run.state, run.again, run.heard_at = RunState.QUEUED, run.again + 1, now
    run.save(update_fields=["state", "again", "heard_at"])
    _queue(run.id)
    return True


def take_up_silent(*, now: datetime) -> int:
    """Take up every run that has not been heard of for long; return how many."""
    silent = DraftRun.objects.filter(
        state=RunState.RUNNING, heard_at__lt=now - timedelta(seconds=LOST_AFTER)
    )
    rows = list(silent.values_list("id", "again"))
    return sum(take_up(run_id=run_id, again=again, now=now) for run_id, again in rows)


@transaction.atomic
def finish(
    *,
    run_id: UUID,
    again: int,
    now: datetime,
    labels: Ints,
    communities: Ints | None,
    misses: dict[int, dict[str, Any]],
    limits: Limits,
) -> bool:
    """Take over the plan that a run has made; False when the run no longer counts.

    A run that somebody else has taken up meanwhile, or whose draft was withdrawn, changes nothing.
    """
    from onegrid.plans.actions.results import keep

    found = _locked(run_id, again)
    if found is None:
        return False
    draft, run = found
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
    keep(draft, ground, now=now, communities=communities, known={}, misses=misses, limits=limits)
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
def fail(*, run_id: UUID, again: int, now: datetime, fault: str) -> None:
    """Say that a run could not make a plan, and why.

    Args:
        again: as the task says; somebody who was thought dead and is not writes nothing.
    """
    found = _locked(run_id, again)
    if found is not None:
        _fail(*found, now, fault)


def _fail(draft: Draft, run: DraftRun, now: datetime, fault: str) -> None:
    run.state, run.fault, run.ended_at = RunState.FAILED, fault[:60], now
    run.save(update_fields=["state", "fault", "ended_at"])
    if draft.status == Status.RUNNING:
        _set(draft, _rest(draft), now)
