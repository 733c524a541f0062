"""Write units and duty calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from onegrid.common.holidays import holiday_name, official_days
from onegrid.organisation import queries
from onegrid.organisation.models import DutyCalendar, OfficialDay, Unit

_SATURDAY = 5


def define_calendar(
    *,
    code: str,
    name: str,
    weekly: Sequence[Sequence[tuple[int, int]]],
    follows_holidays: bool,
    always: bool = False,
) -> UUID:
    """Define or replace a duty calendar; ``weekly`` are seven days of spans in minutes."""
    row, _ = DutyCalendar.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "weekly": [[list(span) for span in day] for day in weekly],
            "follows_holidays": follows_holidays,
            "always": always,
        },
    )
    queries.clear()
    return row.id


def set_official_days(*, days: Mapping[date, tuple[bool, str]], source: str) -> int:
    """Enter holidays (False) and make-up working days (True) with their names; return how many."""
    rows = [
        OfficialDay(day=day, is_workday=works, name=name, source=source)
        for day, (works, name) in days.items()
    ]
    OfficialDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tenant_id", "day"],
        update_fields=["is_workday", "name", "source"],
    )
    queries.clear()
    return len(rows)


def fill_official_days(*, years: Sequence[int]) -> tuple[int, ...]:
    """Enter the days unlike Monday to Friday; return the years the library does not know."""
    unknown: list[int] = []
    for year in years:
        days = official_days(year)
        if days is None:
            unknown.append(year)
            continue
        unusual = {
            day: (works, holiday_name(day) or "")
            for day, works in days.items()
            if works != (day.weekday() < _SATURDAY)
        }
        set_official_days(days=unusual, source="chinesecalendar")
    return tuple(unknown)


def add_unit(
    *,
    kind: str,
    code: str,
    name: str,
    phone: str = "",
    area_id: UUID | None = None,
    calendar_id: UUID | None = None,
    position: int = 0,
) -> UUID:
    """Add a unit that can be given cases; the code is its identity."""
    row, _ = Unit.objects.update_or_create(
        code=code,
        defaults={
            "kind": kind,
            "name": name,
            "phone": phone,
            "area_id": area_id,
            "calendar_id": calendar_id,
            "position": position,
        },
    )
    queries.clear()
    return row.id
