"""Read a clock from the steps of a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from onegrid.core.calendar import DutyCalendar, add_working, add_working_days, working_between
from onegrid.core.clock.terms import (
    APPEALABLE,
    DROPPED_BY,
    FORGIVEN,
    RESTARTS,
    RUNS,
    UNDONE_ON_RETURN,
    ClockKind,
    Effect,
    Event,
    Target,
    stays,
)
from onegrid.core.flow import State

DUE_SOON_PERCENT = 80
_ZERO = timedelta(0)


class ClockState(StrEnum):
    """Say how a promise stands; `DROPPED` means the reporter withdrew."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    LATE_MET = "late_met"
    DROPPED = "dropped"


class Mode(StrEnum):
    """Say how a stretch of time was treated; `UNDONE` is a pause that counts after all."""

    COUNTED = "counted"
    PAUSED = "paused"
    UNDONE = "undone"


@dataclass(frozen=True)
class Segment:
    """Hold a stretch of time ``[start, end)`` spent in one state under one mode."""

    start: datetime
    end: datetime
    state: State
    mode: Mode

    @property
    def counts(self) -> bool:
        return self.mode is not Mode.PAUSED


@dataclass(frozen=True)
class Reading:
    """Hold what one round of one clock shows at an instant.

    Attributes:
        target: the promise measured.
        round: 1 for the first run, 2 after the first reopening or second dispatch, and so on.
        at: the instant of the reading.
        started: when this round began.
        due: when the promise falls due; of a paused clock as if it resumed at `at`, of an ended
            clock as it stood when it stopped; None for a target without a limit.
        soon: when `DUE_SOON_PERCENT` of the limit is used up, projected like `due`.
        ended: when this round ended, or None.
        end_state: state of the case that ended it, or None.
        paused_since: start of the pause going on, or None.
        state: how the promise stands.
        overdue: the limit was passed, whether or not the clock is paused or ended now.
        budget: duty time allowed, or None.
        elapsed_working: duty time counted.
        elapsed_wall: wall time of the counted stretches; with `paused_wall` it fills
            ``[started, ended or at)``.
        paused_wall: wall time of the pauses that stand.
        paused_working: duty time of the pauses that stand.
        segments: every stretch of this round in order.
    """

    target: Target
    round: int
    at: datetime
    started: datetime
    due: datetime | None
    soon: datetime | None
    ended: datetime | None
    end_state: State | None
    paused_since: datetime | None
    state: ClockState
    overdue: bool
    budget: timedelta | None
    elapsed_working: timedelta
    elapsed_wall: timedelta
    paused_wall: timedelta
    paused_working: timedelta
    segments: tuple[Segment, ...]

    @property
    def kind(self) -> ClockKind:
        return self.target.kind

    @property
    def stopped(self) -> datetime:
        """Return until when time counted; what came after was a pause (verification, say)."""
        return max((part.end for part in self.segments if part.counts), default=self.started)

    @property
    def fraction(self) -> float | None:
        """Return the share of the limit used up; over 1 when more duty time passed."""
        return None if self.budget is None else self.elapsed_working / self.budget

    @property
    def left(self) -> timedelta | None:
        """Return the duty time left, negative when more passed than allowed."""
        return None if self.budget is None else self.budget - self.elapsed_working

    @property
    def due_soon(self) -> bool:
        """Tell whether a running clock is in the last part before it falls due."""
        return self.state is ClockState.RUNNING and self.soon is not None and self.at >= self.soon


@dataclass(frozen=True)
class _Round:
    segments: tuple[Segment, ...] = ()
    ended: datetime | None = None
    end_state: State | None = None


def read(target: Target, events: Sequence[Event], now: datetime) -> Reading | None:
    """Read the latest round of a clock, or None while it has not started.

    The clock is computed from the steps known at `now`; later ones are left out.

    Raises:
        BadEvents: the events cannot be put in one line (see `stays`).
        NoOpenHours: the target's calendar does not open long enough.
    """
    rounds = _rounds(target, events, now)
    return _reading(target, rounds[-1], len(rounds), now) if rounds else None


def read_rounds(target: Target, events: Sequence[Event], now: datetime) -> tuple[Reading, ...]:
    """Read every round of a clock, oldest first; see `read`."""
    return tuple(
        _reading(target, part, number, now)
        for number, part in enumerate(_rounds(target, events, now), start=1)
    )


def read_all(
    targets: Iterable[Target], events: Sequence[Event], now: datetime
) -> tuple[Reading, ...]:
    """Read the latest round of each clock that has started; see `read`."""
    readings = (read(target, events, now) for target in targets)
    return tuple(reading for reading in readings if reading is not None)


def next_mark(reading: Reading) -> datetime | None:
    """Return when a sweep must look at this clock again: due soon, then due, then never.

    The mark is always after the reading, so a sweep that reads, acts and stores the mark ends.
    """
    if reading.state is not ClockState.RUNNING:
        return None
    marks = (mark for mark in (reading.soon, reading.due) if mark is not None)
    return next((mark for mark in marks if mark > reading.at), None)


def share_due(reading: Reading, *, since: datetime, percent: int) -> datetime | None:
    """Return when a share of the time that was left at `since` is used up.

    The sub-deadline of a helping unit: it moves with every pause and extension of the clock it is
    taken from. Of a clock that was overdue at `since` it is `since`; without a limit None.

    Args:
        percent: of the duty time left, 0 to 100.
    """
    if reading.budget is None:
        return None
    calendar = reading.target.calendar
    spent = sum(
        (
            working_between(calendar, part.start, min(part.end, since))
            for part in reading.segments
            if part.counts and part.start < since
        ),
        _ZERO,
    )
    share = max(reading.budget - spent, _ZERO) * percent // 100
    resume = reading.at if reading.paused_since else reading.stopped
    return max(since, _reach(calendar, reading.segments, spent + share, resume))


def _rounds(target: Target, events: Sequence[Event], now: datetime) -> list[_Round]:
    rounds: list[_Round] = []
    active = False
    for stay in stays(_as_never_merged(events), now):
        effect = RUNS[stay.state].get(target.kind)
        if not active:
            if not _begins(target, rounds, stay.state):
                continue
            rounds.append(_Round())
            active = True
        if effect is Effect.END:
            rounds[-1] = replace(rounds[-1], ended=stay.start, end_state=stay.state)
            active = False
            continue
        if stay.state is State.CLASSIFIED and target.kind in FORGIVEN:
            rounds[-1] = replace(rounds[-1], segments=_without_return(rounds[-1].segments))
        mode = Mode.PAUSED if effect is Effect.PAUSE else Mode.COUNTED
        segment = Segment(stay.start, stay.end, stay.state, mode)
        rounds[-1] = replace(rounds[-1], segments=_appended(rounds[-1].segments, segment))
    return rounds


def _as_never_merged(events: Sequence[Event]) -> list[Event]:
    """Leave out the time as a merged case: it goes on counting as it stood before.

    So the clocks of an un-merged case read as if it had never been merged.
    """
    return [event for event in events if event.to_state is not State.MERGED]


def _begins(target: Target, before: Sequence[_Round], state: State) -> bool:
    """Tell whether entering a state starts a round; the rounds before it have all ended."""
    effect = RUNS[state].get(target.kind)
    again = target.kind in RESTARTS or not before or before[-1].end_state in APPEALABLE
    if effect is Effect.END or not again:
        return False
    return state in target.starts_on if target.starts_on else effect is Effect.RUN


def _appended(segments: tuple[Segment, ...], new: Segment) -> tuple[Segment, ...]:
    """Add a segment: back at work it undoes trailing pauses, in the same state it is joined."""
    if new.mode is Mode.COUNTED:
        segments = _with_pauses_undone(segments)
    if segments and (segments[-1].state, segments[-1].mode) == (new.state, new.mode):
        return (*segments[:-1], replace(segments[-1], end=new.end))
    return (*segments, new)


def _without_return(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Leave out the time of a return that was upheld just now."""
    if segments and segments[-1].state is State.RETURN_REQ:
        return (*segments[:-1], replace(segments[-1], mode=Mode.PAUSED))
    return segments


def _with_pauses_undone(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    keep = len(segments)
    while keep and not segments[keep - 1].counts and segments[keep - 1].state in UNDONE_ON_RETURN:
        keep -= 1
    return segments[:keep] + tuple(replace(part, mode=Mode.UNDONE) for part in segments[keep:])


def _reading(target: Target, part: _Round, number: int, now: datetime) -> Reading:
    calendar, segments = target.calendar, part.segments
    started = segments[0].start
    budget = _budget(target, started)
    paused = part.ended is None and not segments[-1].counts
    stopped = max((s.end for s in segments if s.counts), default=started)
    resume = now if paused else stopped
    due = soon = None
    if budget is not None:
        due = _reach(calendar, segments, budget, resume)
        soon = _reach(calendar, segments, budget * DUE_SOON_PERCENT // 100, resume)
    running = part.ended is None and not paused
    overdue = due is not None and (stopped >= due if running else stopped > due)
    return Reading(
        target=target,
        round=number,
        at=now,
        started=started,
        due=due,
        soon=soon,
        ended=part.ended,
        end_state=part.end_state,
        paused_since=_pause_start(segments) if paused else None,
        state=_state(part, paused=paused, overdue=overdue),
        overdue=overdue,
        budget=budget,
        elapsed_working=_working(calendar, segments, counted=True),
        elapsed_wall=_wall(segments, counted=True),
        paused_wall=_wall(segments, counted=False),
        paused_working=_working(calendar, segments, counted=False),
        segments=segments,
    )


def _budget(target: Target, started: datetime) -> timedelta | None:
    """Return the duty time allowed; days become the duty time up to the end of the last of them."""
    if target.working_days is None:
        return None if target.amount is None else target.amount + target.extra
    due = add_working_days(target.calendar, started, target.working_days)
    return working_between(target.calendar, started, due) + target.extra


def _reach(
    calendar: DutyCalendar, segments: Sequence[Segment], amount: timedelta, resume: datetime
) -> datetime:
    """Return when `amount` of duty time is counted; what the segments lack is added at `resume`."""
    left = amount
    for segment in segments:
        if not segment.counts:
            continue
        worked = working_between(calendar, segment.start, segment.end)
        if left <= worked:
            return add_working(calendar, segment.start, left)
        left -= worked
    return add_working(calendar, resume, left)


def _state(part: _Round, *, paused: bool, overdue: bool) -> ClockState:
    if part.ended is not None:
        if part.end_state in DROPPED_BY:
            return ClockState.DROPPED
        return ClockState.LATE_MET if overdue else ClockState.MET
    if paused:
        return ClockState.PAUSED
    return ClockState.OVERDUE if overdue else ClockState.RUNNING


def _pause_start(segments: Sequence[Segment]) -> datetime:
    counted = [number for number, part in enumerate(segments) if part.counts]
    return segments[counted[-1] + 1 if counted else 0].start


def _working(calendar: DutyCalendar, segments: Sequence[Segment], *, counted: bool) -> timedelta:
    return sum(
        (working_between(calendar, s.start, s.end) for s in segments if s.counts is counted), _ZERO
    )


def _wall(segments: Sequence[Segment], *, counted: bool) -> timedelta:
    return sum((s.end - s.start for s in segments if s.counts is counted), _ZERO)
