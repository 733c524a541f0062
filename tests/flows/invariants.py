"""What must be true of every case at any time, and of a step beside the one before it."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from onegrid.cases import clocks
from onegrid.cases.models import Ask, Case, CoUnit, Part, Step, Supervision
from onegrid.core.clock import ClockKind, Event, open_time, read, time_per_phase
from onegrid.core.flow import FINAL, Action, State

ZERO = timedelta(0)
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
    _check_supervised(case)
    if case.state == State.CLOSED:
        _check_closed(case)
    return steps


def _check_closed(case: Case) -> None:
    """Nothing closes with open parts, supervision, helping units or asks."""
    assert not Part.objects.filter(case_id=case.pk, answered_at__isnull=True).exists()
    assert not case.supervised
    assert not case.asks_open
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


def _check_shared(case: Case) -> None:
    waiting = Ask.objects.filter(case_id=case.pk, state="open").exists()
    assert waiting == case.asks_open
    assert not (waiting and case.state in {*FINAL, State.CALLBACK, State.REOPEN_REQ})
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
