"""What every step means for those who share a case: asks lapse, holds end, sub-deadlines move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.db.models import Max, QuerySet
from django.utils.timezone import get_current_timezone

from onegrid.cases import lawful
from onegrid.cases.bounds import Bounds, bounds
from onegrid.cases.clocks import DEFAULT_CALENDAR, ClockReading, promised_clock
from onegrid.cases.models import Ask, Case, CoUnit, Milestone, Step
from onegrid.cases.oversight_terms import HELPING_LEVELS
from onegrid.cases.terms import APPROVALS, AskKind, AskState
from onegrid.common.refusals import Conflict
from onegrid.core.calendar import add_working, working_between
from onegrid.core.clock import ClockKind, Reading, share_due
from onegrid.core.flow import Action, State
from onegrid.core.oversight import next_percent
from onegrid.organisation.queries import calendars, units

#: A helping unit reports when this share of the time left at its call is used up; the rest is for
#: the leading unit to bring the reports together.
SHARE_PERCENT = 80
#: Time of a helping unit that later levels are taken from, at least.
_LEAST_LATE = timedelta(hours=1)
#: States in which what a unit asked for can still be decided, now or after a wait.
_DECIDABLE = frozenset(
    {
        State.RETURN_REQ,
        State.ARBITRATION,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.PLANNED,
        State.ON_HOLD,
        State.INFO_WAIT,
        State.MERGED,
    }
)


def follow(case: Case, steps: Iterable[Step], found: Sequence[ClockReading]) -> None:
    """Bring asks, holds and sub-deadlines in line with the steps just taken; `case` is saved later.

    Args:
        found: the clocks as read after the steps.
    """
    now = case.changed_at
    if (case.asks_open or case.approval_open) and State(case.state) not in _DECIDABLE:
        _lapse(case, AskKind, now)
        case.asks_open = case.approval_open = False
    elif case.approval_open and any(_makes_moot(step) for step in steps):
        _lapse(case, APPROVALS, now)
        case.approval_open = False
    if any(step.from_state == State.ON_HOLD != step.to_state for step in steps):
        running_holds(case).update(ended_at=now)
    if case.co_unit_ids and any(step.action == Action.FOLLOW for step in steps):
        _release_unreported(case, now)
    if case.co_unit_ids:
        _move_deadlines(case, found)


def _lapse(case: Case, kinds: Iterable[AskKind], now: datetime) -> None:
    waiting = Ask.objects.filter(case_id=case.pk, state=AskState.OPEN, kind__in=list(kinds))
    waiting.update(state=AskState.LAPSED, decided_at=now)


def _makes_moot(step: Step) -> bool:
    """Tell whether after a step nothing is left of what was submitted for approval.

    Another class asks for other evidence, and perhaps for no approval at all.
    """
    if step.action == Action.RECLASSIFY:
        return bool(step.data.get("class") != step.data.get("class_before"))
    return bool(step.action == Action.PUBLISH_PLAN)


def _release_unreported(case: Case, now: datetime) -> None:
    """Await nothing more for a case that was answered with its leading one."""
    waiting = unreported(case)
    gone = set(waiting.values_list("unit_id", flat=True))
    waiting.update(released_at=now)
    case.co_unit_ids = [unit_id for unit_id in case.co_unit_ids if unit_id not in gone]


def running_holds(case: Case) -> QuerySet[Ask]:
    """Return the hold that is on, as a query."""
    return Ask.objects.filter(
        case_id=case.pk, kind=AskKind.HOLD, state=AskState.GRANTED, ended_at__isnull=True
    )


def unreported(case: Case) -> QuerySet[CoUnit]:
    """Return the helping units whose report is awaited."""
    return CoUnit.objects.filter(
        case_id=case.pk, round=case.round, released_at__isnull=True, reported_at__isnull=True
    )


def check_reported(case: Case) -> None:
    """Refuse to finish while a helping unit owes its report.

    Raises:
        Conflict: names the units.
    """
    waiting = unreported(case).values_list("unit__name", flat=True) if case.co_unit_ids else ()
    names = "、".join(waiting)
    if names:
        raise Conflict("joint.unreported", units=names)


def _move_deadlines(case: Case, found: Sequence[ClockReading]) -> None:
    lead = _leading(case, found)
    moved = []
    for row in unreported(case):
        due = _sub_due(case, lead, since=row.added_at)
        if due != row.due_at:
            row.due_at = due
            row.next_mark_at = next_late_look(row)
            moved.append(row)
    if moved:
        CoUnit.objects.bulk_update(moved, ["due_at", "next_mark_at"])


def late_at(row: CoUnit, percent: int) -> datetime:
    """Return when a share of a helping unit's time is used up; beyond all in office hours."""
    assert row.due_at is not None
    if percent <= 100:
        return row.due_at
    office = calendars()[DEFAULT_CALENDAR]
    allowed = max(working_between(office, row.added_at, row.due_at), _LEAST_LATE)
    return add_working(office, row.due_at, allowed * (percent - 100) // 100)


def next_late_look(row: CoUnit) -> datetime | None:
    """Return when the sweep must look at a report that is awaited, or None when it need not."""
    percent = next_percent([level for level, _ in HELPING_LEVELS], row.rung)
    return late_at(row, percent) if row.due_at is not None and percent is not None else None


def promised_reading(case: Case, found: Iterable[ClockReading]) -> Reading | None:
    """Return the clock of the promise while it has not ended, or None."""
    kind = promised_clock(case)
    readings = (item.reading for item in found)
    return next((one for one in readings if one.kind is kind and one.ended is None), None)


def _leading(case: Case, found: Sequence[ClockReading]) -> Reading | None:
    """Return the clock that sub-deadlines are taken from; None where a plan's dates count."""
    lead = promised_reading(case, found)
    if lead is not None or case.state == State.PLANNED:
        return lead
    return next((item.reading for item in found if item.reading.kind is ClockKind.LEGAL), None)


def _sub_due(case: Case, lead: Reading | None, *, since: datetime) -> datetime | None:
    if lead is not None:
        return share_due(lead, since=since, percent=SHARE_PERCENT)
    last = Milestone.objects.filter(plan__case_id=case.pk, plan__round=case.round)
    day = last.aggregate(day=Max("due_on"))["day"]
    if day is None:
        return None
    end = datetime.combine(day + timedelta(days=1), time(), get_current_timezone())
    return max(since, since + (end - since) * SHARE_PERCENT / 100)


def held_to(case: Case, *, now: datetime) -> Bounds:
    """Return the limits that hold for a case: those of the day of its first dispatch."""
    return bounds(on=lawful.day_of(case, now=now))


def return_until(
    case: Case, promised: Reading | None, *, dispatched: datetime, held: Bounds
) -> datetime:
    """Return until when the leading unit may ask to return a case.

    A share of the promised time or some duty hours from the dispatch on, whichever is longer.
    """
    unit = units().get(case.lead_unit_id) if case.lead_unit_id else None
    hours = calendars()[(unit.calendar if unit else "") or DEFAULT_CALENDAR]
    latest = add_working(hours, dispatched, timedelta(minutes=held.return_minutes))
    if promised is None or promised.budget is None:
        return latest
    share = (promised.budget - promised.target.extra) * held.return_percent // 100
    return max(latest, add_working(promised.target.calendar, dispatched, share))


def over_cap(promised: Reading | None, held: Bounds, *, now: datetime, until: datetime) -> bool:
    """Tell whether a pause from now on would lengthen all pauses beyond the limit."""
    if promised is None or promised.budget is None:
        return False
    pause = promised.paused_working + working_between(promised.target.calendar, now, until)
    return pause > promised.budget * held.pause_percent // 100


def most_minutes(promised: Reading, held: Bounds) -> int:
    """Return the longest extension of a promise, in minutes of its duty time."""
    assert promised.budget is not None
    original = promised.budget - promised.target.extra
    return original * held.extension_percent // 100 // timedelta(minutes=1)
