"""What time itself does to a case: marks of the clocks, the end of a wait for information."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from onegrid.cases import clocks, lawful, notify, watching
from onegrid.cases.actions.step import Doing, Move, take
from onegrid.cases.models import Case, Clock, Step
from onegrid.cases.terms import Channel, ClockMark
from onegrid.core.clock import ClockKind
from onegrid.core.flow import FINAL, Action, Actor, State
from onegrid.duties.queries import law_rules
from onegrid.duties.terms import DEFAULTS, Parameter


def due_case_ids(*, now: datetime, limit: int = 200) -> list[UUID]:
    """Return cases with a clock to look at, the longest due first (by the partial index)."""
    rows = (
        Clock.objects.filter(next_mark_at__lte=now)
        .order_by("next_mark_at")
        .values_list("case_id", flat=True)[: limit * 2]
    )
    return list(dict.fromkeys(rows))[:limit]


def mark_case(*, case_id: UUID, now: datetime) -> int:
    """Write what the clocks of one case have to say at ``now``; return how many steps were written.

    A case that somebody is working on at this moment is left for the next sweep. Running it twice
    changes nothing: what was said is remembered in the clock row.
    """
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
    if case is None or case.state in {*FINAL, State.MERGED}:
        return 0
    rows = {(row.kind, row.round): row for row in Clock.objects.filter(case_id=case.pk)}
    found = clocks.readings(case, clocks.events_of(case), now=now)
    said: list[Step] = []
    for item in found:
        row = rows.get((item.reading.kind, item.reading.round))
        if row is None or row.ended_at is not None or row.paused:
            continue
        mark = (
            ClockMark.OVERDUE
            if item.reading.overdue
            else (ClockMark.DUE_SOON if item.reading.due_soon else ClockMark.NONE)
        )
        if mark not in {row.mark, ClockMark.NONE} and row.mark != ClockMark.OVERDUE:
            said.append(_write_step(case, item.reading.kind, mark, now))
            row.mark = mark
        row.next_mark_at = clocks.next_look(item.reading, row.mark)
        row.save(update_fields=["mark", "next_mark_at"])
    clocks.project(case, found)
    case.save(update_fields=["due_at", "mark", "step_count"])
    if said:
        watching.tell(case, said)
    return len(said)


def _write_step(case: Case, kind: ClockKind, mark: ClockMark, now: datetime) -> Step:
    late = mark == ClockMark.OVERDUE
    case.step_count += 1
    step = Step.objects.create(
        case_id=case.pk,
        seq=case.step_count,
        at=max(now, case.changed_at),
        action=Action.MARK_OVERDUE if late else Action.MARK_DUE_SOON,
        from_state=case.state,
        to_state=case.state,
        actor_role="system",
        relation=Actor.SYSTEM,
        channel=Channel.WEB,
        data={"clock": kind, "round": case.round},
        shown_to_reporter=late and kind in {ClockKind.SOLUTION, ClockKind.PLAN, ClockKind.LEGAL},
    )
    if late and kind in {ClockKind.SOLUTION, ClockKind.PLAN}:
        notify.tell(case, "case_overdue", now=now)
    return step


def waited_out_ids(*, now: datetime, limit: int = 200) -> list[UUID]:
    """Return cases that have waited for information longer than the rule in force allows."""
    shortest = min(
        (row.amount or 0 for row in law_rules() if row.parameter == Parameter.INFO_WAIT_DAYS),
        default=DEFAULTS[Parameter.INFO_WAIT_DAYS],
    )
    rows = Case.objects.filter(
        state=State.INFO_WAIT, changed_at__lte=now - timedelta(days=shortest)
    )
    return [case.pk for case in rows.order_by("changed_at")[:limit] if _waited_out(case, now)]


def _waited_out(case: Case, now: datetime) -> bool:
    days = lawful.amount(case, Parameter.INFO_WAIT_DAYS, now=now)
    return case.changed_at <= now - timedelta(days=days)


def give_up_waiting(*, case_id: UUID, doing: Doing) -> Case:
    """Go on without the information that nobody sent; the clocks run again.

    Raises:
        Conflict: the case does not wait any more.
    """
    return take(case_id, doing, Move(Action.GIVE_UP_WAITING))
