"""Clocks in sentences: one for how a promise stands, one for each line that explains it.

Duty time is said in hours and minutes only: a day of duty has fewer than 24 hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onegrid.cases.terms import STATE_LABELS
from onegrid.core.calendar import knows_holidays, local_day
from onegrid.core.clock import ClockState, Line, LineCode, Reading
from onegrid.web.templatetags.onegrid_ui import duration, moment

_ZERO = timedelta(0)

_LINES: dict[LineCode, str | Promise] = {
    LineCode.STARTED: gettext_lazy("%(at)s: the clock starts (%(state)s)."),
    LineCode.COUNTED: gettext_lazy("%(at)s to %(until)s: %(amount)s of duty time counted."),
    LineCode.COUNTED_WALL: gettext_lazy(
        "%(at)s to %(until)s: %(amount)s counted; every hour counts."
    ),
    LineCode.COUNTED_DAYS: gettext_lazy(
        "%(at)s to %(until)s: %(days)s working days with %(amount)s of duty time counted."
    ),
    LineCode.OUTSIDE_HOURS: gettext_lazy("%(at)s to %(until)s: outside duty hours, not counted."),
    LineCode.DAY_OFF: gettext_lazy("%(at)s to %(until)s: days off, not counted."),
    LineCode.HOLIDAY: gettext_lazy("%(at)s to %(until)s: public holiday, not counted."),
    LineCode.MAKEUP_DAY: gettext_lazy(
        "%(at)s to %(until)s: make-up working day, duty hours apply."
    ),
    LineCode.PAUSED: gettext_lazy("%(at)s to %(until)s: paused (%(state)s), not counted."),
    LineCode.PAUSE_UNDONE: gettext_lazy(
        "%(at)s to %(until)s: this pause (%(state)s) was not justified and counts after all."
    ),
    LineCode.ENDED: gettext_lazy("%(at)s: the clock stops (%(state)s)."),
    LineCode.EXTENDED: gettext_lazy("%(granted)s more were granted on request."),
    LineCode.DUE: gettext_lazy("Due %(at)s."),
    LineCode.DUE_IF_RESUMED: gettext_lazy("Would be due %(at)s if it went on now."),
    LineCode.OVERDUE: gettext_lazy("Overdue since %(at)s."),
}
_PAUSE_GOES_ON = gettext_lazy("Since %(at)s: paused (%(state)s), not counted.")

_STANDINGS: dict[ClockState, str | Promise] = {
    ClockState.RUNNING: gettext_lazy("%(left)s of %(budget)s left; due %(due)s."),
    ClockState.PAUSED: gettext_lazy(
        "Paused since %(paused)s with %(left)s left. If it went on now it would be due %(due)s."
    ),
    ClockState.OVERDUE: gettext_lazy("Overdue since %(due)s; promised were %(budget)s."),
    ClockState.MET: gettext_lazy(
        "Kept: done %(ended)s after %(elapsed)s, promised were %(budget)s."
    ),
    ClockState.LATE_MET: gettext_lazy(
        "Done %(ended)s, but late: it was due %(due)s, promised were %(budget)s."
    ),
    ClockState.DROPPED: gettext_lazy("Ended %(ended)s because the request was withdrawn."),
}
_NO_LIMIT = gettext_lazy("%(elapsed)s counted so far; there is no limit.")
_NO_HOLIDAYS = gettext_lazy(
    "The public holidays of %(year)s are not entered yet: Monday to Friday are counted."
)
_WALL = gettext_lazy("%(wall)s by the wall clock, pauses left out.")


def line_text(line: Line, now: datetime | None = None) -> str:
    """Say one line of `core.clock.explain` in a sentence.

    Args:
        now: decides whether a day is called today; the time of the request.
    """
    open_pause = line.code is LineCode.PAUSED and line.until is None
    template = _PAUSE_GOES_ON if open_pause else _LINES[line.code]
    return str(template) % {
        "at": moment(line.at, now),
        "until": moment(line.until, now),
        "amount": _amount(line),
        "granted": duty_text(line.granted),
        "days": line.days,
        "state": STATE_LABELS[line.state] if line.state is not None else "",
    }


def _amount(line: Line) -> str:
    return duration(line.amount) if line.code is LineCode.COUNTED_WALL else duty_text(line.amount)


def reading_text(reading: Reading, now: datetime | None = None) -> str:
    """Say how a clock stands; one that counts duty time shows the wall clock beside it."""
    said = _standing(reading, now)
    if reading.target.calendar.always:
        return said
    said = f"{said} {str(_WALL) % {'wall': duration(reading.elapsed_wall)}}"
    last = local_day(reading.target.calendar, reading.due or reading.at).year
    if not knows_holidays(reading.target.calendar, last):
        said = f"{said} {str(_NO_HOLIDAYS) % {'year': last}}"
    return said


def _standing(reading: Reading, now: datetime | None) -> str:
    if reading.budget is None or reading.due is None:
        return str(_NO_LIMIT) % {"elapsed": _length(reading, reading.elapsed_working)}
    return str(_STANDINGS[reading.state]) % {
        "left": _length(reading, max(reading.left or _ZERO, _ZERO)),
        "budget": promise_text(reading),
        "elapsed": _length(reading, reading.elapsed_working),
        "due": moment(reading.due, now),
        "ended": moment(reading.ended, now),
        "paused": moment(reading.paused_since, now),
    }


def promise_text(reading: Reading) -> str:
    """Say what was promised: so many working days, so much duty time or so much time."""
    if reading.target.working_days is not None:
        return days_text(reading.target.working_days)
    return _length(reading, reading.budget or _ZERO)


def _length(reading: Reading, amount: timedelta) -> str:
    if reading.target.calendar.always:
        return duration(amount)
    return _("%(time)s of duty time") % {"time": duty_text(amount)}


def days_text(days: int) -> str:
    """Say a number of working days."""
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


def duty_text(amount: timedelta) -> str:
    """Say an amount of duty time in hours and minutes, never in days."""
    minutes = int(amount.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if rest:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    if len(parts) == 2:
        return _("%(larger)s %(smaller)s") % {"larger": parts[0], "smaller": parts[1]}
    return parts[0] if parts else _("less than a minute")
