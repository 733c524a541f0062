"""Read units and duty calendars."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.db.models import Q

from onegrid.common.holidays import official_days
from onegrid.common.tenant_cache import TenantCache
from onegrid.core.calendar import WALL_CLOCK, DutyCalendar, Week, with_official_days
from onegrid.organisation import models


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as shown and as needed for scope."""

    id: UUID
    kind: str
    code: str
    name: str
    phone: str
    area_id: UUID | None
    calendar: str


def _load_units() -> dict[UUID, UnitRow]:
    rows = (
        models.Unit.objects.filter(is_active=True)
        .order_by("position", "code")
        .values_list("id", "kind", "code", "name", "phone", "area_id", "calendar__code")
    )
    return {row[0]: UnitRow(*row[:6], calendar=row[6] or "") for row in rows}


_units: TenantCache[dict[UUID, UnitRow]] = TenantCache(_load_units)


def units() -> dict[UUID, UnitRow]:
    """Return the active units of the county by id, in their order."""
    return _units.get()


_ANSWERING = frozenset({"community", "street_office"})


def unit_of_area(area_id: UUID | None) -> UnitRow | None:
    """Return the community or street unit that answers for an area."""
    return None if area_id is None else unit_of_any([area_id])


def unit_of_any(area_ids: Collection[UUID]) -> UnitRow | None:
    """Return the first community or street unit that answers for one of some areas."""
    answering = (unit for unit in units().values() if unit.kind in _ANSWERING)
    return next((unit for unit in answering if unit.area_id in area_ids), None)


def unit_of_area_on(area_id: UUID | None, *, on: datetime) -> UnitRow | None:
    """Return the community or street unit that answered for an area at a moment."""
    if area_id is None:
        return None
    now = {unit.id for unit in units().values() if unit.area_id == area_id}
    then = models.FormerArea.objects.filter(valid_to__gt=on).filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    )
    elsewhere = then.filter(unit_id__in=now).exclude(area_id=area_id)
    there = now - set(elsewhere.values_list("unit_id", flat=True))
    there |= set(then.filter(area_id=area_id).values_list("unit_id", flat=True))
    answering = (unit for unit in units().values() if unit.kind in _ANSWERING)
    return next((unit for unit in answering if unit.id in there), None)


def _load_calendars() -> dict[str, DutyCalendar]:
    official = dict(models.OfficialDay.objects.values_list("day", "is_workday"))
    found = {WALL_CLOCK.code: WALL_CLOCK}
    for row in models.DutyCalendar.objects.all():
        week = cast(Week, tuple(tuple((start, end) for start, end in day) for day in row.weekly))
        plain = DutyCalendar(
            code=row.code,
            name=row.name,
            weekly=week,
            workdays_only=row.follows_holidays,
            always=row.always,
        )
        found[row.code] = with_official_days(plain, official)
    return found


_calendars: TenantCache[dict[str, DutyCalendar]] = TenantCache(_load_calendars)


def calendars() -> dict[str, DutyCalendar]:
    """Return the duty calendars by code, holidays and make-up days applied."""
    return _calendars.get()


def years_without_holidays(*, first: int, last: int) -> tuple[int, ...]:
    """Return the years for which nobody has entered holidays: Monday to Friday count there.

    Shown as a warning wherever such a year matters; the State Council publishes each November.
    """
    known = set(
        models.OfficialDay.objects.filter(day__gte=date(first, 1, 1), day__lte=date(last, 12, 31))
        .values_list("day__year", flat=True)
        .distinct()
    )
    return tuple(year for year in range(first, last + 1) if year not in known)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day off on a weekday, or a working day at a weekend."""

    day: date
    is_workday: bool
    name: str
    source: str


def special_days(*, year: int) -> tuple[SpecialDay, ...]:
    """Return the days of a year that differ from Monday to Friday, in their order."""
    found = models.OfficialDay.objects.filter(
        day__gte=date(year, 1, 1), day__lte=date(year, 12, 31)
    ).order_by("day")
    rows = (SpecialDay(*row) for row in found.values_list("day", "is_workday", "name", "source"))
    return tuple(row for row in rows if row.is_workday != (row.day.weekday() < 5))


def library_knows(year: int) -> bool:
    """Tell whether the holiday library has data for a year."""
    return official_days(year) is not None


def clear() -> None:
    """Forget cached units and calendars."""
    _units.clear()
    _calendars.clear()
