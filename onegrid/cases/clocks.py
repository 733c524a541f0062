"""The clocks of a case: which promise holds, what its steps say, and the rows the sweep reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from onegrid.cases import lawful, reference
from onegrid.cases.models import Case, Clock, SlaPolicy, Step
from onegrid.cases.terms import REPLAYED, VOID, CaseClass, ClockMark
from onegrid.common.tenancy.bulk import insert_all
from onegrid.core.calendar import WALL_CLOCK, DutyCalendar
from onegrid.core.clock import (
    ClockKind,
    ClockState,
    Event,
    NoPolicy,
    PolicyRow,
    Reading,
    Target,
    most_specific,
    next_mark,
    read,
    share_due,
)
from onegrid.core.flow import State
from onegrid.core.oversight import next_percent
from onegrid.organisation.queries import calendars, units

#: A policy with this calendar counts in the duty hours of the unit that holds the case.
UNIT_CALENDAR = "unit"
DEFAULT_CALENDAR = "office"
_ZERO = timedelta(0)
#: The clocks that carry the promise to the resident: solved in time; of a complex case, planned.
PROMISED = Q(kind=ClockKind.SOLUTION) | Q(kind=ClockKind.PLAN, case__case_class=CaseClass.COMPLEX)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A reading with the policy row it was measured against."""

    policy: SlaPolicy
    reading: Reading


def events_of(case: Case) -> list[Event]:
    """Return what the clocks see of the steps, in order."""
    steps = Step.objects.filter(case_id=case.pk).order_by("seq")
    rows = steps.values_list("at", "action", "to_state")
    return [Event(at, action, State(to_state)) for at, action, to_state in rows]


def events_among(steps: Iterable[Step]) -> list[Event]:
    """Return what the clocks see of steps that were read already, in their order."""
    return [Event(step.at, step.action, State(step.to_state)) for step in steps]


def readings(case: Case, events: Sequence[Event], *, now: datetime) -> list[ClockReading]:
    """Read every clock that has started; a clock without a promise for this case is left out.

    The promises are those in force on the day of the first dispatch (before it: today), so that a
    change of law leaves running cases alone.
    """
    day = lawful.day_among(events, now)
    found: list[ClockReading] = []
    for kind in ClockKind:
        policy = policy_for(case, kind, on=day)
        if policy is None:
            continue
        reading = read(target(case, policy), events, now)
        if reading is not None:
            found.append(ClockReading(policy, reading))
    return found


def policy_for(case: Case, kind: ClockKind, *, on: date) -> SlaPolicy | None:
    """Return the most specific promise of one kind for a case, or None where none is made."""
    rows = {str(row.pk): row for row in reference.policies.get() if row.clock == kind}
    candidates = [
        PolicyRow(
            key=key,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            klass=row.case_class or None,
            category=str(row.category_id) if row.category_id else None,
            channel=row.channel or None,
            unit=str(row.unit_id) if row.unit_id else None,
        )
        for key, row in rows.items()
    ]
    try:
        best = most_specific(
            candidates,
            klass=case.case_class,
            category=str(case.category_id),
            channel=case.channel,
            unit=str(case.lead_unit_id),
            on=on,
        )
    except NoPolicy:
        return None
    return rows[best.key]


def target(case: Case, policy: SlaPolicy) -> Target:
    """Turn a policy into what `core.clock` measures; danger to life runs by the wall clock.

    The plan of a complex case is promised to the resident, so its week counts from the report.
    """
    kind = ClockKind(policy.clock)
    return Target(
        kind=kind,
        calendar=_calendar(case, policy),
        amount=timedelta(minutes=policy.minutes) if policy.minutes else None,
        working_days=policy.working_days,
        starts_on=frozenset({State.REGISTERED}) if kind is ClockKind.PLAN else frozenset(),
        extra=timedelta(minutes=case.extension_minutes) if kind is promised_clock(case) else _ZERO,
        basis=policy.basis,
    )


def promised_clock(case: Case) -> ClockKind:
    """Return the clock that carries the promise to the resident, which an extension lengthens."""
    return ClockKind.PLAN if case.case_class == CaseClass.COMPLEX else ClockKind.SOLUTION


def _calendar(case: Case, policy: SlaPolicy) -> DutyCalendar:
    if case.safety and policy.minutes:
        return WALL_CLOCK
    code = policy.calendar
    if code == UNIT_CALENDAR:
        unit = units().get(case.lead_unit_id) if case.lead_unit_id else None
        code = (unit.calendar if unit else "") or DEFAULT_CALENDAR
    return calendars()[code]


def project(case: Case, found: Sequence[ClockReading]) -> None:
    """Set the case's earliest due time and its mark from the readings."""
    running = [
        item.reading
        for item in found
        if item.reading.state in {ClockState.RUNNING, ClockState.OVERDUE} and item.reading.due
    ]
    case.due_at = min((reading.due for reading in running if reading.due), default=None)
    case.mark = ClockMark.NONE
    if any(reading.overdue for reading in running):
        case.mark = ClockMark.OVERDUE
    elif any(reading.due_soon for reading in running):
        case.mark = ClockMark.DUE_SOON


def store(case: Case, found: Sequence[ClockReading]) -> None:
    """Write the readings of a new case."""
    insert_all([_row(case, item, said="none") for item in found if item.reading.due is not None])


def refresh(case: Case, events: Sequence[Event], *, now: datetime) -> list[ClockReading]:
    """Recompute every clock from the steps, write what changed, and set the case's due time."""
    found = readings(case, events, now=now)
    known = {(row.kind, row.round): row for row in Clock.objects.filter(case_id=case.pk)}
    rows = []
    for item in found:
        before = known.get((item.reading.kind, item.reading.round))
        if item.reading.due is not None:
            said = (before.mark, before.rung) if before else ("none", 0)
            row = _row(case, item, said=said[0], rung=said[1])
            if before is None or _shown(row) != _shown(before):
                rows.append(row)
    if rows:
        Clock.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["tenant_id", "case", "kind", "round"],
            update_fields=_SHOWN,
        )
    if known.keys() - {(item.reading.kind, item.reading.round) for item in found}:
        _drop_stale(case, found)
    project(case, found)
    return found


#: What changes in the row of a clock.
_SHOWN = ("policy", "started_at", "due_at", "ended_at", "paused", "mark", "next_mark_at")


def _shown(row: Clock) -> tuple[object, ...]:
    return tuple(getattr(row, "policy_id" if name == "policy" else name) for name in _SHOWN)


def _drop_stale(case: Case, found: Sequence[ClockReading]) -> None:
    """Stop sweeping clocks whose promise no longer applies (the class was changed)."""
    alive = {item.reading.kind for item in found}
    Clock.objects.filter(case_id=case.pk).exclude(kind__in=alive).update(
        next_mark_at=None, paused=True
    )


def _row(case: Case, item: ClockReading, *, said: str, rung: int = 0) -> Clock:
    reading = item.reading
    apart = case.batch.startswith((REPLAYED, VOID)) or case.state == State.MERGED
    stopped = apart or reading.ended is not None or reading.state is ClockState.PAUSED
    mark = said
    if reading.ended is not None and reading.overdue:
        mark = ClockMark.OVERDUE
    assert reading.due is not None
    return Clock(
        case_id=case.pk,
        kind=reading.kind,
        round=reading.round,
        policy_id=item.policy.pk,
        started_at=reading.started,
        due_at=reading.due,
        ended_at=reading.stopped if reading.ended else None,
        paused=reading.state is ClockState.PAUSED,
        mark=mark,
        next_mark_at=None if stopped else next_look(reading, said, rung),
    )


def next_look(reading: Reading, said: str, rung: int) -> datetime | None:
    """Return when the sweep must look, given what it has already said about this round.

    Args:
        said: the mark that was given.
        rung: the highest rung of the escalation ladder that was reached, in per cent.
    """
    times = (_next_mark_time(reading, said), _next_rung_time(reading, rung))
    return min((at for at in times if at is not None), default=None)


def _next_mark_time(reading: Reading, said: str) -> datetime | None:
    if said == ClockMark.OVERDUE:
        return None
    if reading.overdue:
        return reading.due
    if reading.due_soon and said == ClockMark.NONE:
        return reading.soon
    return next_mark(reading)


def _next_rung_time(reading: Reading, rung: int) -> datetime | None:
    percents = [row.percent for row in reference.rungs_of(reading.kind)]
    percent = next_percent(percents, rung)
    return rung_time(reading, percent) if percent is not None else None


def rung_time(reading: Reading, percent: int) -> datetime | None:
    """Return when a share of a promise is used up; None where no limit is set."""
    return share_due(reading, since=reading.started, percent=percent)
