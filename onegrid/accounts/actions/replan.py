"""Let roles follow when the areas they are for are replaced by others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.models import RoleChange, RoleGrant, User
from onegrid.accounts.terms import Change, Role, ScopeLevel
from onegrid.common.ids import uuid7


def move_grants(*, successors: Mapping[UUID, UUID], at: datetime) -> int:
    """End every role for an area that ends, and give it for the area that goes on with it.

    Args:
        successors: new area by old area.
        at: the moment of the change.

    Returns:
        How many roles were moved; a second call moves none.
    """
    rows = RoleGrant.objects.select_for_update().filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=at),
        area_id__in=successors,
        valid_from__lt=at,
        ended_at=None,
    )
    moved = list(rows.order_by("valid_from", "id"))
    for row in moved:
        old, until = row.id, row.valid_to
        _write(row, Change.ENDED, at)
        RoleGrant.objects.filter(id=old).update(valid_to=at, ended_at=at)
        area_id = successors[row.area_id] if row.area_id else None
        if _held(row.user_id, row.role, area_id, at):
            continue
        row.id, row.area_id, row.valid_from, row.valid_to = uuid7(), area_id, at, until
        row.save(force_insert=True)
        _write(row, Change.GIVEN, at)
    return len(moved)


def give_grid(*, user_id: UUID, grid_id: UUID, at: datetime) -> None:
    """Make an account the grid worker of a grid, unless it is already."""
    if _held(user_id, Role.GRID_WORKER, grid_id, at):
        return
    row = RoleGrant.objects.create(
        user_id=user_id,
        role=Role.GRID_WORKER,
        area_level=ScopeLevel.GRID,
        area_id=grid_id,
        valid_from=at,
    )
    _write(row, Change.GIVEN, at)


def _held(user_id: UUID, role: str, area_id: UUID | None, at: datetime) -> bool:
    held = RoleGrant.objects.filter(user_id=user_id, role=role, area_id=area_id)
    return held.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at)).exists()


def _write(row: RoleGrant, change: Change, at: datetime) -> None:
    user = User.objects.get(id=row.user_id)
    RoleChange.objects.create(
        at=at,
        change=change,
        by_id=None,
        by_name="",
        user_id=user.id,
        username=user.username,
        full_name=user.full_name,
        role=row.role,
        area_level=row.area_level,
        area_id=row.area_id,
        unit_id=row.unit_id,
        valid_to=at if change is Change.ENDED else row.valid_to,
    )
