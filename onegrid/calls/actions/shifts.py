"""Make teams, put people on duty, take them off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from onegrid.accounts.queries.staff import people_of_unit
from onegrid.accounts.viewer import Viewer
from onegrid.calls.models import DutyTeam, RosterBatch, Shift, Swap
from onegrid.calls.queries.duty import spot_of_area
from onegrid.calls.queries.rosters import must_edit
from onegrid.calls.terms import LONGEST_SHIFT, SwapState, TeamKind
from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.organisation.queries import units

_NAME = 60
_PHONE = re.compile(r"\+?[0-9][0-9 -]{2,18}")


@dataclass(frozen=True, slots=True)
class ShiftGiven:
    """A duty as entered; half open."""

    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    phone: str = ""


def add_team(
    *,
    viewer: Viewer,
    unit_id: UUID,
    kind: str,
    name: str,
    area_ids: Sequence[UUID] = (),
    now: datetime,
) -> UUID:
    """Make a team of a unit; the same name again is the same team with these areas.

    Raises:
        NotFound: no such unit, or somebody else's.
        Forbidden: the viewer is not its head.
        Invalid: no name, an unknown kind, or areas that do not fit the kind.
        Conflict: somebody else made a team at the same moment.
    """
    must_edit(viewer, unit_id)
    unit = units().get(unit_id)
    if unit is None:
        raise NotFound("roster.not_found")
    label = " ".join(name.split())
    if not label or len(label) > _NAME:
        raise Invalid("team.name", field="name", most=_NAME)
    if kind not in TeamKind.values:
        raise Invalid("team.kind", field="kind")
    areas = list(dict.fromkeys(area_ids)) if kind == TeamKind.RESIDENT else []
    if kind == TeamKind.RESIDENT and not areas:
        raise Invalid("team.areas", field="areas")
    for area_id in areas:
        spot_of_area(area_id=area_id)
    there = list(DutyTeam.objects.select_for_update().filter(unit_id=unit_id).order_by("code"))
    team = next((one for one in there if one.name == label), None)
    if team is None:
        team = DutyTeam(unit_id=unit_id, code=f"{unit.code[:34]}-{len(there) + 1}", name=label)
    team.kind, team.area_ids, team.is_active = kind, areas, True
    _write_team(team)
    return team.id


def _write_team(team: DutyTeam) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        if "dutyteam_code_uq" not in str(error):
            raise
        raise Conflict("roster.changed") from error


def add_shift(*, viewer: Viewer, team_id: UUID, given: ShiftGiven, now: datetime) -> UUID:
    """Put a person on duty; the same duty again is the same duty.

    Raises:
        NotFound: no such team, or somebody else's.
        Forbidden: the viewer is not the head of the unit.
        Invalid: not of the unit, an end before the start, over before now, or a bad number.
        Conflict: the person is on duty elsewhere at that time.
    """
    team = DutyTeam.objects.filter(pk=team_id).first()
    if team is None:
        raise NotFound("roster.not_found")
    must_edit(viewer, team.unit_id)
    names = {one.id: one.name for one in people_of_unit(unit_id=team.unit_id, now=now)}
    if given.person_id not in names:
        raise Invalid("shift.person", field="person")
    check_span(given.starts_at, given.ends_at, now=now)
    if given.phone and not _PHONE.fullmatch(given.phone):
        raise Invalid("shift.phone", field="phone")
    return put(team, given, names[given.person_id], batch=None)


def check_span(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """Refuse a duty that runs backwards, is too long, or is over.

    Raises:
        Invalid: one of these.
    """
    if ends_at <= starts_at:
        raise Invalid("shift.backwards", field="to")
    if ends_at - starts_at > LONGEST_SHIFT:
        raise Invalid("shift.too_long", field="to", days=LONGEST_SHIFT.days)
    if ends_at <= now:
        raise Invalid("shift.past", field="to")


def put(team: DutyTeam, given: ShiftGiven, name: str, *, batch: RosterBatch | None) -> UUID:
    """Write a duty unless it is there.

    Raises:
        Conflict: the person is on duty elsewhere at that time.
    """
    same = Shift.objects.filter(
        team_id=team.id,
        person_id=given.person_id,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        cancelled_at__isnull=True,
    ).first()
    if same is not None:
        return same.id
    row = Shift(
        team_id=team.id,
        person_id=given.person_id,
        person_name=name,
        phone=given.phone,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        batch=batch,
    )
    write(row)
    return row.id


def write(row: Shift) -> None:
    """Write a duty; the database holds that nobody is in two places at once.

    Raises:
        Conflict: the person is on duty elsewhere at that time.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "shift_one_place_at_a_time" not in str(error):
            raise
        raise Conflict("shift.overlap", field="person", name=row.person_name) from error


def cancel_shift(*, viewer: Viewer, shift_id: UUID, now: datetime) -> None:
    """Take a person off a duty that has not begun; a duty taken off already stays so.

    Raises:
        NotFound: no such duty, or of somebody else's unit.
        Forbidden: the viewer is not the head of the unit.
        Conflict: it has begun.
    """
    row = Shift.objects.select_for_update().filter(pk=shift_id).first()
    team = None if row is None else DutyTeam.objects.filter(pk=row.team_id).first()
    if row is None or team is None:
        raise NotFound("roster.not_found")
    must_edit(viewer, team.unit_id)
    if row.cancelled_at is not None:
        return
    if row.starts_at <= now:
        raise Conflict("shift.begun")
    drop([row], now=now)


def drop(rows: Sequence[Shift], *, now: datetime) -> None:
    """End duties and the swaps that wait for them."""
    ids = [row.id for row in rows]
    Shift.objects.filter(pk__in=ids, cancelled_at__isnull=True).update(cancelled_at=now)
    open_swaps = Swap.objects.filter(state=SwapState.ASKED)
    for column in ("shift_id__in", "other_id__in"):
        open_swaps.filter(**{column: ids}).update(state=SwapState.WITHDRAWN, answered_at=now)
