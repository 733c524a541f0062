"""Official days from the package, and years it knows nothing of."""

from datetime import date

from onegrid.common.holidays import holiday_name, official_days


def test_national_day_2026_is_free_and_its_make_up_saturday_is_worked() -> None:
    days = official_days(2026)
    assert days is not None
    assert len(days) == 365
    assert [day.day for day, works in days.items() if day.month == 10 and not works] == [
        *range(1, 8),
        *(11, 17, 18, 24, 25, 31),
    ]
    assert days[date(2026, 10, 10)]


def test_a_year_without_data_gives_none_instead_of_an_error() -> None:
    assert official_days(1990) is None
    assert official_days(2999) is None
    assert official_days(0) is None
    assert official_days(9999) is None


def test_a_holiday_has_a_name_and_an_ordinary_day_has_none() -> None:
    assert holiday_name(date(2026, 10, 1)) == "National Day"
    assert holiday_name(date(2026, 11, 23)) is None
    assert holiday_name(date(1990, 1, 1)) is None
