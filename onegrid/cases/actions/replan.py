"""Let open cases follow when the areas they lie in are replaced by others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import FINAL, Case
from onegrid.common.ids import uuid7
from onegrid.common.refusals import NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.core.flow import Action, State
from onegrid.grids import queries as grids
from onegrid.organisation.queries import unit_of_area, units
from onegrid.organisation.terms import UnitKind


def in_areas(area_ids: Collection[UUID]) -> QuerySet[Case]:
    """Return the open cases that lie in some grids or communities."""
    return Case.objects.filter(Q(grid_id__in=area_ids) | Q(community_id__in=area_ids)).exclude(
        state__in=[*FINAL, State.DRAFT]
    )


def move_open(*, successors: Mapping[UUID, UUID], now: datetime, most: int) -> int:
    """Move open cases to the areas that hold now, each by a step; closed cases keep theirs.

    A case goes with its building, else with its point, else with its area. What the unit of a
    community leads goes to the unit of the community it lies in now.

    Args:
        successors: new area by old area.
        most: how many at a time.

    Returns:
        How many were moved; 0 when none is left.
    """
    found = in_areas(successors.keys()).order_by("id").values_list("id", flat=True)[:most]
    doing_by = Viewer.system(current_tenant())
    for case_id in list(found):
        take(
            case_id,
            Doing(doing_by, now, uuid7()),
            Later(Action.NOTE, lambda case: _move(case, successors, now)),
        )
    return len(found)


def _move(case: Case, successors: Mapping[UUID, UUID], now: datetime) -> Move:
    place = _place(case, successors, now)
    names = grids.area_names()
    old_id = case.grid_id or case.community_id
    old = names.get(old_id, "") if old_id else ""
    changes: dict[str, UUID | None] = {
        "grid_id": place.grid_id,
        "community_id": place.community_id,
        "street_id": place.street_id,
    }
    unit_id = _community_unit(case, place.community_id)
    if unit_id is not None:
        changes["lead_unit_id"] = unit_id
    moved = {
        name: [_text(getattr(case, name)), _text(value)]
        for name, value in changes.items()
        if getattr(case, name) != value
    }
    return Move(
        Action.NOTE,
        text=f"{old} → {place.grid_name or place.community_name}",
        data={"place": moved},
        changes=changes,
        shown=False,
    )


def _community_unit(case: Case, community_id: UUID | None) -> UUID | None:
    """Return the unit that leads from now on where the unit of another community leads."""
    unit = units().get(case.lead_unit_id) if case.lead_unit_id else None
    if unit is None or unit.kind != UnitKind.COMMUNITY or unit.area_id == community_id:
        return None
    new = unit_of_area(community_id)
    barred = {*case.excluded_ids, *case.co_unit_ids}
    return new.id if new is not None and new.id not in barred else None


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _place(case: Case, successors: Mapping[UUID, UUID], now: datetime) -> grids.Place:
    if case.building_id is not None:
        try:
            grid_id = grids.building(building_id=case.building_id, on=now).grid_id
            return grids.place_of_area(area_id=grid_id, on=now)
        except NotFound:
            return _by_point(case, successors, now)
    return _by_point(case, successors, now)


def _by_point(case: Case, successors: Mapping[UUID, UUID], now: datetime) -> grids.Place:
    if case.lon is not None and case.lat is not None:
        found = grids.grid_at(tenant_id=current_tenant(), lon=case.lon, lat=case.lat, on=now)
        if found is not None:
            return found
    area_id = case.grid_id or case.community_id
    if area_id is None:
        raise NotFound("place.unknown_area")
    return grids.place_of_area(area_id=successors.get(area_id, area_id), on=now)
