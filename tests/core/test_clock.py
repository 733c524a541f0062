"""Clocks of hand-checked cases; all times are local times of China in 2026."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from onegrid.core.calendar import WALL_CLOCK, DutyCalendar
from onegrid.core.clock import (
    PHASES,
    RUNS,
    BadEvents,
    BadTarget,
    ClockKind,
    ClockState,
    Event,
    Line,
    LineCode,
    Phase,
    Reading,
    Target,
    explain,
    next_mark,
    open_time,
    read,
    read_all,
    read_rounds,
    time_per_phase,
)
from onegrid.core.flow import State

CHINA = timezone(timedelta(hours=8))
HOUR = timedelta(hours=1)
GRID_DUTY = DutyCalendar(code="grid_duty", weekly=(((450, 1260),),) * 7)
_OFFICE_DAY = ((510, 720), (810, 1050))
OFFICE = DutyCalendar(
    code="office",
    weekly=(_OFFICE_DAY,) * 5 + ((), ()),
    exceptions={
        **{date(2026, 10, day): () for day in range(1, 8)},
        date(2026, 10, 10): _OFFICE_DAY,
    },
)
SOLVE = Target(ClockKind.SOLUTION, GRID_DUTY, HOUR)
RESPOND = Target(ClockKind.RESPONSE, GRID_DUTY, HOUR)
LEGAL = Target(ClockKind.LEGAL, OFFICE, working_days=5)
SIGN = Target(ClockKind.SIGN, GRID_DUTY, timedelta(minutes=10))
CALLBACK = Target(ClockKind.CALLBACK, OFFICE, working_days=3)
PLAN = Target(ClockKind.PLAN, WALL_CLOCK, timedelta(days=7))


def local(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def at(hour: int, minute: int = 0) -> datetime:
    return local(11, 23, hour, minute)


def steps(*entries: tuple[datetime, State]) -> list[Event]:
    return [Event(when, f"to_{state}", state) for when, state in entries]


def must_read(target: Target, events: Sequence[Event], now: datetime) -> Reading:
    reading = read(target, events, now)
    assert reading is not None
    return reading


def codes(reading: Reading) -> list[LineCode]:
    return [line.code for line in explain(reading)]


GENERAL = steps(
    (at(9), State.REGISTERED),
    (at(9, 5), State.TRIAGE),
    (at(9, 8), State.CLASSIFIED),
    (at(9, 10), State.DISPATCHED),
    (at(9, 15), State.ACCEPTED),
    (at(9, 20), State.IN_PROGRESS),
    (at(9, 40), State.DONE),
    (at(9, 45), State.VERIFY),
    (at(10, 30), State.CALLBACK),
    (at(15), State.CLOSED),
)
FAILED = [
    *GENERAL[:8],
    *steps((at(10, 20), State.IN_PROGRESS), (at(10, 50), State.DONE), (at(11), State.CALLBACK)),
]


def test_a_general_case_solved_in_forty_minutes_keeps_every_promise() -> None:
    now = at(16)
    readings = read_all((RESPOND, SOLVE, PLAN, LEGAL, SIGN, CALLBACK), GENERAL, now)
    assert {r.kind: r.state for r in readings} == {
        ClockKind.RESPONSE: ClockState.MET,
        ClockKind.SOLUTION: ClockState.MET,
        ClockKind.LEGAL: ClockState.MET,
        ClockKind.SIGN: ClockState.MET,
        ClockKind.CALLBACK: ClockState.MET,
        ClockKind.PLAN: ClockState.MET,
    }
    solved = must_read(SOLVE, GENERAL, now)
    assert solved.elapsed_working == solved.elapsed_wall == timedelta(minutes=40)
    assert solved.paused_wall == solved.paused_working == timedelta(minutes=50)
    assert solved.ended == at(10, 30)
    assert must_read(RESPOND, GENERAL, now).elapsed_working == timedelta(minutes=20)
    assert must_read(SIGN, GENERAL, now).elapsed_working == timedelta(minutes=5)


def test_a_clock_that_has_not_started_has_no_reading() -> None:
    assert read(CALLBACK, GENERAL, at(10)) is None
    assert read(SOLVE, steps((at(9), State.DRAFT)), at(12)) is None
    assert read(SOLVE, [], at(9)) is None
    assert read(SOLVE, GENERAL, at(8)) is None


def test_a_reading_knows_nothing_of_later_steps() -> None:
    assert must_read(SOLVE, GENERAL, at(9, 30)) == must_read(SOLVE, GENERAL[:6], at(9, 30))


def test_a_night_registration_is_due_an_hour_after_opening() -> None:
    events = steps((at(22, 15), State.REGISTERED))
    reading = must_read(RESPOND, events, at(23))
    assert reading.due == local(11, 24, 8, 30)
    assert reading.elapsed_working == timedelta(0)
    assert reading.elapsed_wall == timedelta(minutes=45)
    assert codes(reading) == [LineCode.STARTED, LineCode.OUTSIDE_HOURS, LineCode.DUE]


def test_a_safety_case_runs_on_the_wall_clock_at_night() -> None:
    safety = replace(RESPOND, calendar=WALL_CLOCK)
    events = steps((at(22, 15), State.REGISTERED))
    assert must_read(safety, events, at(23)).due == at(23, 15)
    assert explain(must_read(safety, events, at(23)))[1] == Line(
        LineCode.COUNTED_WALL, at(22, 15), at(23), timedelta(minutes=45)
    )


def test_the_sweep_is_told_the_due_soon_mark_then_the_due_time_then_nothing() -> None:
    events = GENERAL[:6]
    assert next_mark(must_read(SOLVE, events, at(9, 30))) == at(9, 48)
    soon = must_read(SOLVE, events, at(9, 48))
    assert soon.due_soon
    assert next_mark(soon) == at(10)
    late = must_read(SOLVE, events, at(10))
    assert late.state is ClockState.OVERDUE
    assert next_mark(late) is None


def test_waiting_for_information_moves_the_due_time_by_the_wait() -> None:
    events = steps(
        (at(9), State.REGISTERED), (at(9, 10), State.INFO_WAIT), (at(10, 40), State.TRIAGE)
    )
    waiting = must_read(SOLVE, events, at(10))
    assert waiting.state is ClockState.PAUSED
    assert waiting.paused_since == at(9, 10)
    assert waiting.due == at(10, 50)
    assert next_mark(waiting) is None
    assert codes(waiting)[-2:] == [LineCode.PAUSED, LineCode.DUE_IF_RESUMED]
    assert explain(waiting)[-2].until is None
    resumed = must_read(SOLVE, events, at(11))
    assert resumed.due == at(11, 30)
    assert resumed.fraction == pytest.approx(0.5)
    assert resumed.left == timedelta(minutes=30)


def test_a_pause_after_the_due_time_does_not_heal_it() -> None:
    events = steps((at(9), State.REGISTERED), (at(10, 30), State.INFO_WAIT))
    reading = must_read(SOLVE, events, at(12))
    assert reading.state is ClockState.PAUSED
    assert reading.overdue
    assert reading.due == at(10)
    assert codes(reading)[-2:] == [LineCode.DUE, LineCode.OVERDUE]


def test_a_failed_verification_lets_the_clock_go_on_as_if_it_never_stopped() -> None:
    before = must_read(SOLVE, FAILED, at(10, 10))
    assert before.state is ClockState.PAUSED
    assert before.elapsed_working == timedelta(minutes=40)
    after = must_read(SOLVE, FAILED, at(10, 20))
    assert after.state is ClockState.OVERDUE
    assert after.elapsed_working == timedelta(minutes=80)
    assert after.due == at(10)
    assert after.paused_wall == timedelta(0)
    undone = [line for line in explain(after) if line.code is LineCode.PAUSE_UNDONE]
    assert [(line.at, line.until) for line in undone] == [
        (at(9, 40), at(9, 45)),
        (at(9, 45), at(10, 20)),
    ]


def test_only_the_last_verification_pause_stands_after_a_failed_one() -> None:
    reading = must_read(SOLVE, FAILED, at(12))
    assert reading.state is ClockState.LATE_MET
    assert reading.elapsed_working == timedelta(minutes=110)
    assert reading.paused_wall == timedelta(minutes=10)


def test_a_case_solved_after_duty_hours_is_late_although_no_more_duty_time_passed() -> None:
    events = steps(
        (at(20), State.REGISTERED), (at(20, 50), State.ACCEPTED), (at(22), State.CALLBACK)
    )
    reading = must_read(SOLVE, events, at(23))
    assert reading.due == at(21)
    assert reading.elapsed_working == HOUR
    assert reading.state is ClockState.LATE_MET


def test_the_legal_limit_skips_national_day_and_pauses_only_for_information() -> None:
    events = steps(
        (local(9, 29, 10), State.REGISTERED),
        (local(9, 30, 9), State.INFO_WAIT),
        (local(9, 30, 11), State.TRIAGE),
        (local(10, 8, 10), State.DONE),
    )
    assert must_read(LEGAL, events, local(9, 29, 12)).due == local(10, 12, 17, 30)
    assert must_read(LEGAL, events, local(10, 8, 12)).due == local(10, 13, 10, 30)
    assert must_read(LEGAL, events, local(10, 8, 12)).state is ClockState.RUNNING


def test_the_lines_name_holidays_days_off_and_make_up_days() -> None:
    events = steps((local(9, 30, 16), State.REGISTERED))
    lines = explain(must_read(LEGAL, events, local(10, 12, 9)))
    assert lines == (
        Line(LineCode.STARTED, local(9, 30, 16), state=State.REGISTERED),
        Line(LineCode.COUNTED, local(9, 30, 16), local(9, 30, 17, 30), timedelta(minutes=90)),
        Line(LineCode.OUTSIDE_HOURS, local(9, 30, 17, 30), local(10, 1)),
        Line(LineCode.HOLIDAY, local(10, 1), local(10, 8)),
        Line(LineCode.OUTSIDE_HOURS, local(10, 8), local(10, 8, 8, 30)),
        *_office_day(8),
        Line(LineCode.OUTSIDE_HOURS, local(10, 8, 17, 30), local(10, 9, 8, 30)),
        *_office_day(9),
        Line(LineCode.OUTSIDE_HOURS, local(10, 9, 17, 30), local(10, 10)),
        Line(LineCode.MAKEUP_DAY, local(10, 10), local(10, 11)),
        Line(LineCode.OUTSIDE_HOURS, local(10, 10), local(10, 10, 8, 30)),
        *_office_day(10),
        Line(LineCode.OUTSIDE_HOURS, local(10, 10, 17, 30), local(10, 11)),
        Line(LineCode.DAY_OFF, local(10, 11), local(10, 12)),
        Line(LineCode.OUTSIDE_HOURS, local(10, 12), local(10, 12, 8, 30)),
        Line(LineCode.COUNTED, local(10, 12, 8, 30), local(10, 12, 9), timedelta(minutes=30)),
        Line(LineCode.DUE, local(10, 13, 17, 30)),
    )


def _office_day(day: int) -> list[Line]:
    noon, after = local(10, day, 12), local(10, day, 13, 30)
    return [
        Line(LineCode.COUNTED, local(10, day, 8, 30), noon, timedelta(minutes=210)),
        Line(LineCode.OUTSIDE_HOURS, noon, after),
        Line(LineCode.COUNTED, after, local(10, day, 17, 30), timedelta(minutes=240)),
    ]


def test_a_long_stretch_sums_up_the_days_between_its_first_and_its_last() -> None:
    reading = must_read(LEGAL, steps((local(9, 28, 16), State.REGISTERED)), local(10, 19, 9))
    summed = next(line for line in explain(reading) if line.code is LineCode.COUNTED_DAYS)
    assert (summed.at, summed.until) == (local(9, 29), local(10, 19))
    assert summed.days == 10
    assert summed.amount == 10 * timedelta(minutes=450)


def test_a_reopened_case_gets_a_new_solution_clock_and_keeps_the_old_reading() -> None:
    events = GENERAL + steps(
        (at(16), State.REOPEN_REQ), (at(16, 30), State.REOPENED), (at(16, 40), State.DISPATCHED)
    )
    first, second = read_rounds(SOLVE, events, at(17))
    assert (first.round, first.state) == (1, ClockState.MET)
    assert (second.round, second.started, second.due) == (2, at(16, 30), at(17, 30))
    assert read(SOLVE, events, at(17)) == second
    assert must_read(SIGN, events, at(17)).round == 2
    assert must_read(RESPOND, events, at(17)).round == 1


def test_an_appeal_against_non_acceptance_starts_every_clock_again() -> None:
    events = steps(
        (at(9), State.REGISTERED), (at(9, 30), State.NOT_ACCEPTED), (at(14), State.TRIAGE)
    )
    for target in (RESPOND, SOLVE, LEGAL):
        first, second = read_rounds(target, events, at(15))
        assert first.ended == at(9, 30)
        assert second.started == at(14)


def test_a_withdrawn_case_neither_keeps_nor_breaks_its_promise() -> None:
    events = steps((at(9), State.REGISTERED), (at(9, 30), State.WITHDRAWN))
    reading = must_read(SOLVE, events, at(12))
    assert reading.state is ClockState.DROPPED
    assert not reading.overdue


def test_the_plan_of_a_complex_case_is_due_a_week_after_it_was_accepted() -> None:
    events = [*GENERAL[:6], Event(local(11, 26, 9), "publish_plan", State.PLANNED)]
    assert must_read(PLAN, events, local(11, 24)).due == local(11, 30, 9, 15)
    assert must_read(PLAN, events, local(11, 27)).state is ClockState.MET


def test_a_policy_may_let_the_plan_clock_start_at_registration() -> None:
    early = replace(PLAN, starts_on=frozenset({State.REGISTERED}))
    assert must_read(early, GENERAL, at(9, 30)).due == local(11, 30, 9)


def test_a_target_without_a_limit_only_measures() -> None:
    reading = must_read(replace(SOLVE, amount=None), GENERAL, at(9, 30))
    assert (reading.due, reading.fraction, reading.left) == (None, None, None)
    assert reading.elapsed_working == timedelta(minutes=30)
    assert next_mark(reading) is None
    assert codes(reading) == [LineCode.STARTED, LineCode.COUNTED]


def test_the_callback_is_due_three_working_days_later() -> None:
    assert must_read(CALLBACK, GENERAL, at(11)).due == local(11, 26, 17, 30)


def test_targets_with_two_limits_or_none_above_zero_are_refused() -> None:
    with pytest.raises(BadTarget):
        Target(ClockKind.LEGAL, OFFICE, HOUR, 5)
    with pytest.raises(BadTarget):
        Target(ClockKind.LEGAL, OFFICE, timedelta(0))
    with pytest.raises(BadTarget):
        Target(ClockKind.LEGAL, OFFICE, working_days=0)


def refusal(events: Sequence[Event]) -> BadEvents:
    with pytest.raises(BadEvents) as refused:
        read(SOLVE, events, at(12))
    return refused.value


def test_steps_that_run_backwards_are_refused_with_their_number() -> None:
    error = refusal([GENERAL[1], GENERAL[0]])
    assert (error.code, error.params["number"]) == ("clock.unordered", 2)


def test_the_same_change_of_state_twice_is_refused() -> None:
    error = refusal([GENERAL[0], GENERAL[1], GENERAL[1], GENERAL[2]])
    assert (error.code, error.params["number"]) == ("clock.duplicate", 3)


def test_two_notes_in_the_same_instant_are_no_duplicate() -> None:
    note = Event(at(9, 2), "note", State.REGISTERED)
    plain = must_read(SOLVE, GENERAL, at(16))
    assert must_read(SOLVE, [GENERAL[0], note, note, *GENERAL[1:]], at(16)) == plain


def test_unknown_states_and_naive_instants_are_refused() -> None:
    unknown = Event(at(9), "open", "lost")  # type: ignore[arg-type]
    assert refusal([unknown]).code == "clock.unknown_state"
    naive = Event(at(9).replace(tzinfo=None), "open", State.REGISTERED)
    assert refusal([naive]).code == "clock.naive_event"
    with pytest.raises(BadEvents):
        read(SOLVE, GENERAL, at(12).replace(tzinfo=None))


def test_every_state_of_the_flow_has_a_row_and_a_phase() -> None:
    assert set(RUNS) == set(PHASES) == set(State)


def test_time_is_split_into_the_five_phases() -> None:
    spent = time_per_phase(GENERAL, local(11, 25))
    assert spent == {
        Phase.DISCOVER: timedelta(minutes=5),
        Phase.ASSESS: timedelta(minutes=3),
        Phase.CLASSIFY: timedelta(minutes=7),
        Phase.DISPOSE: timedelta(minutes=25),
        Phase.FEEDBACK: timedelta(hours=5, minutes=20),
    }
    assert open_time(GENERAL, local(11, 25)) == timedelta(hours=6)


def test_waiting_for_information_belongs_to_the_phase_that_asked() -> None:
    early = steps((at(9), State.TRIAGE), (at(9, 10), State.INFO_WAIT))
    late = steps((at(9), State.IN_PROGRESS), (at(9, 10), State.INFO_WAIT))
    assert time_per_phase(early, at(10))[Phase.ASSESS] == HOUR
    assert time_per_phase(late, at(10))[Phase.DISPOSE] == HOUR
