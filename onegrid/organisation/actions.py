"""Write units and duty calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from onegrid.common.holidays import holiday_name, official_days
from onegrid.organisation import queries
from onegrid.organisation.models import DutyCalendar, FormerArea, OfficialDay, Unit

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


def keep_areas(*, units: Sequence[Unit], until: datetime) -> None:
    """Write down what units were for until a moment, before they are given other areas."""
    last = dict(
        FormerArea.objects.filter(unit__in=units)
        .values_list("unit_id")
        .annotate(last=Max("valid_to"))
    )
    spans = [(unit, last.get(unit.id)) for unit in units]
    FormerArea.objects.bulk_create(
        [
            FormerArea(unit=unit, area_id=unit.area_id, valid_from=begun, valid_to=until)
            for unit, begun in spans
            if begun is None or begun < until
        ]
    )
