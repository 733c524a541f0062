"""The monthly table of what both sides say of the same events; nobody's name, no order by merit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from uuid import UUID

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.calls.flow import Side, Stage
from onegrid.calls.models import Rating, Summons
from onegrid.calls.terms import LEAST
from onegrid.common.refusals import Forbidden
from onegrid.core.calendar import WALL_CLOCK, local_midnight
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import units

#: Who reads the table.
READERS = (
    Role.UNIT_HEAD,
    Role.COMMUNITY_SECRETARY,
    Role.STREET_OFFICER,
    Role.DISPATCHER,
    Role.SUPERVISOR,
)


@dataclass(frozen=True, slots=True)
class Said:
    """Ratings of one side: how many, and the median of each point; None below `LEAST`."""

    n: int | None
    medians: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A department or a community in a month."""

    name: str
    calls: int
    signed_in_time: int
    arrived: int
    by_callers: Said
    by_teams: Said


@dataclass(frozen=True, slots=True)
class MonthTable:
    """Both halves of the table, in the order of units and names."""

    first: date
    departments: tuple[TableRow, ...]
    communities: tuple[TableRow, ...]


def month_table(viewer: Viewer, *, first: date) -> MonthTable:
    """Return the table of calls opened in a month; only ratings that both sides may see count.

    Args:
        first: the first day of the month.

    Raises:
        Forbidden: the viewer does not read the table.
    """
    if not viewer.is_system and not viewer.has(*READERS):
        raise Forbidden("forbidden")
    last = (first + timedelta(days=31)).replace(day=1)
    rows = list(
        Summons.objects.filter(
            call__opened_at__gte=local_midnight(WALL_CLOCK, first),
            call__opened_at__lt=local_midnight(WALL_CLOCK, last),
        ).select_related("call")
    )
    ended = [row.pk for row in rows if row.stage == Stage.ENDED]
    ratings = list(Rating.objects.filter(summons_id__in=ended))
    place = {unit_id: (n, unit.name) for n, (unit_id, unit) in enumerate(units().items())}
    names = area_names()
    return MonthTable(
        first=first,
        departments=_half(rows, ratings, lambda row: place.get(row.unit_id)),
        communities=_half(rows, ratings, lambda row: _community(row, names)),
    )


def _community(row: Summons, names: dict[UUID, str]) -> tuple[int, str]:
    area = row.call.community_id or row.call.street_id
    return (0, names.get(area, "") if area else "")


def _half(
    rows: Iterable[Summons],
    ratings: Iterable[Rating],
    group: Callable[[Summons], tuple[int, str] | None],
) -> tuple[TableRow, ...]:
    groups: dict[tuple[int, str], list[Summons]] = {}
    for row in rows:
        name = group(row)
        if name is not None:
            groups.setdefault(name, []).append(row)
    given: dict[UUID, list[Rating]] = {}
    for rating in ratings:
        given.setdefault(rating.summons_id, []).append(rating)
    return tuple(_row(name, groups[place, name], given) for place, name in sorted(groups))


def _row(name: str, rows: list[Summons], given: dict[UUID, list[Rating]]) -> TableRow:
    mine = [rating for row in rows for rating in given.get(row.pk, ())]
    return TableRow(
        name=name,
        calls=len(rows),
        signed_in_time=sum(r.signed_at is not None and r.signed_at <= r.due_at for r in rows),
        arrived=sum(row.arrived_at is not None for row in rows),
        by_callers=_said([one for one in mine if one.side == Side.CALLER]),
        by_teams=_said([one for one in mine if one.side == Side.TEAM]),
    )


def _said(ratings: list[Rating]) -> Said:
    if len(ratings) < LEAST:
        return Said(None, None)
    columns = zip(*((one.first, one.second, one.third) for one in ratings), strict=True)
    first, second, third = (float(median(column)) for column in columns)
    return Said(len(ratings), (first, second, third))
