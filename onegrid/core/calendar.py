"""Duty hours, holidays and make-up days: how much working time lies between two instants.

Instants are aware datetimes and come back in UTC. China keeps one time without daylight saving, so
a calendar carries a fixed offset. Spans are half open, ``[start, end)``, in minutes after local
midnight.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from onegrid.core.errors import CoreError

Span = tuple[int, int]
Spans = tuple[Span, ...]
Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]

DAY_MINUTES = 24 * 60
WHOLE_DAY: Spans = ((0, DAY_MINUTES),)
CLOSED_WEEK: Week = ((), (), (), (), (), (), ())
CHINA_OFFSET_MINUTES = 8 * 60
HORIZON_YEARS = 60

_ZERO = timedelta(0)
_MICRO = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY = DAY_MINUTES * _MINUTE
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class BadCalendar(CoreError):
    """Refuse hours that overlap, run backwards or leave the day."""


class BadInterval(CoreError):
    """Refuse an interval or amount that runs backwards, or an instant without a time zone."""


class NoOpenHours(CoreError):
    """Refuse to count on a calendar that does not open long enough within `HORIZON_YEARS`."""


@dataclass(frozen=True)
class DutyCalendar:
    """Describe when somebody is on duty.

    Attributes:
        code: stable name, e.g. ``grid_duty``.
        name: what people call it.
        weekly: spans of Monday to Sunday.
        workdays_only: official holidays close it and make-up days open it, once
            `with_official_days` has put them among the exceptions.
        exceptions: spans of single local days, which replace the weekly ones; ``()`` is a holiday.
            The mapping is copied; do not change it afterwards.
        always: open at every instant; weekly and exceptions are then without effect.
        utc_offset_minutes: local time minus UTC.

    Raises:
        BadCalendar: spans are unordered, overlap or leave ``0..1440``.
    """

    code: str
    name: str = ""
    weekly: Week = CLOSED_WEEK
    workdays_only: bool = False
    exceptions: Mapping[date, Spans] = field(default_factory=dict)
    always: bool = False
    utc_offset_minutes: int = CHINA_OFFSET_MINUTES
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise BadCalendar("calendar.week_length", calendar=self.code, days=len(self.weekly))
        for spans in (*self.weekly, *self.exceptions.values()):
            _check_spans(self.code, spans)
        kept = dict(self.exceptions)
        days = tuple(sorted((day.toordinal(), spans) for day, spans in kept.items()))
        object.__setattr__(self, "exceptions", kept)
        object.__setattr__(
            self, "_hash", hash((self.weekly, days, self.always, self.utc_offset_minutes))
        )

    def __hash__(self) -> int:
        return self._hash


def _check_spans(code: str, spans: Spans) -> None:
    before = 0
    for start, end in spans:
        if not before <= start < end <= DAY_MINUTES:
            raise BadCalendar("calendar.span", calendar=code, start=start, end=end)
        before = end


WALL_CLOCK = DutyCalendar(code="wall_clock", name="24 h", always=True)


def open_spans(calendar: DutyCalendar, day: date) -> Spans:
    """Return the duty hours of a local day, in minutes after midnight."""
    if calendar.always:
        return WHOLE_DAY
    spans = calendar.exceptions.get(day)
    return calendar.weekly[day.weekday()] if spans is None else spans


def is_working_day(calendar: DutyCalendar, day: date) -> bool:
    """Tell whether the calendar opens at all on a local day."""
    return bool(open_spans(calendar, day))


def is_open(calendar: DutyCalendar, at: datetime) -> bool:
    """Tell whether a calendar is on duty at an instant."""
    day = local_day(calendar, at)
    minute = (at - local_midnight(calendar, day)).total_seconds() / 60
    return any(start <= minute < end for start, end in open_spans(calendar, day))


def knows_holidays(calendar: DutyCalendar, year: int) -> bool:
    """Tell whether the holidays of a year are entered; without them Monday to Friday count."""
    if not calendar.workdays_only or calendar.always:
        return True
    return any(day.year == year for day in calendar.exceptions)


def local_day(calendar: DutyCalendar, at: datetime) -> date:
    """Return the local day of an instant."""
    return date.fromordinal(_EPOCH_ORDINAL + _local(calendar, at) // _DAY)


def local_midnight(calendar: DutyCalendar, day: date, minutes: int = 0) -> datetime:
    """Return the instant `minutes` after the local midnight that starts `day`."""
    return _instant(calendar, (day.toordinal() - _EPOCH_ORDINAL) * _DAY + minutes * _MINUTE)


def with_official_days(calendar: DutyCalendar, official: Mapping[date, bool]) -> DutyCalendar:
    """Add official holidays (False) and make-up working days (True) as exceptions.

    A calendar that is not `workdays_only` comes back unchanged. A make-up day gets the hours of the
    first weekday that has any. Exceptions already set by hand win.
    """
    if not calendar.workdays_only or calendar.always:
        return calendar
    usual = next((spans for spans in calendar.weekly if spans), ())
    added: dict[date, Spans] = {}
    for day, works in official.items():
        if works != bool(calendar.weekly[day.weekday()]):
            added[day] = usual if works else ()
    return replace(calendar, exceptions={**added, **calendar.exceptions})


def working_between(calendar: DutyCalendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time in ``[start, end)``, exact to the microsecond.

    Raises:
        BadInterval: `end` is before `start`, or one of them has no time zone.
    """
    begin, finish = _local(calendar, start), _local(calendar, end)
    if finish < begin:
        raise BadInterval("calendar.backwards", start=start, end=end)
    if calendar.always:
        return timedelta(microseconds=finish - begin)
    first, last = _year_of(begin), _year_of(finish)
    total = _year(calendar, last).open_before(finish) - _year(calendar, first).open_before(begin)
    total += sum(_year(calendar, year).total for year in range(first, last))
    return timedelta(microseconds=total)


def add_working(calendar: DutyCalendar, start: datetime, amount: timedelta) -> datetime:
    """Return the earliest instant at which `amount` of working time has passed since `start`.

    Nothing to add gives `start` itself, open or not. An amount used up exactly at closing time
    gives the closing time, not the next opening.

    Raises:
        BadInterval: the amount is negative, or `start` has no time zone.
        NoOpenHours: the calendar does not open long enough within `HORIZON_YEARS`.
    """
    begin, left = _local(calendar, start), amount // _MICRO
    if left < 0:
        raise BadInterval("calendar.negative_amount", amount=amount)
    if left == 0 or calendar.always:
        return start.astimezone(UTC) + amount
    first = _year_of(begin)
    left += _year(calendar, first).open_before(begin)
    for year in range(first, min(first + HORIZON_YEARS, date.max.year)):
        table = _year(calendar, year)
        if left <= table.total:
            return _instant(calendar, table.reached(left))
        left -= table.total
    raise NoOpenHours("calendar.no_open_hours", calendar=calendar.code, start=start)


def add_working_days(calendar: DutyCalendar, start: datetime, days: int) -> datetime:
    """Return the closing time of the `days`-th working day after the day of `start`.

    The day of the start is not counted, and the last day ends when business stops, or at 24:00
    where a calendar is open to the end of the day (Civil Code of the PRC, Arts. 201 and 203).

    Raises:
        BadInterval: `days` is less than 1, or `start` has no time zone.
        NoOpenHours: the calendar has not that many working days within `HORIZON_YEARS`.
    """
    if days < 1:
        raise BadInterval("calendar.days", days=days)
    day = local_day(calendar, start)
    for ordinal in range(day.toordinal() + 1, _horizon(day)):
        spans = open_spans(calendar, date.fromordinal(ordinal))
        days -= bool(spans)
        if not days:
            return local_midnight(calendar, date.fromordinal(ordinal), spans[-1][1])
    raise NoOpenHours("calendar.no_open_hours", calendar=calendar.code, start=start)


def _horizon(day: date) -> int:
    return min(day.toordinal() + HORIZON_YEARS * 366, date.max.toordinal() - 366)


def _local(calendar: DutyCalendar, at: datetime) -> int:
    """Return microseconds of local time since 1970-01-01 00:00 local."""
    if at.tzinfo is None:
        raise BadInterval("calendar.naive", at=at)
    return (at - _EPOCH) // _MICRO + calendar.utc_offset_minutes * _MINUTE


def _instant(calendar: DutyCalendar, local: int) -> datetime:
    return _EPOCH + timedelta(microseconds=local - calendar.utc_offset_minutes * _MINUTE)


def _year_of(local: int) -> int:
    return date.fromordinal(_EPOCH_ORDINAL + local // _DAY).year


class _Year(NamedTuple):
    """Hold the open spans of one local year; all figures are microseconds of local time.

    `before[i]` is the open time of the year before span i.
    """

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def open_before(self, local: int) -> int:
        """Return the open time of this year before an instant of this year."""
        index = bisect_right(self.starts, local) - 1
        if index < 0:
            return 0
        return self.before[index] + min(local, self.ends[index]) - self.starts[index]

    def reached(self, amount: int) -> int:
        """Return the earliest instant with `amount` open before it, ``0 < amount <= total``."""
        index = bisect_left(self.before, amount) - 1
        return self.starts[index] + amount - self.before[index]


@lru_cache(maxsize=512)
def _year(calendar: DutyCalendar, year: int) -> _Year:
    starts: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    total = 0
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        midnight = (ordinal - _EPOCH_ORDINAL) * _DAY
        for start, end in open_spans(calendar, date.fromordinal(ordinal)):
            starts.append(midnight + start * _MINUTE)
            ends.append(midnight + end * _MINUTE)
            before.append(total)
            total += (end - start) * _MINUTE
    return _Year(starts, ends, before, total)
