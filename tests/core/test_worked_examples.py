"""The examples of docs/methods/clocks.md come out as they are written there."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from onegrid.common.holidays import official_days
from onegrid.core.calendar import DutyCalendar, with_official_days
from onegrid.core.clock import ClockKind, ClockState, Event, LineCode, Target, explain, read
from onegrid.core.flow import State

CHINA = timezone(timedelta(hours=8))
GRID = DutyCalendar("grid", weekly=(((450, 1260),),) * 7)
DAY = ((510, 720), (810, 1050))
OFFICE = DutyCalendar("office", weekly=(DAY,) * 5 + ((), ()), workdays_only=True)


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


def test_an_hour_of_duty_time_with_a_question_over_night() -> None:
    events = [
        Event(at("03-02 20:40"), "open", State.REGISTERED),
        Event(at("03-02 20:44"), "start_triage", State.TRIAGE),
        Event(at("03-02 20:45"), "ask_info", State.INFO_WAIT),
        Event(at("03-03 08:10"), "supply_info", State.TRIAGE),
        Event(at("03-03 08:12"), "classify", State.CLASSIFIED),
        Event(at("03-03 08:13"), "dispatch", State.DISPATCHED),
        Event(at("03-03 08:15"), "accept", State.ACCEPTED),
        Event(at("03-03 08:20"), "start", State.IN_PROGRESS),
        Event(at("03-03 08:50"), "finish", State.DONE),
        Event(at("03-03 08:50"), "skip_verify", State.CALLBACK),
    ]
    target = Target(ClockKind.SOLUTION, GRID, timedelta(hours=1))
    reading = read(target, events, at("03-03 09:00"))
    assert reading is not None
    assert (reading.state, reading.due) == (ClockState.MET, at("03-03 09:05"))
    assert reading.elapsed_working == reading.elapsed_wall == timedelta(minutes=45)
    assert reading.paused_wall == timedelta(hours=11, minutes=25)
    counted = [line.minutes for line in explain(reading) if line.code is LineCode.COUNTED]
    assert counted == [5, 40]
    unasked = read(target, events[:1], at("03-02 20:50"))
    assert unasked is not None and unasked.due == at("03-03 08:10")


def test_five_working_days_over_national_day() -> None:
    days = official_days(2026)
    assert days is not None
    target = Target(ClockKind.LEGAL, with_official_days(OFFICE, days), working_days=5)
    reading = read(target, [Event(at("09-29 10:00"), "open", State.REGISTERED)], at("10-12 09:00"))
    assert reading is not None and reading.due == at("10-12 17:30")
    made_up = [line.at for line in explain(reading) if line.code is LineCode.MAKEUP_DAY]
    assert made_up == [at("10-10 00:00")]
