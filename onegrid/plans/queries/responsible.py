"""Who is responsible for a door on a day, who was before, and who will be after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.timezone import localtime, make_aware

from onegrid.accounts.queries.holders import Held, held
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Invalid
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids import queries as grids
from onegrid.grids.queries.history import LEVELS, Spell, spells_at, spells_of_building
from onegrid.organisation.queries import unit_of_area_on
from onegrid.plans.models import Adoption
from onegrid.plans.queries.coming import coming_with, unit_to_be, workers_to_be

_INSTANT = timedelta(microseconds=1)
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Answers:
    """The community or street unit that answers for an area; `phone` may be empty."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Term:
    """A time in which one grid, or the smallest area that is known, has a door.

    Attributes:
        begins, ends: None while it is not known.
        unit: answers for the area.
        workers: names of the grid workers at the asked moment, or at the nearest one of this time;
            of a plan to come, of who will have the grid.
        withheld: how many names of former grid workers this viewer does not get.
    """

    place: grids.Place
    begins: datetime | None = None
    ends: datetime | None = None
    unit: Answers | None = None
    workers: tuple[str, ...] = ()
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Responsible:
    """The answer.

    Attributes:
        door: address of the building; empty when a point was asked for.
        before, after: of the changes of the plan next to the asked moment; None without any.
    """

    door: str
    now: Term
    before: Term | None = None
    after: Term | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    viewer: Viewer
    on: datetime
    now: datetime


def moment_of(day: date, *, now: datetime) -> datetime:
    """Return the moment that stands for a day of the county: now for today, noon for others."""
    if day == localtime(now).date():
        return now
    return make_aware(datetime.combine(day, _NOON))


def responsible(
    *,
    viewer: Viewer,
    on: datetime,
    now: datetime,
    lon: float | None = None,
    lat: float | None = None,
    building_id: UUID | None = None,
) -> Responsible:
    """Tell who is responsible for a building, or for a WGS 84 point (degrees), at a moment.

    Everybody may know who has a grid today; names of former grid workers are for staff.

    Args:
        on: the asked moment.
        now: the present.

    Raises:
        NotFound: there was no such building at that moment.
        Invalid: neither was given, or the point lies outside the county.
        Conflict: the county has no outline yet.
    """
    asked = _Asked(viewer, on, now)
    if building_id is not None:
        door = grids.building(building_id=building_id, on=on).address
        return _answer(door, spells_of_building(building_id=building_id), asked)
    if lon is None or lat is None:
        raise Invalid("responsible.where", field="place")
    for level in LEVELS:
        spells = spells_at(lon=lon, lat=lat, level=level)
        if any(spell.area_id is not None and spell.holds(on) for spell in spells):
            return _answer("", spells, asked)
    place = grids.place_of(tenant_id=current_tenant(), lon=lon, lat=lat, on=on)
    return Responsible("", Term(place))


def _answer(door: str, spells: tuple[Spell, ...], asked: _Asked) -> Responsible:
    here = next(n for n, spell in enumerate(spells) if spell.holds(asked.on))
    terms = [
        _term(spells[n], asked) if 0 <= n < len(spells) else None
        for n in (here - 1, here, here + 1)
    ]
    return Responsible(door, terms[1] or Term(grids.Place()), terms[0], terms[2])


def _term(spell: Spell, asked: _Asked) -> Term | None:
    if spell.area_id is None:
        return None
    moment = max(asked.on, spell.begins)
    if spell.ends is not None and moment >= spell.ends:
        moment = spell.ends - _INSTANT
    term = term_of_area(area_id=spell.area_id, viewer=asked.viewer, on=moment, now=asked.now)
    return replace(term, begins=spell.begins, ends=spell.ends)


def term_of_area(*, area_id: UUID, viewer: Viewer, on: datetime, now: datetime) -> Term:
    """Return who has an area at a moment when it is valid, without the span.

    Before an adopted plan has begun, those are named who will have its areas then.

    Raises:
        NotFound: there never was such an area.
    """
    place = grids.place_of_area(area_id=area_id, on=on)
    coming = coming_with(area_id)
    if coming is not None:
        workers = workers_to_be(coming, area_id, now=now) if place.grid_id else ()
        return Term(place, unit=_unit(place, on, coming), workers=workers)
    people: tuple[Held, ...] = ()
    if place.grid_id is not None:
        people = held(role=Role.GRID_WORKER, area_id=place.grid_id, on=on, now=now)
    shown = tuple(one.name for one in people if one.still or viewer.is_staff)
    return Term(
        place, unit=_unit(place, on, None), workers=shown, withheld=len(people) - len(shown)
    )


def _unit(place: grids.Place, on: datetime, coming: Adoption | None) -> Answers | None:
    if coming is not None and place.community_id in coming.added:
        unit, name = unit_to_be(coming, place.community_id)
        return Answers(name, unit.phone if unit else "")
    found = unit_of_area_on(place.community_id, on=on) or unit_of_area_on(place.street_id, on=on)
    return Answers(found.name, found.phone) if found else None
