"""Who is on duty: which team of a department answers at a place at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.calls import standing
from onegrid.calls.models import DutyTeam, Shift
from onegrid.calls.terms import TeamKind
from onegrid.common.refusals import NotFound
from onegrid.grids import queries as grids
from onegrid.grids.terms import AreaLevel
from onegrid.organisation.queries import units


@dataclass(frozen=True, slots=True)
class Spot:
    """A community within its street, or a street as a whole."""

    community_id: UUID | None
    street_id: UUID | None

    @property
    def area_ids(self) -> tuple[UUID, ...]:
        """Return the areas, the smallest first."""
        return tuple(one for one in (self.community_id, self.street_id) if one is not None)


@dataclass(frozen=True, slots=True)
class Answering:
    """The team of a department that answers, and who of it is on duty, perhaps nobody."""

    unit_id: UUID
    unit_name: str
    team: DutyTeam
    shifts: tuple[Shift, ...]


def spot_of_area(*, area_id: UUID) -> Spot:
    """Return the place of a community or a street.

    Raises:
        NotFound: there is no such area, or it is no community or street.
    """
    row = grids.area(area_id=area_id)
    if row.level == AreaLevel.COMMUNITY:
        return Spot(row.id, row.parent_id)
    if row.level == AreaLevel.STREET:
        return Spot(None, row.id)
    raise NotFound()


def answering(*, spot: Spot, now: datetime) -> tuple[Answering, ...]:
    """Return for each department the team that answers at a place now, in the order of the units.

    The resident team of the community comes before that of the street, a team with somebody on duty
    before one without, and teams on call answer where no resident team is on duty.
    """
    teams = list(DutyTeam.objects.filter(is_active=True).order_by("code"))
    near = [team for team in teams if _covers(team, spot)]
    shifts = _running(near, now)
    found: dict[UUID, Answering] = {}
    for unit in units().values():
        mine = [team for team in near if team.unit_id == unit.id]
        if mine:
            best = min(mine, key=lambda team: (not shifts.get(team.id), _distance(team, spot)))
            running = tuple(shifts.get(best.id, ()))
            found[unit.id] = Answering(unit.id, unit.name, best, running)
    return tuple(found.values())


def _covers(team: DutyTeam, spot: Spot) -> bool:
    return team.kind == TeamKind.ON_CALL or not set(team.area_ids).isdisjoint(spot.area_ids)


def _distance(team: DutyTeam, spot: Spot) -> int:
    """Return 0 for the community's own team, 1 for the street's, 2 for a team on call."""
    if team.kind == TeamKind.ON_CALL:
        return 2
    return 0 if spot.community_id in team.area_ids else 1


def _running(teams: Iterable[DutyTeam], now: datetime) -> dict[UUID, list[Shift]]:
    rows = Shift.objects.filter(
        team_id__in=[team.id for team in teams],
        starts_at__lte=now,
        ends_at__gt=now,
        cancelled_at__isnull=True,
    ).order_by("starts_at", "person_name")
    found: dict[UUID, list[Shift]] = {}
    for row in rows:
        found.setdefault(row.team_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """A place to which a viewer may call departments."""

    id: UUID
    name: str


def call_areas(viewer: Viewer, *, now: datetime) -> tuple[AreaChoice, ...]:
    """Return the communities and streets to which a viewer may call departments."""
    rows = [
        row
        for level in (AreaLevel.COMMUNITY, AreaLevel.STREET)
        for row in grids.areas(level=level, on=now)
    ]
    found = []
    for row in rows:
        spot = (
            Spot(row.id, row.parent_id) if row.level == AreaLevel.COMMUNITY else Spot(None, row.id)
        )
        if any(
            standing.calls_for(grant, community_id=spot.community_id, street_id=spot.street_id)
            for grant in viewer.grants
        ):
            found.append(AreaChoice(row.id, row.name))
    return tuple(found)
