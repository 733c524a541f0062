"""Teams, their months with gaps, and one's own duties and swaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.queries.staff import Person, people_of_unit
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.calls import standing
from onegrid.calls.models import DutyTeam, RosterBatch, Shift, Swap
from onegrid.calls.terms import CALLERS, SwapState, TeamKind
from onegrid.common.refusals import Forbidden, NotFound
from onegrid.core.calendar import WALL_CLOCK, local_day, local_midnight, open_spans
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import calendars, units

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list."""

    id: UUID
    code: str
    name: str
    kind: str
    unit_id: UUID
    unit_name: str
    areas: str
    mine: bool
    on_duty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a roster: duties that go on from the day before, that begin, and gaps."""

    day: date
    going_on: tuple[Shift, ...]
    begin: tuple[Shift, ...]
    gaps: tuple[Span, ...]
    past: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a team."""

    team: TeamRow
    first: date
    days: tuple[DayRow, ...]
    people: tuple[Person, ...]
    batches: tuple[RosterBatch, ...]

    @property
    def gaps(self) -> int:
        """Return on how many days from today on somebody is missing."""
        return sum(bool(day.gaps) and not day.past for day in self.days)


def may_edit(viewer: Viewer, unit_id: UUID) -> bool:
    """Tell whether a viewer keeps the roster of a unit."""
    return viewer.is_system or unit_id in standing.unit_ids(viewer, Role.UNIT_HEAD)


def must_edit(viewer: Viewer, unit_id: UUID) -> None:
    """Refuse whoever does not keep the roster of a unit.

    Raises:
        NotFound: the unit is somebody else's.
        Forbidden: it is the viewer's, who is not its head.
    """
    if may_edit(viewer, unit_id):
        return
    if unit_id in standing.unit_ids(viewer):
        raise Forbidden("roster.only_head")
    raise NotFound("roster.not_found")


def teams(viewer: Viewer, *, now: datetime) -> tuple[TeamRow, ...]:
    """Return the teams a viewer may see: of the own unit, or all for whoever calls or oversees."""
    rows = DutyTeam.objects.filter(is_active=True)
    if not (standing.oversees(viewer) or viewer.has(*CALLERS)):
        rows = rows.filter(unit_id__in=standing.unit_ids(viewer))
    found = list(rows.order_by("code"))
    names = _on_duty_names(found, now)
    order = {unit_id: place for place, unit_id in enumerate(units())}
    shown = [_row(viewer, team, names.get(team.id, ())) for team in found]
    return tuple(sorted(shown, key=lambda row: (order.get(row.unit_id, 999), row.kind, row.code)))


def _on_duty_names(found: Iterable[DutyTeam], now: datetime) -> dict[UUID, tuple[str, ...]]:
    rows = Shift.objects.filter(
        team_id__in=[team.id for team in found],
        starts_at__lte=now,
        ends_at__gt=now,
        cancelled_at__isnull=True,
    ).order_by("person_name")
    names: dict[UUID, tuple[str, ...]] = {}
    for row in rows:
        names[row.team_id] = (*names.get(row.team_id, ()), row.person_name)
    return names


def _row(viewer: Viewer, team: DutyTeam, on_duty: tuple[str, ...]) -> TeamRow:
    unit, names = units().get(team.unit_id), area_names()
    return TeamRow(
        id=team.id,
        code=team.code,
        name=team.name,
        kind=str(TeamKind(team.kind).label),
        unit_id=team.unit_id,
        unit_name=unit.name if unit else "",
        areas="、".join(names.get(area_id, "") for area_id in team.area_ids),
        mine=may_edit(viewer, team.unit_id),
        on_duty=on_duty,
    )


def team_of(viewer: Viewer, *, team_id: UUID) -> DutyTeam:
    """Return a team of the viewer's unit, or any for whoever calls or oversees.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    team = DutyTeam.objects.filter(pk=team_id).first()
    seen = standing.oversees(viewer) or viewer.has(*CALLERS)
    if team is None or not (seen or team.unit_id in standing.unit_ids(viewer)):
        raise NotFound("roster.not_found")
    return team


def month(viewer: Viewer, *, team_id: UUID, first: date, now: datetime) -> Month:
    """Return a month of a team, day by day, with the spans in which nobody is on duty.

    Args:
        first: the first day of the month.

    Raises:
        NotFound: there is no such team, or it is somebody else's.
    """
    team = team_of(viewer, team_id=team_id)
    last = (first + timedelta(days=31)).replace(day=1)
    start, end = local_midnight(WALL_CLOCK, first), local_midnight(WALL_CLOCK, last)
    rows = list(
        Shift.objects.filter(
            team_id=team.id, starts_at__lt=end, ends_at__gt=start, cancelled_at__isnull=True
        ).order_by("starts_at", "person_name")
    )
    edit = may_edit(viewer, team.unit_id)
    people = people_of_unit(unit_id=team.unit_id, now=now) if edit else ()
    return Month(
        team=_row(viewer, team, ()),
        first=first,
        days=_days(team, rows, first, last, today=local_day(WALL_CLOCK, now)),
        people=people,
        batches=tuple(_batches(team.unit_id)) if edit else (),
    )


def _batches(unit_id: UUID) -> list[RosterBatch]:
    found = RosterBatch.objects.filter(unit_id=unit_id, undone_at__isnull=True)
    return list(found.order_by("-at", "-id")[:10])


def _days(
    team: DutyTeam, rows: list[Shift], first: date, last: date, *, today: date
) -> tuple[DayRow, ...]:
    unit = units().get(team.unit_id)
    calendar = calendars().get(unit.calendar if unit else "", WALL_CLOCK)
    found, day = [], first
    while day < last:
        start = local_midnight(WALL_CLOCK, day)
        end = start + timedelta(days=1)
        here = tuple(row for row in rows if row.starts_at < end and row.ends_at > start)
        hours = [
            (start + timedelta(minutes=a), start + timedelta(minutes=b))
            for a, b in open_spans(calendar, day)
        ]
        found.append(
            DayRow(
                day=day,
                going_on=tuple(row for row in here if row.starts_at < start),
                begin=tuple(row for row in here if row.starts_at >= start),
                gaps=gaps(hours, [(row.starts_at, row.ends_at) for row in here]),
                past=day < today,
            )
        )
        day += timedelta(days=1)
    return tuple(found)


def gaps(hours: Iterable[Span], duties: Iterable[Span]) -> tuple[Span, ...]:
    """Return what of some duty hours no duty covers; spans are half open."""
    found: list[Span] = []
    ordered = sorted(duties)
    for start, end in hours:
        reached = start
        for begin, finish in ordered:
            if begin > reached and begin < end:
                found.append((reached, begin))
            reached = max(reached, finish)
            if reached >= end:
                break
        if reached < end:
            found.append((reached, end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own coming duties, requests to swap, and colleagues to ask."""

    shifts: tuple[Shift, ...]
    asked_of_me: tuple[Swap, ...]
    asked_by_me: tuple[Swap, ...]
    colleagues: dict[UUID, tuple[Person, ...]]
    teams: dict[UUID, str]


def mine(viewer: Viewer, *, now: datetime) -> Mine:
    """Return the duties of the viewer from now on, and swaps that wait or were answered lately.

    Raises:
        NotFound: nobody is signed in.
    """
    me = viewer.user_id
    if me is None:
        raise NotFound("roster.not_found")
    rows = Shift.objects.filter(person_id=me, cancelled_at__isnull=True)
    shifts = list(rows.filter(ends_at__gt=now).order_by("starts_at")[:60])
    swaps = Swap.objects.select_related("shift", "other")
    lately = Q(state=SwapState.ASKED) | Q(answered_at__gt=now - timedelta(days=30))
    known = {team.id: team for team in DutyTeam.objects.filter(is_active=True)}
    colleagues: dict[UUID, tuple[Person, ...]] = defaultdict(tuple)
    for unit_id in standing.unit_ids(viewer):
        others = people_of_unit(unit_id=unit_id, now=now)
        colleagues[unit_id] = tuple(one for one in others if one.id != me)
    return Mine(
        shifts=tuple(shifts),
        asked_of_me=tuple(swaps.filter(lately, to_id=me).order_by("-asked_at")[:20]),
        asked_by_me=tuple(swaps.filter(lately, asked_by=me).order_by("-asked_at")[:20]),
        colleagues={
            row.id: colleagues[known[row.team_id].unit_id] for row in shifts if row.team_id in known
        },
        teams={team.id: team.name for team in known.values()},
    )


def swap_receipt(viewer: Viewer, *, swap_id: UUID) -> Swap:
    """Return a swap for one of the two, the head of the unit, or whoever oversees.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = Swap.objects.select_related("shift__team", "other").filter(pk=swap_id).first()
    if row is None or not (
        viewer.user_id in {row.asked_by, row.to_id}
        or may_edit(viewer, row.shift.team.unit_id)
        or standing.oversees(viewer)
    ):
        raise NotFound("swap.not_found")
    return row
