"""Who will have the areas of an adopted plan before it has begun: as `beginning` will do it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from onegrid.accounts.queries.holders import holders, staff_names
from onegrid.accounts.terms import Role
from onegrid.grids.queries import area
from onegrid.organisation.queries import UnitRow, unit_of_any
from onegrid.plans.models import Adoption, Handover


def coming_with(area_id: UUID) -> Adoption | None:
    """Return the plan that lets an area begin, while people and units have not moved yet."""
    return Adoption.objects.filter(
        added__contains=[area_id], applied_at=None, revoked_at=None
    ).first()


def unit_to_be(adoption: Adoption, area_id: UUID) -> tuple[UnitRow | None, str]:
    """Return the unit that will answer for a new area, and its name.

    A new community that goes on with none of today's gets a unit of its own name.
    """
    unit = unit_of_any(_going_to(adoption, area_id))
    return unit, unit.name if unit else area(area_id=area_id).name


def workers_to_be(adoption: Adoption, grid_id: UUID, *, now: datetime) -> tuple[str, ...]:
    """Return the names of who will be grid worker of a new grid, most households first.

    Those of the grids that go on in it, then those who were named to take over.
    """
    today: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for one in holders(roles=[Role.GRID_WORKER], now=now):
        if one.grant.area_id is not None:
            today[one.grant.area_id][one.id] = one.name
    lists = Handover.objects.filter(adoption=adoption, new_id=grid_id)
    rows = list(lists.order_by("-households", "id").values_list("old_id", "main", "taker_id"))
    going_on = [old for old, main, _ in rows if main]
    takers = [taker for _, main, taker in rows if not main and taker is not None]
    found: dict[UUID, str] = {}
    for old in dict.fromkeys([*going_on, *_going_to(adoption, grid_id)]):
        found |= today[old]
    return tuple((found | staff_names(ids=takers)).values())


def _going_to(adoption: Adoption, area_id: UUID) -> list[UUID]:
    return [UUID(old) for old, new in adoption.successors.items() if new == str(area_id)]
