"""What must be true of every case at any time, and of a step beside the one before it."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from onegrid.cases import clocks, joint
from onegrid.cases.approval import needed
from onegrid.cases.models import Ask, Case, CoUnit, Part, Step, Supervision
from onegrid.cases.terms import APPROVALS, AskKind
from onegrid.core.clock import ClockKind, Event, open_time, read, time_per_phase
from onegrid.core.flow import FINAL, Action, State

ZERO = timedelta(0)
#: Steps that the county may ask approval for.
_RELEASED = {Action.PUBLISH_PLAN: AskKind.PLAN, Action.FINISH: AskKind.CLOSURE}
#: How the names of those end who may approve their own work.
ALONE = "独"
#: What a merger that was undone leaves as it was.
KEPT = (
    "case_class", "category_id", "round", "lead_unit_id", "owner_id", "before_wait",
    "extension_minutes", "result", "kind", "item_id",
)  # fmt: skip


def check(case: Case, now: datetime) -> list[Step]:
    """Hold a case to what must be true; return its steps."""
    steps = list(Step.objects.filter(case_id=case.pk).defer("text").order_by("seq"))
    assert [step.seq for step in steps] == list(range(1, case.step_count + 1))
    assert steps[-1].to_state == case.state
    assert all(a.at <= b.at and a.to_state == b.from_state for a, b in itertools.pairwise(steps))
    assert (case.closed_at is not None) == (case.state in FINAL)
    now = max(now, steps[-1].at)
    events = clocks.events_among(steps)
    _check_times(case, events, now)
    _check_shared(case)
    _check_released(case, steps, now)
    _check_supervised(case)
    if case.state == State.CLOSED:
        _check_closed(case)
    return steps


def _check_closed(case: Case) -> None:
    """Nothing closes with open parts, supervision, helping units or asks."""
    assert not Part.objects.filter(case_id=case.pk, answered_at__isnull=True).exists()
    assert not case.supervised
    assert not case.asks_open and not case.approval_open
    rows = CoUnit.objects.filter(case_id=case.pk, round=case.round, released_at__isnull=True)
    assert not rows.filter(reported_at__isnull=True).exists()


def _check_supervised(case: Case) -> None:
    waiting = Supervision.objects.filter(case_id=case.pk, state__in=["open", "replied"])
    assert waiting.exists() == case.supervised


def _check_times(case: Case, events: list[Event], now: datetime) -> None:
    spent = time_per_phase(events, now)
    assert sum(spent.values(), ZERO) == open_time(events, now)
    assert min(spent.values()) >= ZERO
    undone = any(one.action == Action.UNMERGE for one in events)
    for item in clocks.readings(case, events, now=now):
        reading = item.reading
        whole = (reading.ended or now) - reading.started
        assert ZERO <= reading.elapsed_working <= reading.elapsed_wall
        assert reading.paused_working >= ZERO
        assert reading.elapsed_wall + reading.paused_wall == whole
        if case.state != State.MERGED and undone:
            _check_restored(reading.target, events, now)


def _check_restored(target: Any, events: list[Event], now: datetime) -> None:
    """A merger that was undone has left no trace in the clocks."""
    if target.kind is ClockKind.SIGN:
        return
    kept = [
        event
        for event in events
        if event.to_state != State.MERGED and event.action != Action.UNMERGE
    ]
    plain, merged = read(target, kept, now), read(target, events, now)
    assert (plain is None) == (merged is None)
    if plain is not None and merged is not None:
        assert (plain.elapsed_working, plain.due) == (merged.elapsed_working, merged.due)


def _check_released(case: Case, steps: list[Step], now: datetime) -> None:
    """Nothing is published or done without the approval that the county asks for."""
    held, case_class = joint.held_to(case, now=now), ""
    for before, step in itertools.pairwise(steps):
        case_class = before.data.get("class", case_class)
        kind = _RELEASED.get(step.action)
        said = step.data.get("approved"), step.data.get("self_approved")
        if kind is None or step.data.get("replayed"):
            assert said == (None, None)
            continue
        if not needed(case_class or case.case_class, kind, held):
            assert said == (None, None), "no approval was asked for"
        elif said == (True, None):
            grant = Ask.objects.get(case_id=case.pk, kind=kind, decided_at=before.at)
            assert before.action == f"grant_{kind}" and before.relation == "head"
            assert grant.state == "granted" and grant.decided_by == before.actor_id
            assert grant.asked_by != before.actor_id
        else:
            assert said == (None, True) and step.actor_name.endswith(ALONE)


def _check_shared(case: Case) -> None:
    asks = Ask.objects.filter(case_id=case.pk, state="open")
    inside = asks.filter(kind__in=APPROVALS).exists()
    waiting = asks.exclude(kind__in=APPROVALS).exists()
    assert (waiting, inside) == (case.asks_open, case.approval_open)
    assert not ((waiting or inside) and case.state in {*FINAL, State.CALLBACK, State.REOPEN_REQ})
    helping = CoUnit.objects.filter(
        case_id=case.pk, round=case.round, released_at__isnull=True
    ).values_list("unit_id", flat=True)
    assert sorted(helping) == sorted(case.co_unit_ids)
    assert case.lead_unit_id is None or case.lead_unit_id not in case.co_unit_ids
    assert not {case.lead_unit_id, *case.co_unit_ids} & set(case.excluded_ids)
    holds = Ask.objects.filter(
        case_id=case.pk, kind="hold", state="granted", ended_at__isnull=True
    ).count()
    resting = case.state == State.ON_HOLD or case.before_merge == State.ON_HOLD
    assert holds == (1 if resting else 0)


def kept_of(case: Case) -> dict[str, Any]:
    """Return what must be the same again when a merger is undone."""
    return {name: getattr(case, name) for name in KEPT}
