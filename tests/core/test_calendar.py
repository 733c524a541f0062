"""Duty hours, holidays and make-up days."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onegrid.core.calendar import (
    CLOSED_WEEK,
    WALL_CLOCK,
    BadCalendar,
    BadInterval,
    DutyCalendar,
    NoOpenHours,
    add_working,
    add_working_days,
    is_working_day,
    knows_holidays,
    local_day,
    open_spans,
    with_official_days,
    working_between,
)

CHINA = timezone(timedelta(hours=8))
GRID_DUTY = DutyCalendar(code="grid_duty", weekly=(((450, 1260),),) * 7)
_OFFICE_DAY = ((510, 720), (810, 1050))
_NATIONAL_DAY_2026 = {date(2026, 10, day): False for day in range(1, 8)}
OFFICE = with_official_days(
    DutyCalendar(code="office", weekly=(_OFFICE_DAY,) * 5 + ((), ()), workdays_only=True),
    {**_NATIONAL_DAY_2026, date(2026, 10, 10): True},
)

EXAMPLES = settings(max_examples=30, deadline=None, database=None)
INSTANTS = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
AMOUNTS = st.timedeltas(timedelta(microseconds=1), timedelta(days=120))


def local(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    cuts = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(zip(cuts[::2], cuts[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> DutyCalendar:
    """Draw a calendar that opens at least once a week."""
    day = spans()
    weekly = draw(st.tuples(day.filter(bool), day, day, day, day, day, day))
    days = st.dates(date(2025, 5, 1), date(2027, 7, 1))
    return DutyCalendar(
        code="drawn",
        weekly=weekly,
        exceptions=draw(st.dictionaries(days, spans(), max_size=4)),
        utc_offset_minutes=draw(st.sampled_from([480, 0, -300])),
    )


@EXAMPLES
@given(calendars(), INSTANTS, AMOUNTS)
def test_counting_back_what_was_added_gives_the_amount(
    calendar: DutyCalendar, start: datetime, amount: timedelta
) -> None:
    assert working_between(calendar, start, add_working(calendar, start, amount)) == amount


@EXAMPLES
@given(calendars(), INSTANTS, AMOUNTS)
def test_the_due_time_is_the_earliest_instant_with_that_amount(
    calendar: DutyCalendar, start: datetime, amount: timedelta
) -> None:
    just_before = add_working(calendar, start, amount) - timedelta(microseconds=1)
    assert working_between(calendar, start, just_before) < amount


@EXAMPLES
@given(calendars(), st.lists(INSTANTS, min_size=3, max_size=3))
def test_splitting_an_interval_conserves_its_working_time(
    calendar: DutyCalendar, instants: list[datetime]
) -> None:
    start, middle, end = sorted(instants)
    parts = working_between(calendar, start, middle) + working_between(calendar, middle, end)
    assert parts == working_between(calendar, start, end)


@EXAMPLES
@given(calendars(), INSTANTS, AMOUNTS)
def test_working_time_is_never_negative_and_never_more_than_wall_time(
    calendar: DutyCalendar, start: datetime, length: timedelta
) -> None:
    assert timedelta(0) <= working_between(calendar, start, start + length) <= length


@EXAMPLES
@given(calendars(), INSTANTS, AMOUNTS, AMOUNTS)
def test_a_later_start_or_a_greater_amount_is_never_due_earlier(
    calendar: DutyCalendar, start: datetime, amount: timedelta, more: timedelta
) -> None:
    try:
        due = add_working(calendar, start, amount)
        later = add_working(calendar, start + more, amount)
        longer = add_working(calendar, start, amount + more)
    except NoOpenHours:  # a minute a week does not reach so far within the horizon
        return
    assert later >= due
    assert longer > due


@EXAMPLES
@given(calendars(), INSTANTS, AMOUNTS)
def test_yearly_sums_agree_with_counting_day_by_day(
    calendar: DutyCalendar, start: datetime, length: timedelta
) -> None:
    zone = timezone(timedelta(minutes=calendar.utc_offset_minutes))
    end, day = start + length, start.astimezone(zone).date()
    total = timedelta(0)
    while (midnight := datetime(day.year, day.month, day.day, tzinfo=zone)) < end:
        for opens, closes in open_spans(calendar, day):
            begin = max(start, midnight + timedelta(minutes=opens))
            total += max(min(end, midnight + timedelta(minutes=closes)) - begin, timedelta(0))
        day += timedelta(days=1)
    assert working_between(calendar, start, end) == total


@EXAMPLES
@given(calendars(), INSTANTS, st.integers(1, 30))
def test_working_days_end_at_closing_time_of_the_nth_open_day_after_the_start(
    calendar: DutyCalendar, start: datetime, days: int
) -> None:
    due = add_working_days(calendar, start, days)
    last = local_day(calendar, due - timedelta(microseconds=1))
    ordinals = range(local_day(calendar, start).toordinal() + 1, last.toordinal() + 1)
    assert sum(is_working_day(calendar, date.fromordinal(n)) for n in ordinals) == days
    assert working_between(calendar, due, _end_of(calendar, last)) == timedelta(0)


def _end_of(calendar: DutyCalendar, day: date) -> datetime:
    zone = timezone(timedelta(minutes=calendar.utc_offset_minutes))
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)


def test_a_report_at_night_is_due_an_hour_after_the_next_opening() -> None:
    due = add_working(GRID_DUTY, local(11, 23, 22, 15), timedelta(hours=1))
    assert due == local(11, 24, 8, 30)
    assert due.tzinfo is UTC


def test_an_hour_begun_before_closing_ends_the_next_morning() -> None:
    assert add_working(GRID_DUTY, local(11, 23, 20, 30), timedelta(hours=1)) == local(11, 24, 8)


def test_an_hour_used_up_exactly_at_closing_is_due_at_closing() -> None:
    assert add_working(GRID_DUTY, local(11, 23, 20), timedelta(hours=1)) == local(11, 23, 21)


def test_the_wall_clock_counts_the_night() -> None:
    assert add_working(WALL_CLOCK, local(11, 23, 22, 15), timedelta(hours=1)) == local(
        11, 23, 23, 15
    )
    assert working_between(WALL_CLOCK, local(11, 23), local(11, 25)) == timedelta(days=2)


def test_grid_duty_goes_on_through_national_day() -> None:
    on_duty = with_official_days(GRID_DUTY, _NATIONAL_DAY_2026)
    assert on_duty == GRID_DUTY
    assert add_working(on_duty, local(10, 1, 9), timedelta(hours=1)) == local(10, 1, 10)


def test_five_working_days_skip_national_day_and_count_the_make_up_saturday() -> None:
    due = add_working_days(OFFICE, local(9, 29, 10), 5)
    assert due == local(10, 12, 17, 30)
    assert is_working_day(OFFICE, date(2026, 10, 10))
    assert not is_working_day(OFFICE, date(2026, 10, 11))


def test_the_day_of_the_start_is_not_counted_even_in_the_early_morning() -> None:
    assert add_working_days(OFFICE, local(11, 23, 0, 1), 1) == local(11, 24, 17, 30)


def test_a_working_day_without_closing_time_ends_at_midnight() -> None:
    whole_days = DutyCalendar(code="law", weekly=(((0, 1440),),) * 5 + ((), ()))
    assert add_working_days(whole_days, local(11, 27, 9), 1) == local(12, 1)
    assert add_working_days(WALL_CLOCK, local(11, 27, 9), 1) == local(11, 29)


def test_hours_of_national_day_are_not_counted() -> None:
    assert working_between(OFFICE, local(9, 30, 16), local(10, 8, 9)) == timedelta(hours=2)


def test_an_exception_set_by_hand_wins_over_the_official_list() -> None:
    by_hand = DutyCalendar(
        code="office",
        weekly=(_OFFICE_DAY,) * 5 + ((), ()),
        workdays_only=True,
        exceptions={date(2026, 10, 1): ((540, 600),)},
    )
    merged = with_official_days(by_hand, _NATIONAL_DAY_2026)
    assert open_spans(merged, date(2026, 10, 1)) == ((540, 600),)
    assert open_spans(merged, date(2026, 10, 2)) == ()


def test_equal_calendars_have_equal_hashes_whatever_the_order_of_exceptions() -> None:
    days = {date(2026, 10, day): () for day in (1, 2, 3)}
    turned = dict(reversed(days.items()))
    first = DutyCalendar(code="a", weekly=GRID_DUTY.weekly, exceptions=days)
    second = DutyCalendar(code="a", weekly=GRID_DUTY.weekly, exceptions=turned)
    assert first == second
    assert hash(first) == hash(second)


def test_changing_the_mapping_afterwards_does_not_change_the_calendar() -> None:
    days: dict[date, tuple[tuple[int, int], ...]] = {}
    calendar = DutyCalendar(code="a", weekly=GRID_DUTY.weekly, exceptions=days)
    days[date(2026, 11, 23)] = ()
    assert is_working_day(calendar, date(2026, 11, 23))


def test_a_calendar_that_never_opens_is_refused_instead_of_counted_for_ever() -> None:
    closed = DutyCalendar(code="closed", weekly=CLOSED_WEEK)
    with pytest.raises(NoOpenHours) as refused:
        add_working(closed, local(11, 23), timedelta(minutes=1))
    assert refused.value.params["calendar"] == "closed"
    with pytest.raises(NoOpenHours):
        add_working_days(closed, local(11, 23), 1)


def test_a_calendar_with_one_single_open_day_counts_it_and_then_refuses() -> None:
    once = DutyCalendar(code="once", exceptions={date(2028, 2, 29): ((60, 120),)})
    due = add_working(once, local(11, 23), timedelta(minutes=60))
    assert due == datetime(2028, 2, 29, 2, tzinfo=CHINA)
    with pytest.raises(NoOpenHours):
        add_working(once, local(11, 23), timedelta(minutes=61))


@pytest.mark.parametrize(
    "spans", [((600, 600),), ((600, 500),), ((0, 1441),), ((-1, 5),), ((0, 60), (30, 90))]
)
def test_hours_that_overlap_run_backwards_or_leave_the_day_are_refused(
    spans: tuple[tuple[int, int], ...],
) -> None:
    with pytest.raises(BadCalendar):
        DutyCalendar(code="bad", weekly=(spans,) * 7)
    with pytest.raises(BadCalendar):
        DutyCalendar(code="bad", exceptions={date(2026, 1, 1): spans})


def test_a_week_of_six_days_is_refused() -> None:
    with pytest.raises(BadCalendar):
        DutyCalendar(code="bad", weekly=((),) * 6)  # type: ignore[arg-type]


def test_backward_intervals_negative_amounts_and_naive_instants_are_refused() -> None:
    now = local(11, 23, 9)
    with pytest.raises(BadInterval):
        working_between(GRID_DUTY, now, now - timedelta(seconds=1))
    with pytest.raises(BadInterval):
        add_working(GRID_DUTY, now, timedelta(microseconds=-1))
    with pytest.raises(BadInterval):
        add_working_days(GRID_DUTY, now, 0)
    with pytest.raises(BadInterval):
        add_working(GRID_DUTY, now.replace(tzinfo=None), timedelta(hours=1))


def test_a_year_without_entered_holidays_is_known_as_such() -> None:
    week = (((540, 1020),),) * 5 + ((), ())
    office = DutyCalendar("office", weekly=week, workdays_only=True)  # type: ignore[arg-type]
    entered = with_official_days(office, {date(2026, 10, 1): False})
    assert knows_holidays(entered, 2026)
    assert not knows_holidays(entered, 2027)
    assert knows_holidays(WALL_CLOCK, 2027)
