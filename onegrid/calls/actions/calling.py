"""Call departments to a place, from a case or by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.calls import notify, standing
from onegrid.calls.actions.step import insert
from onegrid.calls.flow import Deed, Side, Stage
from onegrid.calls.models import Call, Event, Summons
from onegrid.calls.queries.duty import Answering, Spot, answering, spot_of_area
from onegrid.calls.terms import MAX_ADDRESS, MAX_TEXT, MAX_UNITS, SIGN_IN, Urgency
from onegrid.cases.actions import Doing
from onegrid.cases.actions.step import Move, take
from onegrid.cases.models import Case
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound, TooLarge
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import numbers
from onegrid.core.flow import Action
from onegrid.organisation.queries import units


@dataclass(frozen=True, slots=True)
class Wish:
    """What a call asks for.

    Attributes:
        area_id: community or street; not needed for a case.
        address: where to come; empty for a case: its own.
    """

    unit_ids: tuple[UUID, ...]
    urgency: str
    what: str
    address: str = ""
    area_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """Number and id of the call; `again`: it was there already."""

    call_id: UUID
    number: str
    again: bool = False


def open_call(*, doing: Doing, wish: Wish, case_id: UUID | None = None) -> Opened:
    """Call departments; the teams on duty at this moment are told by text message.

    Raises:
        NotFound: no such case or area in the viewer's scope.
        Forbidden: the viewer does not call departments to this place.
        Invalid, TooLarge: something is missing, unknown or too long.
        Conflict: the key was used for something else.
    """
    _turn(doing.key)
    earlier = Event.objects.filter(key=doing.key).select_related("call").first()
    if earlier is not None:
        if earlier.deed != Deed.OPEN or earlier.actor_id != doing.viewer.user_id:
            raise Conflict("case.key_used", field="key")
        return Opened(earlier.call_id, earlier.call.number, again=True)
    _check(wish)
    if case_id is not None:
        return _of_case(doing, wish, case_id)
    if wish.area_id is None:
        raise Invalid("call.area", field="area")
    if not wish.address.strip():
        raise Invalid("call.address", field="address")
    return _write(doing, wish, _place(wish.area_id), None)


def call_units(*, case_id: UUID, doing: Doing, wish: Wish) -> Case:
    """Call departments for a case and return the case.

    Raises:
        As `open_call`.
    """
    open_call(doing=doing, wish=wish, case_id=case_id)
    return Case.objects.get(pk=case_id)


def _place(area_id: UUID) -> Spot:
    try:
        return spot_of_area(area_id=area_id)
    except NotFound as error:
        raise Invalid("call.area", field="area") from error


def _of_case(doing: Doing, wish: Wish, case_id: UUID) -> Opened:
    """Call for a case: its place, and a step in its history; the step asks who may."""
    names = "、".join(units()[one].name for one in wish.unit_ids if one in units())
    move = Move(Action.CALL_UNITS, text=f"{names}：{wish.what.strip()}", shown=False)
    case = take(case_id, doing, move)
    _check_not_about(case, wish.unit_ids)
    spot = Spot(case.community_id, case.street_id)
    if not spot.area_ids:
        raise Invalid("call.case_without_place")
    return _write(doing, wish, spot, case)


def _check_not_about(case: Case, unit_ids: tuple[UUID, ...]) -> None:
    """Refuse to call a unit to a case that is about it (trust.md D8)."""
    for unit_id in unit_ids:
        if unit_id in case.excluded_ids:
            name = units()[unit_id].name if unit_id in units() else ""
            raise Conflict("subjects.unit_accused", field="units", unit=name)


def _check(wish: Wish) -> None:
    if wish.urgency not in Urgency.values:
        raise Invalid("call.urgency", field="urgency")
    if not wish.what.strip():
        raise Invalid("call.what", field="what")
    if len(wish.what) > MAX_TEXT:
        raise TooLarge("call.too_long", field="what", most=MAX_TEXT)
    if len(wish.address) > MAX_ADDRESS:
        raise Invalid("place.address_too_long", field="address", most=MAX_ADDRESS)
    if not wish.unit_ids or len(set(wish.unit_ids)) > MAX_UNITS:
        raise Invalid("call.units", field="units", most=MAX_UNITS)


def _may(viewer: Viewer, spot: Spot) -> bool:
    return any(
        standing.calls_for(grant, community_id=spot.community_id, street_id=spot.street_id)
        for grant in viewer.grants
    )


def _write(doing: Doing, wish: Wish, spot: Spot, case: Case | None) -> Opened:
    if not _may(doing.viewer, spot):
        raise Forbidden("call.not_your_place")
    there = {one.unit_id: one for one in answering(spot=spot, now=doing.now)}
    if not set(wish.unit_ids) <= there.keys():
        raise Invalid("call.no_team", field="units")
    day = localtime(doing.now).date()
    call = Call(
        number=f"S{numbers.make(current_tenant(), day, _serial())[7:]}",
        case_id=case.pk if case else None,
        urgency=wish.urgency,
        what=wish.what.strip(),
        address=wish.address.strip() or (case.address if case else ""),
        community_id=spot.community_id,
        street_id=spot.street_id,
        opened_at=doing.now,
        opened_by=doing.viewer.user_id,
        caller_name=doing.viewer.name,
    )
    call.save(force_insert=True)
    told = dict(_summon(call, there[one], doing.now) for one in dict.fromkeys(wish.unit_ids))
    insert(
        Event(
            call_id=call.pk,
            at=doing.now,
            deed=Deed.OPEN,
            side=Side.CALLER,
            actor_id=doing.viewer.user_id,
            actor_name=doing.viewer.name,
            text=call.what,
            data={"told": told},
            key=doing.key,
        )
    )
    return Opened(call.pk, call.number)


def _summon(call: Call, team: Answering, now: datetime) -> tuple[str, list[str]]:
    """Write the way of one department and tell who is on duty, or the head of the unit."""
    due = now + SIGN_IN[Urgency(call.urgency)]
    summons = Summons(
        call=call,
        unit_id=team.unit_id,
        team_id=team.team.id,
        stage=Stage.CALLED,
        shift_ids=[shift.id for shift in team.shifts],
        due_at=due,
        look_at=due,
    )
    summons.save(force_insert=True)
    people = notify.on_duty(team.shifts, summons, now=now)
    words = {"place": call.address, "due": notify.moment(due)}
    return team.unit_name, list(notify.tell(summons, people, "team_called", now=now, **words))


def _turn(key: UUID) -> None:
    """Let two tries with one key go one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int >> 65])


def _serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('calls_number_seq')")
        return int(next(iter(cursor.fetchone())))
