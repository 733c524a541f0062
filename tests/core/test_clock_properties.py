"""What holds for the clocks of every walk through the flow."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from onegrid.core.calendar import WALL_CLOCK, DutyCalendar, working_between
from onegrid.core.clock import (
    ClockKind,
    ClockState,
    Event,
    Reading,
    Target,
    explain,
    next_mark,
    open_time,
    read,
    read_rounds,
    time_per_phase,
)
from onegrid.core.clock.terms import FORGIVEN
from onegrid.core.flow import FINAL, TABLE, State

ZERO = timedelta(0)
EXAMPLES = settings(max_examples=40, deadline=None, database=None)
_OFFICE_DAY = ((510, 720), (810, 1050))
CALENDARS = (
    WALL_CLOCK,
    DutyCalendar(code="grid_duty", weekly=(((450, 1260),),) * 7),
    DutyCalendar(
        code="office",
        weekly=(_OFFICE_DAY,) * 5 + ((), ()),
        exceptions={date(2026, 10, day): () for day in range(1, 8)},
    ),
)
AMOUNTS = st.timedeltas(timedelta(seconds=1), timedelta(days=9))
KINDS = st.sampled_from(ClockKind)
TARGETS = st.one_of(
    st.builds(Target, KINDS, st.sampled_from(CALENDARS), amount=AMOUNTS),
    st.builds(Target, KINDS, st.sampled_from(CALENDARS), working_days=st.integers(1, 6)),
)
GAPS = st.one_of(st.timedeltas(ZERO, timedelta(hours=3)), st.timedeltas(ZERO, timedelta(days=20)))


@st.composite
def walks(draw: st.DrawFn) -> tuple[list[Event], datetime]:
    """Draw a legal walk through the flow, mostly along state changes, and a later instant."""
    now = datetime(2026, 9, 28, tzinfo=UTC) + draw(st.timedeltas(ZERO, timedelta(days=3)))
    state = before_wait = State.REGISTERED
    events = [Event(now, "open", state)]
    for _ in range(draw(st.integers(0, 14))):
        moves = [line for line in TABLE if state in line.sources and line.action != "withdraw"]
        line = draw(st.sampled_from(moves))
        target = before_wait if line.resumes else line.target or state
        if target is State.INFO_WAIT and state is not State.INFO_WAIT:
            before_wait = state
        now, state = now + draw(GAPS), target
        events.append(Event(now, f"{line.action}_{len(events)}", state))
    return events, now + draw(GAPS)


@EXAMPLES
@given(TARGETS, walks())
def test_counted_and_paused_time_fill_each_round(
    target: Target, walk: tuple[list[Event], datetime]
) -> None:
    events, now = walk
    for reading in read_rounds(target, events, now):
        whole = (reading.ended or now) - reading.started
        assert reading.elapsed_wall + reading.paused_wall == whole
        assert ZERO <= reading.elapsed_working <= reading.elapsed_wall
        assert all(a.end == b.start for a, b in pairwise(reading.segments))


@EXAMPLES
@given(TARGETS, walks())
def test_the_lines_add_up_to_the_elapsed_working_time(
    target: Target, walk: tuple[list[Event], datetime]
) -> None:
    for reading in read_rounds(target, *walk):
        lines = explain(reading)
        assert sum((line.amount for line in lines), ZERO) == reading.elapsed_working
        assert all(line.until is None or line.at < line.until or not line.amount for line in lines)


@EXAMPLES
@given(TARGETS, walks())
def test_the_due_time_is_where_the_limit_is_used_up(
    target: Target, walk: tuple[list[Event], datetime]
) -> None:
    for reading in read_rounds(target, *walk):
        assert reading.budget is not None
        if reading.overdue:
            assert reading.elapsed_working >= reading.budget
        else:
            assert reading.elapsed_working <= reading.budget
            assert _counted_by_due(reading) == reading.budget


def _counted_by_due(reading: Reading) -> timedelta:
    assert reading.due is not None
    stopped = max((s.end for s in reading.segments if s.counts), default=reading.started)
    resume = reading.at if reading.paused_since else stopped
    if reading.due < resume:
        return reading.elapsed_working
    return reading.elapsed_working + working_between(reading.target.calendar, resume, reading.due)


@EXAMPLES
@given(TARGETS, walks())
def test_the_sweep_ends_after_at_most_two_marks_with_the_clock_overdue(
    target: Target, walk: tuple[list[Event], datetime]
) -> None:
    events, now = walk
    reading = read(target, events, now)
    marks = []
    while reading is not None and (mark := next_mark(reading)) is not None:
        assert mark > reading.at
        marks.append(mark)
        reading = read(target, events, mark)
        assert reading is not None
        assert reading.due_soon or reading.overdue
    assert len(marks) <= 2
    assert not marks or (reading is not None and reading.state is ClockState.OVERDUE)


@EXAMPLES
@given(TARGETS, walks(), GAPS)
def test_time_going_by_never_lowers_a_figure(
    target: Target, walk: tuple[list[Event], datetime], later: timedelta
) -> None:
    events, now = walk
    first, second = read(target, events, now), read(target, events, now + later)
    if first is not None:
        assert second is not None
        assert second.elapsed_working >= first.elapsed_working
        assert second.overdue or not first.overdue
        assert second.round == first.round


@EXAMPLES
@given(walks())
def test_the_phases_add_up_to_the_time_the_case_was_open(
    walk: tuple[list[Event], datetime],
) -> None:
    events, now = walk
    moments = [*(event.at for event in events), now]
    expected = sum(
        (
            end - start
            for event, (start, end) in zip(events, pairwise(moments), strict=True)
            if event.to_state not in FINAL
        ),
        ZERO,
    )
    assert sum(time_per_phase(events, now).values(), ZERO) == open_time(events, now) == expected


@EXAMPLES
@given(TARGETS, st.lists(GAPS, min_size=4, max_size=4))
def test_an_upheld_return_never_lengthens_what_was_spent(
    target: Target, gaps: list[timedelta]
) -> None:
    now, events = datetime(2026, 9, 28, tzinfo=UTC), []
    for state in (State.REGISTERED, State.DISPATCHED, State.RETURN_REQ):
        events.append(Event(now, f"to_{state}", state))
        now += gaps[len(events)]
    upheld = read(target, [*events, Event(now, "uphold_return", State.CLASSIFIED)], now + gaps[0])
    refused = read(target, [*events, Event(now, "refuse_return", State.ACCEPTED)], now + gaps[0])
    if upheld is not None and refused is not None and target.kind in FORGIVEN:
        assert upheld.elapsed_working <= refused.elapsed_working
        assert upheld.paused_wall == gaps[3]
        assert upheld.due is not None and refused.due is not None
        assert upheld.due >= refused.due


@EXAMPLES
@given(TARGETS, walks(), st.timedeltas(timedelta(minutes=1), timedelta(days=3)))
def test_an_extension_shifts_the_due_time_by_exactly_what_was_granted(
    target: Target, walk: tuple[list[Event], datetime], granted: timedelta
) -> None:
    plain, longer = read(target, *walk), read(replace(target, extra=granted), *walk)
    if plain is None or longer is None:
        return
    assert plain.budget is not None and longer.budget is not None
    assert longer.budget == plain.budget + granted
    assert longer.elapsed_working == plain.elapsed_working
    if not plain.overdue:
        assert plain.due is not None and longer.due is not None
        resume = max(plain.due, plain.at) if plain.paused_since else plain.due
        assert working_between(target.calendar, resume, longer.due) == granted
