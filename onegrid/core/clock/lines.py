"""Explain a reading line by line, without words: the edge renders the codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from onegrid.core.calendar import (
    DutyCalendar,
    is_working_day,
    local_day,
    local_midnight,
    open_spans,
    working_between,
)
from onegrid.core.clock.reading import Mode, Reading, Segment
from onegrid.core.flow import State

MAX_DETAILED_DAYS = 14
_ZERO = timedelta(0)
_ONE_DAY = timedelta(days=1)


class LineCode(StrEnum):
    """Name what a line says; only the `COUNTED…` ones carry an amount."""

    STARTED = "started"
    COUNTED = "counted"
    COUNTED_WALL = "counted_wall"
    COUNTED_DAYS = "counted_days"
    OUTSIDE_HOURS = "outside_hours"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"
    MAKEUP_DAY = "makeup_day"
    PAUSED = "paused"
    PAUSE_UNDONE = "pause_undone"
    ENDED = "ended"
    EXTENDED = "extended"
    DUE = "due"
    DUE_IF_RESUMED = "due_if_resumed"
    OVERDUE = "overdue"


_JOINABLE = frozenset(
    {LineCode.COUNTED, LineCode.OUTSIDE_HOURS, LineCode.DAY_OFF, LineCode.HOLIDAY}
)


@dataclass(frozen=True)
class Line:
    """State one fact of a reading.

    Attributes:
        code: what the line says.
        at: when, or the start of the stretch.
        until: end of the stretch; None for a single instant or a pause that goes on.
        amount: duty time counted; the amounts of all lines add up to `Reading.elapsed_working`.
        state: state of the case the line speaks of, or None.
        days: working days summed up in a `COUNTED_DAYS` line.
        granted: duty time added to the limit by an `EXTENDED` line.
    """

    code: LineCode
    at: datetime
    until: datetime | None = None
    amount: timedelta = _ZERO
    state: State | None = None
    days: int = 0
    granted: timedelta = _ZERO

    @property
    def minutes(self) -> float:
        return self.amount / timedelta(minutes=1)


def explain(reading: Reading) -> tuple[Line, ...]:
    """Return the lines that lead from the start of a round to its figure, in order of time.

    A stretch of more than `MAX_DETAILED_DAYS` days shows its first and last day in full and sums
    up those between.
    """
    lines = [Line(LineCode.STARTED, reading.started, state=reading.segments[0].state)]
    for segment in _joined(reading.segments):
        lines += _segment_lines(reading, segment)
    return (*lines, *_verdict_lines(reading))


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Join counted neighbours, whose states do not matter to the count."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and joined[-1].mode is segment.mode is Mode.COUNTED:
            joined[-1] = replace(joined[-1], end=segment.end)
        else:
            joined.append(segment)
    return joined


def _segment_lines(reading: Reading, segment: Segment) -> Iterator[Line]:
    if segment.mode is Mode.PAUSED:
        ongoing = reading.paused_since is not None and segment.end == reading.at
        until = None if ongoing else segment.end
        yield Line(LineCode.PAUSED, segment.start, until, state=segment.state)
        return
    if segment.mode is Mode.UNDONE:
        yield Line(LineCode.PAUSE_UNDONE, segment.start, segment.end, state=segment.state)
    yield from _counted_lines(reading.target.calendar, segment.start, segment.end)


def _verdict_lines(reading: Reading) -> Iterator[Line]:
    if reading.ended is not None:
        yield Line(LineCode.ENDED, reading.ended, state=reading.end_state)
    if reading.due is None:
        return
    if reading.target.extra:
        yield Line(LineCode.EXTENDED, reading.due, granted=reading.target.extra)
    projected = reading.paused_since is not None and not reading.overdue
    yield Line(LineCode.DUE_IF_RESUMED if projected else LineCode.DUE, reading.due)
    if reading.overdue:
        yield Line(LineCode.OVERDUE, reading.due, reading.ended or reading.at)


def _counted_lines(calendar: DutyCalendar, start: datetime, end: datetime) -> Sequence[Line]:
    if start == end:
        return ()
    if calendar.always:
        return (Line(LineCode.COUNTED_WALL, start, end, end - start),)
    first, last = local_day(calendar, start), local_day(calendar, end)
    if (last - first).days < MAX_DETAILED_DAYS:
        return _merged(_day_lines(calendar, start, end))
    inner = local_midnight(calendar, first + _ONE_DAY), local_midnight(calendar, last)
    return (
        *_merged(_day_lines(calendar, start, inner[0])),
        _summary(calendar, *inner),
        *_merged(_day_lines(calendar, inner[1], end)),
    )


def _summary(calendar: DutyCalendar, start: datetime, end: datetime) -> Line:
    first, last = local_day(calendar, start).toordinal(), local_day(calendar, end).toordinal()
    days = sum(is_working_day(calendar, date.fromordinal(n)) for n in range(first, last))
    amount = working_between(calendar, start, end)
    return Line(LineCode.COUNTED_DAYS, start, end, amount, days=days)


def _day_lines(calendar: DutyCalendar, start: datetime, end: datetime) -> Iterator[Line]:
    """Yield the lines of ``[start, end)`` day by day."""
    day = local_day(calendar, start)
    while start < end:
        stop = min(end, local_midnight(calendar, day + _ONE_DAY))
        if is_working_day(calendar, day):
            yield from _working_day_lines(calendar, day, start, stop)
        else:
            closed = LineCode.HOLIDAY if day in calendar.exceptions else LineCode.DAY_OFF
            yield Line(closed, start, stop)
        start, day = stop, day + _ONE_DAY


def _working_day_lines(
    calendar: DutyCalendar, day: date, start: datetime, end: datetime
) -> Iterator[Line]:
    if not calendar.weekly[day.weekday()]:
        yield Line(LineCode.MAKEUP_DAY, start, end)
    for opens, closes in open_spans(calendar, day):
        begin = min(max(start, local_midnight(calendar, day, opens)), end)
        finish = min(max(start, local_midnight(calendar, day, closes)), end)
        if start < begin:
            yield Line(LineCode.OUTSIDE_HOURS, start, begin)
        if begin < finish:
            yield Line(LineCode.COUNTED, begin, finish, finish - begin)
        start = finish
    if start < end:
        yield Line(LineCode.OUTSIDE_HOURS, start, end)


def _merged(lines: Iterable[Line]) -> list[Line]:
    """Join neighbours that say the same, such as the night from one day into the next.

    The lines of one stretch leave no gaps, so joined neighbours do not either.
    """
    merged: list[Line] = []
    for line in lines:
        last = merged[-1] if merged else None
        if last and last.code is line.code in _JOINABLE:
            merged[-1] = replace(last, until=line.until, amount=last.amount + line.amount)
        else:
            merged.append(line)
    return merged
