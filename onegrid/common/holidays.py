"""Official holidays and make-up working days of China, from the package chinesecalendar.

The State Council publishes the list of a year in the November before; until the package knows it, a
year has no data, and calendars fall back to their weekly hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import chinese_calendar


@lru_cache(maxsize=16)
def official_days(year: int) -> Mapping[date, bool] | None:
    """Return for each day of a year whether people work, or None without data. Never raises."""
    if not date.min.year <= year < date.max.year:
        return None
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    try:
        return MappingProxyType({day: bool(chinese_calendar.is_workday(day)) for day in days})
    except NotImplementedError:
        return None


def holiday_name(day: date) -> str | None:
    """Return the English name of the holiday a day belongs to, or made up for; None otherwise."""
    try:
        _, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return None if name is None else str(name)
